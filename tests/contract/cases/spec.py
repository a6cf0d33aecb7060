"""The shape of what the contract suite has to know of a channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from distributor.domain.outcomes import Outcome, Unconfirmed
from distributor.domain.variants import Variant

LINK = "https://letters.example.org/morning/letters/the-seventh-letter/"


def posting(channel: str) -> Callable[[str], Variant]:
    """Return a maker of plain posts with a link beside them."""
    return lambda text: Variant(channel, parts=(text,), link=LINK)


@dataclass(frozen=True)
class Spec:
    """One channel.

    - `channel` makes its adapter (with `timeout=` where it has a network), `make(text)` a variant with this text.
    - `too_long` is a text that the network refuses.
    - `wrong` are values that the network does not accept as anybody's, `token` the field that holds the token.
    - `broken` is the outcome of the network's own "500", `lost` that of a lost answer: Deferred only where the network
      takes the same intent once, so that a repeat is harmless.
    - `numbered`, `addressed`: a receipt has the network's number of the post, and an address where it can be seen.
    - `notices_repeats`: the same intent sent twice as a first try is one post, whoever notices it.
    - `refuses_old_words`: the network refuses a text that it has from before.
    """

    channel: Callable[..., Any]
    make: Callable[[str], Variant]
    too_long: str = ""
    wrong: Mapping[str, str] = field(default_factory=lambda: {"access_token": "wrong"})
    token: str = "access_token"
    broken: type[Outcome] = Unconfirmed
    lost: type[Outcome] = Unconfirmed
    numbered: bool = True
    addressed: bool = True
    notices_repeats: bool = False
    refuses_old_words: bool = False
