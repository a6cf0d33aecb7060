"""What readers did with a large mailing, added up: a page need not go through half a million rows."""

from __future__ import annotations

from django.db import models


class Tally(models.Model):
    """One mailing's figures at a moment; `figures` are those of `insights.tallies.MailTally.to_json`."""

    dispatch_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    figures = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"dispatch {self.dispatch_id}, {self.at:%Y-%m-%d %H:%M}"
