"""Logging in with an app password, and keeping the session: logins are few (30 in 5 minutes), sessions are renewed.

Sources: the lexicons com.atproto.server.{createSession,refreshSession,getSession}; a session's access token lasts about
two hours, its refresh token about two months and is replaced at each use.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from distributor.channels import oauth2
from distributor.channels.base import AccountField, Credentials
from distributor.channels.bluesky.xrpc import Service
from distributor.channels.calls import CallFailure, Refused, Unreached
from distributor.channels.connect_flow import (
    AppKeys,
    AuthorisationEnded,
    ConnectRefused,
    FreshCredentials,
    Identity,
    NetworkAway,
)
from distributor.channels.origins import NoServer, origin
from distributor.channels.responses import is_token

DEFAULT_SERVICE = "https://bsky.social"
PROFILES = "https://bsky.app/profile"

FIELDS = (
    AccountField("handle", "Handle", help="For example letters.bsky.social, or your own domain."),
    AccountField(
        "app_password",
        "App password",
        help="Made at Settings → Privacy and security → App passwords. Never the account’s own password.",
        secret=True,
    ),
    AccountField("service", "Service", help="Only if your account lives elsewhere than at bsky.social.", optional=True),
    AccountField("access_token", "BlueskySession", secret=True, optional=True, hidden=True),
    AccountField("refresh_token", "Session renewal", secret=True, optional=True, hidden=True),
)


@dataclass(frozen=True, slots=True)
class BlueskySession:
    """A login at work. `did` is the account's own, unchanging name."""

    did: str
    handle: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)

    @property
    def expires_at(self) -> datetime | None:
        """When the access token ends, by what it says itself."""
        exp = claims(self.access).get("exp")
        return datetime.fromtimestamp(exp, UTC) if isinstance(exp, int) and exp > 0 else None


def root(credentials: Credentials) -> str:
    """Return where the account's service is. Raises NoServer."""
    return credentials.endpoint or origin(credentials.values.get("service") or DEFAULT_SERVICE)


def service(client: httpx.Client, credentials: Credentials, *, token: str = "") -> Service:
    """Return the account's service, asked with this token. Raises NoServer."""
    secrets = tuple(credentials.values.get(field.name, "") for field in FIELDS if field.secret)
    return Service(client, root(credentials), token, secrets)


def claims(token: str) -> Mapping[str, Any]:
    """Return what a JWT says; nothing where it is none. It is not verified: that is its service's business."""
    try:
        payload = token.split(".")[1]
        claims_value = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims_value if isinstance(claims_value, dict) else {}


def did_of(session_service: Service) -> str:
    """Return whose token it is: as the token says, else as the service says. Raises CallFailure."""
    did = claims(session_service.token).get("sub") or session_service.get("com.atproto.server.getSession").get("did")
    if not (isinstance(did, str) and did.startswith("did:")):
        raise Refused(200, message="no DID")
    return did


def log_in(client: httpx.Client, credentials: Credentials) -> BlueskySession:
    """Begin a session with the app password. Raises CallFailure and NoServer."""
    values = credentials.values
    body = {"identifier": values.get("handle", "").strip().lstrip("@"), "password": values.get("app_password", "")}
    return _session(service(client, credentials).post("com.atproto.server.createSession", body))


def refresh(client: httpx.Client, credentials: Credentials) -> BlueskySession:
    """Go on with a session; both of its tokens are new. Raises CallFailure and NoServer."""
    refresh_service = service(client, credentials, token=credentials.values.get("refresh_token", ""))
    return _session(refresh_service.post("com.atproto.server.refreshSession"))


class Renewal:
    """Renewing by the refresh token, and where that has ended, by logging in again."""

    def renew(self, app: AppKeys, credentials: Credentials) -> FreshCredentials:  # noqa: ARG002 # no app is registered
        with oauth2.client(credentials.endpoint) as client:
            session = _gone_on_with(client, credentials) or _logged_in_again(client, credentials)
        return FreshCredentials(with_session(credentials.values, session), expires_at=session.expires_at)


