"""The most read letters: a port, since reads are counted in a layer above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from distributor.letters.models import Publication
from distributor.ports import Port

# The numbers of a publication's most read letters, the most read first, on a day (UTC).
TopLetters = Callable[[Publication, date], Sequence[int]]

TOP_LETTERS: Port[TopLetters] = Port("the ranking of letters")
