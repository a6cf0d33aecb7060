"""What can be followed: a publication, a series, an author. Each has a page of its own, and feeds below it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import QuerySet

from distributor.letters.models import Author, Letter, Page, Publication, Series, TakenDown
from distributor.rendering.addresses import ascii_url

KINDS = ("rss", "atom", "json")


@dataclass(frozen=True, slots=True)
class LetterFeed:
    """One of them: `name` among the publication's pages, `title` among everybody's. `home` is its page's ASCII path."""

    publication: Publication
    name: str
    title: str
    home: str
    lookup: dict[str, Series | Author] = field(default_factory=dict)

    def path(self, kind: str) -> str:
        """Return the path of its feed of a kind."""
        return f"{self.home}feed.{kind}"

    def address(self, kind: str) -> str:
        """Return the absolute address of its feed of a kind."""
        return f"{settings.SITE_URL}{self.path(kind)}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """The absolute addresses of its feeds."""
        return tuple(map(self.address, KINDS))

    def pages(self) -> QuerySet[Page]:
        """Return the pages that are in it, the newest first, with all that a list of them shows."""
        pages = Page.objects.filter(letter__publication=self.publication, **self.lookup)
        return pages.select_related("letter__publication", "letter__series").order_by("-published_at", "-pk")

    def taken_down(self) -> QuerySet[TakenDown]:
        """Return what was in it once."""
        return TakenDown.objects.filter(letter__publication=self.publication, **self.lookup)


def of_publication(publication: Publication) -> LetterFeed:
    """Return all letters of a publication."""
    return LetterFeed(publication, publication.name, publication.name, f"/{publication.slug}/")


def of_series(series: Series) -> LetterFeed:
    """Return the letters of a series."""
    brand = series.publication
    home = ascii_url(f"/{brand.slug}/series/{series.slug}/")
    return LetterFeed(brand, series.title, f"{series.title} – {brand.name}", home, {"letter__series": series})


def of_author(author: Author) -> LetterFeed:
    """Return the letters of an author."""
    brand = author.publication
    home = ascii_url(f"/{brand.slug}/authors/{author.slug}/")
    return LetterFeed(brand, author.name, f"{author.name} – {brand.name}", home, {"letter__authors": author})


def of_letter(letter: Letter) -> tuple[LetterFeed, ...]:
    """Return the feeds that a letter is in: its publication's, its series', its authors'."""
    authors = letter.authors.select_related("publication").order_by("bylines__position")
    return (
        of_publication(letter.publication),
        *([of_series(letter.series)] if letter.series else ()),
        *map(of_author, authors),
    )
