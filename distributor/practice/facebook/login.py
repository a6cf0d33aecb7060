"""Facebook Login and what a person's token is for: their pages, and looking at tokens.

The person who logs in has five pages; on one of them they may only look at figures. The pages' tokens are those of the
practice accounts, so that they work for posting.

Sources: https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow/,
/docs/graph-api/reference/user/accounts/, /docs/graph-api/reference/debug_token/.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from distributor.practice import forms, identities
from distributor.practice.meta import error, not_parsed
from distributor.practice.oauth import OAuthError, Server, Tokens
from distributor.practice.store import Store, now

CHANNEL = "facebook"
LISTED_AT_ONCE = 2  # fewer than anybody asks for: Graph promises no number
SHORT, LONG = 3600, 60 * 24 * 3600  # seconds of a user token
SCOPES = ("pages_show_list", "pages_manage_posts", "pages_read_engagement", "pages_manage_engagement")
_ALL_TASKS = ["ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT", "MANAGE"]
_PAGES: tuple[tuple[str, str, list[str]], ...] = (
    ("", "The Practice Letters", _ALL_TASKS),
    ("2", "The Evening Practice", _ALL_TASKS),
    ("3", "Only Figures", ["ANALYZE"]),
    ("4", "The Sunday Practice", ["MODERATE", "CREATE_CONTENT"]),
    ("5", "The Practice Kitchen", _ALL_TASKS),
)


def routes(store: Store) -> list[Route]:
    login = _Login(store)
    return [
        Route("/{version}/dialog/oauth", login.server.consent, methods=["GET", "POST"]),
        Route("/{version}/oauth/access_token", login.token, methods=["POST", "GET"]),
        Route("/{version}/me/accounts", login.accounts),
        Route("/{version}/debug_token", login.debug),
    ]


def server(store: Store) -> Server:
    return Server(
        store,
        CHANNEL,
        "Facebook",
        identities.GRAPH_TOKEN,
        identities.GRAPH_APP_ID,
        identities.GRAPH_APP_SECRET,
        seconds=SHORT,
        refreshes=False,
    )


def page_id(account: str) -> str:
    """Return the number of a practice account's page."""
    return str(int(identities.GRAPH_PAGE) + int(account or "1") - 1)


def page_name(account: str) -> str:
    return next((name for number, name, _ in _PAGES if number == account), f"Practice page {account}")


def is_page_token(token: str) -> bool:
    return token.startswith(identities.GRAPH_TOKEN)


def bearer(request: Request, form: Mapping[str, str]) -> str:
    """Return the token of a request, wherever Graph takes it from; "" for none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme in ("Bearer", "OAuth"):
        return token
    return form.get("access_token") or request.query_params.get("access_token", "")


class _Login:
    def __init__(self, store: Store) -> None:
        self.server = server(store)

    async def token(self, request: Request) -> Response:
        form = dict(request.query_params) | (await forms.read(request)).texts
        keys = (self.server.client_id, self.server.client_secret)
        if (form.get("client_id"), form.get("client_secret")) != keys:
            return error("Error validating client secret.", 1)
        if form.get("grant_type") == "fb_exchange_token":
            token = form.get("fb_exchange_token", "")
            account = None if is_page_token(token) else self.server.account(token)
            if account is None:
                return not_parsed()
            return self._token_response(self.server.issue(account=account, scope=",".join(SCOPES), seconds=LONG))
        try:
            return self._token_response(self.server.exchange(form))
        except OAuthError as oauth_error:
            return error(f"Error validating verification code. {oauth_error}", 100, subcode=36009)

    def _token_response(self, tokens: Tokens) -> Response:
        return JSONResponse({"access_token": tokens.access, "token_type": "bearer", "expires_in": tokens.seconds})

    async def accounts(self, request: Request) -> Response:
        token = bearer(request, {})
        if is_page_token(token) or self.server.account(token) is None:
            return not_parsed()
        about = self.server.store.note(CHANNEL, f"access:{token}") or {}
        try:
            size = min(int(request.query_params.get("limit", "25")), LISTED_AT_ONCE)
            start = int(request.query_params.get("after", "0"))
        except ValueError:
            return error("(#100) Invalid cursor", 100)
        pages = _PAGES[start : start + size]
        answer: dict[str, Any] = {"data": [self._page(*page, request) for page in pages]}
        if pages:
            answer["paging"] = {"cursors": {"before": str(start), "after": str(start + len(pages))}}
        if start + size < len(_PAGES):
            # As the real one does, with the token in it: whoever stores or logs this link gives the token away.
            answer["paging"]["next"] = f"https://graph.facebook.com{request.url.path}?access_token={token}&after={size}"
        return JSONResponse(answer if about else {"data": []})

    def _page(self, account: str, name: str, tasks: list[str], request: Request) -> dict[str, Any]:
        number = page_id(account)
        values: dict[str, Any] = {
            "id": number,
            "name": name,
            "access_token": identities.GRAPH_TOKEN + (f"-{account}" if account else ""),
            "tasks": tasks,
            "link": f"https://www.facebook.com/{number}",
        }
        fields = request.query_params.get("fields", "id,name,access_token,tasks").split(",")
        return {name: values[name] for name in ("id", *fields) if name in values}

    async def debug(self, request: Request) -> Response:
        if bearer(request, {}) != f"{self.server.client_id}|{self.server.client_secret}":
            return error("You must provide an app access token, or a user access token of the app’s developer", 100)
        token = request.query_params.get("input_token", "")
        account = self.server.account(token)
        if account is None:
            return JSONResponse({"data": {"is_valid": False, "scopes": []}})
        page = is_page_token(token)
        grant = self.server.store.note(CHANNEL, f"access:{token}") or {}
        data = {
            "app_id": self.server.client_id,
            "type": "PAGE" if page else "USER",
            "is_valid": True,
            "expires_at": 0 if page else int((now() + timedelta(seconds=LONG)).timestamp()),
            "data_access_expires_at": int((now() + timedelta(days=90)).timestamp()),
            "scopes": list(SCOPES) if page else str(grant.get("scope", "")).split(","),
        }
        return JSONResponse({"data": data})
