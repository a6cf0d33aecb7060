"""One watch over refusals a dispatch, kept by each process from one of its turns to the next."""

from __future__ import annotations

from collections import OrderedDict

from distributor.delivery.mail import ledger
from distributor.delivery.models import Dispatch
from distributor.domain.refusal_bursts import RefusalWatch

KEPT = 100  # dispatches; the one that was not asked for longest goes first

_watches: OrderedDict[int, RefusalWatch] = OrderedDict()


def watch_of(dispatch: Dispatch) -> RefusalWatch:
    """Return this process's watch over a mail dispatch; it begins with what is usual for the publication."""
    watch = _watches.get(dispatch.pk)
    if watch is None:
        watch = _watches[dispatch.pk] = RefusalWatch(ledger.usual_refusals(dispatch))
        if len(_watches) > KEPT:
            _watches.popitem(last=False)
    _watches.move_to_end(dispatch.pk)
    return watch
