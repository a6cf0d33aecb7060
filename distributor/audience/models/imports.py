"""Imports of people, with how far each has come."""

from __future__ import annotations

from django.db import models

from distributor.letters.models import Publication


class Import(models.Model):
    """One file that is, or was, put on a list. Its rows wait in an unlogged table of their own until all are read.

    `digest` is of the file, the list and the mapping: the same command finds its interrupted import by it. `row` is the
    last row of the file that is in that table, `staged` how many are.
    """

    class State(models.TextChoices):
        READING = "reading"
        DONE = "done"

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="imports")
    list_slug = models.SlugField()
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State.choices, default=State.READING)
    row = models.PositiveIntegerField(default=1)
    staged = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    kept_out = models.PositiveIntegerField(default=0)
    left_count = models.PositiveIntegerField(default=0)
    unconfirmed_count = models.PositiveIntegerField(default=0)
    bounced_count = models.PositiveIntegerField(default=0)
    complained_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], condition=models.Q(state="reading"), name="import_digest_read_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
