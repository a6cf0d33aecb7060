"""What is so with a watched feed, in words that hold: when it was looked at, what was found, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from distributor.channels.http import without_secrets
from distributor.delivery.models import Dispatch
from distributor.domain.states import State
from distributor.newsroom import intake_rules
from distributor.newsroom.counts import count_words
from distributor.newsroom.models import FeedEntry, FeedLook, HubSubscription, WatchedFeed

_MOST_QUESTIONS = 50


@dataclass(frozen=True, slots=True)
class FeedReport:
    """One watched feed. Times are aware; None where there is none. `problem` says why the last look failed."""

    id: int
    reference: str
    name: str
    publication: str
    url: str
    state: str
    interval_minutes: int
    looked_at: datetime | None
    findings: str
    next_look_at: datetime | None
    problem: str
    hub: str
    asks: int
    rules: dict[str, Any]
    practice: bool

    def to_json(self) -> dict[str, Any]:
        """Return it with its times as ISO 8601."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(self).items()
        }


def report(feed: WatchedFeed) -> FeedReport:
    """Return what is so with a feed now."""
    last_look = feed.looks.order_by("-at", "-pk").first()
    is_watched = feed.state == WatchedFeed.State.WATCHED
    return FeedReport(
        id=feed.pk,
        reference=f"F{feed.pk}",
        name=feed.name,
        publication=feed.publication.slug,
        url=without_secrets(feed.url),
        state="failing" if is_watched and feed.failures else feed.state,
        interval_minutes=feed.interval_minutes,
        looked_at=feed.looked_at,
        findings=_findings(last_look),
        next_look_at=feed.next_look_at if is_watched else None,
        problem=feed.reason,
        hub=_hub_sentence(getattr(feed, "subscription", None)),
        asks=open_questions().filter(feed=feed).count(),
        rules=asdict(intake_rules.read(feed)),
        practice=feed.practice,
    )


def open_questions() -> QuerySet[FeedEntry]:
    """Return the entries that a person is asked about: unclear ones, and news that were kept back and still are.

    A letter that was approved or cancelled since then does not ask any more.
    """
    dispatches = Dispatch.objects.filter(letter=OuterRef("letter"))
    drafts = dispatches.filter(state=State.DRAFT.value)
    return FeedEntry.objects.filter(Q(letter=None) | Exists(drafts) | ~Exists(dispatches), asks=True)


def look_json(look: FeedLook) -> dict[str, Any]:
    """Return one look as JSON."""
    names = ("cause", "outcome", "entries", "archive", "news", "releases", "asks", "notes")
    return {"at": look.at.isoformat(), **{name: getattr(look, name) for name in names}}


def look_sentence(look: FeedLook) -> str:
    """Return what one look found, in a sentence."""
    return " ".join([f"{_findings(look)}.", *look.notes])


def _findings(look: FeedLook | None) -> str:
    if look is None:
        return ""
    if look.outcome == FeedLook.Outcome.FAILED:
        return "It failed"
    if look.outcome == FeedLook.Outcome.ENDED:
        return "The feed has ended"
    if look.outcome == FeedLook.Outcome.UNCHANGED:
        return "Nothing new"
    parts = []
    if look.archive:
        parts.append(f"{count_words(look.archive, 'letter')} for the archive")
    if look.news:
        parts.append(_news_words(look.news, look.releases))
    return f"{count_words(look.entries, 'entry', 'entries')}: {' and '.join(parts) or 'nothing new'}"


def _news_words(news: int, releases: int) -> str:
    """Say how many news there are, and how many of them go out by themselves."""
    letters = count_words(news, "new letter")
    if releases == news:
        return f"{letters} that {'goes' if news == 1 else 'go'} out"
    wait = f"{'waits' if news - releases == 1 else 'wait'} for your yes"
    return f"{letters}, of which {news - releases} {wait}" if releases else f"{letters} that {wait}"


def _hub_sentence(subscription: HubSubscription | None) -> str:
    """Say how the feed's hub stands to us; "" where the feed names none."""
    if subscription is None:
        return ""
    host = without_secrets(subscription.hub)
    if subscription.state == HubSubscription.State.ACTIVE:
        until = subscription.lease_until
        return f"{host} tells of news, until {until:%Y-%m-%d %H:%M} UTC." if until else f"{host} tells of news."
    if subscription.state == HubSubscription.State.ASKING and not subscription.reason:
        return f"{host} is being asked to tell of news."
    return f"{host} does not tell of news: {subscription.reason}"


def open_entries(feed: WatchedFeed) -> Sequence[FeedEntry]:
    """Return the newest entries that a person is asked about."""
    return list(
        open_questions().filter(feed=feed).select_related("letter").order_by("-noted_at", "-pk")[:_MOST_QUESTIONS]
    )