def identify(client: httpx.Client, credentials: Credentials) -> Identity:
    """Return whose credentials these are, with a session: the one at work, else a new one.

    Raises ConnectRefused and NetworkAway.
    """
    try:
        session = _at_work(client, credentials) or log_in(client, credentials)
    except NoServer as error:
        raise ConnectRefused(str(error)) from None
    except CallFailure as failure:
        raise _refusal(failure) from None
    return Identity(
        remote_id=session.did,
        name=session.handle,
        values=with_session(credentials.values, session),
        url=f"{PROFILES}/{session.did}",
        expires_at=session.expires_at,
    )


def _at_work(client: httpx.Client, credentials: Credentials) -> BlueskySession | None:
    """Return the account's session where the service still takes it."""
    access, again = credentials.values.get("access_token", ""), credentials.values.get("refresh_token", "")
    if not (is_token(access) and is_token(again)):
        return None
    try:
        body = service(client, credentials, token=access).get("com.atproto.server.getSession")
    except Refused as error:
        if _for_good(error):
            return None
        raise
    return _session({**body, "accessJwt": access, "refreshJwt": again})


def with_session(values: Mapping[str, str], session: BlueskySession) -> dict[str, str]:
    """Return an account's values with this session in them."""
    return {**values, "access_token": session.access, "refresh_token": session.refresh}


def _gone_on_with(client: httpx.Client, credentials: Credentials) -> BlueskySession | None:
    """Return the renewed session; None where it has ended, so that only the password helps on."""
    if not is_token(credentials.values.get("refresh_token", "")):
        return None
    try:
        return refresh(client, credentials)
    except NoServer as error:
        raise AuthorisationEnded(str(error)) from None
    except CallFailure as failure:
        if _for_good(failure) and _in_words(failure):
            return None
        raise NetworkAway("Bluesky could not renew the session now.") from None


def _logged_in_again(client: httpx.Client, credentials: Credentials) -> BlueskySession:
    try:
        return log_in(client, credentials)
    except NoServer as error:
        raise AuthorisationEnded(str(error)) from None
    except CallFailure as failure:
        refusal = _refusal(failure)
        if isinstance(refusal, ConnectRefused) and _in_words(failure):
            raise AuthorisationEnded(str(refusal)) from None
        raise NetworkAway(str(refusal)) from None


def _refusal(failure: CallFailure) -> ConnectRefused | NetworkAway:
    """Say what a failed login means."""
    if isinstance(failure, Unreached) and failure.refusal:
        return ConnectRefused(failure.refusal)
    if not _for_good(failure) or not isinstance(failure, Refused):
        return NetworkAway("Bluesky did not answer, or takes no more logins for now: try again in a few minutes.")
    if failure.error == "AuthFactorTokenRequired":
        return ConnectRefused("That is the account’s own password: make an app password and use that one.")
    if failure.status == httpx.codes.UNAUTHORIZED and failure.error in ("AuthenticationRequired", ""):
        return ConnectRefused("Bluesky does not know this handle with this app password: check both.")
    return ConnectRefused(f"Bluesky does not let this account in: {failure.message or failure.code}")


def _for_good(failure: CallFailure) -> bool:
    """Whether asking again would bring the same."""
    status = failure.status if isinstance(failure, Refused) else 0
    return httpx.codes.is_client_error(status) and status != httpx.codes.TOO_MANY_REQUESTS


def _in_words(failure: CallFailure) -> bool:
    """Whether it is Bluesky that refuses. A bare 403 or 404 may come from a proxy in its own bad moment."""
    return isinstance(failure, Unreached) or (isinstance(failure, Refused) and bool(failure.error))


def _session(body: Mapping[str, Any]) -> BlueskySession:
    if body.get("active") is False:  # deactivated by its owner, suspended, taken down
        raise Refused(httpx.codes.FORBIDDEN, "AccountInactive", f"it is {body.get('status') or 'not active'}")
    did, handle, access, again = (str(body.get(name) or "") for name in ("did", "handle", "accessJwt", "refreshJwt"))
    if not (did.startswith("did:") and is_token(access) and is_token(again)):
        raise Refused(200, message="no session")
    return BlueskySession(did, handle or did, access, again)
