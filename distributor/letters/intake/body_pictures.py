"""The pictures of a letter's markup: which of its addresses shows one, and which ones nobody is to see."""

from __future__ import annotations

import re

from distributor.domain.letters import LeftOut
from distributor.letters.intake import dom
from distributor.letters.intake.tracking_pixels import is_placeholder, is_tracking_pixel
from distributor.letters.intake.web_addresses import absolute, is_relative

SCHEME = "picture"  # before the path of one that is to be looked for beside the letter

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_CANDIDATE = re.compile(r"(\S+?),?(?:\s+(\d{1,5}(?:\.\d+)?)[wx]\s*(?:,|$)|\s*(?:,\s|$))")
_DATA = re.compile(r"data:image/", re.IGNORECASE)


def settle(element: dom.Element, base: str) -> list[LeftOut]:
    """Give a picture its one address, or take it out; return what an editor should know to be gone.

    What counts openings, or is hidden, is nothing that a reader would miss.
    """
    candidates = sources(element)
    source = next(filter(None, (address(candidate, base) for candidate in candidates)), "")
    if dom.is_hidden(element) or (source and is_tracking_pixel(element, source)):
        dom.remove(element)
        return []
    if source:
        element.set("src", source)
        return []
    alt = " ".join(dom.attribute(element, "alt").split())
    dom.remove(element)
    if not candidates:
        return []
    label = f"the picture {candidates[0][:80]}{f' (“{alt[:80]}”)' if alt else ''}"
    return [LeftOut(label, "Its address leads to no picture that readers could see: give its address on the web.")]


def sources(element: dom.Element) -> list[str]:
    """Return the addresses that a picture's attributes name, as they are written, the one to show first."""
    own_source = dom.attribute(element, "src")
    lazy = [value for name in _LAZY if (value := dom.attribute(element, name))]
    lazy += [largest for name in _SETS if (largest := _largest(dom.attribute(element, name)))]
    if lazy and (not own_source or _DATA.match(own_source) or is_placeholder(own_source)):
        return lazy  # what is shown until it is there
    return [own_source, *lazy] if own_source else []


def address(source: str, base: str) -> str:
    """Return a picture's address: absolute, `data:`, or `picture:PATH` where nothing says of which site it is."""
    if _DATA.match(source):
        return source
    if not base and is_relative(source):
        return f"{SCHEME}:{source.strip()}"
    return absolute(source, base)


def _largest(candidates: str) -> str:
    """Return the largest of a `srcset`, which says how wide or how dense each is."""
    pairs = [(match[1], float(match[2] or 1)) for match in _CANDIDATE.finditer(candidates)]
    return max(pairs, key=lambda pair: pair[1])[0] if pairs else ""
