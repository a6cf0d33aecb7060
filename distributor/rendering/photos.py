"""Pictures made to keep a network's limits: turned upright, scaled down, recompressed."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from PIL import Image, ImageOps

from distributor.domain.capabilities import PictureLimits

_QUALITIES = (88, 80, 70, 60, 45)
_SMALLER = 0.8  # of each side, when no quality is enough
MOST_PIXELS = 80_000_000


class Unreadable(Exception):
    """These bytes are no picture, or one too large to open."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A picture's bytes, its media type and size in pixels."""

    content: bytes = field(repr=False)
    type: str
    width: int
    height: int


def shrink(content: bytes, limits: PictureLimits) -> Shrunk:
    """Return the picture as it is where it keeps the limits, else scaled down and recompressed until it does.

    A photograph's data (place, camera) are taken out: what is passed on was asked for, these were not. Raises
    Unreadable.
    """
    try:
        with Image.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Unreadable("The picture is too large.")
            kind = Image.MIME.get(opened.format or "", "")
            plain = not opened.getexif() and not getattr(opened, "is_animated", False)
            small = max(opened.size) <= limits.max_side and len(content) <= limits.max_bytes
            if plain and small and kind in limits.types:
                return Shrunk(content, kind, opened.width, opened.height)
            upright = ImageOps.exif_transpose(opened)
            picture = _flat(upright)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unreadable("That is no picture that can be read.") from error
    picture.thumbnail((limits.max_side, limits.max_side), Image.Resampling.LANCZOS)
    while True:
        for quality in _QUALITIES:
            made = _jpeg(picture, quality)
            if len(made) <= limits.max_bytes:
                return Shrunk(made, "image/jpeg", picture.width, picture.height)
        picture = picture.resize(
            (max(int(picture.width * _SMALLER), 1), max(int(picture.height * _SMALLER), 1)), Image.Resampling.LANCZOS
        )


def _flat(picture: Image.Image) -> Image.Image:
    """Return the picture in RGB, what is transparent on white."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return picture.convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
