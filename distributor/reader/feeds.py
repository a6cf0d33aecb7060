"""Feeds of published letters with their whole text: RSS 2.0, Atom and JSON Feed 1.1, of whatever can be followed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from html import escape
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.http import http_date
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from distributor.letters import letter_feeds
from distributor.letters.letter_feeds import LetterFeed
from distributor.letters.models import Author, Publication, Series
from distributor.reader.published_letters import PublishedLetter, published_letter

MOST = 50
CONTENT = "http://purl.org/rss/1.0/modules/content/"
_FORM = "1"  # of what is written here: another one makes every reader's copy an old one
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A letter in a feed: when it first was there, and when this version of it was put up (aware)."""

    letter: PublishedLetter
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """What a feed says. `address` is its own, `updated_at` when something in it last changed."""

    letter_feed: LetterFeed
    address: str
    updated_at: datetime
    entries: Sequence[FeedEntry]


class Rss(Rss201rev2Feed):
    """RSS 2.0 with the whole text in `content:encoded` (https://www.rssboard.org/rss-profile#namespace-elements)."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": CONTENT}

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        if settings.WEBSUB_HUB:
            handler.addQuickElement("atom:link", None, {"rel": "hub", "href": settings.WEBSUB_HUB})

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["html"])

    def latest_post_date(self) -> datetime:
        """Return when the feed last changed; Django would say “now” of one without items."""
        updated_at: datetime = self.feed["updated"]
        return updated_at


class Atom(Atom1Feed):
    """Atom with the whole text in `content` (RFC 4287, section 4.1.3)."""

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        if settings.WEBSUB_HUB:
            handler.addQuickElement("link", "", {"rel": "hub", "href": settings.WEBSUB_HUB})

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["html"], {"type": "html"})

    def latest_post_date(self) -> datetime:
        """Return when the feed last changed; Django would say “now” of one without items."""
        updated_at: datetime = self.feed["updated"]
        return updated_at


@require_safe
def publication_feed(request: HttpRequest, publication: str, kind: str) -> HttpResponseBase:
    """The newest letters of a publication."""
    brand = get_object_or_404(Publication, slug=publication)
    return _feed(request, letter_feeds.of_publication(brand), kind)


@require_safe
def series_feed(request: HttpRequest, publication: str, slug: str, kind: str) -> HttpResponseBase:
    """The newest letters of a series."""
    series_rows = Series.objects.select_related("publication")
    run = get_object_or_404(series_rows, publication__slug=publication, slug=slug)
    return _feed(request, _require_letters(letter_feeds.of_series(run)), kind)


@require_safe
def author_feed(request: HttpRequest, publication: str, slug: str, kind: str) -> HttpResponseBase:
    """The newest letters of an author."""
    author_rows = Author.objects.select_related("publication")
    author = get_object_or_404(author_rows, publication__slug=publication, slug=slug)
    return _feed(request, _require_letters(letter_feeds.of_author(author)), kind)


def _require_letters(letter_feed: LetterFeed) -> LetterFeed:
    """Return the letter feed, unless nothing of it has ever been published: then nobody is to know of it."""
    if not (letter_feed.pages().exists() or letter_feed.taken_down().exists()):
        raise Http404
    return letter_feed


def _feed(request: HttpRequest, letter_feed: LetterFeed, kind: str) -> HttpResponseBase:
    """Answer with the newest letters as `rss`, `atom` or `json`; with 304 where nothing has changed.

    Whether something has is asked without reading the letters: many feed readers come every few minutes.
    """
    if kind not in letter_feeds.KINDS:
        raise Http404
    address = letter_feed.address(kind)
    letter_dates = list(letter_feed.pages().values_list("pk", "updated_at")[:MOST])
    updated_at = _updated_at(letter_feed, letter_dates)
    etag = _etag(letter_feed, address, letter_dates)
    response = get_conditional_response(request, etag=etag, last_modified=int(updated_at.timestamp()))
    if response is None:
        rows = letter_feed.pages().filter(pk__in=[pk for pk, _ in letter_dates])
        entries = [FeedEntry(published_letter(row), row.published_at, row.updated_at) for row in rows]
        response = _WRITERS[kind](Content(letter_feed, address, updated_at, entries))
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(updated_at.timestamp())
    response.headers["Link"] = _links(address)
    return response


def _updated_at(letter_feed: LetterFeed, letter_dates: Sequence[tuple[int, datetime]]) -> datetime:
    """Return when the feed last changed (UTC): what went from it counts, and so it never runs backwards."""
    taken_down_at = letter_feed.taken_down().aggregate(at=Max("at"))["at"]
    moments = [at for _, at in letter_dates] + ([taken_down_at] if taken_down_at else [])
    return max(moments, default=letter_feed.publication.created_at)


def _etag(letter_feed: LetterFeed, address: str, letter_dates: Sequence[tuple[int, datetime]]) -> str:
    brand = letter_feed.publication
    ingredients = (_FORM, address, letter_feed.title, brand.name, brand.language, settings.WEBSUB_HUB, letter_dates)
    return f'"{blake2s(repr(ingredients).encode(), digest_size=12).hexdigest()}"'


def _links(address: str) -> str:
    """Return the Link header by which WebSub subscribers find the hub (https://www.w3.org/TR/websub/#discovery)."""
    self_link = f'<{address}>; rel="self"'
    return f'<{settings.WEBSUB_HUB}>; rel="hub", {self_link}' if settings.WEBSUB_HUB else self_link


def _xml(document_class: type[Rss] | type[Atom], content: Content) -> HttpResponse:
    letter_feed = content.letter_feed
    brand = letter_feed.publication
    document = document_class(
        title=_clean(letter_feed.title),
        link=f"{settings.SITE_URL}{letter_feed.home}",
        description=_clean(f"Letters from {letter_feed.title}"),
        language=brand.language,
        feed_url=content.address,
        updated=content.updated_at,
    )
    for entry in content.entries:
        letter = entry.letter
        document.add_item(
            title=_clean(letter.title),
            link=letter.url,
            description=escape(_clean(letter.description)),  # both formats take it as HTML
            # Atom wants an author for every entry.
            author_name=_clean(", ".join(letter.authors) or brand.name),
            pubdate=entry.published_at,
            updateddate=entry.updated_at,
            unique_id=letter.url,
            unique_id_is_permalink=True,
            categories=[_clean(name) for name in (letter.section, letter.series_title) if name],
            html=_clean(letter.feed_html),
        )
    response = HttpResponse(content_type=document.content_type)
    document.write(response, "utf-8")
    return response


def _json(content: Content) -> HttpResponse:
    """Return JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    letter_feed = content.letter_feed
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": letter_feed.title,
        "home_page_url": f"{settings.SITE_URL}{letter_feed.home}",
        "feed_url": content.address,
        "language": letter_feed.publication.language,
        "items": [_json_item(entry) for entry in content.entries],
    }
    if settings.WEBSUB_HUB:
        document["hubs"] = [{"type": "WebSub", "url": settings.WEBSUB_HUB}]
    return JsonResponse(
        document, content_type="application/feed+json; charset=utf-8", json_dumps_params={"ensure_ascii": False}
    )


def _json_item(entry: FeedEntry) -> dict[str, Any]:
    letter = entry.letter
    item = {
        "id": letter.url,
        "url": letter.url,
        "title": letter.title,
        "content_html": letter.feed_html,
        "summary": letter.description,
        "image": letter.picture_url,
        "date_published": entry.published_at.isoformat(),
        "date_modified": entry.updated_at.isoformat(),
        "authors": [{"name": author} for author in letter.authors],
        "tags": [name for name in (letter.section, letter.series_title) if name],
        "language": letter.language,
    }
    return {name: value for name, value in item.items() if value}


def _clean(text: str) -> str:
    """Return the text without the characters that XML 1.0 can't hold or discourages."""
    return _NOT_IN_XML.sub("", text)


_WRITERS: dict[str, Callable[[Content], HttpResponse]] = {
    "rss": lambda content: _xml(Rss, content),
    "atom": lambda content: _xml(Atom, content),
    "json": _json,
}
