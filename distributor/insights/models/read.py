"""Reads of letters' pages."""

from __future__ import annotations

from django.db import models

from distributor.letters.models import Letter


class Read(models.Model):
    """How often a letter's page was read on one day (UTC): the counters that the Top 10 comes from."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="reads")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "day"], name="read_day_once")]
