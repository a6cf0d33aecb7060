"""The typefaces of the cards: which one has a character, how wide a text is, and its words on a picture.

Latin, Cyrillic and Greek are set in Source Serif 4, Hangul, kana and the common Han characters in Noto Serif KR; both
come as packages (SIL Open Font License 1.1). All of Japanese and Chinese is drawn where the extra `fonts` is installed.
Emoji and signs that no font has are left out, and a text with a letter that none has is not drawn at all, since it
would say something else: a card never shows the boxes that stand for missing characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import regex

from distributor.lazy_modules import LazyModule
from distributor.rendering.colours import RGB

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont
else:
    ImageFont = LazyModule("PIL.ImageFont")

Weight = Literal["regular", "semibold"]
Font = tuple[str, str]
"""A package and the font file in it."""

# Packages with one font file each; the first that has a character draws it.
_LATIN = ("fontpkg_source_serif_4", "files/SourceSerif4[opsz,wght].ttf")
_KOREAN = ("pylopdf_fonts_ko", "NotoSerifKR-Regular.otf")
_JAPANESE = ("pylopdf_fonts_jp", "NotoSerifJP-Regular.otf")
_CHINESE = (("pylopdf_fonts_zh_cn", "NotoSerifSC-Regular.otf"), ("pylopdf_fonts_zh_tw", "NotoSerifTC-Regular.otf"))
_FONTS = (_LATIN, _KOREAN, _JAPANESE, *_CHINESE)
# The same Han character is written a little differently in each language.
_BY_LANGUAGE = {
    "ja": (_LATIN, _JAPANESE, _KOREAN, *_CHINESE),
    "zh": (_LATIN, *_CHINESE, _JAPANESE, _KOREAN),
}
_WEIGHTS = {"regular": 420, "semibold": 620}
_OPTICAL = (8, 60)  # of Source Serif 4's axis, in points
# Fonts of one weight are made a little heavier by an outline, as a part of their size, to stand beside the others.
_OUTLINE = {"regular": 0.002, "semibold": 0.011}
_NOWHERE = "\U0010fffe"  # a noncharacter: no font has it

_CLUSTER = regex.compile(r"\X")
# What is a picture by itself or asked for as one (U+FE0F); plain signs such as © and ☎ stay where a font has them.
_PICTURES = regex.compile(
    r"(?V1)[\p{Emoji_Presentation}\p{Regional_Indicator}\p{Emoji_Modifier}\u20E3\U000E0020-\U000E007F]|\p{Emoji}\uFE0F"
    r"|[\p{Extended_Pictographic}&&\p{Cn}]"  # kept free for emoji to come
)
_LONGEST = 1000  # characters: no card has room for more
_LETTER = regex.compile(r"(?V1)[\p{L}\p{N}\p{M}[\p{Cn}--\p{NChar}]]")  # also what may be one in a newer Unicode
_CLOSING_SIGNS = frozenset(",.;:!?…、。")
_UNSEEN = regex.compile(r"[\p{Cc}\p{Cs}\p{Co}\p{NChar}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set: `size` in pixels, `language` its BCP 47 tag."""

    size: int
    weight: Weight = "regular"
    language: str = ""


def drawable(text: str, language: str) -> str:
    """Return a text as one line that can be drawn; "" for one with a letter that no font has."""
    text = text[:_LONGEST]
    text = unicodedata.normalize("NFC", text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    line = ""
    for cluster in _CLUSTER.findall(text):
        if cluster.isspace():
            line += " "
        elif _PICTURES.search(cluster):
            line = line.rstrip() + " "
        elif visible := _UNSEEN.sub("", cluster):
            if _font_of(visible, language) is not None:
                line = line.rstrip() + visible if visible in _CLOSING_SIGNS and line.endswith(" ") else line + visible
            elif _LETTER.search(visible):
                return ""
    return " ".join(line.split())


def width(text: str, style: Style) -> float:
    """Return how wide a drawable text is, in pixels."""
    return sum(_load(font, style.size, style.weight).getlength(run) for font, run in _runs(text, style.language))


def put(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, style: Style, colour: RGB) -> None:
    """Draw a drawable text; `at` is where its baseline begins."""
    x, baseline = at
    for font, run in _runs(text, style.language):
        typeface = _load(font, style.size, style.weight)
        outline = 0.0 if font is _LATIN else _OUTLINE[style.weight] * style.size
        pen.text((x, baseline), run, font=typeface, fill=colour, anchor="ls", stroke_width=outline)
        x += typeface.getlength(run)


def _runs(text: str, language: str) -> Iterator[tuple[Font, str]]:
    """Yield the stretches of a text that one font draws; spaces stay with what is before them."""
    run, font = "", _LATIN
    for cluster in _CLUSTER.findall(text):
        cluster_font = font if cluster == " " and run else _font_of(cluster, language)
        if cluster_font is None:
            continue
        if cluster_font is not font and run:
            yield font, run
            run = ""
        run, font = run + cluster, cluster_font
    if run:
        yield font, run


@lru_cache(maxsize=8192)
def _font_of(cluster: str, language: str) -> Font | None:
    """Return the first font that has all of a grapheme cluster; None for none."""
    for font in _BY_LANGUAGE.get(language.partition("-")[0].lower(), _FONTS):
        if _path(font) is not None and all(_has(font, character) for character in cluster):
            return font
    return None


def _has(font: Font, character: str) -> bool:
    """Whether a font has a glyph of its own for a character, and not the one that stands for all it lacks."""
    sample = _load(font, 24, "regular")
    return bytes(sample.getmask(character)) != bytes(sample.getmask(_NOWHERE))


@lru_cache(maxsize=256)
def _load(font: Font, size: int, weight: Weight) -> ImageFont.FreeTypeFont:
    path = _path(font)
    assert path is not None
    typeface = ImageFont.truetype(str(path), size)
    if font is _LATIN:
        # Cards are seen at about half their size: letters are shaped for that.
        points = min(max(size * 0.5, _OPTICAL[0]), _OPTICAL[1])
        typeface.set_variation_by_axes([_WEIGHTS[weight], points])
    return typeface


@lru_cache(maxsize=len(_FONTS))
def _path(font: Font) -> Path | None:
    package, name = font
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / name
    return path if path.is_file() else None
