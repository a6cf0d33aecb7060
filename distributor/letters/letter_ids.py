"""How people name a letter that is stored: L3."""

from __future__ import annotations

import re

from distributor.domain.errors import BadInput
from distributor.letters.models import Letter

_ID = re.compile(r"L?(\d{1,18})", re.IGNORECASE | re.ASCII)  # as many digits as a bigint has for sure


def letter_of(text: str) -> Letter:
    """Return the letter that “L3” or “3” names. Raises BadInput for what is no such name, and where there is none."""
    match = _ID.fullmatch(text.strip())
    if match is None:
        raise BadInput(f"“{text[:80]}” names no letter: give its number, such as L3.")
    letter = Letter.objects.select_related("publication", "series").filter(pk=int(match[1])).first()
    if letter is None:
        raise BadInput(f"There is no letter L{match[1]}: the desk lists all of them.")
    return letter
