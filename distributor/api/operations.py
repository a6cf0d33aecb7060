"""How each operation of the API is made: one decorator, so that none lacks a scope, an answer once, or a record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.utils.http import http_date
from ninja import Router, Schema
from ninja.decorators import decorate_view

from distributor.api import idempotency, problems
from distributor.api.authentication import TokenWithScope, principal_of, with_limit_headers
from distributor.api.etags import etag_of, is_known
from distributor.client_limits import client_of
from distributor.domain.api_scopes import SCOPES, least_role
from distributor.domain.dispatch_actions import Role
from distributor.domain.errors import BadInput
from distributor.people import audit
from distributor.request_bodies import SMALL, BodyLimit

View = TypeVar("View", bound=Callable[..., Any])
Run = Callable[..., HttpResponse]
READS: Final = ("GET", "HEAD")


class Problem(Schema):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


@dataclass(frozen=True, slots=True)
class Traits:
    """What is true of an operation beside its signature; `operation` explains each."""

    scope: str
    role: Role = "editor"
    body_limit: BodyLimit = SMALL
    atomic: bool = True
    audited: bool = True
    deprecated_since: date | None = None
    removed_on: date | None = None
    subject: str = ""


# By operation id, for the gate, the documentation and tests that go through all of them.
TRAITS: Final[dict[str, Traits]] = {}


def operation(
    router: Router,
    method: str,
    path: str,
    *,
    id: str,  # noqa: A002 - as OpenAPI calls it
    summary: str,
    scope: str,
    returns: Any,
    status: HTTPStatus = HTTPStatus.OK,
    body_limit: BodyLimit = SMALL,
    atomic: bool = True,
    audited: bool | None = None,
    subject: str = "",
    deprecated_since: date | None = None,
    removed_on: date | None = None,
    responses: dict[int, Any] | None = None,
    sparse: bool = False,
    role: Role | None = None,
    extra: dict[str, Any] | None = None,
) -> Callable[[View], View]:
    """Make a view an operation of the API.

    - `id`: its name for good, as clients have it, such as `letters.create`; `scope`: what a token needs, "" for any.
    - `role`: what the token's owner has to be, at least, as on the desk; by default what the scope asks for.
    - `returns`: the schema of its answer of `status`, None for none; where that is not 200, the view returns `Status`.
      `responses`: further answers by status. `sparse`: what is not set of an answer is left out of it.
    - `body_limit`: larger ones are for bodies that come with a token (`BodyLimit(size, editors_only=True)`).
    - `atomic`: it is done whole or not at all, and an `Idempotency-Key` keeps its answer. Without, a POST with a key
      is refused: it can't be kept.
    - `audited`: whether a success is recorded: what writes is, unless this says otherwise. `subject`: what it is done
      to, as a text with the path's parameters: `letter {letter_id}`; by default made of them.
    - `deprecated_since`, `removed_on`: said in headers of each answer (RFC 9745, RFC 8594).
    """
    writes = method not in READS
    role = role or least_role(scope)
    traits = Traits(
        scope,
        role,
        body_limit,
        atomic and writes,
        writes if audited is None else audited,
        deprecated_since,
        removed_on,
        subject,
    )
    _register(id, traits)
    documentation = {"x-scope": scope, "x-role": role} | (extra or {})

    def make(view: View) -> View:
        answers: dict[Any, Any] = {int(status): returns, **(responses or {})}
        route = router.api_operation(
            [method],
            path,
            auth=TokenWithScope(scope, role),
            response={**answers, **{code: Problem for code in _refusals(method, path) if code not in answers}},
            operation_id=id,
            summary=summary,
            deprecated=deprecated_since is not None or None,
            exclude_unset=sparse,
            openapi_extra=documentation,
        )
        route(decorate_view(partial(_doorway, id, traits))(view))
        return view

    return make


def _register(name: str, traits: Traits) -> None:
    """Note what is true of an operation. Raises LookupError for a name twice, and for a scope that there is not."""
    if traits.scope and traits.scope not in SCOPES:
        raise LookupError(f"{name} names a scope that there is not: {traits.scope}")
    if name in TRAITS:
        raise LookupError(f"There are two operations {name}.")
    TRAITS[name] = traits


def _refusals(method: str, path: str) -> Sequence[int]:
    codes = [400, 401, 403, 422, 429, 503]
    if "{" in path:
        codes.append(404)
    if method not in READS:
        codes += [409, 412, 413]
    return codes


def _doorway(name: str, traits: Traits, run: Run) -> Run:
    """Put around an operation what all of them have: who asks, once, as a whole, recorded, and what headers say."""

    @wraps(run)
    def answer(request: HttpRequest, **path: Any) -> HttpResponse:
        try:
            response = _answer(name, traits, partial(run, request, **path), request, path)
        except Exception as error:  # noqa: BLE001 - logged where nobody foresaw it, and no page is made for a program
            response = problems.answer(error)
        if request.method in READS:
            response = _with_tag(request, response)
        response.headers.setdefault("Cache-Control", "no-store")
        _say_deprecation(response, traits)
        return with_limit_headers(request, response)

    return answer


def _with_tag(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give what is read a tag; whoever has it already gets 304."""
    if response.status_code != HTTPStatus.OK or response.streaming:
        return response
    tag = etag_of(response.content)
    if is_known(request, tag):
        response = HttpResponseNotModified()
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _answer(
    name: str, traits: Traits, run: Callable[[], HttpResponse], request: HttpRequest, path: dict[str, Any]
) -> HttpResponse:
    principal = principal_of(request)
    key = idempotency.key_of(request) if request.method == "POST" else ""
    if not traits.atomic:
        if key and request.method == "POST":
            raise BadInput(f"{name} takes no {idempotency.HEADER}: its own ids keep it from being done twice.")
        return _with_record(name, traits, run, request, path)
    do = partial(_with_record, name, traits, run, request, path)
    if key:
        return idempotency.answer_once(request, key, token_id=principal.token_id, answer=do)
    return _whole(do)


