"""Opens and clicks of mails, one row each. They are only ever inserted, at whatever rate readers come.

So there are no foreign keys to check and what went out need not be looked up: a signed token says whose it is. A row is
added at the end of the table and of its primary key. What is asked of a mailing is all of one dispatch, whose rows lie
together in time: a BRIN index finds them at a thousandth of the size, and hardly any of the cost, of a B-tree. What one
person did is nowhere together, so that takes a B-tree: some microseconds beside the commit of a row.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Open(models.Model):
    """A mail program loaded the picture of a mail."""

    dispatch_id = models.BigIntegerField()
    subscriber_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            BrinIndex(fields=["dispatch_id"], name="open_of_dispatch", autosummarize=True),
            models.Index(fields=["subscriber_id", "dispatch_id"], name="open_of_person"),
        ]


class Click(models.Model):
    """Someone followed a link of a mail. `link` is its number in the variant's `data["links"]`, from 0."""

    dispatch_id = models.BigIntegerField()
    subscriber_id = models.BigIntegerField()
    link = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            BrinIndex(fields=["dispatch_id"], name="click_of_dispatch", autosummarize=True),
            models.Index(fields=["subscriber_id", "dispatch_id"], name="click_of_person"),
        ]
