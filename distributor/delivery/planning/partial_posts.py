"""What may be out of a post that did not end as sent."""

from __future__ import annotations

from distributor.channels.base import PARTLY_OUT
from distributor.delivery.models import Dispatch
from distributor.domain.outcomes import Unconfirmed


def may_be_out(dispatch: Dispatch) -> bool:
    """Whether some of a post may be out: then it goes on with the very same variant."""
    attempts = list(dispatch.attempts.filter(subscriber_id=None).order_by("number"))
    if not attempts:
        return False
    is_thread = dispatch.variant is not None and len(dispatch.variant["parts"]) > 1
    lost_outcome = Unconfirmed.__name__.lower()
    return (
        is_thread
        or bool(attempts[-1].kept)
        or any(attempt.code == PARTLY_OUT or attempt.outcome == lost_outcome for attempt in attempts)
    )


def some_is_out(dispatch: Dispatch) -> bool:
    """Whether its network has said that a part of a post is out: the rest is then wanted at any hour."""
    return dispatch.attempts.filter(subscriber_id=None, code=PARTLY_OUT).exists()


def so_far(dispatch: Dispatch) -> str:
    """Return what the last try said of a post that may be out in part, "" where nothing of it is."""
    last = dispatch.attempts.filter(subscriber_id=None).order_by("number").last()
    return last.reason if last is not None and may_be_out(dispatch) else ""
