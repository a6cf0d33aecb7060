"""Where pages are published: a port that the letters' side fills, since channels know no models."""

from __future__ import annotations

from typing import Protocol

from distributor.channels.base import Intent
from distributor.domain.outcomes import Receipt
from distributor.domain.variants import Variant
from distributor.ports import Port


class PageRefused(Exception):
    """This page can't be published or taken down; `str(error)` is a sentence for an editor."""


class PageStore(Protocol):
    """Keeps the published pages."""

    def put(self, variant: Variant, intent: Intent) -> Receipt:
        """Publish the page and return its receipt; the same intent again changes nothing.

        Raises PageRefused when it can't be published at all.
        """
        ...

    def find(self, intent: Intent) -> Receipt | None:
        """Return the receipt of the page that this intent published, or None."""
        ...

    def remove(self, variant: Variant, receipt: Receipt) -> None:
        """Take down the page that `put` gave this receipt for; one that is gone already stays so.

        Raises PageRefused where that is not for this receipt to say.
        """
        ...


PAGES: Port[PageStore] = Port("the store of pages")
