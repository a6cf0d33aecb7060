"""Whose address it is, whatever its case: by the indexes that make addresses unique."""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.db.models.functions import Lower

from distributor.audience.models.people import Subscriber
from distributor.audience.models.suppressions import HeldRefusal, Suppression

_M = TypeVar("_M", Subscriber, Suppression, HeldRefusal)


def with_address(rows: models.QuerySet[_M], email: str) -> models.QuerySet[_M]:
    """Return those subscribers or suppressions with this address, whatever its case, by the unique index."""
    matches: models.QuerySet[_M] = rows.alias(folded=Lower("email")).filter(folded=email.lower())
    return matches
