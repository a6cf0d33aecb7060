"""X's accounts in the practice world: whose call it is (by OAuth 2 token or OAuth 1 signature), and giving tokens.

Sources: https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token; RFC 5849 §3.4; error bodies as
users have reported them.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from oauthlib.oauth1.rfc5849 import signature
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from distributor.practice import forms, identities
from distributor.practice.oauth import OAuthError, Server
from distributor.practice.store import Store

CHANNEL = "twitter"
REAL_ROOT = "https://api.twitter.com"  # an OAuth 1 signature covers the address that the client believed to call
FIRST_ID = 2244994945
SECONDS = 7200
ALL_SCOPES = frozenset({"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"})


@dataclass(frozen=True, slots=True)
class User:
    """An X account, and what the app may do for it."""

    id: str
    username: str
    name: str
    scopes: frozenset[str] = ALL_SCOPES


def user(account: str, scopes: frozenset[str] = ALL_SCOPES) -> User:
    """Return the practice account ("") or a further one (its number)."""
    suffix = f"_{account}" if account else ""
    name = f"The Practice Letters {account}".strip()
    return User(str(FIRST_ID + int(account or 0)), f"practice_letters{suffix}", name, scopes)


class Accounts:
    """X's sign-in: consent, tokens, and whose request one is."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # Two apps of the newsroom: a “Web App” has a secret, a “Native App” has none.
        self._servers = {
            client_id: Server(store, CHANNEL, "X", identities.X_TOKEN, client_id, secret, SECONDS)
            for client_id, secret in (
                (identities.X_CLIENT_ID, identities.X_CLIENT_SECRET),
                (identities.X_PUBLIC_CLIENT_ID, ""),
            )
        }
        self._server = self._servers[identities.X_CLIENT_ID]

    async def consent(self, request: Request) -> Response:
        payload = request.query_params
        server = self._servers.get(payload.get("client_id", ""))
        whole = payload.get("response_type") == "code" and payload.get("state") and payload.get("code_challenge")
        if server is None or not whole or payload.get("code_challenge_method", "plain") != "S256":
            return PlainTextResponse("Something went wrong. You weren’t able to give access to the App.", 400)
        return await server.consent(request)

    async def token(self, request: Request) -> Response:
        """Give tokens for a code or a refresh token; each works once."""
        form = (await forms.read(request)).texts
        if not self._knows_client(request, form):
            return _oauth_error(401, "unauthorized_client", "Missing valid authorization header")
        kind = form.get("grant_type", "")
        try:
            if kind == "authorization_code":
                tokens = self._server.exchange(form)
            elif kind == "refresh_token":
                tokens = self._server.rotate(form.get("refresh_token", ""))
            else:
                return _oauth_error(400, "invalid_request", "Missing required parameter [grant_type].")
        except OAuthError:
            credential = "token" if kind == "refresh_token" else "authorization code"
            return _oauth_error(400, "invalid_request", f"Value passed for the {credential} was invalid.")
        response = self._server.answer(tokens)
        if "offline.access" not in tokens.scope.split():
            self._store.forget(CHANNEL, f"refresh:{response.pop('refresh_token')}")
        return JSONResponse(response)

    def _knows_client(self, request: Request, form: dict[str, str]) -> bool:
        """Whether the app is who it says: one with a secret by Basic, one without by its `client_id` in the body."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme != "Basic":
            return form.get("client_id") == identities.X_PUBLIC_CLIENT_ID
        try:
            credentials = b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return credentials == f"{identities.X_CLIENT_ID}:{identities.X_CLIENT_SECRET}"

    async def of(self, request: Request) -> User | None:
        """Return whose request this is; None for nobody's."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer":
            account = self._server.account(value)
            if account is None:
                return None
            about = self._store.note(CHANNEL, f"access:{value}")
            return user(account, frozenset(about["scope"].split()) if about else ALL_SCOPES)
        return _signer(request, await request.body(), value) if scheme == "OAuth" else None


def _signer(request: Request, body: bytes, header: str) -> User | None:
    """Return whose OAuth 1 signature this is, where it holds."""
    parameters_by_name = {
        unquote(name.strip()): unquote(value.strip().strip('"'))
        for name, _, value in (part.partition("=") for part in header.split(","))
    }
    token = re.fullmatch(rf"{identities.X_OAUTH_TOKEN}(?:-([0-9]+))?", parameters_by_name.get("oauth_token", ""))
    if token is None or parameters_by_name.get("oauth_consumer_key") != identities.X_CONSUMER_KEY:
        return None
    parameters = [
        (name, value) for name, value in parameters_by_name.items() if name not in ("realm", "oauth_signature")
    ]
    parameters += parse_qsl(request.url.query, keep_blank_values=True)
    # A form's fields are signed; JSON and multipart bodies are not (RFC 5849 §3.4.1.3.1).
    if request.headers.get("content-type", "").partition(";")[0].strip() == "application/x-www-form-urlencoded":
        parameters += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    base = signature.signature_base_string(
        request.method, signature.base_string_uri(REAL_ROOT + path), signature.normalize_parameters(parameters)
    )
    expected_signature = signature.sign_hmac_sha1(base, identities.X_CONSUMER_SECRET, identities.X_OAUTH_SECRET)
    return user(token.group(1) or "") if expected_signature == parameters_by_name.get("oauth_signature") else None


def _oauth_error(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status_code=status)
