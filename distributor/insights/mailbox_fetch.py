"""Fetching what came back from mailboxes: stored first, put away after. A crash in between leaves duplicates only."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from distributor.channels.mail.returns import mailbox
from distributor.channels.mail.returns.mailbox import Box, Place
from distributor.domain.errors import DistributorError
from distributor.insights.returned_mails import ReturnTally, take_in_mails, understand

logger = logging.getLogger(__name__)

BATCH = 50
SECONDS = 45.0  # for one mailbox: the rest is the next minute's


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What one mailbox gave; `problem` is the sentence that ended it early, if one did."""

    mailbox: str
    tally: ReturnTally
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"mailbox": self.mailbox, **self.tally.to_json(), "problem": self.problem}


def fetch_all(urls: Sequence[str]) -> list[FetchReport]:
    """Take in what waits in these mailboxes (see `mailbox.read_place`), whatever becomes of the others.

    Raises BadSettings for a URL that can't be understood.
    """
    return [fetch(place) for place in [mailbox.read_place(url) for url in urls]]


def fetch(place: Place) -> FetchReport:
    """Take in what waits in one mailbox. What is not understood stays there, flagged."""
    tally, problem = ReturnTally(), ""
    until = time.monotonic() + SECONDS
    try:
        with mailbox.open_box(place) as box:
            mails = iter(box.new_uids())
            while time.monotonic() < until and (batch := list(islice(mails, BATCH))):
                tally += _take(box, batch)
    except DistributorError as error:
        problem = str(error)
        logger.warning("%s", problem)
    if tally.mails:
        logger.info("%s: %s", place.label, tally)
    return FetchReport(place.label, tally, problem)


def _take(box: Box, batch: Sequence[str]) -> ReturnTally:
    raws = {uid: raw for uid in batch if (raw := box.message(uid)) is not None}
    readings = {uid: understand(raw) for uid, raw in raws.items()}
    tally = take_in_mails(readings.values())
    box.put_away([uid for uid, reading in readings.items() if reading.understood])
    box.keep([uid for uid, reading in readings.items() if not reading.understood])
    return tally
