"""Pictures: uploaded, and those of a letter."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import Router, Schema, Status
from pydantic import Field

from distributor.api.authentication import ApiRequest, publication_of, publications_of
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body, Id, NameFilter, Text, row_of
from distributor.api.problems import ProblemError
from distributor.api.v1.letters import letter_answer, origin
from distributor.api.v1.schemas.letters import Letter
from distributor.domain import media_names
from distributor.domain.errors import BadInput
from distributor.domain.letters import ALT_LIMIT
from distributor.letters import actions, uploads
from distributor.letters.intake.picture_folders import LARGEST
from distributor.letters.models import Letter as LetterRow
from distributor.letters.models import Media as MediaRow
from distributor.request_bodies import FORM_ROOM, BodyLimit

router = Router(tags=["Pictures"])

# Django keeps a body that is no form in memory, up to DATA_UPLOAD_MAX_MEMORY_SIZE; a form's file goes to disk.
UPLOAD: Final = BodyLimit(LARGEST + FORM_ROOM, editors_only=True)
_BINARY: Final = {"type": "string", "format": "binary"}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "image/*": {"schema": _BINARY},
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": _BINARY}, "required": ["file"]},
            },
        },
    }
}


class Media(Schema):
    """A stored picture."""

    id: int = Field(examples=[5])
    publication: str = Field(examples=["lantern"])
    reference: str = Field(
        description="What to give as a letter's `image.url`.", examples=["media:0123456789abcdef01234567-1200x630.jpg"]
    )
    url: str = Field(
        description="Where it is served, for an `<img>` in a letter's text.",
        examples=["https://letters.example/lantern/media/0123456789abcdef01234567-1200x630.jpg"],
    )
    width: int = Field(examples=[1200])
    height: int = Field(examples=[630])
    bytes: int = Field(description="Of all its files.", examples=[210_000])
    source: str = Field(description="The address that it was copied from, if any.", examples=[""])
    created_at: datetime = Field(examples=["2026-12-01T08:00:00Z"])


class LetterPicture(Schema):
    """A picture of a letter."""

    url: str = Field(examples=["https://lantern.example/garden.jpg"])
    media: Media | None = Field(description="The stored picture; null for one that is shown from elsewhere.")
    alt: str = Field(examples=["A garden under snow."])
    is_lead: bool = Field(description="It is the letter's own picture, above the text and in posts.", examples=[True])


class LetterPictures(Schema):
    """The pictures of a letter, its own first."""

    pictures: list[LetterPicture]


class Description(Body):
    """What a picture shows."""

    alt: Text = Field(max_length=ALT_LIMIT, examples=["A garden under snow."])


@operation(
    router, "POST", "/media", id="media.create", summary="Store a picture", scope="letters:write", returns=Media,
    status=HTTPStatus.CREATED, responses={HTTPStatus.OK: Media}, body_limit=UPLOAD, extra=_BODY,
)  # fmt: skip
def create(request: ApiRequest, response: HttpResponse, publication: NameFilter = "") -> Status[Media]:
    """Its bytes are the body (up to 10 MB), or a form's `file` (up to 30 MB). It is written anew, upright.

    The same bytes again are the same picture, and the answer is 200.
    """
    brand = publication_of(request, publication)
    row, is_new = uploads.keep(_content(request), brand)
    note(request, subject=f"picture {row.pk}", publication=brand, created=is_new)
    response.headers["Location"] = f"/api/v1/media/{row.pk}"
    return Status(HTTPStatus.CREATED if is_new else HTTPStatus.OK, _media(row))


@operation(
    router, "GET", "/media", id="media.list", summary="Stored pictures, the newest first", scope="letters:read",
    returns=Page[Media],
)  # fmt: skip
def list_media(
    request: ApiRequest,
    response: HttpResponse,
    publication: NameFilter = "",
    limit: Limit = USUAL_PAGE,
    cursor: Cursor = "",
) -> Page[Media]:
    rows = MediaRow.objects.select_related("publication").filter(**publications_of(request, publication))
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit)
    return Page[Media](items=[_media(row) for row in page], next=next_cursor)


@operation(
    router, "GET", "/media/{media_id}", id="media.show", summary="One stored picture", scope="letters:read",
    returns=Media,
)  # fmt: skip
def show(request: ApiRequest, media_id: Id) -> Media:
    return _media(row_of(request, MediaRow.objects.select_related("publication"), media_id))


@operation(
    router, "GET", "/letters/{letter_id}/pictures", id="letters.pictures", summary="A letter's pictures",
    scope="letters:read", returns=LetterPictures,
)  # fmt: skip
def pictures(request: ApiRequest, letter_id: Id) -> LetterPictures:
    letter = row_of(request, LetterRow.objects.select_related("publication"), letter_id)
    entries = [(letter.image_url, letter.image_alt, True)] if letter.image_url else []
    entries += [(source, alt, False) for source, alt in media_names.pictures(letter.body_html)]
    rows = MediaRow.objects.select_related("publication").filter(
        publication=letter.publication, digest__in=[name.digest for name in map(_name, entries) if name]
    )
    by_name = {row.name: row for row in rows}
    site_url = f"{settings.SITE_URL}/{letter.publication.slug}"
    return LetterPictures(
        pictures=[
            LetterPicture(
                url=media_names.address(entry[0], site_url),
                media=_media(by_name[name]) if (name := _name(entry)) in by_name else None,
                alt=entry[1],
                is_lead=entry[2],
            )
            for entry in entries
        ]
    )


@operation(
    router, "PUT", "/letters/{letter_id}/image/alt", id="letters.describe_picture",
    summary="Say what a letter's picture shows", scope="letters:write", returns=Letter,
)  # fmt: skip
def describe(request: ApiRequest, letter_id: Id, body: Description) -> Letter:
    letter = row_of(request, LetterRow.objects.select_related("publication"), letter_id)
    actions.describe_picture(letter, body.alt, actor=request.auth.user_name, origin=origin(request))
    note(request, subject=f"letter {letter.pk}", publication=letter.publication)
    return letter_answer(letter.pk)


def _content(request: ApiRequest) -> bytes:
    """Return the bytes that were sent. Raises BadInput for none."""
    if request.content_type == "multipart/form-data":
        try:
            file = request.FILES.get("file")
        except MultiPartParserError:
            raise ProblemError("malformed", "The form can't be read.") from None
        content = file.read(LARGEST + 1) if isinstance(file, UploadedFile) else b""
    else:
        content = request.body
    if not content:
        raise BadInput("Send a picture: its bytes as the body, or as “file” of a form.")
    return content


def _name(entry: tuple[str, str, bool]) -> media_names.MediaName | None:
    return media_names.of_reference(entry[0])


def _media(row: MediaRow) -> Media:
    return Media(
        id=row.pk,
        publication=row.publication.slug,
        reference=row.name.reference,
        url=media_names.address(row.name.reference, f"{settings.SITE_URL}/{row.publication.slug}"),
        width=row.width,
        height=row.height,
        bytes=row.size,
        source=row.source,
        created_at=row.created_at,
    )
