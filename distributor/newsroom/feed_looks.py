"""One look at a watched feed: it is asked for, read, its entries are taken in, and the next look is planned.

The network is asked outside of any transaction. All that a look stores is one transaction, guarded by its claim: a look
that took too long, or whose feed was paused meanwhile, stores nothing.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import transaction

from distributor.channels.feed_requests import AskedToWait, FeedGone, FeedResponse, Validators, fetch_feed
from distributor.channels.http import without_secrets
from distributor.delivery import database_clock
from distributor.domain import websub
from distributor.domain.errors import SourceError
from distributor.domain.feed_looks import is_whole_due, next_look
from distributor.domain.letters import Draft
from distributor.letters.intake import parse_apart
from distributor.letters.intake.refusals import NoLetter
from distributor.letters.intake.source_kinds import kind_of
from distributor.newsroom import hub_subscriptions, practice_origin
from distributor.newsroom.feed_claims import CLAIM_TIME
from distributor.newsroom.feed_entries import EntriesResult, take_in_entries
from distributor.newsroom.models import FeedEntry, FeedLook, WatchedFeed
from distributor.newsroom.models.feeds import URL_LIMIT

logger = logging.getLogger(__name__)

LOOKS_KEPT: Final = 200  # of a feed
ENTRIES_KEPT: Final = timedelta(days=90)  # after an entry was last in its feed
_JITTER = random.SystemRandom()
# A feed that broke off would give half a letter: its root element has to be closed. JSON that broke off is no JSON.
_END: Final = re.compile(rb"</(?:\w{1,40}:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What came of asking: a whole feed with its drafts, or a feed that has not changed (`drafts` is None)."""

    response: FeedResponse
    drafts: Sequence[Draft] | None = None
    content_hash: str = ""


def look(feed_id: int, claim: UUID) -> FeedLook | None:
    """Look at a feed that was claimed; return what came of it, None where the claim is not ours any more."""
    feed = WatchedFeed.objects.select_related("publication").filter(pk=feed_id, claim=claim).first()
    if feed is None:
        return None
    reading: _Reading | SourceError
    try:
        reading = _read(feed, now=database_clock.now())
    except SourceError as error:
        reading = error
    return _conclude(feed_id, claim, reading)


def _read(feed: WatchedFeed, *, now: datetime) -> _Reading:
    """Ask for a feed and read it. Raises SourceError."""
    # Who tells of news, a hub or a person, is believed more than a server that says “unchanged”.
    is_told = feed.next_cause != FeedLook.Cause.INTERVAL
    is_whole = is_told or is_whole_due(now, read_at=feed.read_at, interval=_interval(feed))
    known_validators = Validators(feed.etag, feed.last_modified)
    has_validators = bool(feed.etag or feed.last_modified)
    response = fetch_feed(
        feed.url,
        now=now,
        validators=known_validators if has_validators and not is_whole else None,
        allow=practice_origin.origins(practice=feed.practice),
    )
    if response.content is None:
        return _Reading(response)
    content_hash = sha256(response.content).hexdigest()
    if content_hash == feed.content_hash:
        return _Reading(response, None, content_hash)
    return _Reading(response, _drafts(response), content_hash)


def _drafts(response: FeedResponse) -> Sequence[Draft]:
    """Return the entries of a feed as drafts. Raises SourceError for what is no feed, or only the beginning of one."""
    content = response.content or b""
    start = content[:20_000].replace(b"\0", b"").decode("utf-8", "replace").lstrip("\ufeff")
    if kind_of(start, name="", content_type=response.content_type) != "feed":
        raise SourceError(f"{response.url} is a page, not a feed: give the address of its feed.")
    if not start.lstrip().startswith("{") and not _END.search(content[-200_000:].replace(b"\0", b"")):
        raise SourceError(f"{response.url} broke off: the feed does not end, so none of it was taken in.")
    try:
        return parse_apart(content, name=response.url, url=response.url, content_type=response.content_type)
    except NoLetter:
        return ()  # a feed may be empty for now


