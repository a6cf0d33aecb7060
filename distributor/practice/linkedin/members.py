"""Who is on the practice world's LinkedIn: members, pages, the newsroom's two apps, and signing in.

LinkedIn gives pages to apps with the Community Management API only, and these can have no OpenID; refresh tokens are
given to some apps only. So there are two apps: one for pages with refresh tokens, one for members without.

Sources: https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow and
…/programmatic-refresh-tokens, /linkedin/marketing/community-management/organizations.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from distributor.practice import forms
from distributor.practice.linkedin import errors
from distributor.practice.oauth import OAuthError, Server, Tokens
from distributor.practice.store import Store, now

CHANNEL = "linkedin"
TOKEN = "practice-linkedin-access-token"  # noqa: S105
PAGES_APP = "practice-linkedin-pages-app"
MEMBERS_APP = "practice-linkedin-members-app"
APP_SECRET = "practice-linkedin-app-secret"  # noqa: S105
PAGES_SCOPES = (
    "r_basicprofile",
    "w_member_social",
    "w_organization_social",
    "r_organization_social",
    "rw_organization_admin",
)
MEMBERS_SCOPES = ("openid", "profile", "w_member_social")
TOKENS_LAST = 60 * 86_400  # seconds
REFRESH_LASTS = timedelta(days=365)

MEMBER = "urn:li:person:practiceMember"
FIRST_NAME, LAST_NAME = "Minji", "Kim"
PAGE = "urn:li:organization:2414183"
PAGES = {PAGE: "The Practice Letters", "urn:li:organization:2414184": "The Evening Letters"}


def recent_version() -> str:
    """Return last month's version of the API: each ends after a year, so that none can be written down here."""
    last = datetime.now(UTC).replace(day=1) - timedelta(days=1)
    return f"{last:%Y%m}"


def is_page(urn: str) -> bool:
    return urn.startswith("urn:li:organization:")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token a request carries: `number` is "" for the practice account itself."""

    number: str
    scopes: frozenset[str]

    def account_of(self, author: str) -> str:
        """Return the name under which an author's posts are kept: each account has pages of its own."""
        return f"{author}#{self.number}" if self.number else author

    def may_post(self, author: str) -> bool:
        if author == MEMBER:
            return "w_member_social" in self.scopes
        return author in PAGES and "w_organization_social" in self.scopes

    def may_read(self, author: str) -> bool:
        if author == MEMBER:
            return "r_member_social" in self.scopes
        return author in PAGES and "r_organization_social" in self.scopes


