"""Where on the desk something is done, as paths of it.

They are written here and not looked up: who works in the background need not load the pages of all doors for it.
"""

from __future__ import annotations

from typing import Final

DESK: Final = "/desk/"
NOTICES: Final = "/desk/notices/"
IMPORTS: Final = "/desk/imports/"


def review_page(letter: int) -> str:
    """Return the page on which a letter's dispatches are looked at and approved."""
    return f"/desk/letters/{letter}/review/"


def dispatch_page(dispatch: int, letter: int | None) -> str:
    """Return the page on which something is done about a dispatch; a digest has no letter."""
    return f"/desk/dispatches/{dispatch}/" if letter is None else f"/desk/letters/{letter}/#dispatch-{dispatch}"


def account_page(channel: str) -> str:
    """Return the page on which an account of a channel is connected again."""
    return f"/desk/accounts/#channel-{channel}"
