"""Signing in to Threads: short tokens for codes, long ones for short ones, and fresh ones for those.

The practice account's own token counts as old enough to be renewed; one that was given out is as young as it is.

Sources: https://developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions and
/docs/threads/get-started/long-lived-tokens.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import forms, identities, meta
from distributor.practice.meta import error
from distributor.practice.oauth import OAuthError, Server, Tokens
from distributor.practice.store import Store, now

CHANNEL = "threads"
SHORT, LONG = 3600, 60 * 24 * 3600  # seconds
LEAST_AGE = timedelta(hours=24)


def routes(store: Store) -> list[Route]:
    login = _Login(store)
    return [
        Route("/oauth/authorize", login.server.consent, methods=["GET", "POST"]),
        Route("/oauth/access_token", login.token, methods=["POST"]),
        Route("/access_token", login.exchange),
        Route("/refresh_access_token", login.refresh),
    ]


def server(store: Store) -> Server:
    return Server(
        store,
        CHANNEL,
        "Threads",
        identities.THREADS_TOKEN,
        identities.THREADS_APP_ID,
        identities.THREADS_APP_SECRET,
        seconds=SHORT,
        refreshes=False,
    )


def user_id(account: str) -> str:
    """Return the number of a practice account."""
    return str(int(identities.THREADS_USER) + int(account or "1") - 1)


def username(user: str) -> str:
    number = int(user) - int(identities.THREADS_USER) + 1
    return "practice_letters" if number == 1 else f"practice_letters_{number}"


class _Login:
    def __init__(self, store: Store) -> None:
        self.server = server(store)

    async def token(self, request: Request) -> Response:
        form = (await forms.read(request)).texts
        keys = (self.server.client_id, self.server.client_secret)
        if (form.get("client_id"), form.get("client_secret")) != keys:
            return error("Error validating client secret.", 1)
        try:
            tokens = self.server.exchange(form)
        except OAuthError as oauth_error:
            return JSONResponse({"error_type": "OAuthException", "code": 400, "error_message": str(oauth_error)}, 400)
        return JSONResponse({"access_token": tokens.access, "user_id": int(user_id(tokens.account))})

    async def exchange(self, request: Request) -> Response:
        query = request.query_params
        if query.get("grant_type") != "th_exchange_token" or query.get("client_secret") != self.server.client_secret:
            return error("Error validating client secret.", 1)
        account = self.server.account(query.get("access_token", ""))
        return meta.not_parsed() if account is None else self._long(account)

    async def refresh(self, request: Request) -> Response:
        token = request.query_params.get("access_token", "")
        account = self.server.account(token)
        if request.query_params.get("grant_type") != "th_refresh_token" or account is None:
            return meta.expired_session()
        about = self.server.store.note(CHANNEL, f"access:{token}")
        if about is not None:
            issued_at = datetime.fromisoformat(about["ends_at"]) - timedelta(seconds=LONG)
            if now() - issued_at < LEAST_AGE:
                return error("The access token is too young to be refreshed", 100)
        return self._long(account)

    def _long(self, account: str) -> Response:
        tokens: Tokens = self.server.issue(account=account, seconds=LONG)
        return JSONResponse({"access_token": tokens.access, "token_type": "bearer", "expires_in": tokens.seconds})
