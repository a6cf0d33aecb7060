"""What a post on Threads can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Budget, Capabilities, PictureLimits

DAY = 24 * 60 * 60  # seconds
MOST_LINKS = 5  # different ones in one post, since 22 December 2025 (…/threads/create-posts/text-attachments)

CAPABILITIES = Capabilities(
    label="Threads",
    limit=500,
    counts="emoji-bytes",
    images=True,
    threads=True,
    alt_text=True,
    lookup=True,
    recall=True,
    # Threads fetches a picture itself: JPEG or PNG, at most 8 MB, 320 to 1440 pixels wide.
    pictures=PictureLimits(size=(1200, 630), max_bytes=8_000_000, max_side=1440, by_url=True, alt_text=1_000),
    # A day's 250 posts; answers have 1,000 of their own, which a thread's parts are counted against here as posts are.
    budgets=(Budget(250, DAY),),
    source="https://developers.facebook.com/docs/threads/posts and /docs/threads/overview (rate limits)",
)
