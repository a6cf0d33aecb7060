"""Mails to one person that they asked for by what they did: a receipt, a confirmation, a new password."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from distributor.letters.models import Publication


class TransactionalMail(models.Model):
    """One such mail: a row before the call, and what became of it. `key` names it, and is in its Message-ID.

    `own_id` is the caller's own name for it, once a publication; `fingerprint` is of what was asked for. `subject`,
    `html` and `text` are as they go out, and are emptied once nothing more is to be sent: they may hold secrets. `code`
    and `reason` are of the last try; `leased_until` is when somebody else may take it up from whoever sends it.
    `returned` is what came back about it (`domain.returns.Kind`).
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        SUPPRESSED = "suppressed"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="transactional_mails")
    own_id = models.CharField(max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    actor = models.CharField(max_length=300, blank=True)
    template = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    subject = models.TextField(blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    repeats = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True)
    code = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    returned = models.CharField(max_length=16, blank=True)
    returned_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "own_id"], condition=~Q(own_id=""), name="transactional_mail_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=("waiting", "sending")), name="transactional_mail_due"
            ),
            models.Index(Lower("email"), name="transactional_mail_email"),
            models.Index(fields=["created_at"], name="transactional_mail_age"),
        ]

    def __str__(self) -> str:
        return f"mail {self.key}: {self.state}"
