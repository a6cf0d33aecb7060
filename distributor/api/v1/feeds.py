"""Feeds that are watched: letters that come by themselves."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from distributor.api.authentication import ApiRequest, publication_of, publications_of
from distributor.api.etags import check_match
from distributor.api.operations import note, operation
from distributor.api.pages import USUAL_PAGE, Cursor, Limit, Page, page_rows
from distributor.api.parameters import Body, Id, Slug, Text, row_of
from distributor.api.v1.schemas.rules import Rules, RulesChange, changed_rules
from distributor.letters.models import Publication
from distributor.newsroom import feed_actions, feed_reports
from distributor.newsroom.feed_actions import FeedSettings
from distributor.newsroom.models import WatchedFeed

router = Router(tags=["Feeds"])

Name = Annotated[Text, Field(max_length=200, examples=["The newsroom's feed"])]
Address = Annotated[Text, Field(min_length=1, max_length=2_000, examples=["https://lantern.example/feed"])]
MOST_LOOKS: Final = 50


class Feed(Schema):
    """A watched feed, and how it is."""

    id: int
    publication: str = Field(examples=["lantern"])
    name: str
    url: str = Field(description="Where it is asked for; permanent redirects change it.")
    state: str = Field(description="watched, failing, paused or ended.", examples=["watched"])
    interval_minutes: int = Field(examples=[15])
    looked_at: datetime | None = None
    findings: str = Field(description="What the last look found.", examples=["12 entries: 1 new letter that goes out"])
    next_look_at: datetime | None = None
    problem: str = Field(description="Why the last look failed, or why it ended; empty where it did not.")
    hub: str = Field(description="How its hub (WebSub) stands to us; empty without one.")
    asks: int = Field(description="How many entries a person is asked about.")
    rules: Rules


class NewFeed(Body):
    """A feed to watch."""

    publication: Slug = Field("", description="Needed where there are several.", examples=["lantern"])
    url: Address
    name: Name = Field("", description="By default its host.")
    interval_minutes: int = Field(15, description="How often it is asked, where no hub tells of news.")
    rules: RulesChange | None = None


class FeedChange(Body):
    """What to change; all else stays."""

    name: Name | None = None
    interval_minutes: int | None = Field(None, examples=[30])
    rules: RulesChange | None = None


class Look(Schema):
    """What one look found."""

    at: datetime
    cause: str = Field(description="interval, hub or person.")
    outcome: str = Field(description="read, unchanged, failed or ended.")
    entries: int
    archive: int = Field(description="New letters that don't go out.")
    news: int
    releases: int = Field(description="Of the news, those that go out by themselves.")
    asks: int
    notes: list[str]


class Looks(Schema):
    """The latest looks, the latest first."""

    items: list[Look]


@operation(
    router, "GET", "/feeds", id="feeds.list", summary="Watched feeds", scope="publications:read", returns=Page[Feed]
)
def list_feeds(
    request: ApiRequest, response: HttpResponse, publication: Slug = "", limit: Limit = USUAL_PAGE, cursor: Cursor = ""
) -> Page[Feed]:
    rows = feed_actions.feeds().filter(**publications_of(request, publication))
    page, next_cursor = page_rows(request, response, rows, cursor=cursor, limit=limit, order=("pk",))
    return Page[Feed](items=[_feed(row) for row in page], next=next_cursor)


@operation(
    router, "POST", "/feeds", id="feeds.create", summary="Watch a feed", scope="publications:write", role="editor",
    returns=Feed,
    status=HTTPStatus.CREATED,
)  # fmt: skip
def create_feed(request: ApiRequest, response: HttpResponse, body: NewFeed) -> Status[Feed]:
    """Its first look comes at once and only makes an archive of what is in it: nothing of that goes out."""
    publication = publication_of(request, body.publication)
    settings = FeedSettings(body.name, body.interval_minutes, changed_rules(request, FeedSettings().rules, body.rules))
    row = feed_actions.add(publication, body.url, settings, actor=request.auth.user_name)
    response.headers["Location"] = f"/api/v1/feeds/{row.pk}"
    note(request, subject=f"feed {row.pk}", publication=publication)
    return Status(HTTPStatus.CREATED, _feed(row))


@operation(
    router, "GET", "/feeds/{feed_id}", id="feeds.show", summary="One watched feed", scope="publications:read",
    returns=Feed,
)  # fmt: skip
def show_feed(request: ApiRequest, feed_id: Id) -> Feed:
    return _feed(_row(request, feed_id))


@operation(
    router, "PATCH", "/feeds/{feed_id}", id="feeds.update", summary="Change a watched feed",
    scope="publications:write", role="editor", returns=Feed,
)  # fmt: skip
def update_feed(request: ApiRequest, feed_id: Id, body: FeedChange) -> Feed:
    row = _row(request, feed_id, lock=True)
    check_match(request, _feed(row))
    current = feed_actions.settings_of(row)
    settings = FeedSettings(
        current.name if body.name is None else body.name,
        current.interval_minutes if body.interval_minutes is None else body.interval_minutes,
        changed_rules(request, current.rules, body.rules),
    )
    return _answer(request, feed_actions.edit(row, settings), "update")


@operation(
    router, "DELETE", "/feeds/{feed_id}", id="feeds.delete", summary="Watch a feed no more",
    scope="publications:write", role="editor", returns=None, status=HTTPStatus.NO_CONTENT,
)  # fmt: skip
def remove_feed(request: ApiRequest, feed_id: Id) -> Status[None]:
    """Its letters stay."""
    row = _row(request, feed_id, lock=True)
    check_match(request, _feed(row))
    note(request, subject=f"feed {row.pk}", publication=row.publication)
    feed_actions.remove(row)
    return Status(HTTPStatus.NO_CONTENT, None)


@operation(
    router, "POST", "/feeds/{feed_id}/look", id="feeds.look", summary="Have a worker look at a feed now",
    scope="publications:write", role="editor", returns=Feed, status=HTTPStatus.ACCEPTED,
)  # fmt: skip
def look_at_feed(request: ApiRequest, feed_id: Id) -> Status[Feed]:
    """What came of it stands in its looks."""
    row = _row(request, feed_id)
    feed_actions.ask_for_look(row)
    return Status(HTTPStatus.ACCEPTED, _answer(request, _row(request, feed_id), "look"))


@operation(
    router, "POST", "/feeds/{feed_id}/pause", id="feeds.pause", summary="Look at a feed no more until it is resumed",
    scope="publications:write", role="editor", returns=Feed,
)  # fmt: skip
def pause_feed(request: ApiRequest, feed_id: Id) -> Feed:
    return _answer(request, feed_actions.pause(_row(request, feed_id)), "pause")


@operation(
    router, "POST", "/feeds/{feed_id}/resume", id="feeds.resume", summary="Watch a feed again, and look at once",
    scope="publications:write", role="editor", returns=Feed,
)  # fmt: skip
def resume_feed(request: ApiRequest, feed_id: Id) -> Feed:
    """What came meanwhile is news. It also lifts the brake on unusually many news."""
    return _answer(request, feed_actions.resume(_row(request, feed_id)), "resume")


@operation(
    router, "GET", "/feeds/{feed_id}/looks", id="feeds.looks", summary="What the last looks found",
    scope="publications:read", returns=Looks,
)  # fmt: skip
def list_looks(request: ApiRequest, feed_id: Id) -> Looks:
    rows = _row(request, feed_id).looks.order_by("-at", "-pk")[:MOST_LOOKS]
    return Looks(items=[Look(**feed_reports.look_json(row)) for row in rows])


def _row(request: ApiRequest, feed_id: int, *, lock: bool = False) -> WatchedFeed:
    rows = feed_actions.feeds()
    return row_of(request, rows.select_for_update(of=("self",)) if lock else rows, feed_id)


def _answer(request: ApiRequest, row: WatchedFeed, act: str) -> Feed:
    publication: Publication = row.publication
    note(request, subject=f"feed {row.pk}", publication=publication, act=act)
    return _feed(row)


def _feed(row: WatchedFeed) -> Feed:
    report: dict[str, Any] = asdict(feed_reports.report(row))
    return Feed(**{name: value for name, value in report.items() if name in Feed.model_fields})
