"""A card as a picture: the series above, the title large, who wrote it and where below, and a stamp with the number."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from math import sqrt
from typing import TYPE_CHECKING

import regex

from distributor.lazy_modules import LazyModule
from distributor.rendering.cards import lines
from distributor.rendering.cards.colours import Palette, palette
from distributor.rendering.cards.typefaces import Style, drawable, put, width
from distributor.rendering.colours import RGB

if TYPE_CHECKING:
    from PIL import Image, ImageDraw
else:
    Image, ImageDraw = LazyModule("PIL.Image"), LazyModule("PIL.ImageDraw")

# Parts of the card's measure, which is the root of its area: so cards of every shape look alike.
_MARGIN = 0.08
_BAND = 0.016
_SMALL = 0.036
_STAMP, _TEETH = 0.125, 9
_FINE = 4  # the stamp is drawn so many times as large, for smooth edges
_LARGEST, _LEAST, _STEPS = 0.132, 0.046, 16  # the title's size, and how many are tried between the two
_LARGE, _MOST_LARGE, _MOST_LINES = 0.1, 3, 6  # above this size a title has fewer lines
_BREAK_BELOW = 0.09  # below this size a word may be broken
_LEADING = 1.22  # of the title's size
_FOOT_LEADING = 1.45
_APART = 1.7  # between the series and the title, of the series' size
_OPTICAL_MIDDLE = 0.46  # a little above the middle looks like the middle
_CAP = 0.68  # a capital's height, of a text's size; Hangul and Han characters are a little taller

_TEXT_NAMES = ("title", "series", "number", "author", "publication")
_LETTERS = regex.compile(r"[\p{L}\p{N}]")


@dataclass(frozen=True, slots=True)
class _Title:
    lines: tuple[str, ...]
    style: Style

    @property
    def height(self) -> float:
        """From the top of the first line's capitals to the last one's baseline."""
        return self.style.size * (_CAP + _LEADING * (len(self.lines) - 1))


def draw(card: Mapping[str, str], size: tuple[int, int]) -> bytes:
    """Return the card as PNG bytes, `size` in pixels (width, height). The same card gives the same bytes.

    `card` holds texts: title, series, number, author, publication, language; what is missing is left out. Its `colour`
    is the publication's own one, `#rrggbb`.
    """
    return _draw(tuple(sorted(card.items())), size)


@lru_cache(maxsize=32)
def _draw(card: tuple[tuple[str, str], ...], size: tuple[int, int]) -> bytes:
    return _png(_picture(dict(card), size))


def undrawable(card: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the texts that the card can't show, since no font here has all of their letters."""
    language = card.get("language", "")
    return tuple(
        name for name in _TEXT_NAMES if _LETTERS.search(text := card.get(name, "")) and not drawable(text, language)
    )


class _Sheet:
    """A picture to draw on, with the measures that all parts share."""

    def __init__(self, size: tuple[int, int], colours: Palette, language: str) -> None:
        self.picture = Image.new("RGB", size, colours.paper)
        self.pen = ImageDraw.Draw(self.picture)
        self.colours = colours
        self.measure = sqrt(size[0] * size[1])
        self.margin = self.measure * _MARGIN
        self.room = size[0] - 2 * self.margin
        self.bottom = size[1] - self.margin
        self.small = Style(max(round(self.measure * _SMALL), 8), language=language)
        self.strong = replace(self.small, weight="semibold")

    def line(self, text: str, baseline: float, style: Style, colour: RGB, *, room: float) -> None:
        """Write one line at the left margin."""
        put(self.pen, (self.margin, baseline), lines.cut(text, room, partial(width, style=style)), style, colour)


def _picture(card: Mapping[str, str], size: tuple[int, int]) -> Image.Image:
    language = card.get("language", "")
    texts = {name: drawable(card.get(name, ""), language) for name in _TEXT_NAMES}
    sheet = _Sheet(size, palette(card.get("publication", ""), card.get("colour", "")), language)
    heading = texts["title"] or texts["publication"]
    above = _head(sheet, texts["series"])
    below = _foot(sheet, texts["author"], texts["publication"] if texts["publication"] != heading else "")
    if stamp_text := texts["number"] or texts["publication"][:1].upper():
        below = min(below, _draw_stamp(sheet, stamp_text))
    below -= sheet.small.size * _APART * 0.75
    title = _fit_title(heading, sheet.room, below - above, sheet.measure, language)
    baseline = above + (below - above - title.height) * _OPTICAL_MIDDLE + title.style.size * _CAP
    for line in title.lines:
        # Large letters begin a little to the right of where they are put.
        put(sheet.pen, (sheet.margin - title.style.size * 0.04, baseline), line, title.style, sheet.colours.ink)
        baseline += title.style.size * _LEADING
    return sheet.picture


