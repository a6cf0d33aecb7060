"""Connecting an account on any Mastodon server: the newsroom's app is registered there, then the editor is asked.

Sources: https://docs.joinmastodon.org/methods/apps/, /methods/oauth/, /methods/instance/. Tokens never expire. PKCE is
known since Mastodon 4.3; a server that doesn't know it takes no notice (RFC 6749 §3.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from distributor.channels import oauth2
from distributor.channels.base import AccountField, Clock, Credentials
from distributor.channels.calls import CallFailure, Refused, Unreached
from distributor.channels.connect_flow import AppKeys, ConnectRefused, Identity, NetworkAway, Redirect
from distributor.channels.mastodon.server import NETWORK, Server, the_id
from distributor.channels.origins import NoServer, origin
from distributor.channels.response_bodies import json_object, mapping
from distributor.channels.responses import is_token, utc_now

APP = "Distributor"
SCOPES = "read:accounts read:statuses write:statuses write:media"

_SERVER = AccountField("server", "Server", help="Where the account lives, for example mastodon.social.")

FIELDS = (
    _SERVER,
    AccountField(
        "access_token",
        "Access token",
        help=f"Of an app made at Preferences → Development on the server, with the scopes {SCOPES}.",
        secret=True,
    ),
    AccountField("client_id", "App", optional=True, hidden=True),
    AccountField("client_secret", "App’s secret", secret=True, optional=True, hidden=True),
    AccountField("user_id", "Account’s number", optional=True, hidden=True),
    AccountField("characters", "Longest post", optional=True, hidden=True),
    AccountField("link_length", "What a link counts", optional=True, hidden=True),
)


@dataclass(frozen=True, slots=True)
class MastodonConnectFlow:
    """OAuth, with an app of its own for each connection."""

    clock: Clock = utc_now

    @property
    def app_fields(self) -> tuple[AccountField, ...]:
        return ()

    @property
    def questions(self) -> tuple[AccountField, ...]:
        return (_SERVER,)

    def begin(self, app: AppKeys, *, redirect_uri: str, state: str, answers: Mapping[str, str]) -> Redirect:
        try:
            server = origin(answers.get("server", ""))
        except NoServer as error:
            raise ConnectRefused(str(error)) from None
        root = app.endpoint or server
        form = {"client_name": APP, "redirect_uris": redirect_uri, "scopes": SCOPES}
        with oauth2.client(app.endpoint) as client:
            keys = _ask(lambda: json_object(Server(client, root).post("/api/v1/apps", data=form)), root)
        client_id, client_secret = (str(keys.get(name) or "") for name in ("client_id", "client_secret"))
        if not (is_token(client_id) and is_token(client_secret)):
            raise ConnectRefused(f"{urlsplit(root).netloc} is no Mastodon server, or does not take new apps.")
        verifier = oauth2.verifier()
        url = oauth2.address(
            f"{root}/oauth/authorize",
            response_type="code",
            client_id=client_id,
            redirect_uri=redirect_uri,
            scope=SCOPES,
            state=state,
            code_challenge=oauth2.challenge(verifier),
            code_challenge_method="S256",
        )
        keep = {"server": server, "client_id": client_id, "client_secret": client_secret, "verifier": verifier}
        return Redirect(url, keep)

    def finish(
        self, app: AppKeys, *, redirect_uri: str, keep: Mapping[str, str], query: Mapping[str, str]
    ) -> tuple[Identity, ...]:
        form = {
            "grant_type": "authorization_code",
            "code": oauth2.code(NETWORK, query),
            "redirect_uri": redirect_uri,
            "client_id": keep["client_id"],
            "client_secret": keep["client_secret"],
            "code_verifier": keep["verifier"],
            "scope": SCOPES,
        }
        url = f"{app.endpoint or keep['server']}/oauth/token"
        tokens = oauth2.exchange(NETWORK, url, form, now=self.clock(), endpoint=app.endpoint)
        lacking_scopes = _lacking_scopes(tokens.scope) if tokens.scope else set()
        if lacking_scopes:
            raise ConnectRefused(
                f"The server did not give what is needed: {', '.join(sorted(lacking_scopes))}. Start again."
            )
        values = {name: keep[name] for name in ("server", "client_id", "client_secret")}
        values["access_token"] = tokens.access
        account = Credentials(0, "", values, app.endpoint)
        with oauth2.client(app.endpoint) as client:
            return (identify(client, account),)


def _lacking_scopes(scope: str) -> set[str]:
    """Return which scopes were not given; “write” is all that begins with it."""
    scopes = scope.split()
    return {scope for scope in SCOPES.split() if scope not in scopes and scope.partition(":")[0] not in scopes}


def root(credentials: Credentials) -> str:
    """Return where the account's server is. Raises NoServer."""
    return credentials.endpoint or origin(credentials.values.get("server", ""))


