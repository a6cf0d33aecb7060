"""What a call at a door says, by the kind of its door, and which post it is about."""

from __future__ import annotations

from hashlib import sha256

from distributor.newsroom.formats import ghost, mapped_json, wordpress
from distributor.newsroom.formats.submission import Malformed, Submission
from distributor.newsroom.models import IntakeDoor


def submission_of(door: IntakeDoor, body: bytes) -> Submission:
    """Return what a call says; a mail is a letter to publish. Raises Malformed."""
    if door.kind == IntakeDoor.Kind.GHOST:
        return ghost.read(body)
    if door.kind == IntakeDoor.Kind.WORDPRESS:
        return wordpress.read(body)
    if door.kind == IntakeDoor.Kind.JSON:
        return mapped_json.read(body, door.options.get("mapping", {}), door_id=door.pk)
    return Submission("publish")


def post_key(door: IntakeDoor, body: bytes) -> str:
    """Return what the calls about one post have in common, as 64 letters; "" where a call names none."""
    try:
        submission = submission_of(door, body)
    except Malformed:
        return ""
    name = submission.id or submission.url
    return sha256(name.encode()).hexdigest() if name else ""
