"""Variants: what each channel makes of a letter, and an editor's own words for one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest
from distributor.api.etags import check_match
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body, Id, NameFilter, Text, row_of
from distributor.api.problems import ProblemError
from distributor.api.v1.letter_versions import Difference, Piece, differences, pieces
from distributor.api.v1.schemas import variants as schemas
from distributor.api.v1.schemas.variants import DispatchVariant, Override, VariantConcern, VariantPreview
from distributor.audience import segments
from distributor.audience.actions import find_lists
from distributor.channels import registry
from distributor.delivery import overrides, preflight, reapproval
from distributor.delivery.models import Dispatch
from distributor.delivery.overrides import VariantState
from distributor.delivery.preflight import PreflightConcern
from distributor.delivery.variants import letter_previews
from distributor.domain.overrides import PARTS, TEXT_LIMIT, URL_LIMIT, Part
from distributor.letters.models import Letter

router = Router(tags=["Variants"])

ChannelNames = Annotated[str, Query(max_length=1000, description="Channels, with commas; else those of its share bar.")]


class Previews(Schema):
    """A letter's variants as they would go out now."""

    previews: list[VariantPreview]


class LetterConcern(VariantConcern):
    """Something to know before it goes out."""

    channel: str = Field(description="Empty for what is about the letter, or about all.", examples=["mail"])


class Preflight(Schema):
    """What would keep it from going out, and what should be known before it does."""

    ready: bool = Field(description="Nothing would keep it: no concern is `refuse`.", examples=[True])
    concerns: list[LetterConcern]


class VariantEdit(Body):
    """Your own text, picture or link for one variant. What is not sent stays; null goes back to the template's."""

    text: Text | None = Field(None, max_length=TEXT_LIMIT, examples=["The garden sleeps."])
    picture: Text | None = Field(
        None,
        max_length=URL_LIMIT,
        description="Its address; empty for none.",
        examples=["https://lantern.example/g.jpg"],
    )
    picture_alt: Text | None = Field(None, max_length=2_000, examples=["A garden under snow."])
    link: Text | None = Field(
        None, max_length=URL_LIMIT, description="Empty for none.", examples=["https://lantern.example/winter-garden"]
    )


class ApprovalDifference(Schema):
    """How what is approved differs from what would be approved now."""

    letter: list[Difference] = Field(description="The letter, field by field.")
    text: list[Piece] = Field(description="What goes out; empty where it is the same.")
    link: tuple[str, str] | None = Field(description="Before and after, where they differ.", examples=[None])
    picture: tuple[str, str] | None = Field(description="Before and after, where they differ.", examples=[None])


@operation(
    router, "GET", "/letters/{letter_id}/previews", id="letters.previews", summary="A letter's variants now",
    scope="letters:read", returns=Previews,
)  # fmt: skip
def previews(request: ApiRequest, letter_id: Id, channels: ChannelNames = "") -> Previews:
    letter = _letter(request, letter_id)
    names = _channels(channels) or letter_previews.channels_of(letter)[0]
    entries = letter_previews.of_channels(letter, names)
    return Previews(previews=[schemas.preview_of(entry.preview, entry.publication) for entry in entries])


@operation(
    router, "GET", "/letters/{letter_id}/preflight", id="letters.preflight",
    summary="What to know before a letter is queued", scope="letters:read", returns=Preflight,
)  # fmt: skip
def letter_preflight(
    request: ApiRequest,
    letter_id: Id,
    channels: ChannelNames = "",
    lists: Annotated[str, Query(max_length=2000, description="Mailing lists, with commas.")] = "",
    segment: NameFilter = "",
) -> Preflight:
    letter = _letter(request, letter_id)
    entries = preflight.of_letter(
        letter,
        channels=_channels(channels) or None,
        lists=find_lists(letter.publication, _words(lists)),
        segment=segments.find(letter.publication, segment) if segment else None,
    )
    return _preflight(entries)


@operation(
    router, "GET", "/dispatches/{dispatch_id}/preflight", id="dispatches.preflight",
    summary="What to know before a dispatch goes out", scope="letters:read", returns=Preflight,
)  # fmt: skip
def dispatch_preflight(request: ApiRequest, dispatch_id: Id) -> Preflight:
    return _preflight(preflight.of_dispatch(_dispatch(request, dispatch_id)))


@operation(
    router, "GET", "/dispatches/{dispatch_id}/variant", id="variants.show", summary="What a dispatch says",
    scope="letters:read", returns=DispatchVariant,
)  # fmt: skip
def show(request: ApiRequest, dispatch_id: Id) -> DispatchVariant:
    """As it would be approved now; `change` says what differs from what is approved."""
    return _answer(overrides.state(_dispatch(request, dispatch_id)))


