"""By what the sources of letters are recognised."""

from __future__ import annotations

from django.db import models

from distributor.domain.source_keys import VALUE_LIMIT
from distributor.letters.models.letters import Letter, Publication


class LetterKey(models.Model):
    """One name by which a letter's source is recognised (`domain.source_keys`): in a publication it is one letter's."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="letter_keys")
    letter = models.ForeignKey(Letter, models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=VALUE_LIMIT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "kind", "value"], name="letter_key_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


class SourceFeed(models.Model):
    """A feed that a publication's letters come from. `name` is `domain.source_keys.FeedName.name`, or a file's path.

    What was in it when it was read first is the archive: letters, but none to send. What comes later is news.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="source_feeds")
    name = models.CharField(max_length=VALUE_LIMIT)
    connected_at = models.DateTimeField(help_text="when it was read first")
    read_at = models.DateTimeField(help_text="when it was read last")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "name"], name="source_feed_once")]

    def __str__(self) -> str:
        return self.name
