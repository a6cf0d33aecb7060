"""How much prose, how many links an element holds: measured once for a whole page, since many rules ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from distributor.letters.intake import dom

PARAGRAPH_LENGTH: Final = 25  # characters: what is shorter is a label, a date, a button
_PARAGRAPHS: Final = dom.BLOCKS - {"ul", "ol", "dl", "table", "tbody", "thead", "tfoot", "tr", "hr", "figure", "br"}


@dataclass(slots=True)
class Measure:
    """Of one element, in characters.

    `own_text` is the text that stands in it and in its inline children, links left out; `prose` that of all its
    paragraphs of some length; `links` that of its links; `text` all of it.
    """

    own_text: int = 0
    prose: int = 0
    links: int = 0
    text: int = 0
    is_block: bool = False


class Measures:
    """The measures of all elements below one."""

    def __init__(self, root: dom.Element) -> None:
        self._of: dict[dom.Element, Measure] = {}
        order = list(root.iter())
        for element in reversed(order):  # children come behind their parents
            self._of[element] = self._measure(element)

    def __getitem__(self, element: dom.Element) -> Measure:
        measure = self._of.get(element)
        return measure if measure is not None else Measure()

    def take_off(self, element: dom.Element) -> None:
        """Take what an element holds off all that it stands in: it is about to be cut."""
        measure = self[element]
        for up in element.iterancestors():
            outer = self._of.get(up)
            if outer is not None:
                outer.prose -= measure.prose
                outer.links -= measure.links
                outer.text -= measure.text

    def _measure(self, element: dom.Element) -> Measure:
        tag = element.tag
        if tag in dom.SILENT:
            return Measure(is_block=tag in dom.BLOCKS)
        measure = Measure(own_text=_length(element.text), is_block=tag in dom.BLOCKS)
        measure.text = measure.own_text
        for child in element:
            inner = self._of[child]
            behind = _length(child.tail)
            measure.text += inner.text + behind
            measure.links += inner.links
            measure.prose += inner.prose
            measure.own_text += behind
            if inner.is_block:
                measure.is_block = True
            else:
                measure.own_text += inner.own_text
        if tag == "a" and element.get("href") is not None:
            measure.links = measure.text
            if not measure.is_block:
                measure.own_text = 0
        elif measure.is_block and tag in _PARAGRAPHS and measure.own_text >= PARAGRAPH_LENGTH:
            measure.prose += measure.own_text
        return measure


def _length(text: str | None) -> int:
    return len(text.strip()) if text else 0
