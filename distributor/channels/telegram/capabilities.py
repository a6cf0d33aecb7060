"""What a message on Telegram can carry."""

from __future__ import annotations

from dataclasses import replace

from distributor.domain.capabilities import Budget, Capabilities, PictureLimits

CAPABILITIES = Capabilities(
    label="Telegram",
    limit=4_096,  # “after entities parsing”: no markup is sent, so the text is what counts
    # The documentation says “characters” and measures everything else of a text in UTF-16 units. These are never fewer.
    counts="utf16-units",
    images=True,  # those of the link's preview, or a photo
    lookup=False,  # a bot can't read what it wrote
    recall=True,
    # A photo has at most 10 MB, and its width and height are at most 10,000 together.
    pictures=PictureLimits(size=(1280, 720), max_bytes=10_000_000, max_side=5_000),
    budgets=(Budget(1, 1), Budget(20, 60)),  # one a second in a chat, twenty a minute in a group
    source="https://core.telegram.org/bots/api#sendmessage and https://core.telegram.org/bots/faq#broadcasting-to-users",
)

# The text below a photo: https://core.telegram.org/bots/api#sendphoto
CAPTION = replace(CAPABILITIES, label="Telegram below a picture", limit=1_024)
