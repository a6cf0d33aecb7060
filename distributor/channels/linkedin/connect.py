"""Connecting LinkedIn accounts in the browser, and renewing their tokens.

Sources: https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow and
…/programmatic-refresh-tokens: a token lives 60 days; refresh tokens, 365 days from the sign-in however often they are
used, are given to approved apps only.
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
    Redirect,
)
from distributor.channels.linkedin import api, identity
from distributor.channels.oauth2 import Tokens
from distributor.channels.responses import utc_now

LABEL = "LinkedIn"
ROOT = "https://www.linkedin.com"
# What every app can have; one with the Community Management API has other ones, and can't have these.
MEMBER_SCOPES = "openid profile w_member_social"
POST_MEMBER, POST_ORGANISATION = "w_member_social", "w_organization_social"
SEE_ORGANISATIONS = frozenset({"rw_organization_admin", "r_organization_admin"})

APP_FIELDS = (
    AccountField("client_id", "Client ID", help="On the “Auth” page of your app at linkedin.com/developers."),
    AccountField("client_secret", "Client secret", secret=True),
    AccountField(
        "api_version", "API version", help="Year and month, such as 202610. LinkedIn ends each after about a year."
    ),
    AccountField(
        "scopes",
        "Scopes",
        help=(
            f"As the “Auth” page lists them. Empty for {MEMBER_SCOPES}. To post for pages: r_basicprofile "
            "w_member_social w_organization_social r_organization_social rw_organization_admin."
        ),
        optional=True,
    ),
)


class LinkedInConnectFlow:
    """The member, and every page that they administer where the app may post for pages."""

    app_fields: tuple[AccountField, ...] = APP_FIELDS
    questions: tuple[AccountField, ...] = ()

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._clock = clock

    def begin(
        self,
        app: AppKeys,
        *,
        redirect_uri: str,
        state: str,
        answers: Mapping[str, str],  # noqa: ARG002 # nothing is asked
    ) -> Redirect:
        _check_version(app)
        return Redirect(
            oauth2.address(
                f"{app.endpoint or ROOT}/oauth/v2/authorization",
                response_type="code",
                client_id=app.values["client_id"],
                redirect_uri=redirect_uri,
                state=state,
                scope=" ".join((app.values.get("scopes") or MEMBER_SCOPES).replace(",", " ").split()),
            )
        )

    def finish(
        self,
        app: AppKeys,
        *,
        redirect_uri: str,
        keep: Mapping[str, str],  # noqa: ARG002 # nothing is kept
        query: Mapping[str, str],
    ) -> tuple[Identity, ...]:
        _check_version(app)
        form = {
            "grant_type": "authorization_code",
            "code": oauth2.code(LABEL, query),
            "redirect_uri": redirect_uri,
            **_keys(app),
        }
        tokens = oauth2.exchange(LABEL, _token_address(app), form, now=self._clock(), endpoint=app.endpoint)
        identities = _identities(app, tokens)
        if not identities:
            raise ConnectRefused(
                "LinkedIn granted nothing to post with: the app needs “Share on LinkedIn” or the API for pages."
            )
        return identities


class LinkedInTokenRenewal:
    """Fresh tokens, where the app was given refresh tokens."""

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._clock = clock

    def renew(self, app: AppKeys, credentials: Credentials) -> FreshCredentials:
        """Renew, and go over to the version of the API that the app names now."""
        refresh_token = credentials.values.get("refresh_token", "")
        if not refresh_token:
            raise AuthorisationEnded("LinkedIn gave this app no refresh token: connect the account again.")
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **_keys(app)}
        tokens = oauth2.refresh(LABEL, _token_address(app), form, now=self._clock(), endpoint=app.endpoint)
        version = app.values.get("api_version", "")
        values = {
            **credentials.values,
            "access_token": tokens.access,
            "refresh_token": tokens.refresh or refresh_token,
            "api_version": version if api.is_version(version) else credentials.values.get("api_version", ""),
        }
        return FreshCredentials(values, expires_at=tokens.expires_at, ends_at=tokens.refresh_ends_at)


def _identities(app: AppKeys, tokens: Tokens) -> tuple[Identity, ...]:
    """Return the member and their pages, whichever the token may post for. Raises ConnectRefused and NetworkAway."""
    scopes = " ".join((tokens.scope or app.values.get("scopes") or MEMBER_SCOPES).replace(",", " ").split())
    scope_set = set(scopes.split())
    values = {
        "access_token": tokens.access,
        "refresh_token": tokens.refresh,
        "api_version": app.values["api_version"],
        "scopes": scopes,
    }
    # Without a refresh token a person has to come again before the token ends.
    ends_at = tokens.refresh_ends_at if tokens.refresh else tokens.expires_at

    def identity_of(urn: str, name: str, *, kind: str = "", url: str = "") -> Identity:
        return Identity(urn, name, {**values, "author": urn}, kind, url, tokens.expires_at, ends_at)

    secrets = (tokens.access, tokens.refresh, app.values.get("client_secret", ""))
    identities: list[Identity] = []
    with oauth2.client(app.endpoint) as client:
        client.headers.update(api.headers(tokens.access, app.values["api_version"]))
        if POST_MEMBER in scope_set:
            person = identity.member(client, app.endpoint, scopes, secrets)
            identities.append(identity_of(person.urn, person.name))
        if POST_ORGANISATION in scope_set and scope_set & SEE_ORGANISATIONS:
            pages = identity.organisations(client, app.endpoint, secrets)
            identities += [identity_of(page.urn, page.name, kind="organisation", url=page.url) for page in pages]
    return tuple(identities)


def _check_version(app: AppKeys) -> None:
    if not api.is_version(app.values.get("api_version", "")):
        raise ConnectRefused("The LinkedIn app needs an API version: year and month, such as 202610.")


def _keys(app: AppKeys) -> dict[str, str]:
    return {"client_id": app.values["client_id"], "client_secret": app.values["client_secret"]}


def _token_address(app: AppKeys) -> str:
    return f"{app.endpoint or ROOT}/oauth/v2/accessToken"
