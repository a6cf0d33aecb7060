"""The runs of a publication's digest, as people see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from distributor.delivery.mail import ledger
from distributor.delivery.models import Digest
from distributor.letters.models import Publication


@dataclass(frozen=True, slots=True)
class Run:
    """One run as people see it. `dispatch` and the rest of it are None where nothing was new for anyone."""

    day: date
    cadence: str
    zone: str
    letters: int
    dispatch: int | None
    state: str
    recipients: int | None
    accepted: int | None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "day": self.day.isoformat()}


def runs(publication: Publication, *, most: int) -> list[Run]:
    """Return a publication's newest runs, the newest first."""
    return runs_of(publication.digests.select_related("dispatch").order_by("-day", "-pk")[:most])


def runs_of(digests: Iterable[Digest]) -> list[Run]:
    """Return the runs that digests (with their dispatches) stand for, in the given order."""
    dispatches = {digest: getattr(digest, "dispatch", None) for digest in digests}
    counts = ledger.counts(dispatch for dispatch in dispatches.values() if dispatch is not None)
    reports = []
    for digest, dispatch in dispatches.items():
        count = counts[dispatch.pk] if dispatch else None
        reports.append(
            Run(
                day=digest.day,
                cadence=digest.cadence,
                zone=digest.zone,
                letters=len(digest.letters),
                dispatch=dispatch.pk if dispatch else None,
                state=dispatch.state if dispatch else "nothing new",
                recipients=count.recipients if count else None,
                accepted=count.accepted if count else None,
            )
        )
    return reports
