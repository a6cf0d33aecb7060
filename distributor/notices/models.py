"""What people are to be told, what became of telling them, and what each of them wants to hear."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from distributor.letters.models import Publication


class Notice(models.Model):
    """One thing that people are told, written before any mail of it: of each `key` a kind has one.

    `data` is what the mail says, without secrets and without readers' addresses. `told_at` is when it became mails,
    with others in one, or was let go; `mails` says how many there were, and `remark` why where there was none.
    """

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=120)
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="notices")
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    told_at = models.DateTimeField(null=True, blank=True)
    mails = models.PositiveIntegerField(default=0)
    remark = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["publication", "kind", "at"], condition=Q(told_at=None), name="notice_to_tell"),
            models.Index(fields=["publication", "kind", "told_at"], name="notice_told"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class NoticeChoice(models.Model):
    """Which kinds of notices somebody has switched off; whoever has no row gets them all."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", primary_key=True)
    off = ArrayField(models.CharField(max_length=16), default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id}: without {', '.join(self.off) or 'nothing'}"
