"""What is to become of letters that come by themselves."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from distributor.domain.feed_looks import USUAL_NEWS
from distributor.letters.models import Publication


class IntakeRules(models.Model):
    """How the letters of one feed or door are planned; empty is as the publication and the letter's share bar have it.

    Lists and the segment are kept by their short names: where one is removed, letters ask a person instead of going to
    everybody who is left.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="+")
    series = models.CharField(max_length=300, blank=True, help_text="of letters that name none themselves")
    channels = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    lists = ArrayField(models.SlugField(), default=list, blank=True)
    segment = models.SlugField(blank=True)
    hold_minutes = models.PositiveIntegerField(null=True, blank=True)
    approve = models.BooleanField(default=False, help_text="they go out by themselves; else each is a draft")
    news_limit = models.PositiveSmallIntegerField(
        default=USUAL_NEWS, help_text="how many go out by themselves in 24 hours; with more at once, all are drafts"
    )

    class Meta:
        abstract = True
