"""Digests: one mail that gathers the letters since the last one."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from distributor.domain.digests import Cadence, time_of
from distributor.letters.models import Publication


class Digest(models.Model):
    """One run of a publication's digest: for those who have it so often, and in whose zone its hour has come.

    `day` is the local date that it is for, and makes it happen once, whatever the clocks do. The letters published up
    to `cutoff` are in it, as they were then: `letters` and `top` keep what the templates need (see
    `delivery.mail.digests`), the newest letter first. A run that found nothing new for anyone has no letters and no
    dispatch: it has been, so that a letter later that day waits for the next one.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="digests")
    cadence = models.CharField(max_length=8, choices=[(cadence.value, cadence.value) for cadence in Cadence])
    zone = models.CharField(max_length=64)
    day = models.DateField()
    cutoff = models.DateTimeField()
    letters = models.JSONField(default=list)
    top = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "cadence", "zone", "day"], name="digest_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.cadence.capitalize()} digest of {self.day:%Y-%m-%d}, {self.zone}"

    @property
    def newest(self) -> datetime:
        """When the newest of its letters went live."""
        return time_of(self.letters[0]["moment"])
