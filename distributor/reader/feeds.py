"""Feeds of published letters with their whole text: RSS 2.0, Atom and JSON Feed 1.1."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import condition, require_safe

from distributor.letters.models import Page, Publication
from distributor.reader import pages
from distributor.reader.published import PublishedLetter, published

MOST = 50
CONTENT = "http://purl.org/rss/1.0/modules/content/"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")


class Rss(Rss201rev2Feed):
    """RSS 2.0 with the whole text in `content:encoded` (https://www.rssboard.org/rss-profile#namespace-elements)."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": CONTENT}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["html"])


class Atom(Atom1Feed):
    """Atom with the whole text in `content` (RFC 4287, section 4.1.3)."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["html"], {"type": "html"})


def last_published(_request: HttpRequest, publication: str, **_kind: str) -> datetime | None:
    """Return when the publication's newest letter was published: a feed reader that has it gets “304 Not Modified”."""
    newest = Page.objects.filter(letter__publication__slug=publication).order_by("-published_at").first()
    return newest.published_at if newest else None


@require_safe
@condition(last_modified_func=last_published)
def feed(request: HttpRequest, publication: str, kind: str) -> HttpResponse:
    """The newest letters as `rss`, `atom` or `json`."""
    if kind not in _WRITERS:
        raise Http404
    brand = get_object_or_404(Publication, slug=publication)
    rows = list(pages.newest_first(brand)[:MOST])
    address = f"{settings.SITE_URL}{request.path}"
    return _WRITERS[kind](brand, address, [(published(row), row.published_at) for row in rows])


Entries = Sequence[tuple[PublishedLetter, datetime]]


def _xml(made: type[Rss] | type[Atom], publication: Publication, address: str, entries: Entries) -> HttpResponse:
    document = made(
        title=_clean(publication.name),
        link=f"{settings.SITE_URL}/{publication.slug}/",
        description=_clean(f"Letters from {publication.name}"),
        language=publication.language,
        feed_url=address,
    )
    for letter, live_since in entries:
        document.add_item(
            title=_clean(letter.title),
            link=letter.url,
            description=escape(_clean(letter.description)),  # both formats take it as HTML
            # Atom wants an author for every entry.
            author_name=_clean(", ".join(letter.authors) or publication.name),
            pubdate=live_since,
            updateddate=live_since,
            unique_id=letter.url,
            unique_id_is_permalink=True,
            categories=[_clean(name) for name in (letter.section, letter.series_title) if name],
            html=_clean(letter.body_html),
        )
    response = HttpResponse(content_type=document.content_type)
    document.write(response, "utf-8")
    return response


def _json(publication: Publication, address: str, entries: Entries) -> HttpResponse:
    """Return JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publication.name,
        "home_page_url": f"{settings.SITE_URL}/{publication.slug}/",
        "feed_url": address,
        "language": publication.language,
        "items": [_json_item(letter, live_since) for letter, live_since in entries],
    }
    return JsonResponse(
        document, content_type="application/feed+json; charset=utf-8", json_dumps_params={"ensure_ascii": False}
    )


def _json_item(letter: PublishedLetter, live_since: datetime) -> dict[str, Any]:
    item = {
        "id": letter.url,
        "url": letter.url,
        "title": letter.title,
        "content_html": letter.body_html,
        "summary": letter.description,
        "image": letter.image_url,
        "date_published": live_since.isoformat(),
        "authors": [{"name": author} for author in letter.authors],
        "tags": [name for name in (letter.section, letter.series_title) if name],
        "language": letter.language,
    }
    return {name: value for name, value in item.items() if value}


def _clean(text: str) -> str:
    """Return the text without the characters that XML 1.0 can't hold or discourages."""
    return _NOT_IN_XML.sub("", text)


_WRITERS: dict[str, Callable[[Publication, str, Entries], HttpResponse]] = {
    "rss": lambda *given: _xml(Rss, *given),
    "atom": lambda *given: _xml(Atom, *given),
    "json": _json,
}
