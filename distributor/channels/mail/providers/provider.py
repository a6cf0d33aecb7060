"""What is said of one mail provider (see features.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MessageId = Literal["kept", "replaced", "unknown"]
Envelope = Literal["address", "domain", "none"]
Signature = Literal["key", "own", "none"]


@dataclass(frozen=True, slots=True)
class Merge:
    """Inline templates: one text for all recipients of a call, and each one's values beside it.

    `mark` is how a value is named in the text (`{}` is its name), `options` what the backend has to be told.
    """

    mark: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    - `scheme`: the word before `://`; `label`: its name; `url`: an address as a person writes it.
    - `backend`, `webhook`: anymail's classes by their path; "" where there is no webhook.
    - `parts`: which part of the URL (`user`, `password`, `host`) fills which setting of the backend; all are needed.
    - `options`: which query parameter may fill which setting; `fixed_options`: settings that are always the same.
    - `regions`: the API's address by the query parameter `region`, or by the host where `parts` has none for it.
    - `batch`: mails a call, 1 where each needs its own; `bundle`: a call takes mails with bodies of their own (the
      name of its shape, see bundles.py); `merge`: a call takes one body and values.
    - `message_id`: whether ours arrives; `envelope`: whether the return path may be ours.
    - `headers`: "" where all arrive, else a sentence that says which do not.
    - `extra_headers`: what has to be said beside ours, to the provider.
    - `metadata`: whether webhooks give back what we say of a mail; `tracking`: whether its own counting of opens and
      clicks can be switched off for each mail.
    - `reads`: signs in a letter that the provider would take for a template of its own.
    - `signature`: `key` where webhooks are signed with a key that the account has to name, `own` where what is checked
      needs none; `webhook_key`: anymail's name of that key.
    - `soft`, `hard`: where its events say how a bounce was meant, as (paths with | between, values); `status`: where
      they have the enhanced status code; `event_id`: where the event's own id is, "" where anymail finds it.
    """

    scheme: str
    label: str
    url: str
    backend: str
    webhook: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    fixed_options: Mapping[str, object] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    batch: int = 1
    bundle: str = ""
    merge: Merge | None = None
    message_id: MessageId = "unknown"
    envelope: Envelope = "none"
    headers: str = ""
    extra_headers: Mapping[str, str] = field(default_factory=dict)
    metadata: bool = True
    tracking: bool = True
    reads: tuple[str, ...] = ()
    signature: Signature = "none"
    webhook_key: str = ""
    soft: tuple[str, tuple[object, ...]] = ("", ())
    hard: tuple[str, tuple[object, ...]] = ("", ())
    status: str = ""
    event_id: str = ""

    @property
    def way(self) -> str:
        """How many mails a call takes, in words."""
        if self.bundle:
            return f"{self.batch} a call, each with its own body"
        return f"{self.batch} a call where the letter only writes fields out" if self.merge else "1 a call"
