"""OAuth 2 as most networks have it: where to send the editor, and the exchange and renewal of tokens.

Sources: RFC 6749 (authorization code grant, refresh), RFC 7636 (PKCE).
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from distributor.channels import http
from distributor.channels.connect_flow import AuthorisationEnded, ConnectRefused, NetworkAway
from distributor.channels.response_bodies import json_object
from distributor.channels.responses import excerpt
from distributor.domain.errors import AddressRefused

TIMEOUT = 20.0  # seconds, for each of: connect, one write, one read


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint gave. Times are aware, None where the answer names none."""

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    expires_at: datetime | None = None
    refresh_ends_at: datetime | None = None
    scope: str = ""


def client(endpoint: str, *, timeout: float = TIMEOUT) -> httpx.Client:
    """Return the guarded client; `endpoint` is the practice world's, the only local address allowed, or "" for none."""
    return http.client(allow=(endpoint,) if endpoint else (), timeout=timeout)


def ask(
    network: str, verb: str, url: str, *, endpoint: str, timeout: float = TIMEOUT, **request: Any
) -> httpx.Response:
    """Make one request by which nothing is posted, with a client of its own. Raises NetworkAway."""
    try:
        with client(endpoint, timeout=timeout) as network_client:
            return network_client.request(verb, url, **request)
    except (httpx.HTTPError, AddressRefused):
        raise NetworkAway(f"{network} did not answer: try again in a moment.") from None


def verifier() -> str:
    """Return a fresh PKCE code verifier (RFC 7636 §4.1)."""
    return secrets.token_urlsafe(48)


def challenge(code_verifier: str) -> str:
    """Return its S256 challenge (RFC 7636 §4.2)."""
    return urlsafe_b64encode(hashlib.sha256(code_verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def address(endpoint: str, **query: str) -> str:
    """Return an authorization URL; empty values are left out."""
    return f"{endpoint}?{urlencode({name: value for name, value in query.items() if value})}"


def code(network: str, query: Mapping[str, str]) -> str:
    """Return the code with which the editor came back. Raises ConnectRefused when there is none."""
    if query.get("error") == "access_denied":
        raise ConnectRefused(f"{network} was not allowed to connect the account: start again and choose “Allow”.")
    if query.get("error"):
        reason = excerpt(query.get("error_description") or query["error"], ())
        raise ConnectRefused(f"{network} refused the connection: {reason}")
    if not query.get("code"):
        raise ConnectRefused(f"{network} sent nothing that connects the account: start again.")
    return query["code"]


def exchange(
    network: str,
    url: str,
    form: Mapping[str, str],
    *,
    now: datetime,
    auth: tuple[str, str] | None = None,
    endpoint: str = "",
) -> Tokens:
    """Turn a code into tokens. Raises ConnectRefused with what the network says, and NetworkAway.

    `endpoint` is the practice world's, where the account is a practice one; it is the only local address allowed.
    """
    response = _post(network, url, form, auth=auth, endpoint=endpoint)
    if not response.is_success:
        raise ConnectRefused(f"{network} refused the connection: {_reason(response, form, auth)}")
    return _tokens(network, response, now)


def refresh(
    network: str,
    url: str,
    form: Mapping[str, str],
    *,
    now: datetime,
    auth: tuple[str, str] | None = None,
    endpoint: str = "",
) -> Tokens:
    """Turn a refresh token into fresh tokens; `refresh` is "" where the old one stays.

    Raises AuthorisationEnded when it is no longer accepted (RFC 6749 §5.2: a 400 or 401), and NetworkAway otherwise.
    """
    response = _post(network, url, form, auth=auth, endpoint=endpoint)
    if response.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise AuthorisationEnded(f"{network} no longer renews this account’s token ({_reason(response, form, auth)}).")
    if not response.is_success:
        raise NetworkAway(f"{network} could not renew the token now ({response.status_code}).")
    try:
        return _tokens(network, response, now)
    except ConnectRefused as error:
        raise NetworkAway(str(error)) from None


def _post(
    network: str, url: str, form: Mapping[str, str], *, auth: tuple[str, str] | None, endpoint: str
) -> httpx.Response:
    basic = httpx.BasicAuth(*auth) if auth else httpx.USE_CLIENT_DEFAULT
    accept = {"Accept": "application/json"}
    return ask(network, "POST", url, endpoint=endpoint, data=dict(form), auth=basic, headers=accept)


def _tokens(network: str, response: httpx.Response, now: datetime) -> Tokens:
    body = json_object(response)
    access = body.get("access_token")
    if not isinstance(access, str) or not access:
        raise ConnectRefused(f"{network} answered without a token: start again.")
    refresh_token = body.get("refresh_token")
    return Tokens(
        access=access,
        refresh=refresh_token if isinstance(refresh_token, str) else "",
        expires_at=_later(now, body.get("expires_in")),
        refresh_ends_at=_later(now, body.get("refresh_token_expires_in")),
        scope=str(body.get("scope") or ""),
    )


def _later(now: datetime, seconds: object) -> datetime | None:
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdigit():
        seconds = int(seconds)
    return now + timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else None


def _reason(response: httpx.Response, form: Mapping[str, str], auth: tuple[str, str] | None) -> str:
    body = json_object(response)
    error = body.get("error")
    if isinstance(error, Mapping):  # Meta's own shape
        error = error.get("message")
    reason = body.get("error_description") or error or body.get("msg") or str(response.status_code)
    return excerpt(str(reason), (*form.values(), *(auth or ())))
