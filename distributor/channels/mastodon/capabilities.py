"""What a post on Mastodon can carry, by the settings that nearly all servers have."""

from __future__ import annotations

from distributor.domain.capabilities import Budget, Capabilities, PictureLimits

LIMIT = 500
LINK = 23

CAPABILITIES = Capabilities(
    label="Mastodon",
    limit=LIMIT,
    counts="graphemes",
    link_length=LINK,
    bare_links=False,  # what has no scheme is text (app/validators/status_length_validator.rb)
    short_mentions=True,
    images=True,
    threads=True,
    alt_text=True,
    lookup=True,
    pictures=PictureLimits(
        size=(1200, 630),
        max_bytes=8_000_000,  # 16 MB since 4.2, 10 MB before, other servers less
        max_side=3_840,
        types=("image/jpeg", "image/png", "image/webp"),
        alt_text=1_500,
    ),
    # Not `idempotent`: the server keeps an Idempotency-Key for an hour, and others than Mastodon itself keep none.
    recall=True,
    languages=True,
    budgets=(
        Budget(300, 300),  # calls with one token (config/initializers/rack_attack.rb)
        Budget(300, 10_800),  # posts of one account (app/lib/rate_limiter.rb)
    ),
    source="https://docs.joinmastodon.org/user/posting/#text, https://docs.joinmastodon.org/api/rate-limits/",
)
