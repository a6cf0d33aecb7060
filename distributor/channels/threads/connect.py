"""Connecting an account in the browser, and making its token fresh.

Two calls take a token in their address and nowhere else, as Threads wants it. Such an address never gets into a log:
`channels.http` logs hosts only.

Sources: https://developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions and
/docs/threads/get-started/long-lived-tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx

from distributor.channels import meta, oauth2
from distributor.channels.base import AccountField, Clock, Credentials
from distributor.channels.connect_flow import (
    AppKeys,
    AuthorisationEnded,
    ConnectRefused,
    FreshCredentials,
    Identity,
    NetworkAway,
    Redirect,
)
from distributor.channels.response_bodies import json_object
from distributor.channels.responses import utc_now
from distributor.channels.threads.api import ROOT, VERSION

AUTHORIZE = "https://threads.net/oauth/authorize"
# The last two are for threads of several posts and for deleting.
SCOPES = (
    "threads_basic",
    "threads_content_publish",
    "threads_manage_replies",
    "threads_read_replies",
    "threads_delete",
)
LASTS = timedelta(days=60)  # a long-lived token, from the day on which it was made or renewed

APP_FIELDS = (
    AccountField(
        "app_id", "Threads app ID", help="In Meta’s app dashboard, under the use case “Access the Threads API”."
    ),
    AccountField("app_secret", "Threads app secret", help="It is another one than the app’s own secret.", secret=True),
)


class ThreadsConnectFlow:
    """Threads' sign-in, to the one account of whoever signs in."""

    app_fields: tuple[AccountField, ...] = APP_FIELDS
    questions: tuple[AccountField, ...] = ()

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._clock = clock

    def begin(self, app: AppKeys, *, redirect_uri: str, state: str, answers: Mapping[str, str]) -> Redirect:  # noqa: ARG002
        _check(app)
        return Redirect(
            oauth2.address(
                f"{app.endpoint}/oauth/authorize" if app.endpoint else AUTHORIZE,
                client_id=app.values["app_id"],
                redirect_uri=redirect_uri,
                state=state,
                scope=",".join(SCOPES),
                response_type="code",
            )
        )

    def finish(
        self,
        app: AppKeys,
        *,
        redirect_uri: str,
        keep: Mapping[str, str],  # noqa: ARG002
        query: Mapping[str, str],
    ) -> tuple[Identity, ...]:
        _check(app)
        form = {
            "client_id": app.values["app_id"],
            "client_secret": app.values["app_secret"],
            "grant_type": "authorization_code",
            "redirect_uri": redirect_uri,
            "code": oauth2.code("Threads", query).removesuffix("#_"),  # which Threads puts behind it
        }
        now = self._clock()
        url = f"{app.endpoint or ROOT}/oauth/access_token"
        short = oauth2.exchange("Threads", url, form, now=now, endpoint=app.endpoint)
        parameters = {
            "grant_type": "th_exchange_token",
            "client_secret": app.values["app_secret"],
            "access_token": short.access,
        }
        response = _get(app, "access_token", parameters)
        token, ends_at = _token(response, now)
        if not token:
            error = meta.read_error(response, parameters.values())
            if response.is_client_error:
                raise ConnectRefused(f"Threads refused the connection: {error.message or error.code_text}")
            raise NetworkAway("Threads gave no token now: try again in a moment.")
        about = _get(app, f"{VERSION}/me", {"fields": "id,username,name"}, token=token)
        return (identity_of(about, {"access_token": token}, ends_at=ends_at),)


class ThreadsTokenRenewal:
    """A long-lived token is made fresh for another 60 days, from 24 hours on and until it has expired."""

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._clock = clock

    def renew(self, app: AppKeys, credentials: Credentials) -> FreshCredentials:
        now = self._clock()
        old = credentials.values.get("access_token", "")
        response = _get(app, "refresh_access_token", {"grant_type": "th_refresh_token", "access_token": old})
        token, ends_at = _token(response, now)
        if token:
            return FreshCredentials({**credentials.values, "access_token": token}, expires_at=ends_at, ends_at=ends_at)
        error = meta.read_error(response, (old, *app.values.values()))
        if response.is_client_error and error.code in meta.TOKEN_CODES | meta.PERMISSION_CODES:
            raise AuthorisationEnded(
                f"Threads no longer renews this account’s token ({error.message or error.code_text})."
            )
        raise NetworkAway(f"Threads could not renew the token now ({error.message or error.code_text}).")


def identity_of(about: httpx.Response, values: Mapping[str, str], *, ends_at: datetime | None = None) -> Identity:
    """Read whose account it is. Raises ConnectRefused and NetworkAway."""
    body = json_object(about)
    if about.is_success and body.get("id"):
        username = str(body.get("username") or "")
        name = f"@{username}" if username else str(body.get("name") or body["id"])
        url = f"https://www.threads.com/@{username}" if username else ""
        return Identity(str(body["id"]), name, values, url=url, expires_at=ends_at, ends_at=ends_at)
    error = meta.read_error(about, values.values())
    if about.is_client_error and error.code not in meta.SLOW_DOWN_CODES | meta.UNKNOWN_CODES:
        raise ConnectRefused(f"Threads does not show whose account this is: {error.message or error.code_text}")
    raise NetworkAway("Threads could not say whose account this is: try again in a moment.")


def _check(app: AppKeys) -> None:
    if not app.values.get("app_id") or not app.values.get("app_secret"):
        raise ConnectRefused("The Threads app’s ID and secret have to be set first.")


def _get(app: AppKeys, path: str, query: Mapping[str, str], *, token: str = "") -> httpx.Response:
    url, headers = f"{app.endpoint or ROOT}/{path}", {"Authorization": f"Bearer {token}"} if token else {}
    return oauth2.ask("Threads", "GET", url, endpoint=app.endpoint, params=dict(query), headers=headers)


def _token(response: httpx.Response, now: datetime) -> tuple[str, datetime]:
    """Return a long-lived token and when it ends; "" when there is none."""
    body = json_object(response)
    token, seconds = body.get("access_token"), body.get("expires_in")
    lasts = timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else LASTS
    return (token if response.is_success and isinstance(token, str) else ""), now + lasts
