"""What a page's head says: link and meta elements, and JSON-LD."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from distributor.domain.letters import AuthorView, SeriesView
from distributor.letters.intake import dom
from distributor.letters.intake.dates import moment
from distributor.letters.intake.drafts import language_tag
from distributor.letters.intake.people import is_name, names_in, plain_name
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
    """What was found; empty where not. `titles` are candidates, best first; relative addresses hang on `base`."""

    base: str
    titles: tuple[str, ...]
    authors: tuple[AuthorView, ...]
    series: SeriesView | None
    section: str
    language: str
    published_at: datetime | None
    canonical_url: str
    image_url: str
    image_alt: str


def read_head(root: dom.Element, *, url: str) -> Head:
    """Read a page's head. `url` is where the page came from, "" if unknown."""
    meta = _meta(root)
    metadata = next(_articles(root), {})
    canonical = next((dom.attribute(link, "href") for link in root.iter("link") if "canonical" in _rel(link)), "")
    base = _base(root, url) or absolute(canonical, "") or absolute(meta.get("og:url", ""), "")
    site = meta.get("og:site_name") or meta.get("application-name") or ""
    image = meta.get("og:image:secure_url") or meta.get("og:image") or meta.get("twitter:image") or _image(metadata)
    titles = [
        _without_site(title, site)
        for title in (meta.get("og:title", ""), _text(metadata.get("headline")), _page_title(root, site))
        if title
    ]
    return Head(
        base=base,
        titles=tuple(dict.fromkeys(title for title in titles if title)),
        authors=_authors(metadata, meta),
        series=_series(metadata),
        section=meta.get("article:section") or _text(metadata.get("articleSection")),
        language=_language(root, meta) or language_tag(_text(metadata.get("inLanguage"))),
        published_at=moment(meta.get("article:published_time") or _text(metadata.get("datePublished")) or "", zone=UTC),
        canonical_url=absolute(canonical, base) or absolute(meta.get("og:url", ""), base),
        image_url=absolute(image, base) if image else "",
        image_alt=meta.get("og:image:alt") or meta.get("twitter:image:alt") or "",
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


def _page_title(root: dom.Element, site: str) -> str:
    element = root.find(".//title")
    title = " ".join((element.text or "").split()) if element is not None else ""
    # A bar hardly occurs in titles: what stands behind it is the site, whether it names itself elsewhere or not.
    return title if site else re.split(r"\s+(?:\||::|»|«)\s+", title)[0]


def _without_site(title: str, site: str) -> str:
    if site and title.casefold() != site.casefold():
        name = re.escape(site)
        title = re.sub(
            rf"\s*[-–—―|:·•»«<>]+\s*{name}\s*$|^\s*{name}\s*[-–—―|:·•»«<>]+\s+", "", title, flags=re.IGNORECASE
        )
    return title.strip()


def _articles(root: dom.Element) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        if dom.attribute(script, "type").lower() != "application/ld+json" or not script.text:
            continue
        try:
            data = json.loads(script.text)
        except (ValueError, RecursionError):
            continue
        for entry in _entries(data, depth=3):
            kinds = entry.get("@type")
            for kind in kinds if isinstance(kinds, list) else [kinds]:
                if isinstance(kind, str) and kind.lower() in _ARTICLES:
                    yield entry


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


def _authors(metadata: dict[str, Any], meta: dict[str, str]) -> tuple[AuthorView, ...]:
    authors = metadata.get("author", [])
    names = [_text(author) for author in (authors if isinstance(authors, list) else [authors])[:20]]
    if not any(names):
        for key in ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "byl"):
            names = list(names_in(meta.get(key, "")))
            if names:
                break
    return tuple(AuthorView(plain_name(name)) for name in dict.fromkeys(names) if name and is_name(name))


def _series(metadata: dict[str, Any]) -> SeriesView | None:
    """JSON-LD's own way to say it: isPartOf a …Series, at a position."""
    whole = metadata.get("isPartOf")
    for work in whole if isinstance(whole, list) else [whole]:
        if isinstance(work, dict) and str(work.get("@type", "")).lower().endswith("series") and _text(work.get("name")):
            number = str(metadata.get("position", ""))
            return SeriesView(_text(work.get("name")), int(number) if re.fullmatch(r"[1-9]\d{0,3}", number) else None)
    return None
