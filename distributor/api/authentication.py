"""Who asks: the token of a request, what it may do, and how often."""

from __future__ import annotations

from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer

from distributor.api.problems import ProblemError
from distributor.client_limits import ClientLimit, LimitUse, client_of
from distributor.domain.dispatch_actions import Role, permits
from distributor.domain.errors import NotPermitted
from distributor.letters import actions as letters
from distributor.letters.models import Publication
from distributor.people import api_tokens
from distributor.people.api_tokens import Principal

WINDOW_SECONDS: Final = 60
# Guessing 256 bits is hopeless: this only spares the database.
STRANGERS: Final = ClientLimit("api-strangers", count=60, seconds=60)
_NOBODY: Final = "Send “Authorization: Bearer TOKEN”, with a token that lets you in."
_STRANGER: Final = (
    "This token lets nobody in: it is none of ours, or was revoked, has expired or got another secret. "
    "“distributor api token list” shows them all."
)
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="distributor"'}


class ApiRequest(HttpRequest):
    """A request as views of the API get it: `auth` is the principal."""

    auth: Principal


class TokenWithScope(HttpBearer):
    """Let in who shows a token with a scope, "" for any token, whose owner is what `role` says, at least."""

    def __init__(self, scope: str, role: Role) -> None:
        super().__init__()
        self.scope = scope
        self.role = role

    def authenticate(self, request: HttpRequest, token: str) -> Principal:  # noqa: ARG002 - ninja's signature
        principal = principal_of(request)
        if self.scope:
            api_tokens.require(principal, self.scope)
        if not permits(principal.role, self.role):
            raise NotPermitted(f"That is for those who are {self.role}; the owner of this token is {principal.role}.")
        return principal

    def __call__(self, request: HttpRequest) -> Any:
        # Ninja passes by whoever sends no header: they hear of it in our words.
        return self.authenticate(request, "")


def principal_of(request: HttpRequest) -> Principal:
    """Return for whom a request acts; looked up and counted once. Raises ProblemError for nobody and for too many."""
    principal = getattr(request, "_principal", None)
    if principal is not None:
        return cast("Principal", principal)
    principal = _token_principal(request)
    request._principal = principal  # type: ignore[attr-defined]  # noqa: SLF001 - beside Django's own
    _count(request, principal)
    return principal


def with_limit_headers(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say in an answer how many requests are left (draft-ietf-httpapi-ratelimit-headers-10)."""
    use: LimitUse | None = getattr(request, "_limit_use", None)
    if use is not None:
        response.headers["RateLimit-Policy"] = f'"token";q={use.count};w={WINDOW_SECONDS}'
        response.headers["RateLimit"] = f'"token";r={use.left};t={use.seconds_left}'
    return response


def publication_of(request: ApiRequest, slug: str = "") -> Publication:
    """Return the publication that a request is about: the named one, the token's own, or the only one.

    Raises NotPermitted for one that is not the token's, BadInput where there are several and none is named.
    """
    publication = request.auth.publication
    if publication is None:
        return letters.publication(slug, named_by="“publication”")
    if slug not in ("", publication.slug):
        raise NotPermitted(f"This token is for the publication “{publication.slug}” alone.")
    return publication


def publications_of(request: ApiRequest, slug: str = "") -> dict[str, Any]:
    """Return a filter of rows that have a `publication`: the named one's, the token's, or everybody's."""
    if not slug and request.auth.publication is None:
        return {}
    return {"publication": publication_of(request, slug)}


def check_publication(request: ApiRequest, publication: Publication | None) -> None:
    """Raise ProblemError `not-found` for what is another publication's than the token's: not even that is told."""
    token_publication = request.auth.publication
    if token_publication is not None and (publication is None or publication.pk != token_publication.pk):
        raise ProblemError("not-found", "There is nothing of that id here.")


def require_all_publications(request: ApiRequest, subject: str) -> None:
    """Raise NotPermitted for a token of one publication where there are others, which `subject` concerns too."""
    publication = request.auth.publication
    if publication is not None and Publication.objects.exclude(pk=publication.pk).exists():
        raise NotPermitted(f"{subject} concerns all publications, and this token is for “{publication.slug}” alone.")


def _token_principal(request: HttpRequest) -> Principal:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    client = client_of(request)
    if wait := STRANGERS.wait(client):
        raise ProblemError(
            "too-many-requests", "Too many wrong tokens came from here.", headers={"Retry-After": str(wait)}
        )
    principal = api_tokens.principal_of(token.strip()) if scheme.lower() == "bearer" else None
    if principal is None:
        if token:
            STRANGERS.add(client)
        raise ProblemError("no-token", _STRANGER if token else _NOBODY, headers=_CHALLENGE)
    return principal


def _count(request: HttpRequest, principal: Principal) -> None:
    limit = ClientLimit("api-token", count=principal.requests_per_minute, seconds=WINDOW_SECONDS)
    use = limit.use(str(principal.token_id))
    request._limit_use = use  # type: ignore[attr-defined]  # noqa: SLF001 - beside Django's own
    if use.is_over:
        raise ProblemError(
            "too-many-requests",
            f"This token takes {use.count:,} requests a minute.",
            headers={"Retry-After": str(use.seconds_left)},
        )
