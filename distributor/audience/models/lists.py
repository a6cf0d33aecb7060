"""Mailing lists, who is on them since when and by what consent, and how they grew; segments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from distributor.audience.models.people import Subscriber
from distributor.letters.models import Publication


class MailingList(models.Model):
    """A named set of subscribers of one publication.

    One that is archived gets no letter and nobody new; its people stay on it. `is_public` and `welcome`, plain text
    that greets whoever comes, are what pages on which people subscribe by themselves go by.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="lists")
    slug = models.SlugField()
    name = models.CharField(max_length=200)
    is_public = models.BooleanField(default=False, db_default=False)
    welcome = models.TextField(max_length=2_000, blank=True, default="", db_default="")
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "slug"], name="list_slug_once")]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """One person's place on one list. Leaving keeps the row and says when and how.

    `since` is when they last came: it starts anew for someone who comes back, and goes along with someone who is moved
    to another list (`created_at` is when they were). `digested_through` is up to when they
    have had the letters of the publication, by digests or because they had each by itself before. `left_source` and
    `left_dispatch_id` are the cause (`audience.causes`); `left_again_at` is when someone whom an event from outside had
    taken off left by their own hand as well.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        LEFT = "left"

    class Cadence(models.TextChoices):
        """How often: every letter by itself, or gathered in a digest."""

        EACH_LETTER = "each letter"
        DAILY = "daily"
        WEEKLY = "weekly"

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    # No index of its own: the one that makes it unique begins with the list, so that a mailing reads it in order.
    list = models.ForeignKey(MailingList, models.CASCADE, related_name="subscriptions", db_index=False)
    state = models.CharField(max_length=16, choices=State.choices, default=State.ACTIVE)
    cadence = models.CharField(
        max_length=16, choices=Cadence.choices, default=Cadence.EACH_LETTER, db_default=Cadence.EACH_LETTER
    )
    created_at = models.DateTimeField(auto_now_add=True)
    since = models.DateTimeField(default=timezone.now, db_default=Now())
    digested_through = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    left_how = models.CharField(max_length=100, blank=True)
    left_source = models.CharField(max_length=32, blank=True, default="", db_default="")
    # No foreign key: dispatches are of an upper room.
    left_dispatch_id = models.BigIntegerField(null=True, blank=True)
    left_again_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "subscriber"], name="subscription_once")]
        indexes = [
            models.Index(fields=["list", "state"]),
            models.Index(fields=["subscriber"], condition=Q(state="left"), name="subscription_left"),
            # Whom a mailing has lost.
            models.Index(
                fields=["left_dispatch_id"], condition=Q(left_dispatch_id__isnull=False), name="subscription_left_by"
            ),
            models.Index(
                fields=["list", "cadence", "subscriber"],
                condition=Q(state="active") & ~Q(cadence="each letter"),
                name="subscription_digest",
            ),
        ]


class Consent(models.Model):
    """That someone agreed to get a list's letters, as it was told to us. Rows are only ever inserted.

    `at` is when they agreed, `how` where and to which words; `actor` told us of it at `recorded_at`.
    """

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="consents")
    list = models.ForeignKey(MailingList, models.CASCADE, related_name="consents")
    at = models.DateTimeField()
    how = models.CharField(max_length=300)
    actor = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.how}"


class ListDay(models.Model):
    """How a list stood at the end of one day on its publication's clock, and who came and went on it.

    `active` are on the list, also those whose address is suppressed. Of days before yesterday nothing changes any more.
    """

    list = models.ForeignKey(MailingList, models.CASCADE, related_name="days")
    day = models.DateField()
    active = models.IntegerField()
    newcomers = models.IntegerField()
    departures = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "day"], name="list_day_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.active}"


class Segment(models.Model):
    """A named rule (`domain.segments`) that says which subscribers of a publication are meant."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="segments")
    slug = models.SlugField()
    name = models.CharField(max_length=200)
    rule = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "slug"], name="segment_slug_once")]

    def __str__(self) -> str:
        return self.name
