"""The name of a stored picture: of which bytes it was made and how large it is stand in it.

So its address never shows anything else, and a page or mail knows its size without asking anyone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

FULL_WIDTH = 2000  # pixels: what a sharp screen of a page's column shows, twice over
SMALLER_WIDTHS = (480, 800, 1200)  # a phone's, a sharp phone's, and a mail's column twice over
SCHEME = "media"

_NAME = re.compile(
    r"(?P<digest>[0-9a-f]{24})-(?P<width>[1-9]\d{0,4})x(?P<height>[1-9]\d{0,4})(?:-(?P<smaller>[1-9]\d{0,4}))?"
    r"\.(?P<suffix>jpg|png)"
)
# A picture in safe HTML, where every value stands in double quotes, and “<” never in text.
_IMAGE = re.compile(r'<img((?:\s+[\w-]+(?:="[^"]*")?)*)\s*/?>')
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_SOURCE = re.compile(rf'(<img(?:\s+[\w-]+(?:="[^"]*")?)*?\s+src="){SCHEME}:([^"]*)"')


@dataclass(frozen=True, slots=True)
class MediaName:
    """A picture of `width` × `height` pixels; `digest` is made of the bytes that it came as, `suffix` says its format.

    It is stored in each of `widths`, the last of which is its own.
    """

    digest: str
    width: int
    height: int
    suffix: str

    def __str__(self) -> str:
        return f"{self.digest}-{self.width}x{self.height}.{self.suffix}"

    @property
    def reference(self) -> str:
        """How a stored letter names it, whatever the site's address is: `media:NAME`."""
        return f"{SCHEME}:{self}"

    @property
    def type(self) -> str:
        """Its media type."""
        return "image/jpeg" if self.suffix == "jpg" else "image/png"

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths in pixels that it is stored in. One hardly smaller than its own spares nobody anything."""
        return (*(width for width in SMALLER_WIDTHS if width <= 0.8 * self.width), self.width)

    def file(self, width: int) -> str:
        """Return the name of its file of one of `widths`."""
        if width == self.width:
            return str(self)
        return f"{self.digest}-{self.width}x{self.height}-{width}.{self.suffix}"

    def least(self, width: int) -> int:
        """Return the smallest of `widths` that is at least so wide, else its own."""
        return next((candidate for candidate in self.widths if candidate >= width), self.width)

    def within(self, width: int) -> tuple[int, int]:
        """Return its size scaled down to a width, never up."""
        share = min(width / self.width, 1.0)
        return max(round(self.width * share), 1), max(round(self.height * share), 1)


def of_file(file: str) -> tuple[MediaName, int] | None:
    """Return the picture that a file's name names, and which of its widths the file has; None for any other name."""
    match = _NAME.fullmatch(file)
    if match is None:
        return None
    name = MediaName(match["digest"], int(match["width"]), int(match["height"]), match["suffix"])
    width = int(match["smaller"] or name.width)
    return (name, width) if width in name.widths and name.file(width) == file else None


def of_reference(reference: str) -> MediaName | None:
    """Return the picture that `media:NAME` names; None for anything else."""
    scheme, _, file = reference.partition(":")
    name_and_width = of_file(file) if scheme == SCHEME else None
    return name_and_width[0] if name_and_width and name_and_width[1] == name_and_width[0].width else None


def address(source: str, site_url: str) -> str:
    """Return where a picture is: a stored one (`media:NAME`) below its publication's site, any other as it is."""
    name = of_reference(source)
    return f"{site_url}/media/{name}" if name else source


def of_address(url: str, site_url: str) -> MediaName | None:
    """Return the stored picture that an address of this site shows; None for every other address."""
    start = f"{site_url}/media/"
    name_and_width = of_file(url.removeprefix(start)) if site_url and url.startswith(start) else None
    return name_and_width[0] if name_and_width else None


def with_addresses(html: str, site_url: str) -> str:
    """Return safe HTML in which stored pictures have the addresses at which the publication's site serves them."""
    return _SOURCE.sub(lambda match: f'{match[1]}{address(f"{SCHEME}:{match[2]}", site_url)}"', html)


def pictures(html: str) -> Iterator[tuple[str, str]]:
    """Yield the addresses of the pictures in safe HTML, with what each shows, in their order."""
    for match in _IMAGE.finditer(html):
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(match[1])}
        if source := attributes.get("src"):
            yield source, attributes.get("alt", "")
