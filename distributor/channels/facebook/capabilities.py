"""What a post on a Facebook page can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Capabilities, PictureLimits

CAPABILITIES = Capabilities(
    label="Facebook",
    limit=63_206,
    counts="characters",
    images=True,  # a link's card shows one, and a photo post is one
    alt_text=True,
    lookup=True,
    recall=True,
    # Of a photo post. Meta recommends JPEG or PNG below 4 MB, and shows at most 2048 pixels a side.
    pictures=PictureLimits(size=(1200, 630), max_bytes=4_000_000, max_side=2048, alt_text=1_000),
    source="https://developers.facebook.com/docs/graph-api/reference/page/feed/ and /page/photos/",
)
