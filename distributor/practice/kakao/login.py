"""Kakao Login: consent, tokens, and whose token one is.

A refresh token goes on working, and a new one comes only when it has less than a month left. Everything may be sped up
for tests: `POST /kakao/practice/refresh-token` {"refresh_token", "days_left"}.

Source: https://developers.kakao.com/docs/latest/en/kakaologin/rest-api
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from distributor.practice import forms, identities
from distributor.practice.oauth import OAuthError, Server, Tokens
from distributor.practice.store import Store, now

CHANNEL = "kakao"
SECONDS = 21_599  # of an access token
REFRESH_LASTS = timedelta(seconds=5_183_999)
NEW_REFRESH_BELOW = timedelta(days=30)
FIRST_NUMBER = 3_000_000_000
_CODES = {"invalid_grant": "KOE320", "invalid_client": "KOE010", "unsupported_grant_type": "KOE001"}


class Login:
    """Kakao's authorization server, and the account that a token stands for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._server = Server(
            store,
            CHANNEL,
            "Kakao",
            identities.KAKAO_TOKEN,
            identities.KAKAO_REST_KEY,
            identities.KAKAO_CLIENT_SECRET,
            seconds=SECONDS,
        )

    def routes(self) -> list[Route]:
        return [
            Route("/oauth/authorize", self._authorize, methods=["GET", "POST"]),
            Route("/oauth/token", self._token, methods=["POST"]),
            Route("/v2/user/me", self._me),
            Route("/practice/refresh-token", self._age, methods=["POST"]),
        ]

    def account(self, request: Request) -> str | None:
        """Return whose bearer token a request carries: "" the practice account, "2" and so on a further one."""
        return self._server.bearer(request)

    def has_agreed(self, request: Request, scope: str) -> bool:
        """Whether the account of a request's token agreed to a scope; the practice accounts have agreed to all."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        about = self._store.note(CHANNEL, f"access:{token}")
        return about is None or scope in str(about["scope"]).replace(",", " ").split()

    async def _authorize(self, request: Request) -> Response:
        if request.query_params.get("response_type") != "code":
            return HTMLResponse("<h1>KOE201: Unsupported response type</h1>", 400)
        return await self._server.consent(request)

    async def _token(self, request: Request) -> Response:
        form = (await forms.read(request)).texts
        try:
            return self._issue(form)
        except OAuthError as error:
            response = {
                "error": error.error,
                "error_description": str(error),
                "error_code": _CODES.get(error.error, ""),
            }
            return JSONResponse(response, 401 if error.error == "invalid_client" else 400)

    def _issue(self, form: dict[str, str]) -> Response:
        if form.get("client_id") != identities.KAKAO_REST_KEY:
            raise OAuthError("invalid_client", "Not exist client_id")
        if form.get("client_secret") != identities.KAKAO_CLIENT_SECRET:
            raise OAuthError("invalid_client", "Bad client credentials")
        if form.get("grant_type") == "authorization_code":
            return self._with_refresh(self._server.exchange(form))
        if form.get("grant_type") != "refresh_token":
            raise OAuthError("unsupported_grant_type", "grant_type is not supported")
        refresh = form.get("refresh_token", "")
        refresh_end = self._store.note(CHANNEL, f"refresh-ends:{refresh}")
        if refresh_end is None or datetime.fromisoformat(refresh_end["at"]) < now():
            raise OAuthError("invalid_grant", "refresh token is invalid or expired")
        if datetime.fromisoformat(refresh_end["at"]) - now() < NEW_REFRESH_BELOW:
            self._store.forget(CHANNEL, f"refresh-ends:{refresh}")
            return self._with_refresh(self._server.rotate(refresh))
        tokens = self._server.extend(refresh)
        return JSONResponse({"access_token": tokens.access, "token_type": "bearer", "expires_in": tokens.seconds})

    def _with_refresh(self, tokens: Tokens) -> Response:
        self._store.keep(CHANNEL, f"refresh-ends:{tokens.refresh}", {"at": (now() + REFRESH_LASTS).isoformat()})
        response = self._server.answer(tokens, refresh_token_expires_in=int(REFRESH_LASTS.total_seconds()))
        return JSONResponse(response | {"scope": tokens.scope.replace(",", " ")})

    async def _me(self, request: Request) -> Response:
        account = self.account(request)
        if account is None:
            return JSONResponse({"msg": "this access token does not exist", "code": -401}, 401)
        name = f"Practice newsroom {account}".strip()
        me = {
            "id": FIRST_NUMBER + int(account or 1),
            "connected_at": now().isoformat(),
            "properties": {"nickname": name},
        }
        if self.has_agreed(request, "profile_nickname"):
            me["kakao_account"] = {"profile_nickname_needs_agreement": False, "profile": {"nickname": name}}
        return JSONResponse(me)

    async def _age(self, request: Request) -> Response:
        """Let a refresh token have so many days left."""
        payload = json.loads(await request.body())
        ends_at = now() + timedelta(days=float(payload["days_left"]))
        self._store.keep(CHANNEL, f"refresh-ends:{payload['refresh_token']}", {"at": ends_at.isoformat()})
        return JSONResponse({"ends_at": ends_at.isoformat()})
