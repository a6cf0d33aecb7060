"""Colours as mails, pages and cards use them, and a publication's own colour made readable on each of them."""

from __future__ import annotations

from dataclasses import dataclass

RGB = tuple[int, int, int]

BLACK: RGB = (0, 0, 0)
WHITE: RGB = (255, 255, 255)
READABLE = 4.5  # the least contrast of a text and what is behind it: WCAG 2.2 §1.4.3
_STEPS = 40

# What is behind text of the accent's colour: the least bright of the light papers, the brightest of the dark ones.
LIGHT: RGB = (244, 240, 230)
DARK: RGB = (36, 33, 27)
_TINT = 0.1  # of the accent in a ground that only hints at it
_DARK_TINT = 0.18

# The usual accents of mails and of the reader's pages.
MAIL_ACCENTS = ("#8a4b2a", "#e3a57f")


@dataclass(frozen=True, slots=True)
class Accents:
    """One side, light or dark: text and buttons in `accent`, words on it in `on_accent`, `ground` with a hint of it."""

    accent: str
    on_accent: str
    ground: str


def parse(colour: str) -> RGB:
    """Return `#rrggbb` as its three parts, 0 to 255. Raises ValueError for anything else."""
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError(colour)
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def to_hex(colour: RGB) -> str:
    """Return a colour as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(colour: RGB, tint: RGB, share: float) -> RGB:
    """Return a colour with a `share` (0 to 1) of the other one in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, tint, strict=True))
    return red, green, blue


def contrast(colour: RGB, background: RGB) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, “contrast ratio”)."""
    darker, brighter = sorted((_luminance(colour), _luminance(background)))
    return (brighter + 0.05) / (darker + 0.05)


def readable(colour: RGB, ground: RGB, *, least: float = READABLE) -> RGB:
    """Return the colour, darkened or lightened as little as makes its text readable on this ground."""
    end = BLACK if contrast(BLACK, ground) > contrast(WHITE, ground) else WHITE
    for step in range(_STEPS):
        shade = mix(colour, end, step / _STEPS)
        if contrast(shade, ground) >= least:
            return shade
    return end


def on(colour: RGB) -> RGB:
    """Return black or white, whichever reads better on the colour."""
    return max(BLACK, WHITE, key=lambda ink: contrast(ink, colour))


def accents(colour: str, *, dark: bool = False) -> Accents:
    """Return a publication's colour (`#rrggbb`) for pages and mails on light paper, or on dark."""
    paper, tint = (DARK, _DARK_TINT) if dark else (LIGHT, _TINT)
    accent = readable(parse(colour), paper)
    return Accents(to_hex(accent), to_hex(on(accent)), to_hex(mix(paper, accent, tint)))


def mail_accents(colour: str) -> tuple[str, str]:
    """Return the accents of a mail on light and on dark paper; the usual ones for a publication without a colour."""
    return (accents(colour).accent, accents(colour, dark=True).accent) if colour else MAIL_ACCENTS


def style_sheet(colour: str) -> str:
    """Return CSS that puts a publication's colour in the place of the pages' accent (`shared/tokens.css`).

    Raises ValueError for what is no `#rrggbb`.
    """
    light, dark = _properties(accents(colour)), _properties(accents(colour, dark=True))
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def _properties(side: Accents) -> str:
    return f"--accent: {side.accent}; --on-accent: {side.on_accent}; --accent-ground: {side.ground};"


def _luminance(colour: RGB) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
