"""What can be done with watched feeds. Every door of the product offers these, with the same values in and out."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from distributor.channels.addresses import refusal_of_host
from distributor.channels.http import check_scheme, plain_address, without_secrets
from distributor.delivery import database_clock
from distributor.domain.errors import BadInput
from distributor.domain.feed_looks import LONGEST_MINUTES, SHORTEST_MINUTES, USUAL_MINUTES
from distributor.domain.host_names import ascii_host
from distributor.letters.models import Publication
from distributor.newsroom import feed_claims, feed_looks, hub_subscriptions, intake_rules, practice_origin
from distributor.newsroom.intake_rules import RuleSettings
from distributor.newsroom.models import FeedLook, WatchedFeed
from distributor.newsroom.models.feeds import URL_LIMIT

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """What a person chooses for a watched feed; an empty `name` is its host."""

    name: str = ""
    interval_minutes: int = USUAL_MINUTES
    rules: RuleSettings = field(default_factory=RuleSettings)


def feeds(publications: Sequence[Publication] | None = None) -> QuerySet[WatchedFeed]:
    """Return the watched feeds of these publications, or of all, by publication and name."""
    rows = WatchedFeed.objects.select_related("publication", "subscription")
    if publications is not None:
        rows = rows.filter(publication__in=publications)
    return rows.order_by("publication__name", "name", "pk")


def find(feed_id: int) -> WatchedFeed:
    """Return a watched feed. Raises BadInput where there is none of this number."""
    feed = feeds().filter(pk=feed_id).first()
    if feed is None:
        raise BadInput(f"There is no watched feed F{feed_id}: “distributor feeds list” names them.")
    return feed


def add(publication: Publication, url: str, settings: FeedSettings, *, actor: str = "") -> WatchedFeed:
    """Watch a feed from now on; its first look, which only makes an archive of it, comes at once.

    Raises BadInput for an address or a setting that can't be used, and for a feed that is watched already.
    """
    url = url.strip()
    check_scheme(url)
    if plain_address(url) != url.partition("#")[0]:
        raise BadInput("The address has a user name or a password in it: give one that everybody may read.")
    url = url.partition("#")[0]
    if len(url) > URL_LIMIT:
        raise BadInput(f"The address has more than {URL_LIMIT:,} characters: give a shorter one.")
    is_practice = practice_origin.is_practice(url)
    if not is_practice and (problem := refusal_of_host(_host(url))):
        raise BadInput(problem)
    _check(publication, settings)
    now = database_clock.now()
    feed = WatchedFeed(
        publication=publication,
        url=url,
        added_url=url,
        practice=is_practice,
        added_by=actor[:200],
        next_look_at=now,
        next_cause=FeedLook.Cause.PERSON,
    )
    _write(feed, settings)
    try:
        with transaction.atomic():
            feed.save()
            hub_subscriptions.look_soon(feed, FeedLook.Cause.PERSON, now=now)
    except IntegrityError:
        raise BadInput(f"{publication.name} watches {without_secrets(url)} already: change that feed.") from None
    logger.info("The feed %s is watched, by %s", feed.name, actor or "command", extra={"feed_id": feed.pk})
    return find(feed.pk)


@transaction.atomic
def edit(feed: WatchedFeed, settings: FeedSettings) -> WatchedFeed:
    """Change what was chosen for a feed; a new interval holds from now on. Raises BadInput as `add` does."""
    _check(feed.publication, settings)
    row = WatchedFeed.objects.select_for_update().get(pk=feed.pk)
    _write(row, settings)
    soonest = database_clock.now() + timedelta(minutes=row.interval_minutes)
    row.next_look_at = min(row.next_look_at, soonest) if not row.failures else row.next_look_at
    row.save()
    return find(row.pk)


def look_now(feed: WatchedFeed) -> FeedLook | None:
    """Look at a feed right here and return what came of it, None where it was paused meanwhile.

    Raises BadInput where it is not watched, or is being looked at.
    """
    return feed_looks.look(feed.pk, feed_claims.claim_now(feed))


def ask_for_look(feed: WatchedFeed) -> None:
    """Have a worker look at a feed at once. Raises BadInput where it is not watched."""
    if feed.state != WatchedFeed.State.WATCHED:
        raise BadInput(f"{feed.name} is {feed.state} and is not looked at: resume it first.")
    hub_subscriptions.look_soon(feed, FeedLook.Cause.PERSON, now=database_clock.now())


@transaction.atomic
def pause(feed: WatchedFeed) -> WatchedFeed:
    """Look at a feed no more until it is resumed; a look that is under way takes nothing in. Its hub is told.

    Raises BadInput for a feed that is not watched.
    """
    now = database_clock.now()
    rows = WatchedFeed.objects.filter(pk=feed.pk, state=WatchedFeed.State.WATCHED).update(
        state=WatchedFeed.State.PAUSED, claim=None, claimed_until=None
    )
    if not rows:
        feed.refresh_from_db()
        raise BadInput(f"{feed.name} is {feed.state} already.")
    hub_subscriptions.leave(feed, now=now)
    return find(feed.pk)


@transaction.atomic
def resume(feed: WatchedFeed) -> WatchedFeed:
    """Watch a feed again, and look at once: what came meanwhile is news. Of news before now none counts for the limit.

    A feed that is watched may be resumed, too: that is what lifts the brake on unusually many news.
    """
    now = database_clock.now()
    WatchedFeed.objects.filter(pk=feed.pk).update(
        state=WatchedFeed.State.WATCHED, count_from=now, failures=0, reason="", content_hash=""
    )
    feed.refresh_from_db()
    hub_subscriptions.look_soon(feed, FeedLook.Cause.PERSON, now=now)
    return find(feed.pk)


@transaction.atomic
def remove(feed: WatchedFeed) -> None:
    """Forget a watched feed; its letters stay. Its hub is told that we leave."""
    hub_subscriptions.leave(feed, now=database_clock.now())
    WatchedFeed.objects.filter(pk=feed.pk).delete()
    logger.info("The feed %s is not watched any more", feed.name, extra={"feed_id": feed.pk})


def settings_of(feed: WatchedFeed) -> FeedSettings:
    """Return what is chosen for a feed."""
    return FeedSettings(feed.name, feed.interval_minutes, intake_rules.read(feed))


def _host(url: str) -> str:
    """Return the host of an address as it is looked up. Raises BadInput for one that can't be."""
    try:
        return ascii_host(urlsplit(url).hostname or "")
    except ValueError:
        raise BadInput("The address has no host that there can be: copy it from the browser.") from None


def _check(publication: Publication, settings: FeedSettings) -> None:
    if not SHORTEST_MINUTES <= settings.interval_minutes <= LONGEST_MINUTES:
        raise BadInput(
            f"A feed is looked at every {SHORTEST_MINUTES} to {LONGEST_MINUTES:,} minutes: give another time."
        )
    if len(settings.name) > 200:
        raise BadInput("The name has more than 200 characters: shorten it.")
    intake_rules.check(publication, settings.rules)


def _write(feed: WatchedFeed, settings: FeedSettings) -> None:
    feed.name = " ".join(settings.name.split()) or urlsplit(feed.url).hostname or feed.url[:200]
    feed.interval_minutes = settings.interval_minutes
    intake_rules.write(feed, settings.rules)
