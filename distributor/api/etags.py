"""What a caller has read, as a tag: whoever writes says what they saw, and overwrites nothing else (RFC 9110 §13)."""

from __future__ import annotations

import hashlib
from typing import Final

from django.http import HttpRequest
from ninja import Schema
from ninja.renderers import JSONRenderer

from distributor.api.problems import ProblemError

LENGTH: Final = 16  # bytes of the digest
_RENDERER: Final = JSONRenderer()  # as answers are written


def etag_of(content: bytes) -> str:
    """Return the tag of an answer's content."""
    return f'"{hashlib.blake2s(content, digest_size=LENGTH).hexdigest()}"'


def check_match(request: HttpRequest, current: Schema) -> None:
    """Raise ProblemError `changed` where a request has an `If-Match` that is not the tag of what the resource says now.

    Without the header nothing is compared. Call it where the row is locked already.
    """
    tags = [tag.strip() for tag in request.headers.get("If-Match", "").split(",") if tag.strip()]
    if not tags or "*" in tags:
        return
    content = _RENDERER.render(request, current.model_dump(), response_status=200)
    if etag_of(content.encode() if isinstance(content, str) else content) not in tags:
        raise ProblemError(
            "changed", "It has changed since you read it: read it again.", current=current.model_dump(mode="json")
        )


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether the caller has what this tag stands for already, so that 304 says enough."""
    tags = [name.strip().removeprefix("W/") for name in request.headers.get("If-None-Match", "").split(",")]
    return tag in tags or "*" in tags
