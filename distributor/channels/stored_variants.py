"""Variants as they are stored: each is read with the payload of its channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from distributor.channels import registry
from distributor.domain.variants import Payload, Variant


def read(record: Mapping[str, Any]) -> Variant:
    """Return a stored variant (`Variant.to_json`); one of a channel that is gone has no payload. Raises BadRecord."""
    channel = registry.CHANNELS.get(str(record.get("channel", "")))
    return Variant.from_json(record, payload=Payload if channel is None else channel.payload)
