"""Connecting pages in the browser: a person logs in, and each page that they may post on can be connected.

Sources: https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow/,
/docs/facebook-login/guides/access-tokens/get-long-lived/, /docs/graph-api/reference/user/accounts/,
/docs/graph-api/reference/debug_token/.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from distributor.channels import oauth2
from distributor.channels.base import AccountField, Clock
from distributor.channels.connect_flow import AppKeys, ConnectRefused, Identity, NetworkAway, Redirect
from distributor.channels.facebook.api import ROOT, VERSION
from distributor.channels.meta import read_error, read_list
from distributor.channels.response_bodies import json_object
from distributor.channels.responses import utc_now

DIALOG = "https://www.facebook.com"
# The last one is for the first comment.
SCOPES = ("pages_show_list", "pages_manage_posts", "pages_read_engagement", "pages_manage_engagement")
REQUIRED_SCOPES = frozenset(SCOPES[:3])
TASK = "CREATE_CONTENT"
LISTS_READ = 20  # of up to 100 pages each
# “Apps can access a person's data for 90 days after they last used the app”
# (https://developers.facebook.com/docs/facebook-login/auth-vs-data).
DATA_ACCESS = timedelta(days=90)

APP_FIELDS = (
    AccountField("app_id", "App ID", help="In Meta’s app dashboard, under App settings, Basic."),
    AccountField("app_secret", "App secret", secret=True),
    AccountField(
        "api_version", "Graph API version", help="For example v24.0. Meta ends each one after about two years."
    ),
)


class FacebookConnectFlow:
    """Facebook Login, to each page of the person on which they may create content.

    A page's token that was got with a long-lived user token does not expire, but Meta ends an app's access to data
    after 90 days (`Identity.ends_at`): then a person has to log in again.
    """

    app_fields: tuple[AccountField, ...] = APP_FIELDS
    questions: tuple[AccountField, ...] = ()

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._clock = clock

    def begin(self, app: AppKeys, *, redirect_uri: str, state: str, answers: Mapping[str, str]) -> Redirect:  # noqa: ARG002
        version = _app_token(app)
        return Redirect(
            oauth2.address(
                f"{app.endpoint or DIALOG}/{version}/dialog/oauth",
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
        _app_token(app)
        token = self._long_lived(app, redirect_uri, oauth2.code("Facebook", query))
        pages = [page for page in _pages(app, token) if TASK in (page.get("tasks") or ())]
        if not pages:
            raise ConnectRefused(
                "Facebook shows no page on which you may create content: ask for that task on the page, or choose the "
                "page when Facebook asks which ones Distributor may use."
            )
        ends_at = self._ends_at(app, str(pages[0]["access_token"]))
        return tuple(_identity(app, page, ends_at) for page in pages)

    def _long_lived(self, app: AppKeys, redirect_uri: str, code: str) -> str:
        url = f"{_root(app)}/oauth/access_token"
        keys = {"client_id": app.values["app_id"], "client_secret": app.values["app_secret"]}
        form = {**keys, "redirect_uri": redirect_uri, "code": code}
        short = oauth2.exchange("Facebook", url, form, now=self._clock(), endpoint=app.endpoint)
        form = {**keys, "grant_type": "fb_exchange_token", "fb_exchange_token": short.access}
        return oauth2.exchange("Facebook", url, form, now=self._clock(), endpoint=app.endpoint).access

    def _ends_at(self, app: AppKeys, page_token: str) -> datetime | None:
        """Ask what Meta knows of a page's token. Raises ConnectRefused when it may not post."""
        as_app = f"{app.values['app_id']}|{app.values['app_secret']}"
        response = _get(app, "debug_token", as_app, {"input_token": page_token})
        about = json_object(response).get("data")
        if not response.is_success or not isinstance(about, Mapping):
            return self._clock() + DATA_ACCESS
        scopes = about.get("scopes")
        lacking_scopes = REQUIRED_SCOPES.difference(scopes) if isinstance(scopes, list) and scopes else ()
        if lacking_scopes:
            names = ", ".join(sorted(lacking_scopes))
            raise ConnectRefused(f"Facebook was not allowed everything ({names} is missing): connect again, allow all.")
        ends = (about.get("data_access_expires_at"), about.get("expires_at"))
        times = [datetime.fromtimestamp(end, UTC) for end in ends if isinstance(end, int) and end > 0]  # 0 is never
        return min(times, default=None)


def _app_token(app: AppKeys) -> str:
    """Return the version. Raises ConnectRefused when the app's keys are not complete."""
    version = app.values.get("api_version", "")
    if not app.values.get("app_id") or not app.values.get("app_secret") or not VERSION.fullmatch(version):
        raise ConnectRefused("Facebook’s app ID, app secret and API version (such as v24.0) have to be set first.")
    return version


def _root(app: AppKeys) -> str:
    return f"{app.endpoint or ROOT}/{app.values['api_version']}"


def _pages(app: AppKeys, token: str) -> list[Mapping[str, Any]]:
    """Return all pages of a person with their own tokens. Raises ConnectRefused and NetworkAway."""
    pages: list[Mapping[str, Any]] = []
    query = {"fields": "id,name,access_token,tasks,link", "limit": "100"}
    for _ in range(LISTS_READ):
        response = _get(app, "me/accounts", token, query)
        page_list = read_list(response)
        if page_list is None:
            error = read_error(response, (token, *app.values.values()))
            if response.is_client_error:
                raise ConnectRefused(f"Facebook does not show your pages: {error.message or error.code_text}")
            raise NetworkAway("Facebook could not show your pages now: try again in a moment.")
        entries, after = page_list
        pages += [page for page in entries if page.get("id") and page.get("access_token")]
        if not after:
            break
        query["after"] = after
    return pages


def _get(app: AppKeys, path: str, token: str, query: Mapping[str, str]) -> httpx.Response:
    url, headers = f"{_root(app)}/{path}", {"Authorization": f"Bearer {token}"}
    return oauth2.ask("Facebook", "GET", url, endpoint=app.endpoint, params=dict(query), headers=headers)


def _identity(app: AppKeys, page: Mapping[str, Any], ends_at: datetime | None) -> Identity:
    token = str(page["access_token"])
    values = {
        "page_id": str(page["id"]),
        "page_token": token,
        "api_version": app.values["api_version"],
        # With it the token is of no use to somebody who has not the app's secret, where the app demands it
        # (https://developers.facebook.com/docs/graph-api/guides/secure-requests/).
        "proof": hmac.new(app.values["app_secret"].encode(), token.encode(), hashlib.sha256).hexdigest(),
    }
    return Identity(
        str(page["id"]),
        str(page.get("name") or page["id"]),
        values,
        kind="page",
        url=str(page.get("link") or ""),
        ends_at=ends_at,
    )