@operation(
    router, "PATCH", "/dispatches/{dispatch_id}/variant", id="variants.update",
    summary="Your own text, picture or link for a dispatch", scope="letters:write", returns=DispatchVariant,
)  # fmt: skip
def update(request: ApiRequest, dispatch_id: Id, body: VariantEdit) -> DispatchVariant:
    """What is approved already goes out as it was approved, until it is approved again."""
    dispatch = _dispatch(request, dispatch_id)
    Dispatch.objects.select_for_update(of=("self",)).get(pk=dispatch.pk)
    state = overrides.state(dispatch)
    check_match(request, _answer(state))
    members = body.model_dump(exclude_unset=True)
    by = request.auth.user_name
    back = [part for part in PARTS if part in members and members[part] is None and part in state.own_parts]
    if back:
        state = overrides.reset_variant(dispatch.pk, parts=back, by=by)
    changes: dict[str, Any] = {name: value for name, value in members.items() if value is not None}
    if changes or not members:
        state = overrides.edit_variant(dispatch.pk, **changes, by=by)
    note(request, subject=f"dispatch {dispatch.pk}", publication=dispatch.publication, parts=sorted(members))
    return _answer(state)


@operation(
    router, "DELETE", "/dispatches/{dispatch_id}/variant", id="variants.reset",
    summary="Back to what the template makes", scope="letters:write", returns=DispatchVariant,
)  # fmt: skip
def reset(
    request: ApiRequest,
    dispatch_id: Id,
    part: Annotated[Literal["text", "picture", "link", ""], Query(description="This one alone; else all.")] = "",
) -> DispatchVariant:
    dispatch = _dispatch(request, dispatch_id)
    Dispatch.objects.select_for_update(of=("self",)).get(pk=dispatch.pk)
    check_match(request, _answer(overrides.state(dispatch)))
    parts: tuple[Part, ...] = (part,) if part else PARTS
    state = overrides.reset_variant(dispatch.pk, parts=parts, by=request.auth.user_name)
    note(request, subject=f"dispatch {dispatch.pk}", publication=dispatch.publication, parts=list(parts))
    return _answer(state)


@operation(
    router, "GET", "/dispatches/{dispatch_id}/variant/edits", id="variants.history",
    summary="Who wrote what for a dispatch, the latest first", scope="letters:read", returns=Page[Override],
)  # fmt: skip
def history(
    request: ApiRequest, response: HttpResponse, dispatch_id: Id, limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[Override]:
    rows = overrides.history(_dispatch(request, dispatch_id))
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit, order=("-number",))
    return Page[Override](items=[schemas.override_of(row) for row in page], next=next_cursor)


@operation(
    router, "GET", "/dispatches/{dispatch_id}/variant/difference", id="variants.difference",
    summary="What approving again would change", scope="letters:read", returns=ApprovalDifference,
)  # fmt: skip
def difference(request: ApiRequest, dispatch_id: Id) -> ApprovalDifference:
    result = reapproval.difference(_dispatch(request, dispatch_id))
    return ApprovalDifference(
        letter=differences(result.fields), text=pieces(result.text), link=result.link, picture=result.picture
    )


def _letter(request: ApiRequest, letter_id: int) -> Letter:
    return row_of(request, Letter.objects.select_related("publication", "series"), letter_id)


def _dispatch(request: ApiRequest, dispatch_id: int) -> Dispatch:
    rows: QuerySet[Dispatch] = Dispatch.objects.select_related(
        "publication", "letter__publication", "version", "account", "waits_for"
    )
    dispatch = row_of(request, rows, dispatch_id)
    if dispatch.letter is None:
        raise ProblemError("not-found", "That is a digest: it gathers its letters when it goes out.")
    return dispatch


def _answer(state: VariantState) -> DispatchVariant:
    return schemas.dispatch_variant_of(state, state.dispatch.publication.view(site_url=settings.SITE_URL))


def _preflight(entries: Iterable[PreflightConcern]) -> Preflight:
    unique_entries = list(dict.fromkeys(entries))
    concerns = [
        LetterConcern(channel=entry.channel, level=entry.concern.level, message=entry.concern.message)
        for entry in unique_entries
    ]
    return Preflight(ready=preflight.is_ready(unique_entries), concerns=concerns)


def _channels(text: str) -> list[str]:
    """Return the named channels. Raises UnknownChannel."""
    names = [word.lower() for word in _words(text)]
    for name in names:
        registry.get(name)
    return names


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
