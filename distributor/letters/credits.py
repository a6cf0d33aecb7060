"""The series and the authors of drafts, as rows: looked up for all of them at once, and made where they are new."""

from __future__ import annotations

from collections.abc import Sequence

from distributor.domain.letters import AuthorView, Draft
from distributor.letters.models import Author, Byline, Letter, Publication, Series
from distributor.letters.slugs import free_slug, slug_of


class Credits:
    """To whom letters of some drafts are credited."""

    def __init__(self, drafts: Sequence[Draft], publication: Publication) -> None:
        self._publication = publication
        self._series = self._series_rows([draft.series.title for draft in drafts if draft.series])
        self._authors = self._author_rows([view.name for draft in drafts for view in draft.authors])
        self._changes: dict[int, set[str]] = {}

    def series(self, draft: Draft) -> Series | None:
        """Return the series that a draft names."""
        return self._series[slug_of(draft.series.title)] if draft.series else None

    def bylines(self, letter: Letter, draft: Draft) -> list[Byline]:
        """Return a letter's bylines as its draft has them, not stored yet; what it says of authors is theirs."""
        bylines: dict[int, Byline] = {}
        for position, view in enumerate(draft.authors):
            author = self._author(view)
            bylines.setdefault(author.pk, Byline(letter=letter, author=author, position=position))
        return list(bylines.values())

    def save_changes(self) -> None:
        """Store what drafts said anew of authors; what they left out stays as somebody else has it."""
        authors = {author.pk: author for author in self._authors.values()}
        for pk in sorted(self._changes):  # in one order, since each is locked
            authors[pk].save(update_fields=sorted(self._changes[pk]))
        self._changes.clear()

    def _author(self, view: AuthorView) -> Author:
        author = self._authors[view.name]
        for name, value in (("email", view.email), ("bio", view.bio)):
            if value and value != getattr(author, name):
                setattr(author, name, value)
                self._changes.setdefault(author.pk, set()).add(name)
        return author

    def _series_rows(self, titles: Sequence[str]) -> dict[str, Series]:
        by_slug = {slug_of(title): title for title in reversed(titles)}  # a new one is called as it was called first
        rows = self._publication.series.filter(slug__in=by_slug) if by_slug else ()
        series = {row.slug: row for row in rows}
        new_slugs = sorted(by_slug.keys() - series.keys())
        if new_slugs:
            new_rows = [Series(publication=self._publication, slug=slug, title=by_slug[slug]) for slug in new_slugs]
            Series.objects.bulk_create(new_rows, ignore_conflicts=True)  # somebody else may make it just now
            series |= {row.slug: row for row in self._publication.series.filter(slug__in=new_slugs)}
        return series

    def _author_rows(self, names: Sequence[str]) -> dict[str, Author]:
        # Made in one order by all who make some at once; of several with one slug, the first has it without a number.
        ordered_names = sorted(dict.fromkeys(names), key=slug_of)
        authors: dict[str, Author] = {}
        while new_names := [name for name in ordered_names if name not in authors]:
            rows = self._publication.authors.filter(name__in=new_names)
            authors |= {author.name: author for author in rows}
            for name in new_names:
                if name not in authors:
                    slug = free_slug(slug_of(name), self._publication.authors.all())
                    # Somebody else may make them just now, or give their slug to another one: so they are read again.
                    Author.objects.bulk_create(
                        [Author(publication=self._publication, name=name, slug=slug)], ignore_conflicts=True
                    )
        return authors
