"""What networks' sign-ins have in common: asking for consent, codes, tokens that expire, refresh tokens that rotate.

The token that `cast` names for a network always works, and so does the same with `-2`, `-3`, … behind it: these are
further accounts of the network, so that a hundred of them need no sign-in.

Sources: RFC 6749 (authorization code, errors), RFC 7636 (PKCE).
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from distributor.practice import forms
from distributor.practice.store import Store, now

CODE_LASTS = timedelta(minutes=10)
_STYLE = (
    "body{margin:0;background:#f6f1e3;color:#1d1b16;font:16px/1.5 system-ui,sans-serif}"
    ".banner{padding:.55rem 1rem;text-align:center;color:#241a00;border-bottom:3px solid #241a00;"
    "background:repeating-linear-gradient(-45deg,#ffc61a 0 26px,#f2b000 26px 52px)}"
    "main{max-width:28rem;margin:10vh auto;padding:1.5rem;background:#fffdf7;border:1px solid #e2dccd;"
    "border-radius:.6rem}h1{margin:0 0 .6rem;font-size:1.5rem}ul{padding-left:1.2rem}li{overflow-wrap:anywhere}"
    "button{font:inherit;padding:.6rem 1.2rem;margin-right:.6rem;border:1px solid #cfc6ae;border-radius:.4rem;"
    "background:#fff;cursor:pointer}.allow{background:#241a00;border-color:#241a00;color:#ffc61a}"
    "@media(max-width:32rem){main{margin:1rem}}"
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens as they were given out; `seconds` until `access` expires. `refresh` is "" for none."""

    access: str
    refresh: str
    seconds: int
    scope: str
    account: str


class OAuthError(Exception):
    """A request that RFC 6749 §5.2 has a word for: `error` is that word."""

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(description or error)
        self.error = error


