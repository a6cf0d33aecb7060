"""Whom a mailing did not reach and may still get it: by the code that they were refused with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection
from django.db.models import Sum

from distributor.channels.base import REPEAT_POSSIBLE
from distributor.delivery.mail import queries
from distributor.delivery.models import Batch, Dispatch

GIVEN_UP = "given up"  # for those who were not refused: deferred for too long, or their mail could not be made
OTHER = "other"  # refused without a code


def counts(dispatch: Dispatch) -> dict[str, int]:
    """Return how many people of a mailing could be sent to again, by code (5.7.1, `given up`, `other`), most first."""
    with connection.cursor() as cursor:
        cursor.execute(queries.UNREACHED, parameters(dispatch.pk))
        return dict(cursor.fetchall())


def reached_later(dispatches: Collection[int]) -> dict[int, int]:
    """Return how many people later sendings of these mailings reached, by the mailing's number, where any were."""
    batches = Batch.objects.filter(dispatch__resend_of_id__in=dispatches, dispatch__to_nonopeners=False).order_by()
    sums = batches.values_list("dispatch__resend_of_id").annotate(reached=Sum("accepted"))
    return {first: reached for first, reached in sums if reached}


def condition(dispatch: Dispatch) -> tuple[str, Mapping[str, Any]]:
    """Return the condition that says who (`s`) is a recipient of a later sending, and its parameters."""
    assert dispatch.resend_of_id is not None
    return queries.IS_UNREACHED, {**parameters(dispatch.resend_of_id), "code": dispatch.resend_code}


def parameters(first: int) -> dict[str, Any]:
    """Return what is asked with about the mailing of this number."""
    return {"first": first, "repeat_possible": REPEAT_POSSIBLE, "given_up": GIVEN_UP, "other": OTHER}
