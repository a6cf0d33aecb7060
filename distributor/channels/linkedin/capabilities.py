"""What a post on LinkedIn can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Budget, Capabilities, PictureLimits

CAPABILITIES = Capabilities(
    label="LinkedIn",
    limit=3_000,
    # LinkedIn does not say what it counts. This is the strictest reading, so what fits here fits there too.
    counts="utf16-units",
    images=True,
    alt_text=True,
    lookup=True,  # of organisations; for members see LinkedInChannel.can_look
    recall=True,
    # The Images API takes up to 36,152,320 pixels; 1.91:1 is how cards are shown.
    pictures=PictureLimits(size=(1200, 627), max_bytes=5_000_000, max_side=6_000, alt_text=4_086),
    budgets=(Budget(150, 86_400),),  # posts of one member and app a day, for “Share on LinkedIn”
    source="https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api",
)

# What the card of a link says. LinkedIn reads nothing from the linked page: all of it is sent along.
CARD_TITLE = Capabilities("the title of a LinkedIn card", limit=400, counts="utf16-units")
CARD_DESCRIPTION = Capabilities("the text of a LinkedIn card", limit=300, counts="utf16-units")  # more is never shown