@dataclass(frozen=True, slots=True)
class Server:
    """One network's authorization server. `token` is the practice account's, which never expires."""

    store: Store
    channel: str
    label: str
    token: str
    client_id: str
    client_secret: str
    seconds: int = 7200
    refreshes: bool = True

    async def consent(self, request: Request) -> Response:
        """Show what is asked for, with a button for each answer; send the browser back on POST."""
        payload = dict(request.query_params)
        if payload.get("client_id", payload.get("client_key")) != self.client_id or not payload.get("redirect_uri"):
            return HTMLResponse("<h1>Unknown app or no redirect_uri</h1>", 400)
        if request.method == "GET":
            return HTMLResponse(_page(self.label, payload))
        answer = (await forms.read(request)).texts
        return self.redirect_back(payload, allow=answer.get("answer") == "allow")

    def redirect_back(self, payload: dict[str, str], *, allow: bool, account: str = "") -> Response:
        """Return the redirect back to the newsroom."""
        query = {"state": payload.get("state", "")}
        if allow:
            query["code"] = secrets.token_urlsafe(24)
            about = {
                "redirect_uri": payload["redirect_uri"],
                "challenge": payload.get("code_challenge", ""),
                "scope": payload.get("scope", ""),
                "account": account,
                "ends_at": (now() + CODE_LASTS).isoformat(),
            }
            self.store.keep(self.channel, f"code:{query['code']}", about)
        else:
            query |= {"error": "access_denied", "error_description": "The user denied the request"}
        separator = "&" if "?" in payload["redirect_uri"] else "?"
        return RedirectResponse(f"{payload['redirect_uri']}{separator}{urlencode(query)}", status_code=303)

    def exchange(self, form: dict[str, str]) -> Tokens:
        """Take a code, once, and give tokens for it. Raises OAuthError."""
        about = self.store.take(self.channel, f"code:{form.get('code', '')}")
        if about is None or about["ends_at"] < now().isoformat():
            raise OAuthError("invalid_grant", "The code is unknown, used or too old")
        if about["redirect_uri"] != form.get("redirect_uri"):
            raise OAuthError("invalid_grant", "redirect_uri differs from the one that the code was asked with")
        if about["challenge"] and about["challenge"] != _challenge(form.get("code_verifier", "")):
            raise OAuthError("invalid_grant", "code_verifier does not fit")
        return self.issue(account=about["account"], scope=about["scope"])

    def issue(self, *, account: str = "", scope: str = "", seconds: int | None = None) -> Tokens:
        """Give out a token of this account ("" for the practice account itself)."""
        lasts = self.seconds if seconds is None else seconds
        tokens = Tokens(
            access=f"{self.channel}-access-{secrets.token_urlsafe(18)}",
            refresh=f"{self.channel}-refresh-{secrets.token_urlsafe(18)}" if self.refreshes else "",
            seconds=lasts,
            scope=scope,
            account=account,
        )
        about = {"account": account, "scope": scope, "ends_at": (now() + timedelta(seconds=lasts)).isoformat()}
        self.store.keep(self.channel, f"access:{tokens.access}", about)
        if tokens.refresh:
            self.store.keep(self.channel, f"refresh:{tokens.refresh}", about)
        return tokens

    def rotate(self, refresh: str) -> Tokens:
        """Take a refresh token, which never works again, and give new tokens. Raises OAuthError."""
        about = self.store.take(self.channel, f"refresh:{refresh}")
        if about is None:
            raise OAuthError("invalid_grant", "The refresh token is unknown or was used before")
        return self.issue(account=about["account"], scope=about["scope"])

    def extend(self, refresh: str) -> Tokens:
        """Take a refresh token that goes on working (`refresh` of the answer is ""). Raises OAuthError."""
        about = self.store.note(self.channel, f"refresh:{refresh}")
        if about is None:
            raise OAuthError("invalid_grant", "The refresh token is unknown")
        tokens = self.issue(account=about["account"], scope=about["scope"])
        self.store.forget(self.channel, f"refresh:{tokens.refresh}")
        return Tokens(tokens.access, "", tokens.seconds, tokens.scope, tokens.account)

    def account(self, token: str) -> str | None:
        """Return whose token this is: "" the practice account itself, "2" and so on a further one; None: nobody's."""
        if token == self.token:
            return ""
        number = token.removeprefix(f"{self.token}-")
        if number != token and number.isascii() and number.isdigit():
            return number
        about = self.store.note(self.channel, f"access:{token}")
        return None if about is None or about["ends_at"] < now().isoformat() else str(about["account"])

    def bearer(self, request: Request) -> str | None:
        """Return whose bearer token a request carries, as `account` does."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return self.account(token) if scheme == "Bearer" else None

    def answer(self, tokens: Tokens, **extra: Any) -> dict[str, Any]:
        """Return the tokens as RFC 6749 §5.1 has it."""
        response: dict[str, Any] = {"token_type": "bearer", "access_token": tokens.access, "expires_in": tokens.seconds}
        if tokens.refresh:
            response["refresh_token"] = tokens.refresh
        if tokens.scope:
            response["scope"] = tokens.scope
        return response | extra


def age(store: Store, channel: str, by: timedelta) -> int:
    """Let the access tokens that a network has given out be so much older, and return how many there are."""
    names = store.names(channel, "access:")
    for name in names:
        about = store.note(channel, name) or {}
        ends_at = datetime.fromisoformat(about["ends_at"]) - by
        store.keep(channel, name, about | {"ends_at": ends_at.isoformat()})
    return len(names)


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _page(label: str, payload: dict[str, str]) -> str:
    scopes = "".join(f"<li>{escape(scope)}</li>" for scope in payload.get("scope", "").replace(",", " ").split())
    name = escape(label)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name} – practice world</title><style>{_STYLE}</style>"
        '<div class="banner" role="note"><strong>Practice world</strong> — nothing here is real.</div>'
        f"<main><h1>Sign in to {name}</h1>"
        f"<p>This is the practice world’s {name}. <strong>Distributor</strong> asks to use your account, for:</p>"
        f"<ul>{scopes}</ul>"
        '<form method="post"><button class="allow" name="answer" value="allow">Allow</button>'
        '<button name="answer" value="deny">Decline</button></form></main></html>'
    )
