"""The log of what accounts' budgets were used for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from distributor.delivery.models.account import Account
from distributor.delivery.models.dispatch import Dispatch


class RateBudgetUse(models.Model):
    """So many calls of an account, made (`used`) or promised to a dispatch that waits, at a time."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="budget_uses")
    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="budget_uses")
    at = models.DateTimeField(db_index=True)
    calls = models.PositiveIntegerField(default=1)
    used = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispatch"], condition=Q(used=False), name="budget_use_promised_once"),
        ]
        indexes = [models.Index(fields=["account", "-at"], name="budget_use_of_account")]
