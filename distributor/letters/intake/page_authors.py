"""Whom a page's markup names as the author: links to authors' pages, microdata, hCards, boxes that are called so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from distributor.domain.letters import AuthorView
from distributor.letters.intake import dom
from distributor.letters.intake.author_names import names_of

_LENGTH = 80  # characters: what is longer is no name
_MARKED_TAGS = frozenset(("span", "div", "p", "address", "meta", "a"))
_CALLED_TAGS = frozenset(("span", "div", "p", "a", "address", "li", "em", "h3", "h4"))
_TAGS = _MARKED_TAGS | _CALLED_TAGS
_LOOKED_AT = 12  # elements that may name one
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|redakteure?|contributors?|staff|by|profil)/[^/?#]+/?$"
)
_AUTHOR_NAMES = re.compile(
    r"(?:.*-)?(?:by-?line|authors?|autor(?:en|in)?|auteur|writer|reporter|posted-by|vcard)"
    r"(?:-?(?:names?|link|info|title|text))?"
)
_ELSEWHERE = re.compile(
    r"(?:.*-)?(?:comments?|kommentare?|respond|repl(?:y|ies)|related|sidebar|widget|teasers?|popular|recent|footer|nav|menu|"
    r"most-read|recommend(?:ed|ations?)?|avatar|bio|biography|description|desc)(?:-.*)?"
)
# What stands before a name in links to all that its owner wrote.
_BEFORE = re.compile(
    r"^(?:view all posts by|posts? by|all posts by|more (?:from|by)|articles? by|written by|posted by|published by|by|"
    r"(?:zeige )?alle (?:beiträge|artikel) (?:von|anzeigen von)|(?:beiträge|artikel|text|foto) von|verfasst von|von|"
    r"geschrieben von|veröffentlicht von|autor(?:in)?|voir tous les articles (?:de|par)|publié par|par|ver todas las "
    r"entradas de|publicado por|escrito por|por|author|text|über)\s*[:：]?\s+",
    re.IGNORECASE,
)
_NO_NAMES = re.compile(
    r"(?:admin(?:istrator)?|root|user|guest|gast|name|author|autor|webmaster|editor|test|profil|follow.*|all posts|"
    r"alle beiträge|more|mehr|email|website|kontakt|impressum|\W*|\d+|.*\b(?:https?|www)\b.*|.*[?!].*)",
    re.IGNORECASE,
)


def authors_of(body: dom.Element) -> tuple[AuthorView, ...]:
    """Return the authors that a page's markup names, those that it names first, at most one place's."""
    for element in islice(_candidates(body), _LOOKED_AT):
        names = _names(element)
        if names:
            return tuple(AuthorView(name) for name in names)
    return ()


def _candidates(body: dom.Element) -> Iterator[dom.Element]:
    """Yield the elements that may name authors, the surest kinds first."""
    links: list[dom.Element] = []
    microdata: list[dom.Element] = []
    boxes: list[dom.Element] = []
    for element in body.iter(*_TAGS):
        tag = element.tag
        if tag == "a" and _is_author_link(element):
            links.append(element)
        if tag in _MARKED_TAGS and _is_marked(element):
            microdata.append(element)
        if tag in _CALLED_TAGS and _names_author(dom.names(element)):
            boxes.append(element)
    for element in (*microdata, *links, *boxes):
        if not any(_is_elsewhere(up) for up in (element, *dom.ancestors(element, most=8))):
            yield element


def _is_author_link(element: dom.Element) -> bool:
    return "author" in dom.attribute(element, "rel").split() or bool(
        _AUTHOR_PAGE.search(dom.attribute(element, "href"))
    )


def _is_marked(element: dom.Element) -> bool:
    itemprop, classes = element.get("itemprop"), element.get("class")
    return bool(itemprop and str(itemprop).strip() in ("author", "creator")) or bool(
        classes and "fn" in str(classes).split()
    )


@lru_cache(maxsize=4096)  # a page has the same few names again and again
def _names_author(names: tuple[str, ...]) -> bool:
    return any(_AUTHOR_NAMES.fullmatch(name) for name in names)


def _is_elsewhere(element: dom.Element) -> bool:
    if element.tag in ("aside", "nav", "footer"):
        return True
    return element.tag not in ("body", "html", "article", "main") and any(map(_ELSEWHERE.fullmatch, dom.names(element)))


def _names(element: dom.Element) -> tuple[str, ...]:
    name = next((child for child in element.iter() if dom.attribute(child, "itemprop") == "name"), None)
    texts = (dom.attribute(element, "content"), dom.text_of(name if name is not None else element))
    for text in texts:
        lines = [" ".join(line.split()) for line in text.split("\n")]
        line = next((line for line in lines if len(line) > 1), "")
        line = _BEFORE.sub("", _BEFORE.sub("", line)).strip(" ,;:|–-")
        if 1 < len(line) <= _LENGTH and len(line.split()) <= 8:
            names = tuple(name for name in names_of(line) if not _NO_NAMES.fullmatch(name))
            if names:
                return names
    return ()
