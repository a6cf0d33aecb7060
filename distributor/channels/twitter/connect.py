"""Connecting an X account in the browser (OAuth 2 with PKCE), and renewing its token.

Source: https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code and …/user-access-token
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from distributor.channels import oauth2
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
from distributor.channels.responses import excerpt, utc_now
from distributor.channels.twitter import refusals
from distributor.channels.twitter.client import NoCredentials, bind, client
from distributor.domain.outcomes import Outcome, Reconnect, Rejected
from distributor.lazy_modules import LazyModule

if TYPE_CHECKING:
    import requests
    import requests_oauthlib
    import tweepy
    from oauthlib import oauth2 as oauthlib_oauth2
else:
    requests, requests_oauthlib, tweepy = map(LazyModule, ("requests", "requests_oauthlib", "tweepy"))
    oauthlib_oauth2 = LazyModule("oauthlib.oauth2")

AUTHORIZE = "https://x.com/i/oauth2/authorize"
TOKEN = "https://api.x.com/2/oauth2/token"  # noqa: S105 # an address
SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")
LASTS = timedelta(hours=2)  # where the answer does not say it

APP_FIELDS = (
    AccountField(
        "client_id", "Client ID", help="From “Keys and tokens” of your app at console.x.com, below OAuth 2.0."
    ),
    AccountField(
        "client_secret",
        "Client secret",
        help="Beside it, where the app’s type is “Web App, Automated App or Bot”; other types have none.",
        secret=True,
        optional=True,
    ),
)


class XConnectFlow:
    """Sends the editor to X's page of consent, by tweepy's handler, and takes in the one account that said yes."""

    app_fields = APP_FIELDS
    questions: tuple[AccountField, ...] = ()

    def __init__(self, *, timeout: float = oauth2.TIMEOUT, clock: Clock = utc_now) -> None:
        self._timeout = timeout
        self._clock = clock

    def begin(self, app: AppKeys, *, redirect_uri: str, state: str, answers: Mapping[str, str]) -> Redirect:  # noqa: ARG002
        verifier = oauth2.verifier()
        # tweepy's own get_authorization_url makes up a state, which then can't be ours.
        url, _ = self._handler(app, redirect_uri).authorization_url(
            AUTHORIZE, state=state, code_challenge=oauth2.challenge(verifier), code_challenge_method="S256"
        )
        if app.endpoint:
            url = url.replace("https://x.com", app.endpoint, 1)
        return Redirect(url, {"code_verifier": verifier})

    def finish(
        self, app: AppKeys, *, redirect_uri: str, keep: Mapping[str, str], query: Mapping[str, str]
    ) -> tuple[Identity, ...]:
        code = oauth2.code("X", query)
        token = self._token(app, redirect_uri, code, keep.get("code_verifier", ""))
        scopes = token.get("scope") or ()  # oauthlib makes a list of it; an answer need not name any
        lacking_scopes = [scope for scope in SCOPES if scopes and scope not in scopes]
        if lacking_scopes:
            raise ConnectRefused(
                f"X did not allow {', '.join(lacking_scopes)}: set up the app for it, then connect again."
            )
        values = {name: str(token.get(name) or "") for name in ("access_token", "refresh_token")}
        account = Credentials(0, "", values, app.endpoint)
        seconds = token.get("expires_in")
        lasts = timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else LASTS
        return (identify(account, timeout=self._timeout, expires_at=self._clock() + lasts),)

    def _token(self, app: AppKeys, redirect_uri: str, code: str, verifier: str) -> Mapping[str, Any]:
        handler = self._handler(app, redirect_uri, scope=None)  # a changed scope is judged by `finish`
        secrets = (*app.values.values(), code, verifier)
        try:
            # tweepy's own fetch_token wants the whole address that X sent the editor to, and knows a verifier only
            # where it made it a moment ago in the same process.
            token: Mapping[str, Any] = requests_oauthlib.OAuth2Session.fetch_token(
                handler, TOKEN, code=code, auth=handler.auth, include_client_id=True, code_verifier=verifier
            )
        except requests.RequestException:
            raise NetworkAway("X did not answer: connect the account again.") from None
        except oauthlib_oauth2.OAuth2Error as error:
            reason = excerpt(error.description or error.error or "no token", secrets)
            raise ConnectRefused(f"X refused the connection: {reason}. Start again.") from None
        except (ValueError, TypeError, AttributeError):
            raise ConnectRefused("X answered without a token: start again.") from None
        finally:
            handler.close()
        return token

    def _handler(self, app: AppKeys, redirect_uri: str, scope: tuple[str, ...] | None = SCOPES) -> Any:
        if not app.values.get("client_id"):
            raise ConnectRefused("The newsroom’s app at X is not set up yet: enter its client ID first.")
        handler = tweepy.OAuth2UserHandler(
            client_id=app.values["client_id"],
            redirect_uri=redirect_uri,
            scope=list(scope) if scope else None,
            client_secret=app.values.get("client_secret") or None,
        )
        bind(handler, timeout=self._timeout, endpoint=app.endpoint)
        handler.register_compliance_hook("access_token_response", _refuse_empty)
        return handler


class XTokenRenewal:
    """Renews a token. X's refresh tokens work once: the new one has to be stored before it is used.

    By `oauth2.refresh` and not by tweepy's handler: that one judges by the body alone and raises some twenty kinds of
    errors, so that a page of X's outer servers in the midst of an outage looks like a refresh token that has ended.
    """

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._clock = clock

    def renew(self, app: AppKeys, credentials: Credentials) -> FreshCredentials:
        refresh, client_id = credentials.values.get("refresh_token", ""), app.values.get("client_id", "")
        if not refresh:
            raise AuthorisationEnded("The X account has no refresh token: connect it again.")
        if not client_id:
            raise NetworkAway("The newsroom’s app at X is not set up: enter its client ID.")
        secret = app.values.get("client_secret", "")
        now = self._clock()
        tokens = oauth2.refresh(
            "X",
            f"{credentials.endpoint}/2/oauth2/token" if credentials.practice else TOKEN,
            {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": client_id},
            now=now,
            auth=(client_id, secret) if secret else None,
            endpoint=credentials.endpoint,
        )
        fresh = {"access_token": tokens.access, "refresh_token": tokens.refresh or refresh}
        return FreshCredentials({**credentials.values, **fresh}, expires_at=tokens.expires_at or now + LASTS)


def identify(credentials: Credentials, *, timeout: float, expires_at: datetime | None = None) -> Identity:
    """Ask X whose token this is. Raises ConnectRefused and NetworkAway."""
    try:
        with client(credentials, timeout=timeout) as x:
            user = x.me()["data"]
            user_id, username = str(user["id"]), str(user["username"])
    except NoCredentials:
        raise ConnectRefused("The X account has no usable token: connect it again.") from None
    except KeyError:
        raise NetworkAway("X did not say whose account this is: try again in a moment.") from None
    except refusals.failures() as error:
        raise _unknown(refusals.outcome(error, credentials)) from None
    return Identity(
        user_id,
        f"@{username}",
        credentials.values,
        url=credentials.endpoint or f"https://x.com/{username}",
        expires_at=expires_at,
    )


def _unknown(outcome: Outcome) -> ConnectRefused | NetworkAway:
    if isinstance(outcome, Reconnect):
        return ConnectRefused(outcome.reason)
    if isinstance(outcome, Rejected):
        message = outcome.raw.get("message") or outcome.code
        return ConnectRefused(f"X does not say whose account this is ({message}): look after the app at console.x.com.")
    return NetworkAway("X could not be asked whose account this is: try again in a moment.")


def _refuse_empty(response: requests.Response) -> requests.Response:
    """Keep a failure of X's own from being read as an answer about the code."""
    if (
        response.status_code >= refusals.SERVER_ERROR
        or response.status_code == refusals.TOO_MANY
        or response.is_redirect
    ):
        raise NetworkAway(f"X could not connect the account now ({response.status_code}): start again in a moment.")
    return response
