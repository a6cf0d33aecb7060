"""What came back after a mail was accepted. Rows are written by SQL in `insights.returns`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower

from distributor.domain.returns import Kind

SCORED_KINDS = (Kind.SOFT_BOUNCE.value, Kind.HARD_BOUNCE.value, Kind.DELIVERED.value)
ENDING_KINDS = (Kind.HARD_BOUNCE.value, Kind.COMPLAINT.value, Kind.UNSUBSCRIBE.value)


class ReturnedEvent(models.Model):
    """One thing that came back about one recipient: `domain.returns.MailEvent`, stored once a source and event.

    `email` is the address it counts for: the subscriber's where we know who it is, else the one that was named. What
    is not certain waits for a person's decision: `decided_by` names them, and `mail` is what they decide by
    (`channels.mail.returns.mail_excerpts`).
    """

    class Decision(models.TextChoices):
        ACTED_ON = "acted on"
        IGNORED = "ignored"

    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in Kind])
    source = models.CharField(max_length=32)
    event_id = models.CharField(max_length=200)
    # No foreign keys: what came back is kept when a dispatch or subscriber is erased.
    dispatch_id = models.BigIntegerField(null=True, blank=True)
    subscriber_id = models.BigIntegerField(null=True, blank=True)
    email = models.CharField(max_length=254, blank=True)
    status = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    certain = models.BooleanField(default=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    raw = models.JSONField(default=dict, blank=True)
    mail = models.JSONField(default=dict, blank=True, db_default={})
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True, default="", db_default="")
    decided_by = models.CharField(max_length=150, blank=True, default="", db_default="")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "event_id"], name="returned_once")]
        indexes = [
            models.Index(fields=["dispatch_id", "kind"], name="returned_of_dispatch"),
            # What is removed after DISTRIBUTOR_RETURNS_DAYS.
            models.Index(fields=["received_at"], name="returned_when"),
            # What an address's score is made of.
            models.Index(
                Lower("email"), "received_at", condition=Q(kind__in=SCORED_KINDS, certain=True), name="returned_score"
            ),
            # What a person has to decide, and what stands in the way of undoing something.
            models.Index(fields=["id"], condition=Q(certain=False, decision=""), name="returned_undecided"),
            models.Index(Lower("email"), "received_at", condition=Q(kind__in=ENDING_KINDS), name="returned_end"),
            # Whoever wrote a mail that is kept is told of it and erased from it, too.
            models.Index(Lower(KeyTextTransform("sender", "mail")), condition=Q(certain=False), name="returned_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.email or self.subscriber_id or '?'}"
