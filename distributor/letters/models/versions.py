"""What letters said, one state after the other."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from distributor.letters.models.letters import Letter


class Version(models.Model):
    """One state of a letter's content. Rows are only ever inserted: a trigger refuses anything else.

    `content` is `domain.letter_content.LetterContent` as JSON, `number` counts from 1 in each letter, `changes` names
    the fields in which it differs from the version before. `actor` is a user's name, on the command line the system's,
    "" where a program acted by itself; `origin` says in words where the change comes from.

    `withdrawals` is stored nowhere: the numbers of what lost its approval by it, while it is written.
    """

    withdrawals: tuple[int, ...] = ()

    # A dispatch that was approved goes out as its version says: no letter is deleted from under it.
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    changes = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    actor = models.CharField(max_length=150, blank=True)
    origin = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"L{self.letter_id}, version {self.number}"
