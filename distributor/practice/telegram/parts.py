"""What the Bot API takes apart: requests in two forms, entities, pictures."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from PIL import Image
from starlette.requests import Request

from distributor.practice import forms

MOST_BYTES = 10_000_000
MOST_SIDES = 10_000  # width and height together
MOST_STRETCHED = 20


class BadRequest(Exception):
    """An answer that is not ok; `str(error)` is its description."""

    def __init__(self, description: str, *, code: int = 400, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.parameters = parameters


async def read_request(request: Request) -> tuple[dict[str, Any], bytes]:
    """Return a request's values and the photo that came with it, from JSON or a form."""
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            values = json.loads(await request.body())
        except ValueError:
            values = None
        return (values if isinstance(values, dict) else {}), b""
    form = await forms.read(request)
    photo = form.files.get("photo", forms.Upload()).content
    return {name: _value(text) for name, text in form.texts.items()}, photo


def _value(text: str) -> Any:
    """Return a form's value: objects, arrays and true or false as JSON, the rest as it is."""
    if text[:1] not in ("[", "{") and text not in ("true", "false"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def set_off(text: str, entities: Any) -> dict[str, list[str]]:
    """Return what each kind of entity sets off. Raises BadRequest for places that are none."""
    if not isinstance(entities, list):
        raise BadRequest("Bad Request: can't parse entities JSON object")
    units = text.encode("utf-16-le")
    pieces: dict[str, list[str]] = {}
    for entity in entities:
        if not isinstance(entity, Mapping):
            raise BadRequest("Bad Request: can't parse entities JSON object")
        start, length = entity.get("offset"), entity.get("length")
        if not isinstance(start, int) or not isinstance(length, int) or start < 0 or length <= 0:
            raise BadRequest("Bad Request: can't parse MessageEntity")
        if 2 * (start + length) > len(units):
            raise BadRequest("Bad Request: entity is out of the text")
        try:
            piece = units[2 * start : 2 * (start + length)].decode("utf-16-le")
        except UnicodeDecodeError:
            raise BadRequest("Bad Request: entity begins or ends in the middle of a UTF-16 symbol") from None
        pieces.setdefault(str(entity.get("type")), []).append(piece)
    return pieces


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def number_of(value: object) -> int:
    return value if isinstance(value, int) else 0


def picture_problem(content: bytes) -> str:
    """Return what is wrong with a photo, "" when nothing is."""
    if not content:
        return "there is no photo in the request"
    if len(content) > MOST_BYTES:
        return "file is too big"
    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
    except (OSError, ValueError):
        return "IMAGE_PROCESS_FAILED"
    stretched = max(width, height) > MOST_STRETCHED * min(width, height)
    return "PHOTO_INVALID_DIMENSIONS" if stretched or width + height > MOST_SIDES else ""
