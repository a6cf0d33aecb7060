"""What a page's head says: link and meta elements, and JSON-LD."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from distributor.domain.letters import AuthorView, SeriesView
from distributor.letters.intake import dom
from distributor.letters.intake.author_names import names_of
from distributor.letters.intake.dates import moment
from distributor.letters.intake.drafts import language_tag
from distributor.letters.intake.web_addresses import absolute

_ARTICLES = (
    "article",
    "newsarticle",
    "blogposting",
    "opinionnewsarticle",
    "reportagenewsarticle",
    "message",
    "posting",
)


@dataclass(frozen=True, slots=True)
class Head:
    """What was found; empty where not.

    `titles` are candidates, best first; `own_titles` those that the head names as the letter's own, `page_titles` the
    page's title and its parts, one of which may be the letter's. `sites` is what the site may be called. Relative
    addresses hang on `base`.
    """

    base: str
    titles: tuple[str, ...]
    own_titles: tuple[str, ...]
    page_titles: tuple[str, ...]
    sites: tuple[str, ...]
    authors: tuple[AuthorView, ...]
    series: SeriesView | None
    section: str
    language: str
    published_at: datetime | None
    canonical_url: str
    image_url: str
    image_alt: str
    summary: str
    text: str  # the letter's, as JSON-LD has it
    is_article: bool
    names_article: bool  # more than the page's own title says what it is called


def read_head(root: dom.Element, *, url: str) -> Head:
    """Read a page's head. `url` is where the page came from, "" if unknown."""
    meta = _meta(root)
    entries = list(_linked_data(root))
    metadata = next((entry for entry in entries if _is_article(entry)), {})
    persons = {str(entry["@id"]): _text(entry) for entry in entries if "@id" in entry and _text(entry)}
    canonical = next((dom.attribute(link, "href") for link in root.iter("link") if "canonical" in _rel(link)), "")
    base = _base(root, url) or absolute(canonical, "") or absolute(meta.get("og:url", ""), "")
    site = meta.get("og:site_name") or meta.get("application-name") or ""
    image = meta.get("og:image:secure_url") or meta.get("og:image") or meta.get("twitter:image") or _image(metadata)
    titles = _titles(root, meta, metadata, site)
    return Head(
        base=base,
        titles=titles,
        own_titles=_own_titles(meta, metadata, site),
        page_titles=_page_titles(root, site),
        sites=_sites(root, titles, site),
        authors=_authors(metadata, meta, persons, _sites(root, titles, site)),
        series=_series(metadata),
        section=meta.get("article:section") or _text(metadata.get("articleSection")),
        language=_language(root, meta) or language_tag(_text(metadata.get("inLanguage"))),
        published_at=moment(meta.get("article:published_time") or _text(metadata.get("datePublished")) or "", zone=UTC),
        canonical_url=absolute(canonical, base) or absolute(meta.get("og:url", ""), base),
        image_url=absolute(image, base) if image else "",
        image_alt=meta.get("og:image:alt") or meta.get("twitter:image:alt") or "",
        summary=_summary(meta, metadata, titles),
        text=max((_article_body(entry) for entry in entries), key=len, default=""),
        names_article=bool(meta.get("og:title") or _text(metadata.get("headline"))),
        is_article=bool(metadata) or meta.get("og:type", "").lower() == "article",
    )


def _meta(root: dom.Element) -> dict[str, str]:
    properties: dict[str, str] = {}
    for element in root.iter("meta"):
        key = (dom.attribute(element, "property") or dom.attribute(element, "name")).lower()
        content = " ".join(dom.attribute(element, "content").split())
        if key and content:
            properties.setdefault(key, content)
    return properties


def _rel(element: dom.Element) -> list[str]:
    return dom.attribute(element, "rel").lower().split()


def _base(root: dom.Element, url: str) -> str:
    element = root.find(".//base")
    return (absolute(dom.attribute(element, "href"), url) if element is not None else "") or url


def _language(root: dom.Element, meta: dict[str, str]) -> str:
    if root.tag == "html" and language_tag(dom.attribute(root, "lang")):
        return language_tag(dom.attribute(root, "lang"))
    # A locale names a country's formats as well; the language is its first part.
    return language_tag(meta.get("og:locale", "")).partition("-")[0] or language_tag(meta.get("content-language", ""))


def _titles(root: dom.Element, meta: dict[str, str], metadata: dict[str, Any], site: str) -> tuple[str, ...]:
    """Return what the head calls the page, without the site's name, the surest first."""
    titles = _own_titles(meta, metadata, site)
    page_title = _without_site(_page_title(root), site)
    # A bar hardly occurs in titles: what stands behind it is the site, whether it names itself elsewhere or not.
    parts = [re.split(mark, page_title)[0] for mark in (_BARS, _DASHES)]
    return tuple(dict.fromkeys(title for title in (*titles, parts[0], page_title, parts[1]) if title))


def _own_titles(meta: dict[str, str], metadata: dict[str, Any], site: str) -> tuple[str, ...]:
    texts = (meta.get("og:title", ""), _text(metadata.get("headline")), meta.get("twitter:title", ""))
    titles = (_without_site(plain_text(text), site) for text in texts)
    return tuple(dict.fromkeys(title for title in titles if title))


