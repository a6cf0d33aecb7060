"""The body of a call, as the standard advises: type, timestamp, data."""

from __future__ import annotations

import json

from distributor.channels.webhook.payload import WebhookPayload
from distributor.domain import json_records
from distributor.domain.variants import Variant

TYPE = "letter.published"


def body(variant: Variant, *, key: str, at: str) -> bytes:
    """Return the JSON of a call. `key` identifies it, `at` (ISO 8601) is when it was first tried.

    Neither changes when it is tried again, so that every try says the very same.
    """
    event = {"type": TYPE, "timestamp": at, "id": key, "data": _data(variant)}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _data(variant: Variant) -> dict[str, object]:
    picture, payload = variant.picture, WebhookPayload.of(variant)
    address = (picture.url if picture else "") or payload.card_url
    return {
        **json_records.to_json(payload.letter),
        "url": variant.link,
        "text": "\n\n".join(variant.parts),
        "image": {"url": address, "alt": picture.alt} if picture and address else None,
    }
