"""What a post on X can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Capabilities

CAPABILITIES = Capabilities(
    label="X (Twitter)",
    limit=280,
    counts="weighted",
    link_length=23,  # t.co wraps every link, whatever its length
    threads=True,
    lookup=True,
    cost="$0.015 a post, $0.20 with a link",
    source="https://docs.x.com/fundamentals/counting-characters (twitter-text configuration v3)",
)
