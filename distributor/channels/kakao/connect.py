"""Connecting a Kakao account by Kakao Login, and keeping its token fresh.

An access token lives about six hours, a refresh token about two months; a new refresh token comes only when the old one
has less than a month left, so the old one stays where an answer has none.

Source: https://developers.kakao.com/docs/latest/en/kakaologin/rest-api
"""

from __future__ import annotations

from collections.abc import Mapping

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
from distributor.channels.kakao import api
from distributor.channels.oauth2 import Tokens
from distributor.channels.response_bodies import mapping, moment
from distributor.channels.responses import is_token, utc_now

KAKAO = "Kakao"
MESSAGES = "talk_message"
FRIENDS = "friends"

FIELDS = (
    AccountField(
        "access_token",
        "Access token",
        help="A user access token of your Kakao app with the consent item talk_message.",
        secret=True,
    ),
    AccountField("refresh_token", "Refresh token", secret=True, optional=True, hidden=True),
    AccountField("renewable_until", "When the refresh token ends", optional=True, hidden=True),
    AccountField("scope", "What the account has agreed to", optional=True, hidden=True),
)
APP_FIELDS = (
    AccountField("rest_api_key", "REST API key", help="[App] > [Platform key] at developers.kakao.com."),
    AccountField(
        "client_secret", "Client secret", help="Where the REST API key has one switched on.", secret=True, optional=True
    ),
    AccountField(
        "javascript_key",
        "JavaScript key",
        help="Public; readers’ own sharing uses it where it is among the publication’s settings for KakaoTalk.",
        optional=True,
    ),
)
QUESTIONS = (
    AccountField(
        "friends",
        "Write to friends, too? (yes or empty)",
        help="Only for an app to which Kakao has granted the friends list: any other one can’t be connected with it.",
        optional=True,
    ),
)


class KakaoConnectFlow:
    """Kakao Login. `friends` is asked for only where it is chosen: an app without that permission is refused whole."""

    app_fields = APP_FIELDS
    questions = QUESTIONS

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock

    def begin(self, app: AppKeys, *, redirect_uri: str, state: str, answers: Mapping[str, str]) -> Redirect:
        """Return Kakao's consent page. Raises ConnectRefused without a REST API key."""
        scopes = [MESSAGES, "profile_nickname"]
        if answers.get("friends", "").strip().lower() in ("yes", "y", "true", "1", "네", "예"):
            scopes.append(FRIENDS)
        url = oauth2.address(
            f"{_server(app.endpoint)}/oauth/authorize",
            client_id=_key(app),
            redirect_uri=redirect_uri,
            response_type="code",
            state=state,
            scope=",".join(scopes),
        )
        return Redirect(url)

    def finish(
        self,
        app: AppKeys,
        *,
        redirect_uri: str,
        keep: Mapping[str, str],  # noqa: ARG002 # Kakao has no PKCE
        query: Mapping[str, str],
    ) -> tuple[Identity, ...]:
        """Return the one account that agreed. Raises ConnectRefused and NetworkAway."""
        form = {
            "grant_type": "authorization_code",
            "redirect_uri": redirect_uri,
            "code": oauth2.code(KAKAO, query),
            **_client(app),
        }
        now = self._clock()
        tokens = oauth2.exchange(KAKAO, f"{_server(app.endpoint)}/oauth/token", form, now=now, endpoint=app.endpoint)
        if tokens.scope and MESSAGES not in tokens.scope.split():
            raise ConnectRefused(
                "Kakao was not allowed to send messages for this account: start again and agree to “Send message in "
                "KakaoTalk”."
            )
        values = _values(tokens, {})
        identity = identify(Credentials(0, "", values, app.endpoint))
        return (
            Identity(
                identity.remote_id, identity.name, values, expires_at=tokens.expires_at, ends_at=tokens.refresh_ends_at
            ),
        )


class KakaoTokenRenewal:
    """Fresh access tokens, about every six hours."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock

    def renew(self, app: AppKeys, credentials: Credentials) -> FreshCredentials:
        """Raises AuthorisationEnded and NetworkAway."""
        refresh = credentials.values.get("refresh_token", "")
        if not refresh:
            raise AuthorisationEnded("This Kakao account has no refresh token: connect it again.")
        form = {"grant_type": "refresh_token", "refresh_token": refresh, **_client(app)}
        url = f"{_server(credentials.endpoint)}/oauth/token"
        tokens = oauth2.refresh(KAKAO, url, form, now=self._clock(), endpoint=credentials.endpoint)
        values = _values(tokens, credentials.values)
        return FreshCredentials(values, expires_at=tokens.expires_at, ends_at=moment(values.get("renewable_until", "")))


def identify(credentials: Credentials, *, timeout: float = oauth2.TIMEOUT) -> Identity:
    """Ask Kakao whose token this is. Raises ConnectRefused and NetworkAway."""
    token = credentials.values.get("access_token", "")
    if not is_token(token):
        raise ConnectRefused("The Kakao account has no usable token: connect it again.")
    url = api.address(credentials, api.ME)
    http_response = oauth2.ask(
        KAKAO, "GET", url, endpoint=credentials.endpoint, timeout=timeout, headers=api.bearer(token)
    )
    response = api.read(http_response, api.secrets(credentials))
    number = response.body.get("id")
    if response.success and isinstance(number, int):
        return Identity(str(number), _nickname(response) or f"Kakao account {number}", credentials.values)
    if 400 <= response.status < 500:
        raise ConnectRefused(f"Kakao does not say whose account this is: {response.message or response.status}")
    raise NetworkAway("Kakao could not say whose account this is: try again in a moment.")


def _nickname(response: api.KakaoResponse) -> str:
    """Return the account's nickname, "" where it was not agreed to."""
    name = mapping(mapping(response.body.get("kakao_account")).get("profile")).get("nickname")
    return name if isinstance(name, str) else ""


def _values(tokens: Tokens, before: Mapping[str, str]) -> dict[str, str]:
    """Return the account's values with fresh tokens; a refresh token that did not come again stays, with its end."""
    values = {**before, "access_token": tokens.access}
    if tokens.refresh:
        values["refresh_token"] = tokens.refresh
        values["renewable_until"] = tokens.refresh_ends_at.isoformat() if tokens.refresh_ends_at else ""
    if tokens.scope:
        values["scope"] = tokens.scope
    return values


def _server(endpoint: str) -> str:
    return endpoint or api.ACCOUNTS


def _key(app: AppKeys) -> str:
    key = app.values.get("rest_api_key", "")
    if not is_token(key):
        raise ConnectRefused("The newsroom’s Kakao app has no REST API key: enter it among the apps’ keys first.")
    return key


def _client(app: AppKeys) -> dict[str, str]:
    """Return how the app shows itself at the token endpoint; the secret only where it has one."""
    secret = app.values.get("client_secret", "")
    return {"client_id": app.values.get("rest_api_key", ""), **({"client_secret": secret} if secret else {})}
