"""A card for a letter, drawn: what a post shows where the letter has no picture of its own."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import Image, ImageDraw, ImageFont

_PAPER, _INK, _SOFT = "#fbf8f1", "#22201c", "#6b655b"


def draw(card: Mapping[str, str], size: tuple[int, int]) -> bytes:
    """Return the card as PNG bytes, `size` in pixels.

    `card` holds texts: title, series, number, author, publication, language; what is missing is left out.
    """
    picture = Image.new("RGB", size, _PAPER)
    pen = ImageDraw.Draw(picture)
    margin = size[0] // 15
    top = margin
    for name, share, colour in (
        ("series", 22, _SOFT),
        ("title", 11, _INK),
        ("author", 24, _SOFT),
        ("publication", 26, _SOFT),
    ):
        if text := card.get(name, ""):
            font = ImageFont.load_default(size[1] // share * 1.0)
            pen.text((margin, top), text, font=font, fill=colour)
            top += size[1] // share * 2
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
