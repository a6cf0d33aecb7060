"""What editors have typed and not saved yet."""

from __future__ import annotations

from django.db import models

from distributor.letters.models.letters import Letter, Publication


class Autosave(models.Model):
    """One editor's unsaved work on a letter, or on a new one, which has a `key` of its own instead.

    It is no version: nothing that goes out, and no one else's page, says what stands in it. `values` are the fields of
    the form as they were typed, each a list of texts, and `base` the number of the version that they were typed over.
    """

    editor = models.CharField(max_length=150)
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="autosaves")
    letter = models.ForeignKey(Letter, models.CASCADE, null=True, blank=True, related_name="autosaves")
    key = models.CharField(max_length=36, blank=True)
    base = models.PositiveIntegerField(default=0)
    values = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["editor", "letter"], condition=models.Q(letter__isnull=False), name="autosave_of_letter_once"
            ),
            models.UniqueConstraint(
                fields=["editor", "key"], condition=models.Q(letter__isnull=True), name="autosave_of_key_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.editor}, {f'L{self.letter_id}' if self.letter_id else self.title or self.key}"

    @property
    def title(self) -> str:
        """The title that was typed, "" for none."""
        return str(next(iter(self.values.get("title", [])), "")).strip()