@transaction.atomic
def _conclude(feed_id: int, claim: UUID, reading: _Reading | SourceError) -> FeedLook | None:
    feed = (
        WatchedFeed.objects.select_for_update(of=("self",))
        .select_related("publication")
        .filter(pk=feed_id, claim=claim, state=WatchedFeed.State.WATCHED)
        .first()
    )
    if feed is None:
        return None
    now = database_clock.now()
    record = FeedLook(feed=feed, at=now, cause=feed.next_cause)
    if isinstance(reading, SourceError):
        _note_failure(feed, record, reading, now=now)
    else:
        _note_success(feed, record, reading, now=now)
    # Who told of news after this look began may mean what it has not seen.
    claimed_at = (feed.claimed_until or now) - CLAIM_TIME
    if feed.state == WatchedFeed.State.WATCHED and feed.told_at and feed.told_at > claimed_at:
        feed.next_look_at = now
    else:
        feed.next_cause = FeedLook.Cause.INTERVAL
    feed.looked_at, feed.claim, feed.claimed_until = now, None, None
    feed.save()
    record.save()
    _forget_old(feed, now=now)
    logger.info("%s is looked at: %s", feed.name, record.outcome, extra={"feed_id": feed.pk})
    return record


def _note_failure(feed: WatchedFeed, record: FeedLook, error: SourceError, *, now: datetime) -> None:
    """Plan the next look after one that failed, or end the watch where its site has ended the feed."""
    feed.reason, record.notes, record.outcome = str(error)[:500], [str(error)], FeedLook.Outcome.FAILED
    if isinstance(error, FeedGone):
        feed.state, record.outcome = WatchedFeed.State.ENDED, FeedLook.Outcome.ENDED
        hub_subscriptions.leave(feed, now=now)
        return
    feed.failures += 1
    not_before = error.at if isinstance(error, AskedToWait) else None
    feed.next_look_at = _next_look(feed, now=now, not_before=not_before)


def _note_success(feed: WatchedFeed, record: FeedLook, reading: _Reading, *, now: datetime) -> None:
    """Take in what came and plan the next look."""
    response = reading.response
    if response.lasting_url != feed.url:
        record.notes = [_move(feed, response.lasting_url)]
    record.outcome = FeedLook.Outcome.UNCHANGED
    if reading.drafts is not None:
        record.outcome = FeedLook.Outcome.READ
        _note_entries(record, take_in_entries(feed, reading.drafts, now=now))
    if response.content is not None:
        feed.read_at, feed.content_hash = now, reading.content_hash
        feed.connected_at = feed.connected_at or now
        feed.etag, feed.last_modified = response.validators.etag, response.validators.last_modified
        text = response.content[: websub.LOOKED_AT].decode("utf-8", "replace")
        hub_subscriptions.follow(feed, websub.hub_of(link_headers=response.links, text=text, url=response.url), now=now)
    feed.failures, feed.reason = 0, ""
    feed.next_look_at = _next_look(feed, now=now)


def _note_entries(record: FeedLook, result: EntriesResult) -> None:
    record.entries, record.news, record.releases = result.entries, result.news, result.releases
    record.archive, record.asks = result.archive, result.asks
    record.notes = [*record.notes, *result.notes]


def _move(feed: WatchedFeed, url: str) -> str:
    """Ask for a feed at its new address from now on, and say so; another watch of the same feed keeps that."""
    other_watches = WatchedFeed.objects.filter(publication=feed.publication, url=url).exclude(pk=feed.pk)
    if len(url) > URL_LIMIT or other_watches.exists():
        return f"It has moved for good to {without_secrets(url)}, which is watched already: remove one of the two."
    feed.url = url
    return f"It has moved for good to {without_secrets(url)} and is asked for there from now on."


def _next_look(feed: WatchedFeed, *, now: datetime, not_before: datetime | None = None) -> datetime:
    return next_look(
        now, interval=_interval(feed), failures=feed.failures, chance=_JITTER.random(), not_before=not_before
    )


def _interval(feed: WatchedFeed) -> timedelta:
    return timedelta(minutes=feed.interval_minutes)


def _forget_old(feed: WatchedFeed, *, now: datetime) -> None:
    """Forget old looks, and entries that left their feed long ago: their letters' keys still tell what they are."""
    oldest = feed.looks.order_by("-at", "-pk").values_list("pk", flat=True)[LOOKS_KEPT : LOOKS_KEPT + 1].first()
    if oldest is not None:
        feed.looks.filter(pk__lte=oldest).delete()
    if feed.read_at == now:
        feed.entries.filter(seen_at__lt=now - ENTRIES_KEPT).exclude(kind=FeedEntry.Kind.UNCLEAR).delete()
