"""What a published page can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Capabilities

CAPABILITIES = Capabilities(
    label="Link",
    link_needed=True,  # it is one
    images=True,
    alt_text=True,
    lookup=True,
    recall=True,
    unit="page",
    source="our own pages and feeds",
)
