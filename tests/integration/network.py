"""A network whose sign-in a test scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from distributor.channels.base import AccountField, Credentials
from distributor.channels.connect_flow import (
    AppKeys,
    ConnectRefused,
    FreshCredentials,
    Identity,
    NetworkAway,
    Redirect,
)


@dataclass
class Network:
    """A network with two identities behind one sign-in."""

    app_fields: tuple[AccountField, ...] = (
        AccountField("client_id", "Client ID"),
        AccountField("client_secret", "Secret", secret=True),
    )
    questions: tuple[AccountField, ...] = ()
    identities: tuple[Identity, ...] = (
        Identity("1", "@lantern", {"token": "t-1-of-the-lantern", "refresh_token": "r-1"}),
        Identity("2", "@harbour", {"token": "t-2"}, kind="page"),
    )
    away: bool = False
    codes: list[str] = field(default_factory=list)
    redirects: list[str] = field(default_factory=list)

    def begin(self, app: AppKeys, *, redirect_uri: str, state: str, answers: Mapping[str, str]) -> Redirect:
        address = f"https://network.example/authorize?client_id={app.values['client_id']}&state={state}"
        return Redirect(address, {"verifier": "v-secret"})

    def finish(
        self, app: AppKeys, *, redirect_uri: str, keep: Mapping[str, str], query: Mapping[str, str]
    ) -> tuple[Identity, ...]:
        if self.away:
            raise NetworkAway("It does not answer.")
        if "code" not in query:
            raise ConnectRefused("You declined: start again.")
        assert (keep["verifier"], app.values["client_secret"]) == ("v-secret", "s-secret")
        self.redirects.append(redirect_uri)
        self.codes.append(query["code"])
        return self.identities

    def renew(self, app: AppKeys, credentials: Credentials) -> FreshCredentials:
        raise NotImplementedError
