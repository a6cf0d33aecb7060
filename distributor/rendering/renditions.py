"""A letter's picture as it is stored: made anew from what came, in the widths that pages and mails show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from distributor.domain.media_names import FULL_WIDTH, MediaName
from distributor.lazy_modules import LazyModule
from distributor.rendering import photos

if TYPE_CHECKING:
    from PIL import Image
else:
    Image = LazyModule("PIL.Image")

TALLEST = 3 * FULL_WIDTH  # pixels: infographics are tall, and a page shows them in its column's width
_LARGEST_PNG = 3_000_000  # bytes: with more, a picture is a photograph
_PNG_SHARE = 1.5  # of the JPEG's bytes: drawings and screenshots are as small as PNG, and sharper


@dataclass(frozen=True, slots=True)
class Renditions:
    """A picture's files by their widths in pixels; `moves` where it came as moving pictures, of which this is one."""

    name: MediaName
    files: Mapping[int, bytes] = field(repr=False)
    moves: bool = False


def renditions(content: bytes) -> Renditions:
    """Return a picture upright, in sRGB, without its camera's notes, in all its widths; never enlarged or cropped.

    Drawings and what is transparent become PNG, photographs JPEG. The same bytes give the same name. Raises
    photos.Unreadable for what is no picture, for SVG, and for what would unpack to far more than a picture.
    """
    picture, kind, moves = photos.picture_of(content, side=TALLEST)
    full = _narrow(picture, FULL_WIDTH)
    media_type, first = _format(full, kind)
    if media_type == "image/jpeg":
        full = photos.flat(full)
    name = MediaName(
        sha256(content).hexdigest()[:24], full.width, full.height, "png" if media_type == "image/png" else "jpg"
    )
    files = {width: photos.encoded(_narrow(full, width), media_type) for width in name.widths[:-1]}
    return Renditions(name, {**files, full.width: first}, moves)


def _format(picture: Image.Image, kind: str) -> tuple[str, bytes]:
    """Return the media type that suits a picture, and its bytes."""
    jpeg = photos.encoded(photos.flat(picture), "image/jpeg")
    if kind == "image/jpeg":
        return "image/jpeg", jpeg
    png = photos.encoded(picture, "image/png")
    is_clear = picture.mode == "RGBA"
    if len(png) <= _LARGEST_PNG and (is_clear or len(png) <= _PNG_SHARE * len(jpeg)):
        return "image/png", png
    return "image/jpeg", jpeg


def _narrow(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    height = max(round(picture.height * width / picture.width), 1)
    return picture.resize((width, height), Image.Resampling.LANCZOS)