def _head(sheet: _Sheet, series: str) -> float:
    """Draw what is above the title and return where that ends."""
    band = sheet.measure * _BAND
    sheet.pen.rectangle((0, 0, sheet.picture.width, round(band)), fill=sheet.colours.accent)
    end = sheet.margin + band
    if not series:
        return end
    end += sheet.small.size * _CAP
    sheet.line(series, end, sheet.strong, sheet.colours.accent, room=sheet.room)
    return end + sheet.small.size * _APART


def _foot(sheet: _Sheet, author: str, publication: str) -> float:
    """Draw the names below the title, one above the other, and return where they begin."""
    baseline = sheet.bottom - sheet.small.size * 0.1
    room = sheet.room - sheet.measure * _STAMP * 1.3
    for name, style, colour in (
        (publication, sheet.small, sheet.colours.soft),
        (author, sheet.strong, sheet.colours.ink),
    ):
        if name:
            sheet.line(name, baseline, style, colour, room=room)
            baseline -= sheet.small.size * _FOOT_LEADING
    return baseline


def _fit_title(text: str, room: float, height: float, measure: float, language: str) -> _Title:
    """Return a title as large as it fits; one that is too long for any size ends in an ellipsis."""
    parts = lines.pieces(text)
    for step in range(_STEPS):
        share = _LARGEST * (_LEAST / _LARGEST) ** (step / (_STEPS - 1))
        style = Style(max(round(measure * share), 8), "semibold", language)
        by_height = int((height - style.size * _CAP) // (style.size * _LEADING)) + 1
        line_limit = min(by_height, _MOST_LARGE if share > _LARGE else _MOST_LINES)
        wide = _Widths(style)
        whole = share < _BREAK_BELOW or all(wide(part.text) <= room for part in parts)
        if whole and len(lines.wrap(parts, room, wide)) <= line_limit:
            return _Title(tuple(lines.balance(parts, room, wide)), style)
    return _Title(tuple(lines.shorten(lines.wrap(parts, room, wide), max(line_limit, 1), room, wide)), style)


class _Widths(dict[str, float]):
    """Widths in one style, each measured once."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style

    def __missing__(self, text: str) -> float:
        self[text] = pixels = width(text, self._style)
        return pixels

    __call__ = dict.__getitem__


def _draw_stamp(sheet: _Sheet, text: str) -> float:
    """Draw a postage stamp with a number or a letter below on the right and return where it begins."""
    side = round(sheet.measure * _STAMP)
    full, paper = side * _FINE, sheet.colours.paper
    stamp = Image.new("RGB", (full, full), paper)
    pen = ImageDraw.Draw(stamp)
    radius, inner = full / _TEETH * 0.23, full * 0.13
    pen.rectangle((radius, radius, full - radius, full - radius), fill=sheet.colours.accent)
    for index in range(_TEETH):
        along = radius + (full - 2 * radius) * (index + 0.5) / _TEETH
        for x, y in ((along, radius), (along, full - radius), (radius, along), (full - radius, along)):
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=paper)
    pen.rectangle((inner, inner, full - inner, full - inner), outline=paper, width=max(round(full * 0.012), 1))
    style = replace(sheet.strong, size=round(full * 0.42))
    while width(text, style) > full * 0.6 and style.size > sheet.small.size:
        style = replace(style, size=round(style.size * 0.85))
    put(pen, ((full - width(text, style)) / 2, full / 2 + style.size * 0.33), text, style, paper)
    corner = round(sheet.picture.width - sheet.margin - side), round(sheet.bottom - side)
    sheet.picture.paste(stamp.resize((side, side), Image.Resampling.LANCZOS), corner)
    return corner[1]


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=6)
    return out.getvalue()
