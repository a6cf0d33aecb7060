"""The templates that publications keep of their own, one state after the other."""

from __future__ import annotations

from django.db import models

from distributor.letters.models.letters import Publication


class TemplateVersion(models.Model):
    """One state of a publication's template. Rows are only ever inserted: a trigger refuses anything else.

    `source` is Jinja2; None means that the publication went back to the template that is there without it. `number`
    counts from 1 for each name; the latest one holds. `actor` is a user's name, on the command line the system's.
    """

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="template_versions")
    name = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    source = models.TextField(null=True)
    actor = models.CharField(max_length=150, blank=True)
    origin = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "name", "number"], name="template_version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"
