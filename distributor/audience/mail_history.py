"""What mail servers took for people: a port, since the ledger of deliveries is in an upper room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from distributor.domain.bounces import Acceptance
from distributor.ports import Port


class Acceptances(Protocol):
    """Returns, by subscriber's number, the mails to these that were accepted from `since` to `until` (aware)."""

    def __call__(
        self, subscribers: Collection[int], *, since: datetime, until: datetime
    ) -> Mapping[int, Sequence[Acceptance]]: ...


ACCEPTANCES: Port[Acceptances] = Port("what mail servers accepted")
