"""How a network refuses in the midst of looking at a request."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response


class Refused(Exception):
    """A request that is refused before anything is done; `answer` says why, in the network's own words."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def answer_of(act: Callable[[], Response]) -> Response:
    """Return what `act` answers, or with what it refuses."""
    try:
        return act()
    except Refused as refusal:
        return refusal.answer
