"""Connecting an account in the browser, and keeping its tokens fresh: what a channel does, without storing anything.

The steps, each a call of one of these: `begin` says where to send the editor; the network sends them back; `finish`
turns what came back into the identities that can be connected, of which the editor chooses. `renew` is asked before a
token expires, by one worker at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from distributor.channels.base import AccountField, Credentials


class ConnectRefused(Exception):
    """An account can't be connected like this; `str(error)` is a sentence for an editor, free of secrets."""


class NetworkAway(Exception):
    """The network could not be asked; nothing was changed, and it may be tried again."""


class AuthorisationEnded(Exception):
    """The refresh token is no longer accepted, so a person must connect the account again; `str(error)` says why."""


@dataclass(frozen=True, slots=True)
class AppKeys:
    """The newsroom's own app at a network, as `Connecting.app_fields` name its keys; its `repr` shows none of them.

    `endpoint` is the practice world's root URL for the channel, and empty for the real network.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where the editor's browser goes. `keep` (secrets: a PKCE verifier, say) is handed to `finish` again."""

    url: str
    keep: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """One account that can be connected.

    - `remote_id`: the network's own id of it, by which a reconnect finds the account again.
    - `name`: what editors call it. `kind`: what it is there ("page", "organisation"), "" for an ordinary account.
    - `values`: its credentials, by the names of the channel's `fields`.
    - `expires_at`: when its token ends and has to be renewed (aware), None for never.
    - `ends_at`: when the whole authorisation ends and a person has to connect again (aware), None for never or unknown.
    """

    remote_id: str
    name: str
    values: Mapping[str, str] = field(repr=False)
    kind: str = ""
    url: str = ""
    expires_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FreshCredentials:
    """Fresh credentials: all `values` of the account, to be stored before they are used. Times as in `Identity`."""

    values: Mapping[str, str] = field(repr=False)
    expires_at: datetime | None = None
    ends_at: datetime | None = None


class ConnectFlow(Protocol):
    """How an account is connected in the browser (OAuth)."""

    @property
    def app_fields(self) -> tuple[AccountField, ...]:
        """The keys of the newsroom's app, set once an installation; empty where each connection makes its own app."""
        ...

    @property
    def questions(self) -> tuple[AccountField, ...]:
        """What an editor is asked before going to the network (a Mastodon server's address); mostly nothing."""
        ...

    def begin(self, app: AppKeys, *, redirect_uri: str, state: str, answers: Mapping[str, str]) -> Redirect:
        """Return where to send the editor. `state` must come back unchanged. `answers` are those to `questions`.

        Raises ConnectRefused for answers that can't be used, and NetworkAway where the network has to be asked.
        """
        ...

    def finish(
        self, app: AppKeys, *, redirect_uri: str, keep: Mapping[str, str], query: Mapping[str, str]
    ) -> tuple[Identity, ...]:
        """Turn the query with which the network sent the editor back into identities, at least one.

        Raises ConnectRefused (the editor declined, a scope is missing, no page to choose) and NetworkAway.
        """
        ...


class TokenRenewal(Protocol):
    """How a token is made fresh. Called by one worker at a time for each account, before `expires_at`."""

    def renew(self, app: AppKeys, credentials: Credentials) -> FreshCredentials:
        """Return fresh credentials. Raises AuthorisationEnded and NetworkAway.

        Where the network's answer has no new refresh token the old one stays in `values`.
        """
        ...


def generated_values(fields: Iterable[AccountField], values: Mapping[str, str]) -> dict[str, str]:
    """Return new values for the fields that were left empty and can make their own; each is to be shown once."""
    return {field.name: field.make() for field in fields if field.make and not values.get(field.name)}
