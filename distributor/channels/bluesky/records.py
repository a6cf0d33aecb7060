"""A post as the record that is stored: text, facets, language, reply and what is embedded.

Sources: the lexicons app.bsky.feed.post, app.bsky.embed.external and app.bsky.embed.images.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from distributor.channels import pictures
from distributor.channels.bluesky.capabilities import CAPABILITIES
from distributor.channels.bluesky.facets import Resolve, facets
from distributor.channels.bluesky.payload import CARD, BlueskyPayload, CardWords
from distributor.channels.bluesky.xrpc import POSTS, Ref, Service
from distributor.domain.variants import Variant

_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{1,8})*")


def embed(variant: Variant, service: Service) -> dict[str, Any] | None:
    """Upload what a variant shows and return it as the record has it; None for nothing. Raises CallFailure."""
    picture = None
    if variant.picture is not None and CAPABILITIES.pictures is not None:
        picture = pictures.load(variant.picture, CAPABILITIES.pictures)
    payload = BlueskyPayload.of(variant)
    if payload.show == CARD and variant.link:
        words = payload.card or CardWords()
        external = {"uri": variant.link, "title": words.title, "description": words.description}
        thumb = {"thumb": service.upload(picture.content, picture.type)} if picture else {}
        return {"$type": "app.bsky.embed.external", "external": {**external, **thumb}}
    if picture is None:
        return None
    image = {
        "image": service.upload(picture.content, picture.type),
        "alt": picture.alt,
        "aspectRatio": {"width": picture.width, "height": picture.height},
    }
    return {"$type": "app.bsky.embed.images", "images": [image]}


def embed_number(variant: Variant) -> int:
    """Return the number of the post that shows what is embedded: a card goes with the link."""
    payload = BlueskyPayload.of(variant)
    is_card = payload.show == CARD and variant.link
    return len(variant.parts) if is_card and payload.link == "last" else 1


def record(
    variant: Variant,
    number: int,
    *,
    made_at: str,
    before: Sequence[Ref],
    embed_value: Mapping[str, Any] | None,
    resolve: Resolve,
) -> dict[str, Any]:
    """Return the record of post `number`; `before` are the posts of its thread that are out."""
    text = variant.parts[number - 1]
    post_record: dict[str, Any] = {"$type": POSTS, "text": text, "createdAt": made_at}
    if _LANGUAGE.fullmatch(variant.language):
        post_record["langs"] = [variant.language]
    if post_facets := facets(text, resolve):
        post_record["facets"] = post_facets
    if before:
        post_record["reply"] = {"root": before[0].to_json(), "parent": before[-1].to_json()}
    if embed_value:
        post_record["embed"] = dict(embed_value)
    return post_record
