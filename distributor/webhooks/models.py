"""What happened, who is told of it, and what became of telling them."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from httpx import codes

from distributor.domain.announcements import body_of
from distributor.letters.models import Publication

_TYPE_LENGTH = 40


class Announcement(models.Model):
    """One thing that happened (`domain.announcements`), written in the transaction in which it did; never changed.

    `position` is its place in the order in which things were committed, given by `outbox.fan_out`: ids are drawn
    earlier, so that one with a lower id may come later. `subscriber_id` is whom a personal one is about: no foreign
    key, since it is deleted with the person by hand (`personal_data`).
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    type = models.CharField(max_length=_TYPE_LENGTH)
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="announcements")
    at = models.DateTimeField()
    data = models.JSONField()
    subscriber_id = models.BigIntegerField(null=True, blank=True)
    position = models.BigIntegerField(null=True, blank=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(position__isnull=True), name="announcement_new"),
            models.Index(
                fields=["subscriber_id"], condition=Q(subscriber_id__isnull=False), name="announcement_of_person"
            ),
            models.Index(fields=["at"], name="announcement_at"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.key}"

    @property
    def message_id(self) -> str:
        """Its `webhook-id`: the same for each endpoint and at every try."""
        return f"msg_{self.key.hex}"

    @property
    def body(self) -> bytes:
        """What programs get: JSON on one line."""
        return body_of(self.type, at=self.at, publication=self.publication.slug, data=self.data)


class Endpoint(models.Model):
    """An address that gets a publication's announcements of some types, each signed with its secret.

    `sealed` holds the secret, and until `previous_until` the one before it. Switched off, `disabled_reason` says why
    where nobody did it by hand. `failing_since` is the first failure since its last success, `failures` counts them;
    until `resting_until` it is left alone. `called_at` is when it was called last. A turn holds it by
    `claim` until `claimed_until`.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="endpoints")
    name = models.CharField(max_length=100, blank=True)
    url = models.CharField(max_length=2000)
    types = ArrayField(models.CharField(max_length=_TYPE_LENGTH))
    sealed = models.BinaryField()
    previous_until = models.DateTimeField(null=True, blank=True)
    enabled = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=300, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    resting_until = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150, blank=True)

    def __str__(self) -> str:
        return self.name or f"endpoint {self.pk}"


class WebhookMessage(models.Model):
    """One announcement on its way to one endpoint. `tries` counts those since it was made, or replayed (`since`)."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="messages")
    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="messages")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()
    next_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "announcement"], name="webhook_message_once")]
        indexes = [
            models.Index(fields=["endpoint", "next_at"], condition=Q(state="waiting"), name="webhook_message_due")
        ]

    def __str__(self) -> str:
        return f"{self.announcement} → {self.endpoint}"


class WebhookAttempt(models.Model):
    """One call for a message, written before it is made. Without `ended_at` it is under way, or its worker died.

    `status` is the answer's, None where none came; `excerpt` is the beginning of the answer, or what went wrong.
    """

    message = models.ForeignKey(WebhookMessage, models.CASCADE, related_name="attempts")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    excerpt = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.message}: {self.status or self.excerpt or 'under way'}"

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint has the message by this attempt: only 2xx says so."""
        return self.status is not None and codes.is_success(self.status)


class StreamInterest(models.Model):
    """Until when streams want a type of announcements, of one publication by its number or (0) of all."""

    publication_number = models.BigIntegerField(default=0)
    type = models.CharField(max_length=_TYPE_LENGTH)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication_number", "type"], name="stream_interest_once")]

    def __str__(self) -> str:
        return f"{self.type} until {self.until}"
