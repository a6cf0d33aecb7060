"""Mails that come back: understood with what this installation knows, and taken in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from distributor.audience import signed_tokens, transactional_mails
from distributor.audience.models import Subscriber
from distributor.audience.unsubscription import dispatch_with
from distributor.channels.mail.returns.attribution import Lookups
from distributor.channels.mail.returns.classification import Reading, read
from distributor.insights.returns import take_in


@dataclass(frozen=True, slots=True)
class ReturnTally:
    """What became of mails: `new` (of them `unproven`) and `duplicates` count their events, the others the mails."""

    mails: int = 0
    new: int = 0
    duplicates: int = 0
    unproven: int = 0
    ignored: int = 0
    not_understood: int = 0

    def __add__(self, other: ReturnTally) -> ReturnTally:
        return ReturnTally(
            self.mails + other.mails,
            self.new + other.new,
            self.duplicates + other.duplicates,
            self.unproven + other.unproven,
            self.ignored + other.ignored,
            self.not_understood + other.not_understood,
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def understand(raw: bytes, *, recipients: Sequence[str] = ()) -> Reading:
    """Return what a mail says that came in now, for these addresses of the envelope. Stores nothing."""
    context = Lookups(
        token=transactional_mails.read_token,
        tracking=signed_tokens.tracking_tokens().read,
        dispatch=dispatch_with,
    )
    return read(raw, lookups=context, received_at=timezone.now(), recipients=recipients)


def take_in_mails(readings: Iterable[Reading]) -> ReturnTally:
    """Store what mails say, with its consequences. When this returns, it is committed."""
    mails = list(readings)
    result = take_in(event for mail in mails for event in mail.events)
    return ReturnTally(
        mails=len(mails),
        new=result.new,
        duplicates=result.duplicates,
        unproven=result.unproven,
        ignored=sum(mail.understood and not mail.events for mail in mails),
        not_understood=sum(not mail.understood for mail in mails),
    )


def addresses(readings: Iterable[Reading]) -> dict[int, str]:
    """Return the addresses of the subscribers that mails are about, by their number; without those who were erased."""
    ids = {event.subscriber for reading in readings for event in reading.events if event.subscriber is not None}
    return dict(Subscriber.objects.filter(pk__in=ids).values_list("pk", "email"))
