"""Up to when people have had the letters of their publications, where that is said for everyone at once."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from distributor.audience.models import Subscription


def had_everything(*, until: datetime) -> int:
    """Say of everyone who gets digests that they have had all letters until then; return how many subscriptions."""
    digested = Subscription.objects.filter(state=Subscription.State.ACTIVE).exclude(
        cadence=Subscription.Cadence.EACH_LETTER
    )
    return digested.update(digested_through=Greatest(Coalesce("digested_through", F("since")), until))
