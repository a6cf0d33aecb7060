"""The templates that a publication's letters are made with: read, tried, stored, compared, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Final

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import AfterValidator, Field

from distributor.api.authentication import ApiRequest
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body, Slug, storable
from distributor.api.problems import ProblemError
from distributor.api.v1 import letters
from distributor.api.v1.letter_versions import MOST_NUMBER, Piece, pieces
from distributor.api.v1.publications import publication_row
from distributor.delivery.variants import template_edits
from distributor.domain import differences
from distributor.letters import stored_templates
from distributor.letters.models import Publication, TemplateVersion
from distributor.rendering.template_files import TemplateFile, template_files
from distributor.request_bodies import FORM_ROOM, BodyLimit

router = Router(tags=["Publications"])
LARGE: Final = BodyLimit(12 * template_edits.LONGEST + FORM_ROOM, editors_only=True)  # a character may be six signs

TemplateName = Annotated[
    str, Query(max_length=200, description="As the list says it, such as email/letter.html."), AfterValidator(storable)
]
Source = Annotated[str, Field(max_length=template_edits.LONGEST, description="Jinja2."), AfterValidator(storable)]
Number = Annotated[int, Path(ge=1, le=MOST_NUMBER, description="A version, from 1.")]
_BASE = Field(None, ge=0, le=MOST_NUMBER, description="The version that the change was made from, 0 for none.")


class TemplateItem(Schema):
    """One template."""

    name: str = Field(examples=["email/letter.html"])
    is_own: bool = Field(description="The publication's own; else one that comes with Distributor.", examples=[False])
    overrides: bool = Field(description="It takes the place of one that comes with Distributor.", examples=[False])
    is_stored: bool = Field(False, description="Written on the desk or by a program; else a file.", examples=[False])
    version: int = Field(0, description="Its latest version, 0 where it was never stored.", examples=[3])


class Template(TemplateItem):
    """One template with what it says."""

    source: str = Field(description="Jinja2.", examples=["{{ letter.title }}"])


class Templates(Schema):
    """The templates of mails (`email/`) and posts (`social/`), in the order of their names."""

    templates: list[TemplateItem]


class TemplateChange(Body):
    """What a template is to say."""

    source: Source
    base: int | None = _BASE


class TemplateBase(Body):
    """From which version the change is made: somebody else's later one is a conflict."""

    base: int | None = _BASE


class TemplateState(Schema):
    """One version of a template."""

    number: int = Field(examples=[3])
    at: datetime = Field(examples=["2026-12-01T08:00:00Z"])
    actor: str = Field(description="Who; empty for a program of ours.", examples=["maria"])
    origin: str = Field(description="Where the change comes from.", examples=["the desk"])
    is_ours: bool = Field(description="It goes back to the template that is there without it.", examples=[False])


class TemplateStateDetails(TemplateState):
    """A version with what it says, and how it differs from the one before."""

    source: str = Field(description="Jinja2; of ours where it went back to that.", examples=["{{ letter.title }}"])
    pieces: list[Piece]


@operation(
    router, "GET", "/publications/{slug}/templates", id="templates.list", summary="A publication's templates",
    scope="publications:read", returns=Templates,
)  # fmt: skip
def list_templates(request: ApiRequest, slug: Slug) -> Templates:
    row = publication_row(request, slug)
    versions = stored_templates.latest_by_name(row)
    return Templates(templates=[TemplateItem(**_members(file, versions.get(file.name))) for file in _files(row)])


@operation(
    router, "GET", "/publications/{slug}/template", id="templates.show", summary="One template",
    scope="publications:read", returns=Template,
)  # fmt: skip
def show(request: ApiRequest, slug: Slug, name: TemplateName) -> Template:
    return _template(publication_row(request, slug), name)


@operation(
    router, "PUT", "/publications/{slug}/template", id="templates.save", summary="Store a template",
    scope="publications:write", returns=Template, body_limit=LARGE,
)  # fmt: skip
def save(request: ApiRequest, slug: Slug, name: TemplateName, body: TemplateChange) -> Template:
    """It is tried first: what is broken is refused with its `line`. What is approved goes out as it was approved."""
    row = publication_row(request, slug)
    actor, origin = request.auth.user_name, letters.origin(request)
    version = template_edits.save(row, name, body.source, base=body.base, actor=actor, origin=origin)
    note(request, subject=f"template {name}", publication=row, version=version.number if version else None)
    return _template(row, name)


