"""The phone numbers of an account's circle, as the newsroom typed them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MOST = 10_000  # numbers that the gateway takes in one request
_MOBILE = re.compile(r"01[016789]\d{7,8}")  # Korean mobile numbers: KakaoTalk accounts stand on them


@dataclass(frozen=True, slots=True)
class Recipients:
    """`numbers` in the gateway's form, each once; `unreadable` entries are no Korean mobile numbers."""

    numbers: tuple[str, ...] = field(repr=False)
    unreadable: int = 0


def read(text: str) -> Recipients:
    """Read numbers, one a line or separated by commas: 010-1234-5678, +82 10 1234 5678."""
    numbers: dict[str, None] = {}
    unreadable = 0
    for line in re.split(r"[\n,;]+", text):
        digits = re.sub(r"[\s().-]", "", line)
        if not digits:
            continue
        digits = re.sub(r"^(?:\+|00)820?", "0", digits)
        if _MOBILE.fullmatch(digits):
            numbers[digits] = None
        else:
            unreadable += 1
    return Recipients(tuple(numbers), unreadable)
