"""By what an address was suppressed or a subscription ended: so that a mistake of one of them can be undone in bulk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

PAGE = "page"  # the button on the page of an unsubscribe link
ONE_CLICK = "one-click"  # a mail program's button (RFC 8058)
PROGRAM = "api"  # a program that tells what the person did with it
REFUSAL = "refusal"  # a mail server's answer while we sent
EDITOR = "editor"  # an editor, by hand
IMPORT = "import"  # a file: of suppressions, or of people who had left, bounced or complained elsewhere

# What a person did themselves, and no event from outside: undone only by asking for exactly that.
OWN_HAND = (PAGE, ONE_CLICK, PROGRAM)


@dataclass(frozen=True, slots=True)
class Cause:
    """Which way it came (`dsn`, `arf`, `postmark`, … as in `domain.returns`, or one of the above), and the dispatch.

    `source` is "" where it is not known; `dispatch` is a mail dispatch's number, None where it is not known; `at`
    (aware) is when it came in, None for now.
    """

    source: str = ""
    dispatch: int | None = None
    at: datetime | None = None


UNKNOWN = Cause()
