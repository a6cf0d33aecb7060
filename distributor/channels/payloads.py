"""What the payloads of several channels have in common (`Channel.payload`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from distributor.domain.json_records import Sparse
from distributor.domain.variants import Payload

SKIP, EMPTY, STOP = "skip", "empty", "stop"
LinkPlace = Literal["first", "last", "none"]


@dataclass(frozen=True, slots=True)
class PostPayload(Payload):
    """What posts have in common.

    - `link`: which post of a thread carries the letter's link, or that none is to.
    - `card_url`: where the drawn card is served, for networks that fetch pictures by their address; "" where it isn't.
    """

    link: LinkPlace = "last"
    card_url: Sparse[str] = ""


@dataclass(frozen=True, slots=True)
class AddressedPayload(Payload):
    """What variants to mailing lists have in common.

    - `links`: where tracked links lead: the n-th, from 0, is n.
    - `attributes`: those of a recipient that it writes with nothing in their place.
    - `missing`: what becomes of somebody who lacks one: no mail, a mail without it, or no mailing at all.
    """

    links: tuple[str, ...] = ()
    attributes: Sparse[tuple[str, ...]] = ()
    missing: Sparse[str] = SKIP
