"""What a channel's answer means. Every adapter maps every answer into one of these five."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Remedy = Literal["", "reconnect", "wait", "shorten", "change", "look", "settings", "approve"]
"""What helps an editor on: connect the account again, wait, shorten the text, change it, look on the network, look
after the app or account at the network itself (credits, permissions, rules), or approve it again."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a network says is left of an account's budget: so many `calls` until `ends_at` (aware)."""

    calls: int
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the channel answered: its own id for the thing, where it can be seen, and when it was accepted (aware).

    `raw` is the provider's answer with secrets removed, kept for support. `incomplete` is a sentence for an editor on
    what could not be done beside it (a comment below it, say), "" for nothing. `thread` are the ids of all posts of a
    thread in their order, () for a single post.
    """

    remote_id: str
    url: str = ""
    at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
    incomplete: str = ""
    thread: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of everything that it stands for, in order; () where the channel gives none."""
        return self.thread or ((self.remote_id,) if self.remote_id else ())


@dataclass(frozen=True, slots=True)
class Accepted:
    """The channel has it. `allowance` where the answer says how much the account may still do."""

    receipt: Receipt
    allowance: Allowance | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """The channel refused for good: trying again without a change would be refused again.

    `reason` is a sentence for an editor; `code` the channel's own code (an enhanced SMTP status, a Graph code). `raw`
    is the answer with secrets removed, here and in the outcomes below. `keep` as in Deferred: {} where nothing is out,
    since what was made of the refused words (an upload) is of no use to others. `out`, here and below: the network's
    ids of the posts of a thread that are out all the same.
    """

    reason: str
    code: str = ""
    remedy: Remedy = "change"
    raw: Mapping[str, Any] = field(default_factory=dict)
    keep: Mapping[str, Any] | None = None
    out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deferred:
    """The channel certainly did not take it and may take it later. `retry_at` (aware) when the channel says when.

    With `whole_account` nothing else of this account would be taken before then either. `keep` (no secrets) is what the
    next try needs of this one, an upload that is being worked on, say: it comes back in `Intent.kept`. None leaves that
    as it was.
    """

    reason: str
    retry_at: datetime | None = None
    code: str = ""
    whole_account: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)
    keep: Mapping[str, Any] | None = None
    out: tuple[str, ...] = ()

    @property
    def remedy(self) -> Remedy:
        return "wait"


@dataclass(frozen=True, slots=True)
class Reconnect:
    """The account's authorisation ended. With `expired` only its token did, so that a fresh one may do; else a person
    must connect it again.
    """

    reason: str
    code: str = ""
    expired: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)
    out: tuple[str, ...] = ()

    @property
    def remedy(self) -> Remedy:
        return "reconnect"


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """The request may have been carried out, but its answer was lost. Never repeated without a look or a person.

    `keep` as in Deferred.
    """

    reason: str
    raw: Mapping[str, Any] = field(default_factory=dict)
    keep: Mapping[str, Any] | None = None
    out: tuple[str, ...] = ()

    @property
    def remedy(self) -> Remedy:
        return "look"


Outcome = Accepted | Rejected | Deferred | Reconnect | Unconfirmed
