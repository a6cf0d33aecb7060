"""What search engines ask for: robots.txt, sitemaps (https://www.sitemaps.org/protocol.html), the key for IndexNow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hmac import compare_digest
from itertools import islice
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from distributor.letters.models import Page, Publication
from distributor.rendering.addresses import ascii_url

# A file may have 50,000 addresses and 50 MB; the address of a Korean letter may take a kilobyte.
MOST = 45_000
MOST_FILES = 50_000  # that a sitemap index may name
_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"

Place = tuple[str, datetime | None]
"""The path of a page, in ASCII or not, and when it last changed (aware)."""


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Keep crawlers from what is for editors, and from links that are one reader's; /s/ leads to letters for all."""
    private_paths = ("/desk/", "/webhooks/", "/u/", "/c/", "/o/")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in private_paths),
        f"Sitemap: {_address('/sitemap.xml')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def index_key(_request: HttpRequest, key: str) -> HttpResponse:
    """Answer with the key for IndexNow at its own name, which proves that this site is ours."""
    own_key = settings.INDEXNOW_KEY
    if not own_key or not compare_digest(key.encode(), own_key.encode()):
        raise Http404
    return HttpResponse(own_key, content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(_request: HttpRequest) -> HttpResponse:
    """All pages; or, where they are too many for one file, where each publication's are listed."""
    brands = list(Publication.objects.order_by("slug"))
    places = list(islice((place for brand in brands for place in _places(brand)), MOST + 1))
    if len(places) <= MOST:
        return _xml("urlset", "url", places)
    files: list[Place] = []
    for brand in brands:
        dates = [changed_at for _, changed_at in _places(brand)]
        files += [
            (f"/{brand.slug}/sitemap-{number}.xml", _newest(dates[start : start + MOST]))
            for number, start in enumerate(range(0, len(dates), MOST), 1)
        ]
    return _xml("sitemapindex", "sitemap", files)


@require_safe
def publication_sitemap(_request: HttpRequest, publication: str, number: int) -> HttpResponse:
    """One file of a publication's pages, the first is 1."""
    brand = get_object_or_404(Publication, slug=publication)
    start = (number - 1) * MOST
    places = list(islice(_places(brand), start, start + MOST)) if 0 < number <= MOST_FILES else []
    if not places:
        raise Http404
    return _xml("urlset", "url", places)


def _places(brand: Publication) -> Iterator[Place]:
    """Yield a publication's pages: its own, those of its series and authors, its letters in the order they came in."""
    home = f"/{brand.slug}/"
    pages = Page.objects.filter(letter__publication=brand)
    yield home, pages.aggregate(at=Max("updated_at"))["at"]
    for path, changed_at in (
        *_places_of(brand.series.values_list("slug", Max("letters__page__updated_at")), f"{home}series/"),
        *_places_of(brand.authors.values_list("slug", Max("letters__page__updated_at")), f"{home}authors/"),
    ):
        yield path, changed_at
    for slug, changed_at in pages.order_by("published_at", "pk").values_list("letter__slug", "updated_at").iterator():
        yield f"{home}letters/{slug}/", changed_at


def _places_of(rows: Iterable[tuple[str, datetime | None]], below: str) -> list[Place]:
    return [(f"{below}{slug}/", changed_at) for slug, changed_at in sorted(rows) if changed_at is not None]


def _newest(dates: Sequence[datetime | None]) -> datetime | None:
    return max((moment for moment in dates if moment is not None), default=None)


def _address(path: str) -> str:
    return ascii_url(f"{settings.SITE_URL}{path}")


def _xml(root: str, element: str, places: Iterable[Place]) -> HttpResponse:
    rows = [f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SCHEMA}">\n']
    for path, changed_at in places:
        date = f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>" if changed_at else ""
        rows.append(f"<{element}><loc>{escape(_address(path))}</loc>{date}</{element}>\n")
    rows.append(f"</{root}>\n")
    return HttpResponse("".join(rows), content_type="application/xml; charset=utf-8")
