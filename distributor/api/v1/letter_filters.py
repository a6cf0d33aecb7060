"""Which letters a list holds, and which of their fields."""

from __future__ import annotations

from typing import Literal

from django.db.models import Q, QuerySet
from ninja import Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest, publications_of
from distributor.api.parameters import Moment, Text
from distributor.api.v1.schemas.letters import SHORT_FIELDS
from distributor.api.v1.schemas.letters import Letter as LetterSchema
from distributor.domain.errors import BadInput
from distributor.domain.states import State
from distributor.letters.models import Letter

NO_DISPATCHES = "unqueued"


class LetterFilters(Schema):
    """What a letter has to be; several together all have to be so."""

    publication: Text = Field("", max_length=50)
    series: Text = Field("", max_length=300, description="A series' title, or its short name.")
    author: Text = Field("", max_length=200, description="An author's name, or their short name.")
    tag: Text = Field("", max_length=100, description="One of its topics, spelled as it is there.")
    state: State | Literal["unqueued", ""] = Field(
        "", description="One of its dispatches is in this state; `unqueued`: it has none."
    )
    search: Text = Field("", max_length=200, description="It stands in the title or in the text.")
    source_id: Text = Field("", max_length=500, description="The `id` that it was sent with.")
    canonical_url: Text = Field("", max_length=500)
    created_since: Moment | None = None
    created_before: Moment | None = None
    published_since: Moment | None = None
    published_before: Moment | None = None


def rows(request: ApiRequest, filters: LetterFilters) -> QuerySet[Letter]:
    """Return the letters that the filters, and the caller's token, let through."""
    letters = Letter.objects.filter(**publications_of(request, filters.publication))
    if filters.series:
        letters = letters.filter(Q(series__title=filters.series) | Q(series__slug=filters.series))
    if filters.author:
        by_author = Letter.objects.filter(Q(authors__name=filters.author) | Q(authors__slug=filters.author))
        letters = letters.filter(pk__in=by_author.values("pk"))
    if filters.tag:
        letters = letters.filter(tags__contains=[filters.tag])
    if filters.search:
        letters = letters.filter(Q(title__icontains=filters.search) | Q(body_text__icontains=filters.search))
    if filters.source_id:
        by_key = Letter.objects.filter(keys__kind="id", keys__value=filters.source_id)
        letters = letters.filter(pk__in=by_key.values("pk"))
    if filters.canonical_url:
        letters = letters.filter(canonical_url=filters.canonical_url)
    spans = {
        "created_at__gte": filters.created_since,
        "created_at__lt": filters.created_before,
        "published_at__gte": filters.published_since,
        "published_at__lt": filters.published_before,
    }
    letters = letters.filter(**{name: moment for name, moment in spans.items() if moment is not None})
    return _in_state(letters, filters.state) if filters.state else letters


def field_names(fields: str) -> tuple[str, ...]:
    """Return the names of the fields that a caller wants. Raises BadInput for one that there is not."""
    names = tuple(dict.fromkeys(name.strip() for name in fields.split(",") if name.strip())) or SHORT_FIELDS
    for name in names:
        if name not in LetterSchema.model_fields:
            raise BadInput(f"A letter has no field “{name[:40]}”: choose from {', '.join(LetterSchema.model_fields)}.")
    return names


def _in_state(letters: QuerySet[Letter], state: State | Literal["unqueued", ""]) -> QuerySet[Letter]:
    if state == NO_DISPATCHES:
        return letters.filter(dispatches__isnull=True)
    return letters.filter(pk__in=Letter.objects.filter(dispatches__state=State(state).value).values("pk"))
