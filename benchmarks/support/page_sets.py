"""Public sets of saved pages with what stands in them, and how well a reading of them is."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

_BLOCKS = frozenset(
    ("p", "div", "li", "td", "th", "br", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "figure", "figcaption", "section")
)


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page, and what its set says of it: its text, or pieces that belong to it and that don't."""

    name: str
    content: bytes
    text: str = ""
    pieces: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    title: str = ""
    authors: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What some program made of a page; all empty where it found nothing or refused."""

    text: str = ""
    title: str = ""
    authors: str = ""
    share_bar: tuple[str, ...] | None = None
    text_without_captions: str | None = None


def mozilla_pages(checkout: Path) -> list[Page]:
    """Return the pages of mozilla/readability: `test/test-pages/*`, with the text of each `expected.html`."""
    return [
        Page(
            folder.name,
            _with_title((folder / "source.html").read_bytes(), folder.name),
            text=visible_text((folder / "expected.html").read_text()),
        )
        for folder in sorted((checkout / "test" / "test-pages").iterdir())
    ]


def _with_title(content: bytes, name: str) -> bytes:
    """Give a title to a page that has none: it is refused without, and here its text is what matters."""
    if re.search(rb"<title|<h1|og:title", content, re.IGNORECASE):
        return content
    return content.replace(b"<body", f"<title>{name}</title><body".encode(), 1)


def trafilatura_pages(checkout: Path) -> list[Page]:
    """Return the pages of trafilatura's evaluation, `tests/evaldata.json`: pieces of text, titles and authors."""
    tests = checkout / "tests"
    pages = []
    for entry in json.loads((tests / "evaldata.json").read_text()).values():
        path = next(path for folder in ("cache", "eval") if (path := tests / folder / entry["file"]).exists())
        authors = entry.get("author") or ""
        pages.append(
            Page(
                entry["file"],
                path.read_bytes(),
                pieces=tuple(map(_one_line, entry["with"])),
                foreign=tuple(map(_one_line, entry["without"])),
                title=_one_line(entry.get("title") or ""),
                authors="; ".join(authors) if isinstance(authors, list) else _one_line(authors),
            )
        )
    return pages


def visible_text(markup: str, *, captions: bool = True) -> str:
    """Return the text of HTML, blocks apart by line breaks, with what stands below pictures or without."""
    root = etree.fromstring(markup.encode() or b"<p>", etree.HTMLParser(encoding="utf-8"))
    for caption in list(root.iter("figcaption")) if not captions else ():
        caption.clear(keep_tail=True)
    return "".join(_texts(root))


def _texts(element: etree._Element) -> Iterator[str]:
    if str(element.tag) in (
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "rt",
        "rp",
    ):
        return
    if element.tag in _BLOCKS:
        yield "\n"
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""
    if element.tag in _BLOCKS:
        yield "\n"


def shared_words(reading: str, text: str) -> tuple[float, float]:
    """Return precision and recall of a reading's words, counted as often as they stand in it. CJK: each character."""
    words, right_words = Counter(_words(reading)), Counter(_words(text))
    common = (words & right_words).total()
    return common / max(words.total(), 1), common / max(right_words.total(), 1)


def pieces_in(text: str, pieces: Sequence[str]) -> int:
    """Return how many of the pieces stand in a text, whatever its white space."""
    line = _one_line(text)
    return sum(1 for piece in pieces if piece in line)


def harmonic_mean(precision: float, recall: float) -> float:
    """Return F1."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


_SHARE_ADDRESSES = {
    "facebook": re.compile(r"facebook\.com/(?:sharer|share\.php|dialog/(?:share|feed))", re.IGNORECASE),
    "twitter": re.compile(r"(?:twitter|//x)\.com/(?:intent/(?:tweet|post)|share)", re.IGNORECASE),
    "linkedin": re.compile(r"linkedin\.com/(?:sharearticle|cws/share|sharing/share|shareArticle)", re.IGNORECASE),
    "whatsapp": re.compile(r"whatsapp://send|(?:api|web)\.whatsapp\.com/send|//wa\.me/", re.IGNORECASE),
    "pinterest": re.compile(r"pinterest\.[a-z.]+/pin/create", re.IGNORECASE),
    "reddit": re.compile(r"reddit\.com/submit", re.IGNORECASE),
    "telegram": re.compile(r"(?:t\.me|telegram\.me)/share", re.IGNORECASE),
    "mail": re.compile(r"mailto:\?", re.IGNORECASE),
}


def share_targets(content: bytes) -> set[str]:
    """Return the networks to whose share addresses a page's links lead."""
    links = "\n".join(re.findall(r"""href\s*=\s*["']([^"']+)""", content.decode("utf-8", "replace")))
    return {network for network, address in _SHARE_ADDRESSES.items() if address.search(links)}


def _one_line(text: str) -> str:
    """Return a text as one sees it: soft hyphens are not shown, and one letter can be encoded in two ways."""
    return " ".join(unicodedata.normalize("NFC", text.replace("\u00ad", "")).split())


def _words(text: str) -> list[str]:
    return re.findall(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+", text.lower())
