"""Where the link channel puts pages. The shelf itself is given from outside: channels know no database."""

from __future__ import annotations

from typing import Protocol

from distributor.channels.base import Intent
from distributor.domain.outcomes import Receipt
from distributor.domain.variants import Variant


class Shelf(Protocol):
    """A place that serves pages to readers."""

    def put(self, variant: Variant, intent: Intent) -> Receipt:
        """Publish the page. Putting the same intent again changes nothing but its content."""
        ...

    def find(self, intent: Intent) -> Receipt | None:
        """Return the receipt of the page that this intent published, if it is there."""
        ...


_installed: list[Shelf] = []


def install(shelf: Shelf) -> None:
    """Publish on this shelf from now on."""
    _installed[:] = [shelf]


def installed() -> Shelf:
    """Return the shelf to publish on. Raises RuntimeError before one is installed: a mistake in our own start-up."""
    if not _installed:
        raise RuntimeError("no shelf is installed for the link channel")
    return _installed[0]
