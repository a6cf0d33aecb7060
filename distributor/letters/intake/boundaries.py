"""A second opinion on which part of a page is its letter: that of the readability library.

Its marks are ours: each element is numbered, and the numbers that are left in its answer say which elements it takes
for the text. See docs/decisions/page-boundaries.md.
"""

from __future__ import annotations

import logging
import re
from typing import Final

from lxml import etree

from distributor.letters.intake import dom

LONGEST_MARKUP: Final = 3_000_000  # characters of a page that it is asked about: it takes a second for each million
_MARK: Final = "data-intake-at"
_MARKS: Final = re.compile(rf'{_MARK}="(\d+)"')


def text_elements(root: dom.Element) -> list[dom.Element]:
    """Return the elements that the library takes for the page's text, in order; none where it finds no text."""
    # Imported when it is needed: most pages do without.
    from readability import Document  # noqa: PLC0415
    from readability.readability import Unparseable  # noqa: PLC0415

    elements = list(root.iter())
    for number, element in enumerate(elements):
        element.set(_MARK, str(number))
    markup = str(etree.tostring(root, encoding="unicode", method="html"))
    for element in elements:
        del element.attrib[_MARK]
    if len(markup) > LONGEST_MARKUP:
        return []
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    try:
        summary = Document(markup).summary()
    except (Unparseable, ValueError, etree.LxmlError):
        return []
    numbers = {int(number) for number in _MARKS.findall(summary)}
    return [elements[number] for number in sorted(numbers) if elements[number].tag not in ("html", "body", "head")]


def common_ancestor(elements: list[dom.Element]) -> dom.Element:
    """Return the nearest element that holds all of some, of which there is at least one."""
    paths = [[*reversed(list(element.iterancestors())), element] for element in elements]
    common = paths[0]
    for path in paths[1:]:
        length = next(
            (at for at, (a, b) in enumerate(zip(common, path, strict=False)) if a is not b), min(len(common), len(path))
        )
        common = common[:length]
    return common[-1]
