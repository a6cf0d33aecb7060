"""What mail servers took for people, and how much they were sent: ports, since the ledger is in an upper room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from distributor.domain.bounces import Acceptance
from distributor.ports import Port


class Acceptances(Protocol):
    """Returns, by subscriber's number, the mails to these that were accepted from `since` to `until` (aware)."""

    def __call__(
        self, subscribers: Collection[int], *, since: datetime, until: datetime
    ) -> Mapping[int, Sequence[Acceptance]]: ...


@dataclass(frozen=True, slots=True)
class Tries:
    """How many mails of a dispatch (its number) a server took or refused: `in_all`, and `at` one domain.

    `refused`: how many of them it refused for good, at a domain or, for "", in all.
    """

    in_all: Callable[[int], int]
    at: Callable[[int, str], int]
    refused: Callable[[int, str], int]


TRIES: Port[Tries] = Port("the counts of mails")
ACCEPTANCES: Port[Acceptances] = Port("what mail servers accepted")
