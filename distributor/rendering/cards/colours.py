"""A publication's colours on its cards: its own or always the same ones, and always readable."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from distributor.rendering.colours import RGB, mix, parse, readable

_PAPER: RGB = (253, 251, 246)
_INK: RGB = (33, 29, 23)
_SOFT: RGB = (96, 90, 79)

_IN_PAPER = 0.045  # of the accent in the paper
_LEAST = 5.0

# Deep and quiet; each has a contrast of 5.5 and more on its own paper (WCAG 2.2 §1.4.3 asks for 4.5).
ACCENTS: tuple[RGB, ...] = (
    (150, 50, 31),  # brick
    (138, 66, 12),  # rust
    (115, 80, 8),  # ochre
    (86, 92, 22),  # olive
    (38, 102, 58),  # leaf
    (12, 99, 90),  # sea
    (13, 92, 120),  # petrol
    (31, 86, 148),  # sky
    (62, 74, 156),  # ink blue
    (98, 64, 150),  # violet
    (128, 49, 118),  # plum
    (156, 35, 82),  # rose
    (109, 74, 48),  # walnut
    (66, 86, 100),  # slate
)


@dataclass(frozen=True, slots=True)
class Palette:
    """A card's colours: `paper` behind all, `ink` and `soft` for words, `accent`, and `faint` for lines."""

    paper: RGB
    ink: RGB
    soft: RGB
    accent: RGB
    faint: RGB


def palette(name: str, colour: str = "") -> Palette:
    """Return the colours of the publication of this name; `colour` (`#rrggbb`) is its own one, where it has one."""
    accent = _own_accent(colour) if colour else _by_name(name)
    return Palette(
        paper=mix(_PAPER, accent, _IN_PAPER),
        ink=mix(_INK, accent, 0.08),
        soft=_SOFT,
        accent=accent,
        faint=mix(_PAPER, accent, 0.3),
    )


def _by_name(name: str) -> RGB:
    return ACCENTS[int.from_bytes(sha256(name.encode("utf-8", "replace")).digest()[:4], "big") % len(ACCENTS)]


def _own_accent(colour: str) -> RGB:
    """Return a colour that reads on its own paper, whose own tint is no brighter than that of the colour as given."""
    rgb = parse(colour)
    return readable(rgb, mix(_PAPER, readable(rgb, _PAPER, least=_LEAST), _IN_PAPER), least=_LEAST)
