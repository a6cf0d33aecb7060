"""The table of stored pictures."""

from __future__ import annotations

from django.db import models

from distributor.domain.media_names import MediaName
from distributor.letters.models.letters import Publication


class Media(models.Model):
    """One picture of a publication's letters, whose files are in the media store.

    It belongs to the publication and not to a letter: mails in inboxes and pages in caches show it, whatever becomes of
    the letter. `digest` is made of the bytes that it came as, so its address never shows anything else. `source` is the
    address that it was fetched from, "" for what came with the letter.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="media")
    digest = models.CharField(max_length=24)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    suffix = models.CharField(max_length=4)
    size = models.PositiveIntegerField(help_text="bytes of all its files")
    source = models.CharField(max_length=500, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "media"
        constraints = [models.UniqueConstraint(fields=["publication", "digest"], name="media_once")]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def name(self) -> MediaName:
        """What it is called in letters and addresses."""
        return MediaName(self.digest, self.width, self.height, self.suffix)
