"""A publication's digest: when it goes out, and what became of its runs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest
from distributor.api.etags import check_match
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body
from distributor.api.v1.publications import publication_row
from distributor.delivery.reports.digests import runs_of
from distributor.domain.digests import WEEKDAYS, DigestHour
from distributor.letters import actions as letters
from distributor.letters.models import Publication

router = Router(tags=["Digests"])

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class DigestSwitch(Body):
    """Whether digests go out, and when on each subscriber's own clock."""

    on: bool = Field(examples=[True])
    hour: int = Field(8, ge=0, le=23, examples=[8])
    weekday: Weekday = Field("monday", description="Of the weekly one.", examples=["monday"])


class DigestSettings(Schema):
    """When a publication's digests go out, on each subscriber's own clock."""

    on: bool = Field(examples=[True])
    hour: int = Field(examples=[8])
    weekday: Weekday = Field(description="Of the weekly one.", examples=["monday"])
    since: datetime | None = Field(description="Since when they are on.", examples=["2026-11-01T09:00:00Z"])


class DigestRun(Schema):
    """One run of a digest, for those in one time zone; the last four are null where nothing was new for anyone."""

    day: date = Field(examples=["2026-12-01"])
    cadence: str = Field(description="daily or weekly.", examples=["daily"])
    zone: str = Field(description="Empty for those whose zone nobody knows.", examples=["Asia/Seoul"])
    letters: int = Field(description="How many it gathered.", examples=[3])
    dispatch: int | None = Field(examples=[57])
    state: str = Field(description="Its dispatch's, or “nothing new”.", examples=["sent"])
    recipients: int | None = Field(examples=[412])
    accepted: int | None = Field(examples=[411])


@operation(
    router, "GET", "/publications/{slug}/digests", id="digests.show", summary="When digests go out",
    scope="publications:read", returns=DigestSettings,
)  # fmt: skip
def show_digests(request: ApiRequest, slug: str) -> DigestSettings:
    return _settings(publication_row(request, slug))


@operation(
    router, "PUT", "/publications/{slug}/digests", id="digests.switch", summary="Switch digests on or off",
    scope="publications:write", returns=DigestSettings,
)  # fmt: skip
def switch_digests(request: ApiRequest, slug: str, body: DigestSwitch) -> DigestSettings:
    """On a publication that has them already only the hour and the weekday change."""
    row = publication_row(request, slug, lock=True)
    check_match(request, _settings(row))
    hour = DigestHour(body.hour, _DAYS.index(body.weekday)) if body.on else None
    letters.switch_digests(row, hour, now=timezone.now())
    note(request, subject=f"publication {row.slug}", publication=row, on=body.on)
    return _settings(row)


@operation(
    router, "GET", "/publications/{slug}/digests/runs", id="digests.runs", summary="Its runs, the latest first",
    scope="dispatches:read", returns=Page[DigestRun],
)  # fmt: skip
def list_runs(
    request: ApiRequest, response: HttpResponse, slug: str, limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[DigestRun]:
    rows = publication_row(request, slug).digests.select_related("dispatch")
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit)
    return Page[DigestRun](items=[DigestRun(**run.to_json()) for run in runs_of(page)], next=next_cursor)


_DAYS = tuple(day.lower() for day in WEEKDAYS)


def _settings(row: Publication) -> DigestSettings:
    return DigestSettings.model_validate(
        {
            "on": row.digests_from is not None,
            "hour": row.digest_hour,
            "weekday": _DAYS[row.digest_weekday],
            "since": row.digests_from,
        }
    )
