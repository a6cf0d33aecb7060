"""Feeds that are watched: what is asked of each, what came of the last looks, and the hubs that tell of news."""

from __future__ import annotations

from django.db import models

from distributor.domain.feed_looks import USUAL_MINUTES
from distributor.letters.models import Letter
from distributor.newsroom.models.rules import IntakeRules

URL_LIMIT = 2_000


class WatchedFeed(IntakeRules):
    """A feed that is looked at by itself.

    A worker takes it by `claim` and has until `claimed_until`: a look whose claim is another's by then stores nothing,
    and what a killed worker took comes up again. All times are of the database's clock.
    """

    class State(models.TextChoices):
        WATCHED = "watched"
        PAUSED = "paused"  # by a person
        ENDED = "ended"  # by its site: 410

    name = models.CharField(max_length=200)
    url = models.CharField(max_length=URL_LIMIT, help_text="where it is asked for; permanent redirects change it")
    added_url = models.CharField(max_length=URL_LIMIT, help_text="as a person gave it")
    practice = models.BooleanField(default=False, help_text="it is in the practice world")
    interval_minutes = models.PositiveIntegerField(default=USUAL_MINUTES)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WATCHED)
    added_by = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    connected_at = models.DateTimeField(null=True, help_text="when it was read first: what was in it is the archive")
    looked_at = models.DateTimeField(null=True, help_text="when the last look ended, whatever came of it")
    read_at = models.DateTimeField(null=True, help_text="when it was last read whole")
    next_look_at = models.DateTimeField()
    next_cause = models.CharField(max_length=8, default="interval", help_text="FeedLook.Cause of the next look")
    told_at = models.DateTimeField(null=True, help_text="when a hub or a person last told of news")
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=500, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="looks that failed since the last good one")
    reason = models.CharField(max_length=500, blank=True, help_text="why the last look failed, or why it ended")
    count_from = models.DateTimeField(null=True, help_text="from when news count for the limit: a person said so")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "url"], name="watched_feed_once")]
        indexes = [models.Index(fields=["next_look_at"], condition=models.Q(state="watched"), name="watched_feed_due")]

    def __str__(self) -> str:
        return self.name


class FeedEntry(models.Model):
    """One entry as it was seen in a feed, by a digest of what it says: what was seen is never taken in again.

    Where a person has to say which letter it is, `draft` keeps it until then (`letters.intake.draft_json`).
    """

    class Kind(models.TextChoices):
        NEWS = "news"
        ARCHIVE = "archive"
        KNOWN = "known"
        UNCLEAR = "unclear"
        FAILED = "failed"

    feed = models.ForeignKey(WatchedFeed, models.CASCADE, related_name="entries")
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    title = models.CharField(max_length=500)
    letter = models.ForeignKey(Letter, models.CASCADE, null=True, related_name="+")
    reason = models.TextField(blank=True, help_text="what was decided on the way, or why it waits for a person")
    asks = models.BooleanField(default=False, help_text="it was kept back, and a person is asked")
    draft = models.JSONField(null=True)
    noted_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="when it was last in the feed")

    class Meta:
        verbose_name_plural = "feed entries"
        constraints = [models.UniqueConstraint(fields=["feed", "digest"], name="feed_entry_once")]
        indexes = [models.Index(fields=["feed", "kind", "noted_at"], name="feed_entry_kind")]

    def __str__(self) -> str:
        return self.title


class FeedLook(models.Model):
    """What one look at a feed found."""

    class Outcome(models.TextChoices):
        READ = "read"
        UNCHANGED = "unchanged"
        FAILED = "failed"
        ENDED = "ended"

    class Cause(models.TextChoices):
        INTERVAL = "interval"
        HUB = "hub"
        PERSON = "person"

    feed = models.ForeignKey(WatchedFeed, models.CASCADE, related_name="looks")
    at = models.DateTimeField()
    cause = models.CharField(max_length=8, choices=Cause.choices)
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    entries = models.PositiveIntegerField(default=0)
    archive = models.PositiveIntegerField(default=0, help_text="new letters that don't go out")
    news = models.PositiveIntegerField(default=0)
    releases = models.PositiveIntegerField(default=0, help_text="of the news, those that go out by themselves")
    asks = models.PositiveIntegerField(default=0, help_text="entries that ask a person")
    notes = models.JSONField(default=list, help_text="sentences")

    class Meta:
        indexes = [models.Index(fields=["feed", "-at"], name="feed_look_newest")]

    def __str__(self) -> str:
        return f"{self.feed_id}: {self.outcome}"


class HubSubscription(models.Model):
    """Our subscription to a feed's hub (WebSub). The callback's key and the secret are sealed together.

    It outlives its feed for as long as the hub is still to be told that we leave.
    """

    class State(models.TextChoices):
        ASKING = "asking"  # the hub is to be asked, or was and has not come to verify it
        ACTIVE = "active"
        DENIED = "denied"
        LEAVING = "leaving"

    feed = models.OneToOneField(WatchedFeed, models.SET_NULL, null=True, related_name="subscription")
    practice = models.BooleanField(default=False)
    hub = models.CharField(max_length=URL_LIMIT)
    topic = models.CharField(max_length=URL_LIMIT)
    key_hash = models.CharField(max_length=64, unique=True)
    sealed_values = models.BinaryField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(help_text="when the hub is asked again")
    lease_until = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="when it last told of news")
    reason = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.feed_id}: {self.state}"
