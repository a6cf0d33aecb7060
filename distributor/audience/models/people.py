"""Subscribers: their tags, what they are looked for by, and what they did with the mail."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


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


class Engagement(models.Model):
    """What one subscriber did with the mail: how often, and when last. Times only go forward."""

    subscriber = models.OneToOneField(Subscriber, models.CASCADE, primary_key=True, related_name="engagement")
    last_open_at = models.DateTimeField(null=True, blank=True)
    last_click_at = models.DateTimeField(null=True, blank=True)
    opens = models.PositiveIntegerField(default=0, db_default=0)
    clicks = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.opens} opens, {self.clicks} clicks"
