"""Who gets mail, who asked for it, and who must not get any."""

from __future__ import annotations

import uuid
from typing import TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils import timezone

from distributor.letters.models import Publication

_M = TypeVar("_M", "Subscriber", "Suppression", "HeldRefusal")


def with_address(rows: models.QuerySet[_M], email: str) -> models.QuerySet[_M]:
    """Return those subscribers or suppressions with this address, whatever its case, by the unique index."""
    matches: models.QuerySet[_M] = rows.alias(folded=Lower("email")).filter(folded=email.lower())
    return matches


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


class Subscriber(models.Model):
    """One address. `key` names it in links; `attributes` are free values for personal fields.

    `tags` are editors' own words (`audience.tags`). Triggers note in SearchBacklog whose address or name is other.
    """

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(max_length=35, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True, db_default=[])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="subscriber_email_once")]
        indexes = [
            # Nothing for those without a tag: nobody of a large import has one.
            GinIndex(fields=["tags"], condition=~Q(tags=[]), name="subscriber_tags", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.email


class Tag(models.Model):
    """A tag that somebody was given once: what editors are offered."""

    name = models.CharField(max_length=50, unique=True)

    def __str__(self) -> str:
        return self.name


class SearchText(models.Model):
    """What a subscriber is looked for by: address and name in lower case, with an index of its fragments.

    That index takes three times as long as the row itself: so it is behind, by those in SearchBacklog, and an import
    does not wait for it (`audience.search`).
    """

    subscriber = models.OneToOneField(Subscriber, models.CASCADE, primary_key=True, related_name="search_text")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text


class SearchBacklog(models.Model):
    """A subscriber whose SearchText is to be written anew. Rows are inserted by triggers."""

    # No foreign key: it would be checked for each of a million imported people.
    subscriber_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.subscriber_id)


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
            models.Index(
                fields=["list", "cadence", "subscriber"],
                condition=Q(state="active") & ~Q(cadence="each letter"),
                name="subscription_digest",
            ),
        ]


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


class Engagement(models.Model):
    """What one subscriber did with the mail: how often, and when last. Times only go forward."""

    subscriber = models.OneToOneField(Subscriber, models.CASCADE, primary_key=True, related_name="engagement")
    last_open_at = models.DateTimeField(null=True, blank=True)
    last_click_at = models.DateTimeField(null=True, blank=True)
    opens = models.PositiveIntegerField(default=0, db_default=0)
    clicks = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.opens} opens, {self.clicks} clicks"


class Suppression(models.Model):
    """An address that gets no mail from anyone here: it complained, or its mailbox is gone for good.

    `source` and `dispatch_id` are the cause (`audience.causes`).
    Of a person who was erased only the keyed hash of the address is left (`audience.erasure_hashes`), and no `email`.
    """

    class Reason(models.TextChoices):
        HARD_BOUNCE = "hard bounce"  # the mailbox is gone
        WORN_OUT = "worn out"  # it bounced for weeks
        COMPLAINT = "complaint"
        MANUAL = "manual"
        ERASED = "erased"

    email = models.EmailField(max_length=254, null=True, blank=True)
    digest = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    detail = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=32, blank=True, default="", db_default="")
    dispatch_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="suppression_email_once"),
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) ^ models.Q(digest__isnull=True),
                name="suppression_email_or_digest",
            ),
        ]
        indexes = [
            models.Index(
                fields=["dispatch_id"], condition=models.Q(dispatch_id__isnull=False), name="suppression_of_dispatch"
            ),
        ]

    def __str__(self) -> str:
        return self.email or "someone who was erased"


class HeldBurst(models.Model):
    """A burst of refusals for good of one dispatch, and what became of those whom it would have suppressed.

    It is of one `domain`, or of all ("": the relay's). `tries` and `refusal_count` are what was seen of it, `example`
    is what one was told. Its people are `refusals` until somebody decides; then `held_count` says how many they were.
    """

    class Decision(models.TextChoices):
        SUPPRESSED = "suppressed"  # they are gone
        DROPPED = "dropped"  # they are not: the refusals were about something else

    # No foreign key: dispatches are of an upper room.
    dispatch_id = models.BigIntegerField()
    domain = models.CharField(max_length=255, blank=True)
    tries = models.PositiveIntegerField()
    refusal_count = models.PositiveIntegerField()
    example = models.CharField(max_length=300)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    decision = models.CharField(max_length=12, choices=Decision.choices, blank=True)
    actor = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    held_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dispatch_id", "domain"], condition=models.Q(decision=""), name="held_burst_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refusal_count} of {self.tries} refused by {self.domain or 'the mail server'}"


class HeldRefusal(models.Model):
    """One address that a burst would suppress, as its suppression would be: `source` and `dispatch_id` are its cause.

    Without a `dispatch_id` it is of the burst's own dispatch.
    """

    burst = models.ForeignKey(HeldBurst, models.CASCADE, related_name="refusals")
    email = models.EmailField(max_length=254)
    detail = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=32, blank=True)
    dispatch_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(Lower("email"), name="held_refusal_email")]

    def __str__(self) -> str:
        return self.email


class Import(models.Model):
    """One file that is, or was, put on a list. Its rows wait in an unlogged table of their own until all are read.

    `digest` is of the file, the list and the mapping: the same command finds its interrupted import by it. `row` is the
    last row of the file that is in that table, `staged` how many are.
    """

    class State(models.TextChoices):
        READING = "reading"
        DONE = "done"

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="imports")
    list_slug = models.SlugField()
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State.choices, default=State.READING)
    row = models.PositiveIntegerField(default=1)
    staged = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    kept_out = models.PositiveIntegerField(default=0)
    left_count = models.PositiveIntegerField(default=0)
    unconfirmed_count = models.PositiveIntegerField(default=0)
    bounced_count = models.PositiveIntegerField(default=0)
    complained_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], condition=models.Q(state="reading"), name="import_digest_read_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
