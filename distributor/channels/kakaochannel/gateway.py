"""What a dealer of KakaoTalk messages does for us, so that another dealer is one more module.

A batch is prepared, filled and then released: only `release` makes anything go out, and a batch can be found again by
the intent that it was made for. So whatever fails before it has harmed nobody, and a lost answer to it can be settled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from distributor.domain.outcomes import Outcome


class GatewayRefused(Exception):
    """The gateway did not do it; `outcome` says what that means for the dispatch."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(getattr(outcome, "reason", ""))
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Button:
    """A button that opens a page."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Template:
    """Words that were approved before, or were not yet: `status` is `approved` or what the gateway calls it instead.

    `variables` are the names that have to be filled in.
    """

    number: str
    status: str
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message to all recipients: free words with buttons, or a template's number with what fills its variables."""

    text: str = ""
    buttons: tuple[Button, ...] = ()
    template: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch at the gateway. `released`: it went out, at `at` (aware); `size` counts the messages in it.

    `url` is where the newsroom sees what became of it. `raw` is what the gateway says of it, without recipients.
    """

    remote_id: str
    released: bool
    size: int = 0
    at: datetime | None = None
    url: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FillResult:
    """How many recipients a batch took, and how many it did not, by the gateway's code; `reason` in words, or ""."""

    size: int
    refusals: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""


def contents_of(message: Message, recipients: Sequence[str]) -> str:
    """Return what stands for a message to these recipients: a prepared batch with another one is not to go out."""
    parts = (message.text, message.template, sorted(message.variables.items()), message.buttons, sorted(recipients))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]


class Gateway(Protocol):
    """One dealer's account, set to one KakaoTalk channel. Every method raises GatewayRefused."""

    def owner(self) -> tuple[str, str]:
        """Return the channel's number and its name."""
        ...

    def template(self, number: str) -> Template:
        """Return what is known of a template."""
        ...

    def find(self, intent: str, *, since: datetime, contents: str = "") -> Batch | None:
        """Return the batch that was made for an intent since then and went out, whatever is in it.

        Without one: a batch that was only prepared, for just these `contents`. None where there is neither.
        """
        ...

    def prepare(self, intent: str, contents: str) -> Batch:
        """Make an empty batch for an intent. Nothing goes out by it. `contents` stands for what will be in it."""
        ...

    def fill(self, batch: Batch, message: Message, recipients: Sequence[str]) -> FillResult:
        """Put the message to these recipients into a batch; who is in it already is refused. Nothing goes out by it."""
        ...

    def release(self, batch: Batch) -> Batch:
        """Let a batch go out. It goes out once only, however often it is asked for."""
        ...