def _page_titles(root: dom.Element, site: str) -> tuple[str, ...]:
    whole = _page_title(root)
    titles = (whole, _without_site(whole, site), *re.split(_MARKS, whole))
    return tuple(dict.fromkeys(title for title in titles if title and title.casefold() != site.casefold()))


def _sites(root: dom.Element, titles: tuple[str, ...], site: str) -> tuple[str, ...]:
    """Return what the site may be called: as it says, and what stands beside the title in the page's own."""
    parts = re.split(rf"{_BARS}|{_DASHES}", _page_title(root))
    return tuple(name for name in (site, *(parts[1:] if titles and len(parts) > 1 else ())) if name)


def _page_title(root: dom.Element) -> str:
    element = root.find(".//title")
    return " ".join((element.text or "").split()) if element is not None else ""


_BARS = r"\s+(?:\||::|»|«)\s+"
_DASHES = r"\s+[-–—]\s+"
_MARKS = r"\s+(?:\||::|»|«|›|‹|·|•|/|<|>|[-–—])\s+|:\s+"


def plain_text(text: str) -> str:
    """Return a text that some sites write as HTML: "A &amp; B", "<br />A"."""
    if "<" not in text and "&" not in text:
        return text
    return " ".join(re.sub(r"</?[a-zA-Z][^<>]{0,200}>", " ", html.unescape(text)).split())


def _without_site(title: str, site: str) -> str:
    if site and title.casefold() != site.casefold():
        name = re.escape(site)
        title = re.sub(
            rf"\s*[-–—―|:·•»«<>]+\s*{name}\s*$|^\s*{name}\s*[-–—―|:·•»«<>]+\s+", "", title, flags=re.IGNORECASE
        )
    return title.strip()


def _summary(meta: dict[str, str], metadata: dict[str, Any], titles: tuple[str, ...]) -> str:
    """Return what the newsroom says the letter is about; "" where it only repeats the title."""
    for text in (meta.get("og:description", ""), _text(metadata.get("description")), meta.get("description", "")):
        summary = plain_text(text)
        if summary and summary not in titles:
            return summary
    return ""


def _article_body(entry: dict[str, Any]) -> str:
    text = entry.get("articleBody")
    if not isinstance(text, str):
        return ""
    return html.unescape(text) if "&" in text else text


def _linked_data(root: dom.Element) -> Iterator[dict[str, Any]]:
    """Yield the entries of a page's JSON-LD."""
    for script in root.iter("script"):
        if dom.attribute(script, "type").lower() != "application/ld+json" or not script.text:
            continue
        try:
            data = json.loads(script.text)
        except (ValueError, RecursionError):
            continue
        yield from _entries(data, depth=3)


def _is_article(entry: dict[str, Any]) -> bool:
    kinds = entry.get("@type")
    return any(
        isinstance(kind, str) and kind.lower() in _ARTICLES for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _entries(data: Any, *, depth: int) -> Iterator[dict[str, Any]]:
    if depth and isinstance(data, list):
        for item in data[:100]:
            yield from _entries(item, depth=depth - 1)
    elif isinstance(data, dict):
        yield data
        yield from _entries(data.get("@graph", []), depth=depth - 1)
        yield from _entries(data.get("mainEntity", []), depth=depth - 1)


def _text(value: Any) -> str:
    if isinstance(value, list) and value:
        return _text(value[0])
    if isinstance(value, dict):
        return _text(value.get("name", ""))
    return " ".join(value.split()) if isinstance(value, str) else ""


def _image(metadata: dict[str, Any]) -> str:
    image = metadata.get("image")
    if isinstance(image, list) and image:
        image = image[0]
    if isinstance(image, dict):
        image = image.get("url")
    return image if isinstance(image, str) else ""


def _authors(
    metadata: dict[str, Any], meta: dict[str, str], persons: dict[str, str], sites: tuple[str, ...]
) -> tuple[AuthorView, ...]:
    """Return whom the head names, people before the site itself."""
    entries = metadata.get("author", [])
    texts = [_person(entry, persons) for entry in (entries if isinstance(entries, list) else [entries])[:20]]
    names = [name for text in texts if text for name in names_of(text)]
    if not names:
        fields = (
            "author",
            "article:author",
            "dc.creator",
            "dcterms.creator",
            "parsely-author",
            "byl",
            "sailthru.author",
        )
        names = next((list(field_names) for key in fields if (field_names := names_of(meta.get(key, "")))), [])
    known_sites = {site.casefold() for site in sites}
    people = [name for name in dict.fromkeys(names) if name.casefold() not in known_sites]
    return tuple(AuthorView(name) for name in people or dict.fromkeys(names))


def _person(entry: Any, persons: dict[str, str]) -> str:
    """Return an author's name, also where the entry only points to where it stands."""
    return _text(entry) or (persons.get(str(entry.get("@id")), "") if isinstance(entry, dict) else "")


def _series(metadata: dict[str, Any]) -> SeriesView | None:
    """JSON-LD's own way to say it: isPartOf a …Series, at a position."""
    whole = metadata.get("isPartOf")
    for work in whole if isinstance(whole, list) else [whole]:
        if isinstance(work, dict) and str(work.get("@type", "")).lower().endswith("series") and _text(work.get("name")):
            number = str(metadata.get("position", ""))
            return SeriesView(_text(work.get("name")), int(number) if re.fullmatch(r"[1-9]\d{0,3}", number) else None)
    return None