class Members:
    """Signing in, and the addresses that say who somebody is."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._servers = {
            client_id: Server(
                store,
                CHANNEL,
                "LinkedIn",
                TOKEN,
                client_id,
                APP_SECRET,
                seconds=TOKENS_LAST,
                refreshes=client_id == PAGES_APP,
            )
            for client_id in (PAGES_APP, MEMBERS_APP)
        }

    def routes(self) -> list[Route]:
        return [
            Route("/oauth/v2/authorization", self.consent, methods=["GET", "POST"]),
            Route("/oauth/v2/accessToken", self.token, methods=["POST"]),
            Route("/v2/userinfo", self.userinfo),
            Route("/v2/me", self.me),
            Route("/rest/organizationAcls", self.acls),
            Route("/rest/organizations", self.organisations),
            Route("/rest/organizations/{number}", self.organisation),
        ]

    def caller(self, request: Request) -> Caller | Response:
        """Return who calls, or the refusal."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            return errors.no_token()
        number = self._servers[PAGES_APP].account(token)
        about = self._store.note(CHANNEL, f"access:{token}")
        if number is None:
            return errors.expired_token() if about else errors.unknown_token()
        scopes = str(about["scope"]).split() if about else [*PAGES_SCOPES, *MEMBERS_SCOPES]
        return Caller(number, frozenset(scopes))

    async def consent(self, request: Request) -> Response:
        payload = dict(request.query_params)
        server = self._servers.get(payload.get("client_id", ""))
        scopes = PAGES_SCOPES if payload.get("client_id") == PAGES_APP else MEMBERS_SCOPES
        foreign = [scope for scope in payload.get("scope", "").split() if scope not in scopes]
        if server is not None and foreign and payload.get("redirect_uri"):
            query = {
                "error": "unauthorized_scope_error",
                "error_description": f'Scope "{foreign[0]}" is not authorized for your application',
                "state": payload.get("state", ""),
            }
            return RedirectResponse(f"{payload['redirect_uri']}?{urlencode(query)}", status_code=303)
        return await (server or self._servers[PAGES_APP]).consent(request)

    async def token(self, request: Request) -> Response:
        form = (await forms.read(request)).texts
        server = self._servers.get(form.get("client_id", ""))
        if server is None or form.get("client_secret") != APP_SECRET:
            response = {"error": "invalid_client", "error_description": "Client authentication failed"}
            return JSONResponse(response, status_code=401)
        try:
            return JSONResponse(self._tokens(server, form))
        except OAuthError as error:
            return JSONResponse({"error": error.error, "error_description": str(error)}, status_code=400)

    def _tokens(self, server: Server, form: dict[str, str]) -> dict[str, Any]:
        refresh = form.get("refresh_token", "")
        if form.get("grant_type") == "refresh_token":
            tokens = server.extend(refresh)  # it goes on working, and its end stays where it was
        elif form.get("grant_type") == "authorization_code":
            tokens = server.exchange(form)
            refresh = tokens.refresh
            self._store.keep(CHANNEL, f"refresh-ends:{refresh}", {"at": (now() + REFRESH_LASTS).isoformat()})
        else:
            raise OAuthError("unsupported_grant_type")
        return self._answer(server, tokens, refresh)

    def _answer(self, server: Server, tokens: Tokens, refresh: str) -> dict[str, Any]:
        response = server.answer(tokens, scope=",".join(tokens.scope.split()))  # with commas, as LinkedIn does
        if refresh:
            ends = self._store.note(CHANNEL, f"refresh-ends:{refresh}") or {"at": now().isoformat()}
            remaining = datetime.fromisoformat(ends["at"]) - now()
            response |= {"refresh_token": refresh, "refresh_token_expires_in": int(remaining.total_seconds())}
        return response

    async def userinfo(self, request: Request) -> Response:
        caller = self.caller(request)
        if isinstance(caller, Response):
            return caller
        if not {"openid", "profile"} <= caller.scopes:
            return errors.access_denied("userinfo.GET.NO_VERSION")
        return JSONResponse({"sub": MEMBER.rpartition(":")[2], "name": f"{FIRST_NAME} {LAST_NAME}"})

    async def me(self, request: Request) -> Response:
        caller = self.caller(request)
        if isinstance(caller, Response):
            return caller
        if "r_basicprofile" not in caller.scopes:
            return errors.access_denied("me.GET.NO_VERSION")
        names = {"localizedFirstName": FIRST_NAME, "localizedLastName": LAST_NAME}
        return JSONResponse({"id": MEMBER.rpartition(":")[2], **names, "vanityName": "practice-member"})

    async def acls(self, request: Request) -> Response:
        refusal = self._may_see_pages(request)
        if refusal is not None:
            return refusal
        payload = request.query_params
        if (payload.get("q"), payload.get("role")) != ("roleAssignee", "ADMINISTRATOR"):
            return errors.error(400, "ILLEGAL_ARGUMENT", "No such finder")
        role = {"role": "ADMINISTRATOR", "roleAssignee": MEMBER, "state": "APPROVED"}
        start = int(payload.get("start", "0"))
        elements = [{**role, "organization": urn} for urn in PAGES][start : start + int(payload.get("count", "10"))]
        return JSONResponse({"paging": {"start": start, "count": len(elements), "links": []}, "elements": elements})

    async def organisations(self, request: Request) -> Response:
        refusal = self._may_see_pages(request)
        payload = request.url.query
        if refusal is not None:
            return refusal
        if not payload.startswith("ids=List(") or not payload.endswith(")"):
            return errors.error(400, "ILLEGAL_ARGUMENT", "ids is no list")
        ids = payload.removeprefix("ids=List(").removesuffix(")").split(",")
        results = {number: _page(number) for number in ids if f"urn:li:organization:{number}" in PAGES}
        return JSONResponse({"results": results, "statuses": {}, "errors": {}})

    async def organisation(self, request: Request) -> Response:
        refusal = self._may_see_pages(request)
        number = request.path_params["number"]
        if refusal is not None:
            return refusal
        if f"urn:li:organization:{number}" not in PAGES:
            return errors.error(404, "NOT_FOUND", "Could not find entity")
        return JSONResponse(_page(number))

    def _may_see_pages(self, request: Request) -> Response | None:
        refusal = errors.protocol(request)
        if refusal is not None:
            return refusal
        caller = self.caller(request)
        if isinstance(caller, Response):
            return caller
        return None if "rw_organization_admin" in caller.scopes else errors.access_denied("organizationAcls.FINDER")


def _page(number: str) -> dict[str, Any]:
    name = PAGES[f"urn:li:organization:{number}"]
    return {"id": int(number), "localizedName": name, "vanityName": name.lower().replace(" ", "-")}
