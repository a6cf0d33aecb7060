"""What became of what went out: figures for a dispatch and for a letter, and the Top 10."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest
from distributor.api.operations import operation
from distributor.api.parameters import Id, row_of
from distributor.api.v1.publications import publication_row
from distributor.api.v1.schemas.dispatches import OUTCOMES_EXAMPLE, LetterReference, answers, complete
from distributor.delivery.models import Dispatch as DispatchRow
from distributor.insights import actions as insights
from distributor.insights import mail_figures
from distributor.letters.models import Letter
from distributor.letters.pages import page_url

router = Router(tags=["Reports"])


class Opens(Schema):
    """Who opened a mail. A hint: some mail programs load every picture before anyone looks, others none."""

    people: int = Field(examples=[640])
    total: int = Field(examples=[911])


class LinkClicks(Schema):
    """Who followed one link of a mail."""

    url: str = Field(examples=["https://lantern.example/letters/fog"])
    people: int = Field(examples=[120])
    total: int = Field(examples=[141])


class Clicks(Schema):
    """Who followed a mail's links, the most followed first."""

    people: int = Field(examples=[133])
    total: int = Field(examples=[170])
    machines: int = Field(description="Recipients for whom a scanner did: they are not in it.", examples=[4])
    links: list[LinkClicks]


class DispatchReport(Schema):
    """What became of one dispatch. `opens` and `clicks` are null where nothing is tracked, as for posts."""

    dispatch: int = Field(examples=[41])
    channel: str = Field(examples=["mail"])
    target: str = Field(examples=["Readers"])
    state: str = Field(examples=["sent"])
    went_out_at: datetime | None = Field(examples=["2026-12-01T08:00:00Z"])
    url: str = Field(description="Where it can be seen.", examples=["https://lantern.example/letters/fog"])
    recipients: int = Field(examples=[1200])
    outcomes: dict[str, int] = Field(examples=[OUTCOMES_EXAMPLE])
    opens: Opens | None
    clicks: Clicks | None
    returns: dict[str, int] = Field(
        description="How many people's mails came back after they were accepted, by kind; only what is proven.",
        examples=[{"hard bounce": 2, "soft bounce": 5, "complaint": 1}],
    )


class LetterReport(Schema):
    """What became of a letter, on all its channels."""

    letter: LetterReference
    reads: int = Field(description="How often its page was read.", examples=[3120])
    short_clicks: dict[str, int] = Field(
        description="How often its short links were followed, by channel.", examples=[{"twitter": 88}]
    )
    dispatches: list[DispatchReport]


class RankedLetter(Schema):
    """One place of the Top 10."""

    place: int = Field(examples=[1])
    letter: LetterReference
    reads: int = Field(description="In the last thirty days.", examples=[3120])
    url: str = Field(examples=["https://news.example/lantern/fog/"])


@operation(
    router, "GET", "/dispatches/{dispatch_id}/report", id="reports.dispatch", summary="What became of a dispatch",
    scope="reports:read", returns=DispatchReport,
)  # fmt: skip
def report_dispatch(request: ApiRequest, dispatch_id: Id) -> DispatchReport:
    return _reports([row_of(request, complete(DispatchRow.objects.all()), dispatch_id)])[0]


@operation(
    router, "GET", "/letters/{letter_id}/report", id="reports.letter", summary="What became of a letter",
    scope="reports:read", returns=LetterReport,
)  # fmt: skip
def report_letter(request: ApiRequest, letter_id: Id) -> LetterReport:
    letter = row_of(request, Letter.objects.select_related("publication"), letter_id)
    return LetterReport(
        letter=LetterReference(id=letter.pk, title=letter.title),
        reads=letter.reads.aggregate(total=Sum("count"))["total"] or 0,
        short_clicks=insights.short_clicks(letter),
        dispatches=_reports(list(complete(letter.dispatches.order_by("position", "pk")))),
    )


@operation(
    router, "GET", "/publications/{slug}/top", id="reports.top", summary="The ten letters most read lately",
    scope="reports:read", returns=list[RankedLetter],
)  # fmt: skip
def show_top(request: ApiRequest, slug: str) -> list[RankedLetter]:
    ranking = insights.top(publication_row(request, slug), today=timezone.now().astimezone(UTC).date())
    letters = Letter.objects.select_related("publication", "page").in_bulk([entry.key for entry in ranking])
    return [
        RankedLetter(
            place=entry.place,
            letter=LetterReference(id=entry.key, title=letters[entry.key].title),
            reads=entry.reads,
            url=page_url(letters[entry.key]),
        )
        for entry in ranking
        if entry.key in letters
    ]


def _reports(rows: list[DispatchRow]) -> list[DispatchReport]:
    return [
        DispatchReport(
            dispatch=row.pk,
            **{name: getattr(answer, name) for name in _SHARED},
            **_figures(row),
        )
        for row, answer in zip(rows, answers(rows), strict=True)
    ]


_SHARED = ("channel", "target", "state", "went_out_at", "url", "recipients", "outcomes")


def _figures(row: DispatchRow) -> dict[str, Any]:
    figures = mail_figures.of(row.pk, row.variant)
    returns = mail_figures.returns_of(row.pk)
    if figures is None:
        return {"opens": None, "clicks": None, "returns": returns}
    clicks = figures.clicks
    links = [LinkClicks(url=link.url, people=link.people, total=link.total) for link in figures.links]
    return {
        "opens": Opens(people=figures.opens.people, total=figures.opens.total),
        "clicks": Clicks(people=clicks.people, total=clicks.total, machines=clicks.machines, links=links),
        "returns": returns,
    }
