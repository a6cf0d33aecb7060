"""Where pages are published: an interface that the letters' side fills, since channels know no models."""

from __future__ import annotations

from typing import Protocol

from distributor.channels.base import Intent
from distributor.domain.outcomes import Receipt
from distributor.domain.variants import Variant


class ShelfRefused(Exception):
    """This page can't be published; `str(error)` is a sentence for an editor."""


class Shelf(Protocol):
    """Keeps the published pages."""

    def put(self, variant: Variant, intent: Intent) -> Receipt:
        """Publish the page and return its receipt; the same intent again changes nothing.

        Raises ShelfRefused when it can't be published at all.
        """
        ...

    def find(self, intent: Intent) -> Receipt | None:
        """Return the receipt of the page that this intent published, or None."""
        ...


class _NoShelf:
    """What is there before the application has started: refuses with what is wrong."""

    def put(self, variant: Variant, intent: Intent) -> Receipt:
        raise ShelfRefused(f"There is nowhere to publish {variant.link}: the application has not started.")

    def find(self, intent: Intent) -> Receipt | None:
        raise ShelfRefused(f"Intent {intent.key} can't be looked for: the application has not started.")


_shelf: Shelf = _NoShelf()


def install(shelf: Shelf) -> None:
    """Make `shelf` the one that pages are published on. Called once, when the application starts."""
    global _shelf
    _shelf = shelf


def installed() -> Shelf:
    """Return the shelf that pages are published on."""
    return _shelf
