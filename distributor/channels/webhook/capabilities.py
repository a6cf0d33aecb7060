"""What a webhook can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Capabilities, PictureLimits

CAPABILITIES = Capabilities(
    label="Webhook",
    limit=None,
    images=True,
    alt_text=True,
    pictures=PictureLimits(by_url=True, alt_text=10_000),  # an address in the call: the receiver fetches it, or not
    lookup=False,  # the standard has no way to ask what has arrived
    idempotent=True,  # a receiver takes the same webhook-id once
    languages=True,
    source="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
)
