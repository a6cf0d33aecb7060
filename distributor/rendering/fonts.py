"""The fonts that a publication can choose: such as mail programs and browsers have, so that nothing is fetched.

Each names faces for Korean text too: those of the systems that lack the first ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

_KOREAN_SERIF: Final = '"Noto Serif KR", "Noto Serif CJK KR", "Nanum Myeongjo", "Apple SD Gothic Neo", "Malgun Gothic"'
_KOREAN_SANS: Final = '"Apple SD Gothic Neo", "Noto Sans KR", "Noto Sans CJK KR", "Malgun Gothic"'
USUAL_SERIF: Final = (
    '"Iowan Old Style", Georgia, "Noto Serif KR", "Noto Serif CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", serif'
)
_OUTLOOK_USUAL: Final = 'Georgia, "Malgun Gothic", serif'


@dataclass(frozen=True, slots=True)
class Font:
    """One font: what editors call it, the faces in the order of preference, and the one that Outlook takes."""

    label: str
    faces: str
    outlook_face: str

    @property
    def outlook(self) -> str:
        """What Outlook is told, which takes the first face or none."""
        return f'"{self.outlook_face}", "Malgun Gothic", {self.faces.rsplit(", ", 1)[1]}'


FONTS: Final = {
    "georgia": Font("Georgia", f"Georgia, {_KOREAN_SERIF}, serif", "Georgia"),
    "palatino": Font(
        "Palatino", f'"Palatino Linotype", Palatino, "Book Antiqua", {_KOREAN_SERIF}, serif', "Palatino Linotype"
    ),
    "times": Font("Times", f'"Times New Roman", Times, {_KOREAN_SERIF}, serif', "Times New Roman"),
    "system": Font(
        "The reader’s system font",
        f'-apple-system, "Segoe UI", Roboto, Arial, {_KOREAN_SANS}, sans-serif',
        "Segoe UI",
    ),
    "arial": Font("Arial", f"Arial, Helvetica, {_KOREAN_SANS}, sans-serif", "Arial"),
    "verdana": Font("Verdana", f"Verdana, Geneva, {_KOREAN_SANS}, sans-serif", "Verdana"),
    "trebuchet": Font("Trebuchet", f'"Trebuchet MS", Tahoma, {_KOREAN_SANS}, sans-serif', "Trebuchet MS"),
}


def mail_context(text_font: str, heading_font: str) -> dict[str, str]:
    """Return what mail templates see: the faces of text and headings as CSS, and Outlook's for both.

    An empty name, or one that is not there any more, is the usual font; headings go with the text where none is named.
    """
    text, heading = FONTS.get(text_font), FONTS.get(heading_font)
    text_faces = text.faces if text else USUAL_SERIF
    outlook = text.outlook if text else _OUTLOOK_USUAL
    values = {
        "text_font": text_faces,
        "heading_font": heading.faces if heading else text_faces,
        "outlook_font": outlook,
        "outlook_heading_font": heading.outlook if heading else outlook,
    }
    return {name: Markup(css) for name, css in values.items()}  # noqa: S704 - of our own table


def style_sheet(text_font: str, heading_font: str) -> str:
    """Return CSS that puts these fonts in the place of the pages' own (`shared/tokens.css`). Raises KeyError."""
    rules = []
    if text_font:
        rules.append(f":root {{ --serif: {FONTS[text_font].faces}; }}")
    if heading_font:
        rules.append(f"h1, h2, h3, h4, .masthead {{ font-family: {FONTS[heading_font].faces}; }}")
    return "\n".join(rules) + "\n"
