"""What was undone of what outside events did. Rows are only ever inserted; erasing somebody empties their entries."""

from __future__ import annotations

from datetime import UTC

from django.db import models
from django.db.models.functions import Lower

from distributor.domain.reversals import change, in_words
from distributor.domain.times import stamp


class Reversal(models.Model):
    """One undoing: who did it, when, by which filter (`domain.reversals.ReversalFilter.to_json`), and what it came to.

    `actor` is a user's name, on the command line the system's. `suppressions` were lifted, `subscriptions` put back;
    `kept_count` is how many suppressions and subscriptions stayed, since something else was done or said after them.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    filter = models.JSONField(default=dict)
    suppressions = models.PositiveIntegerField(default=0)
    subscriptions = models.PositiveIntegerField(default=0)
    kept_count = models.PositiveIntegerField(default=0)

    @property
    def summary(self) -> str:
        """What it came to, in a sentence or two."""
        exclusions = f" Stayed as they are: {self.kept_count:,}." if self.kept_count else ""
        return f"{change(self.suppressions, self.subscriptions, lift='Lifted')}.{exclusions}"

    @property
    def words(self) -> str:
        """What its filter says, in words."""
        return in_words(self.filter)

    def __str__(self) -> str:
        return f"{stamp(self.at, UTC)} by {self.actor}: {change(self.suppressions, self.subscriptions)}"


class ReversalEntry(models.Model):
    """One suppression that was lifted, or (with `subscription_id`) one subscription that was put back, as it was."""

    reversal = models.ForeignKey(Reversal, models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    email = models.CharField(max_length=254, blank=True)
    # No foreign key: the record outlives the subscription.
    subscription_id = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=100)
    detail = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=32, blank=True)
    dispatch_id = models.BigIntegerField(null=True, blank=True)
    happened_at = models.DateTimeField(help_text="when what is undone was done")

    class Meta:
        verbose_name_plural = "reversal entries"
        indexes = [
            # Its bounces before do not count any more.
            models.Index(Lower("email"), "at", condition=models.Q(subscription_id=None), name="reversal_of_address"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.email or 'someone who was erased'}"
