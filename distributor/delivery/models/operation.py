"""What watching the installation needs to remember."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Heartbeat(models.Model):
    """When something that has to happen again and again happened last. Written at most once a second."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()


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
