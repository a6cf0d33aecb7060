"""Addresses that get no mail, and refusals that wait for a person's decision."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


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
