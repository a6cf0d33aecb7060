"""Who gets mail, who asked for it, and who must not get any."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Lower

from distributor.letters.models import Publication


class MailingList(models.Model):
    """A named set of subscribers of one publication."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="lists")
    slug = models.SlugField()
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "slug"], name="list_slug_once")]

    def __str__(self) -> str:
        return self.name


class Subscriber(models.Model):
    """One address. `key` names it in links; `attributes` are free values for personal fields."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(max_length=35, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="subscriber_email_once")]

    def __str__(self) -> str:
        return self.email


class Subscription(models.Model):
    """A subscriber's wish to get one list. Leaving keeps the row and says when and how."""

    class State(models.TextChoices):
        ACTIVE = "active"
        LEFT = "left"

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    list = models.ForeignKey(MailingList, models.CASCADE, related_name="subscriptions")
    state = models.CharField(max_length=16, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)
    left_how = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "list"], name="subscription_once")]
        indexes = [models.Index(fields=["list", "state"])]


class Suppression(models.Model):
    """An address that gets no mail from anyone here: it complained, or its mailbox is gone for good."""

    class Reason(models.TextChoices):
        HARD_BOUNCE = "hard bounce"
        COMPLAINT = "complaint"
        MANUAL = "manual"

    email = models.EmailField(max_length=254)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    detail = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="suppression_email_once")]

    def __str__(self) -> str:
        return self.email
