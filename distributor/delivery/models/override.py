"""What editors wrote for single variants, one state after the other."""

from __future__ import annotations

from django.db import models

from distributor.domain import overrides
from distributor.letters.models import Version


class Override(models.Model):
    """An editor's own text, picture or link for one dispatch's variant: only ever inserted.

    `number` counts from 1 in each dispatch. A part that is None is the template's; where all are, the variant is back
    to the template. `version` is the letter's version that it was written for.
    """

    dispatch = models.ForeignKey("Dispatch", models.CASCADE, related_name="overrides")
    number = models.PositiveIntegerField()
    text = models.TextField(null=True, blank=True)
    picture = models.CharField(max_length=overrides.URL_LIMIT, null=True, blank=True)
    picture_alt = models.TextField(null=True, blank=True)
    link = models.CharField(max_length=overrides.URL_LIMIT, null=True, blank=True)
    version = models.ForeignKey(Version, models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dispatch", "number"], name="override_number_once")]

    def __str__(self) -> str:
        return f"dispatch {self.dispatch_id}, override {self.number}"

    @property
    def content(self) -> overrides.Override:
        """What it says, as the rules take it."""
        return overrides.Override(self.text, self.picture, self.picture_alt, self.link)