@operation(
    router, "POST", "/publications/{slug}/template/check", id="templates.check", summary="Try a template",
    scope="publications:write", returns=Template, body_limit=LARGE, audited=False,
)  # fmt: skip
def check(request: ApiRequest, slug: Slug, name: TemplateName, body: TemplateChange) -> Template:
    """With the publication's latest letter and with made-up ones, as storing it does. Nothing is stored."""
    row = publication_row(request, slug)
    template_edits.check(row, name, body.source)
    return _template(row, name)


@operation(
    router, "POST", "/publications/{slug}/template/ours", id="templates.reset", summary="Go back to ours",
    scope="publications:write", returns=Template,
)  # fmt: skip
def reset(request: ApiRequest, slug: Slug, name: TemplateName, body: TemplateBase) -> Template:
    """Or to the file of the installation, where there is one. None of its versions is taken away."""
    row = publication_row(request, slug)
    actor, origin = request.auth.user_name, letters.origin(request)
    template_edits.reset(row, name, base=body.base, actor=actor, origin=origin)
    note(request, subject=f"template {name}", publication=row)
    return _template(row, name)


@operation(
    router, "GET", "/publications/{slug}/template/versions", id="templates.versions",
    summary="Its versions, the latest first", scope="publications:read", returns=Page[TemplateState],
)  # fmt: skip
def list_versions(
    request: ApiRequest,
    response: HttpResponse,
    slug: Slug,
    name: TemplateName,
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = "",
) -> Page[TemplateState]:
    rows = publication_row(request, slug).template_versions.filter(name=name)
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit, order=("-number",))
    return Page[TemplateState](items=[_state(row) for row in page], next=next_cursor)


@operation(
    router, "GET", "/publications/{slug}/template/versions/{number}", id="templates.version",
    summary="One version, and what it changed", scope="publications:read", returns=TemplateStateDetails,
)  # fmt: skip
def show_version(request: ApiRequest, slug: Slug, name: TemplateName, number: Number) -> TemplateStateDetails:
    row = publication_row(request, slug)
    file, version = _file(row, name), _version(row, name, number)
    before = row.template_versions.filter(name=name, number=number - 1).first()
    text, text_before = (_text(state, file) for state in (version, before))
    return TemplateStateDetails(
        **_state(version).dict(), source=text, pieces=pieces(differences.text_difference(text_before, text))
    )


@operation(
    router, "POST", "/publications/{slug}/template/versions/{number}/restore", id="templates.restore",
    summary="Let it say again what it said", scope="publications:write", returns=Template,
)  # fmt: skip
def restore(request: ApiRequest, slug: Slug, name: TemplateName, number: Number, body: TemplateBase) -> Template:
    """That is its next version: none is ever taken away."""
    row = publication_row(request, slug)
    _version(row, name, number)
    actor, origin = request.auth.user_name, f"its version {number}, {letters.origin(request)}"
    template_edits.restore(row, name, number, base=body.base, actor=actor, origin=origin)
    note(request, subject=f"template {name}", publication=row, version=number)
    return _template(row, name)


def _template(row: Publication, name: str) -> Template:
    file = _file(row, name)
    return Template(**_members(file, stored_templates.latest(row, name)), source=file.source)


def _members(file: TemplateFile, version: TemplateVersion | None) -> dict[str, Any]:
    return {
        "name": file.name,
        "is_own": file.is_own,
        "overrides": file.overrides,
        "is_stored": file.is_stored,
        "version": version.number if version else 0,
    }


def _files(row: Publication) -> Iterable[TemplateFile]:
    return template_files(stored_templates.template_set(row))


def _file(row: Publication, name: str) -> TemplateFile:
    file = next((file for file in _files(row) if file.name == name), None)
    if file is None:
        raise ProblemError("not-found", "There is no template of that name: the list names them.")
    return file


def _version(row: Publication, name: str, number: int) -> TemplateVersion:
    version = row.template_versions.filter(name=name, number=number).first()
    if version is None:
        raise ProblemError("not-found", f"This template has no version {number}.")
    return version


def _text(version: TemplateVersion | None, file: TemplateFile) -> str:
    below = file.below or ""
    return below if version is None or version.source is None else version.source


def _state(version: TemplateVersion) -> TemplateState:
    return TemplateState(
        number=version.number,
        at=version.created_at,
        actor=version.actor,
        origin=version.origin,
        is_ours=version.source is None,
    )
