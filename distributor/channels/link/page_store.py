"""Where pages are published: an interface that the letters' side fills, since channels know no models."""

from __future__ import annotations

from typing import Protocol

from distributor.channels.base import Intent
from distributor.domain.outcomes import Receipt
from distributor.domain.variants import Variant


class PageRefused(Exception):
    """This page can't be published or taken down; `str(error)` is a sentence for an editor."""


class PageStore(Protocol):
    """Keeps the published pages."""

    def put(self, variant: Variant, intent: Intent) -> Receipt:
        """Publish the page and return its receipt; the same intent again changes nothing.

        Raises ShelfRefused when it can't be published at all.
        """
        ...

    def find(self, intent: Intent) -> Receipt | None:
        """Return the receipt of the page that this intent published, or None."""
        ...

    def remove(self, variant: Variant, receipt: Receipt) -> None:
        """Take down the page that `put` gave this receipt for; one that is gone already stays so.

        Raises ShelfRefused where that is not for this receipt to say.
        """
        ...


_shelf: PageStore | None = None


def install(shelf: PageStore) -> None:
    """Make `shelf` the one that pages are published on. Called once, when the application starts."""
    global _shelf
    _shelf = shelf


def installed() -> PageStore:
    """Return the shelf that pages are published on. Raises ShelfRefused before one is installed."""
    if _shelf is None:
        raise PageRefused("There is nowhere to publish pages: the application has not started.")
    return _shelf