def _whole(answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Do it in one transaction, which an answer that says no rolls back."""
    with transaction.atomic():
        response = answer()
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            transaction.set_rollback(True)
    return response


def _with_record(
    name: str, traits: Traits, run: Callable[[], HttpResponse], request: HttpRequest, path: dict[str, Any]
) -> HttpResponse:
    with audit.at_place(client_of(request)):
        return _recorded(name, traits, run(), request, path)


def _recorded(
    name: str, traits: Traits, response: HttpResponse, request: HttpRequest, path: dict[str, Any]
) -> HttpResponse:
    if traits.audited and response.status_code < HTTPStatus.BAD_REQUEST:
        principal = principal_of(request)
        audit.record(
            name,
            actor=principal.actor,
            door="api",
            subject=getattr(request, "audit_subject", "") or _subject(traits, path),
            publication=getattr(request, "audit_publication", None) or principal.publication,
            details=getattr(request, "audit_details", None),
        )
    return response


def note(request: HttpRequest, *, subject: str = "", publication: Any = None, **details: Any) -> None:
    """Say for the record what an operation was done to: a view calls it where the path does not say enough."""
    request.audit_subject = subject  # type: ignore[attr-defined]
    request.audit_publication = publication  # type: ignore[attr-defined]
    request.audit_details = details  # type: ignore[attr-defined]


def _subject(traits: Traits, path: dict[str, Any]) -> str:
    if traits.subject:
        return traits.subject.format(**path)
    return ", ".join(f"{name.removesuffix('_id')} {value}" for name, value in path.items())


def _say_deprecation(response: HttpResponse | StreamingHttpResponse, traits: Traits) -> None:
    if traits.deprecated_since is not None:
        response.headers["Deprecation"] = f"@{int(_midnight(traits.deprecated_since).timestamp())}"
    if traits.removed_on is not None:
        response.headers["Sunset"] = http_date(_midnight(traits.removed_on).timestamp())


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
