"""What watching the installation needs to remember."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Heartbeat(models.Model):
    """When something that has to happen again and again happened last. Written at most once a second."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()


class Epoch(models.Model):
    """How far this database has come: one row, counted on in each second in which anything could go out.

    `key` is the database's own, and a copy's too. With `held_because` nothing is sent until a person decides.
    """

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    number = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=_LONG_AGO)
    held_because = models.CharField(max_length=300, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)


class MetricTotal(models.Model):
    """What a counter has come to, by its labels' values in the metric's order: tables too long to be counted anew."""

    metric = models.CharField(max_length=64)
    labels = ArrayField(models.CharField(max_length=200))
    value = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["metric", "labels"], name="metric_total_once")]


class MetricProgress(models.Model):
    """Up to when attempts and releases are in the totals. One row, locked while they are brought up to date."""

    through = models.DateTimeField()