def identify(client: httpx.Client, credentials: Credentials) -> Identity:
    """Ask the server whose token this is, and what it takes. Raises ConnectRefused and NetworkAway."""
    token = credentials.values.get("access_token", "")
    if not is_token(token):
        raise ConnectRefused("That is not an access token: copy it again.")
    try:
        server = Server(client, root(credentials), token)
    except NoServer as error:
        raise ConnectRefused(str(error)) from None
    me = _ask(lambda: json_object(server.get("/api/v1/accounts/verify_credentials")), server.root)
    user_id = the_id(me)
    if not user_id:
        raise ConnectRefused(f"{urlsplit(server.root).netloc} is no Mastodon server.")
    host = urlsplit(server.root).netloc
    about = _about(server)
    values = {**credentials.values, "user_id": user_id, **_limits(about)}
    # People’s names there may end in another host than the server’s own.
    name = f"@{me.get('acct') or me.get('username') or user_id}@{about.get('domain') or host}"
    return Identity(f"{host}/{user_id}", name, values, url=str(me.get("url") or ""))


def _about(server: Server) -> Mapping[str, Any]:
    """Return what the server says about itself; nothing where it doesn't."""
    for path in ("/api/v2/instance", "/api/v1/instance"):  # the first since Mastodon 4.0
        try:
            return json_object(server.get(path))
        except CallFailure:
            continue
    return {}


def _limits(about: Mapping[str, Any]) -> dict[str, str]:
    """Return what the server takes, as hidden values; nothing where it does not say, then the usual holds."""
    statuses = mapping(mapping(about.get("configuration")).get("statuses"))
    limits = {
        # Pleroma and its kin say the first one at the top.
        "characters": statuses.get("max_characters") or about.get("max_toot_chars"),
        "link_length": statuses.get("characters_reserved_per_url"),
    }
    return {name: str(value) for name, value in limits.items() if isinstance(value, int) and value > 0}


def _ask(ask: Any, root: str) -> Mapping[str, Any]:
    """Return the answer to one of the questions of connecting."""
    host = urlsplit(root).netloc
    try:
        response: Mapping[str, Any] = ask()
    except Unreached as error:
        if error.refusal:
            raise ConnectRefused(error.refusal) from None
        raise NetworkAway(f"{host} can’t be reached: check the address, or try again in a moment.") from None
    except Refused as refusal:
        if refusal.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise ConnectRefused(f"{host} does not accept this: {refusal.message or refusal.code}") from None
        if refusal.status == httpx.codes.TOO_MANY_REQUESTS or httpx.codes.is_server_error(refusal.status):
            raise NetworkAway(f"{host} can’t answer now ({refusal.code}): try again in a moment.") from None
        raise ConnectRefused(f"{host} does not answer like a Mastodon server ({refusal.code}).") from None
    except CallFailure:
        raise NetworkAway(f"{host} did not answer: try again in a moment.") from None
    return response
