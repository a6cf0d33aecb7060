"""What a post on Bluesky can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Budget, Capabilities, PictureLimits

# https://docs.bsky.app/docs/advanced-guides/rate-limits: 5,000 points an hour and 35,000 a day for each account, of
# which making a record takes 3.
POINTS_A_POST = 3
POINTS_AN_HOUR = 5_000
POINTS_A_DAY = 35_000

CAPABILITIES = Capabilities(
    label="Bluesky",
    limit=300,
    counts="graphemes",
    bytes_limit=3_000,
    images=True,
    threads=True,
    alt_text=True,
    lookup=True,
    pictures=PictureLimits(
        size=(1200, 630),
        max_bytes=1_000_000,  # of a card’s thumbnail; a picture of its own may have more with newer services only
        max_side=2_000,
        types=("image/jpeg", "image/png", "image/webp"),
        alt_text=2_000,  # what Bluesky’s own app lets people write; the lexicon sets no limit
    ),
    idempotent=True,  # the record’s key is ours, and the same key can’t be there twice
    recall=True,
    languages=True,
    budgets=(
        Budget(POINTS_AN_HOUR // POINTS_A_POST, 3_600),
        Budget(POINTS_A_DAY // POINTS_A_POST, 86_400),
    ),
    source="https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json",
)
