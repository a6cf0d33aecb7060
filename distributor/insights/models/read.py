"""Reads of letters' pages, and clicks on the short links to them: counts a day, and nothing about anybody."""

from __future__ import annotations

from django.db import models

from distributor.letters.models import Letter, ShortLink


class Read(models.Model):
    """How often a letter's page was read on one day (UTC): the counters that the Top 10 comes from."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="reads")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "day"], name="read_day_once")]


class ShortClick(models.Model):
    """How often a short link was followed on one day (UTC)."""

    link = models.ForeignKey(ShortLink, models.CASCADE, related_name="clicks")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "day"], name="short_click_day_once")]
