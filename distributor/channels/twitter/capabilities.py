"""What a post on X can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Budget, Capabilities, PictureLimits

CAPABILITIES = Capabilities(
    label="X (Twitter)",
    limit=280,
    counts="weighted",
    link_length=23,  # t.co wraps every link, whatever its length
    threads=True,
    images=True,
    alt_text=True,
    lookup=True,
    recall=True,
    # https://docs.x.com/x-api/media/quickstart/best-practices (5 MB); shown uncropped at 16:9 and scaled to 4096.
    pictures=PictureLimits(size=(1600, 900), max_bytes=5_000_000, max_side=4096, alt_text=1000),
    budgets=(Budget(100, 15 * 60),),  # https://docs.x.com/x-api/fundamentals/rate-limits (POST /2/tweets, per user)
    cost="$0.015 a post, $0.20 with a link",
    source="https://docs.x.com/fundamentals/counting-characters (twitter-text configuration v3)",
)
