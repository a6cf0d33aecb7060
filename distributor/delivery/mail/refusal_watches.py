"""One watch over refusals a dispatch, kept by each process from one of its turns to the next."""

from __future__ import annotations

import time
from collections import OrderedDict
from datetime import datetime

from distributor.delivery.mail import burst_review, history
from distributor.delivery.models import Dispatch
from distributor.domain.refusal_bursts import FEW, LEAST_AGAIN, RefusalWatch

KEPT = 100  # dispatches; the one that was not asked for longest goes first

_watches: OrderedDict[tuple[int, datetime | None], RefusalWatch] = OrderedDict()


def watch_of(dispatch: Dispatch) -> RefusalWatch:
    """Return this process's watch over a mail dispatch; it begins with what is usual for the publication.

    It begins anew once the dispatch was resumed: another process may have seen the burst that paused it.
    """
    key = (dispatch.pk, dispatch.approved_at)
    watch = _watches.get(key)
    if watch is None:
        watch = _watches[key] = _new(dispatch)
        if len(_watches) > KEPT:
            _watches.popitem(last=False)
    _watches.move_to_end(key)
    return watch


def _new(dispatch: Dispatch) -> RefusalWatch:
    if dispatch.resend_of_id is not None:
        return RefusalWatch(time.monotonic, least=LEAST_AGAIN)
    few = dispatch.spread_at is not None and dispatch.recipients < FEW
    wary = burst_review.is_refused(dispatch)
    return RefusalWatch(time.monotonic, usual=history.usual_refusals(dispatch), few=few, wary=wary)
