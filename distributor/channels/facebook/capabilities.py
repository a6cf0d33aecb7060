"""What a post on a Facebook page can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Capabilities

CAPABILITIES = Capabilities(
    label="Facebook",
    limit=63_206,
    counts="characters",
    images=True,  # those of the link's preview card
    lookup=True,
    source="https://developers.facebook.com/docs/graph-api/reference/page/feed/",
)
