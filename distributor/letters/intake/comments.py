"""Readers' comments on a page: taken out before the letter is looked for, since they are text as much as it is.

Boxes are told by their names, and only by names that say nothing else: “comments-closed” is a state of the letter's own
box, “opinion-comment” a section of a newspaper. A name that one comment has (“comment-body”) counts in a list, or
where several elements have it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from distributor.channels import folders
from distributor.letters.intake import dom
from distributor.letters.intake.container import Cut, names_text

_MANY: Final = (
    r"comments|kommentare|commentaires|comentarios|commenti|reacties|komentarze|opmerkingen|replies|trackbacks|"
    r"pingbacks|댓글"
)
_SINGLE: Final = r"comment|kommentar|commentaire|comentario|commento|reactie|komentarz|komentar|reply"
_BEFORE: Final = (
    r"wp|post|page|article|entry|story|letter|blog|site|user|users|reader|readers|fb|disqus|livefyre|giscus|"
    r"utterances|isso|section|block|single|main|view|all|js|the|wpd|jp|latest|recent|"
) + "|".join(folders.NAMES)
_BOX: Final = (
    r"area|list|lists|section|wrapper|wrap|container|box|boxes|block|thread|threads|template|holder|region|module|panel|"
    r"pane|feed|app|root|form|respond|embed|tree|bereich|liste"
)
_PART: Final = rf"{_BOX}|inner|outer|main|content|body|text|title|header|heading|nav|navigation|div|count|widget"
_BOXES: Final = re.compile(
    rf"(?:(?:{_BEFORE})-){{0,2}}(?:(?:{_MANY})(?:-(?:{_PART}))*|(?:{_SINGLE})-(?:{_BOX})(?:-(?:{_PART}))*)"
    r"|commentlist|respond|disqus(?:-(?:thread|container|wrapper|embed|comments))?"
)
_ITEMS: Final = re.compile(
    rf"(?:(?:{_BEFORE})-){{0,2}}(?:{_SINGLE})(?:-(?:item|body|content|text|inner|main|entry|message|wrap|\d+))*"
)
_NEVER: Final = frozenset(("html", "body", "main", "p", "h1"))


def take_out(body: dom.Element, *, keep: Sequence[dom.Element]) -> list[Cut]:
    """Take the readers' comments out of a page, in place, but nothing that holds one of `keep` (its title)."""
    protected = {up for element in keep for up in (element, *element.iterancestors())}
    uses = Counter(name for element in body.iter() for name in dom.names(element) if _is_item(name))
    cuts: list[Cut] = []
    queue = [body]
    while queue:
        home = queue.pop()
        for element in list(home):
            if element not in protected and element.tag not in _NEVER and (name := _name(element, uses)):
                cuts.append(Cut(element, home, f"Its page calls it “{name}”.", is_foreign=True))
                dom.remove(element)
            elif len(element):
                queue.append(element)
    return cuts


def _name(element: dom.Element, uses: Counter[str]) -> str:
    """Return the name by which an element is a box of comments or one of them, "" where it is none."""
    names = dom.names(element)
    if not names or any(map(names_text, names)):
        return ""
    if element.tag != "article" and (name := next(filter(_is_box, names), "")):
        return name
    in_list = element.tag == "li" or any(up.tag == "li" for up in dom.ancestors(element, most=2))
    return next((name for name in names if _is_item(name) and (in_list or uses[name] > 1)), "")


@lru_cache(maxsize=4096)
def _is_box(name: str) -> bool:
    return bool(_BOXES.fullmatch(name))


@lru_cache(maxsize=4096)
def _is_item(name: str) -> bool:
    return bool(_ITEMS.fullmatch(name))
