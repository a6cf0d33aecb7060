"""Publications and their settings."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from distributor.api.authentication import ApiRequest, check_publication
from distributor.api.etags import check_match
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.problems import ProblemError
from distributor.letters import actions as letters
from distributor.letters.models import Publication as PublicationRow
from distributor.letters.publication_settings import SETTINGS

router = Router(tags=["Publications"])


class Publication(Schema):
    """A brand that sends, with its settings as texts: what is read here can be sent back."""

    slug: str = Field(description="Its short name, for good.", examples=["lantern"])
    name: str = Field(examples=["The Lantern Post"])
    settings: dict[str, str] = Field(
        description="By the names of “distributor publications show”; an empty text is the default.",
        examples=[{"time-zone": "Asia/Seoul", "share-bar": "facebook, twitter, mail, link"}],
    )


class NewPublication(Schema):
    """A publication to make."""

    name: str = Field(min_length=1, max_length=200, examples=["The Lantern Post"])
    slug: str = Field("", max_length=50, description="Made of the name where it is empty.", examples=["lantern"])
    settings: dict[str, str] = Field({}, examples=[{"sender-email": "letters@lantern.example"}])


class SettingsChange(Schema):
    """Settings to change; all others stay as they are."""

    settings: dict[str, str] = Field(examples=[{"hold-minutes": "15"}])


@operation(
    router,
    "GET",
    "/publications",
    id="publications.list",
    summary="All publications",
    scope="publications:read",
    returns=Page[Publication],
)
def list_publications(
    request: ApiRequest, response: HttpResponse, limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[Publication]:
    rows = PublicationRow.objects.all()
    if request.auth.publication is not None:
        rows = rows.filter(pk=request.auth.publication.pk)
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit, order=("pk",))
    return Page[Publication](items=[_publication(row) for row in page], next=next_cursor)


@operation(
    router,
    "POST",
    "/publications",
    id="publications.create",
    summary="Make a publication",
    scope="publications:write",
    role="admin",
    returns=Publication,
    status=HTTPStatus.CREATED,
)
def create_publication(request: ApiRequest, body: NewPublication) -> Status[Publication]:
    check_publication(request, None)
    row = letters.create_publication(name=body.name, slug=body.slug)
    letters.edit_publication(row, body.settings)
    note(request, subject=f"publication {row.slug}", publication=row)
    return Status(HTTPStatus.CREATED, _publication(row))


@operation(
    router,
    "GET",
    "/publications/{slug}",
    id="publications.show",
    summary="One publication",
    scope="publications:read",
    returns=Publication,
)
def show_publication(request: ApiRequest, slug: str) -> Publication:
    return _publication(publication_row(request, slug))


@operation(
    router,
    "PATCH",
    "/publications/{slug}",
    id="publications.update",
    summary="Change a publication's settings",
    scope="publications:write",
    returns=Publication,
)
def update_publication(request: ApiRequest, slug: str, body: SettingsChange) -> Publication:
    row = publication_row(request, slug, lock=True)
    check_match(request, _publication(row))
    changes = letters.edit_publication(row, body.settings)
    note(request, subject=f"publication {slug}", publication=row, settings=[setting.name for setting in changes])
    return _publication(row)


def publication_row(request: ApiRequest, slug: str, *, lock: bool = False) -> PublicationRow:
    """Return a publication, with `lock` until the request is done. Raises ProblemError `not-found`."""
    rows = PublicationRow.objects.select_for_update(no_key=True) if lock else PublicationRow.objects.all()
    row = rows.filter(slug=slug.replace("\0", "")).first()
    if row is None:
        raise ProblemError("not-found", f"There is no publication “{slug}” here.")
    check_publication(request, row)
    return row


def _publication(row: PublicationRow) -> Publication:
    values = {name: setting.text_of(row) for name, setting in SETTINGS.items() if setting.input != "picture"}
    return Publication(slug=row.slug, name=row.name, settings=values)
