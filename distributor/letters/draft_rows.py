"""A draft as rows: the letter, its series and its authors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256

from django.db.models import QuerySet
from django.utils.text import slugify

from distributor.domain.letters import AuthorView, Draft
from distributor.domain.recipient_fields import text_without_fields
from distributor.letters.models import Author, Byline, Letter, Publication, Series

SLUG_LENGTH = 100


def write(letter: Letter, draft: Draft) -> None:
    """Store what a draft says as what the letter says now, with its series and authors."""
    letter.title = draft.title
    letter.series = _series(draft, letter.publication)
    letter.number = draft.series.number if draft.series else None
    letter.editor_note = draft.editor_note
    letter.section = draft.section
    letter.language = draft.language
    letter.published_at = draft.published_at
    letter.canonical_url = draft.canonical_url
    # What an editor wrote about a picture stays with it, where the source says nothing of it.
    previous_alt = letter.image_alt if letter.image_url == draft.image_url else ""
    letter.image_url, letter.image_alt = draft.image_url, draft.image_alt or previous_alt
    letter.share_bar = list(draft.share_bar)
    letter.summary, letter.social = draft.summary, dict(draft.social)
    letter.tags = list(draft.tags) or letter.tags  # an editor's stay, where the source names none
    letter.language_inferred = draft.language_inferred
    letter.withheld, letter.notices = draft.withheld, list(draft.notices)
    letter.left_out = [asdict(piece) for piece in draft.left_out]
    letter.body_html = draft.body_html
    letter.body_text = draft.body_text
    is_new = letter.pk is None
    letter.save()
    _set_bylines(letter, draft.authors, is_new=is_new)


def free_slug(draft: Draft, publication: Publication) -> str:
    """Return the end of a new letter's address: the one that its source asks for, or one made of its title."""
    return _free_slug(text_without_fields(draft.slug or draft.title), publication.letters.all())


def _series(draft: Draft, publication: Publication) -> Series | None:
    if draft.series is None:
        return None
    title = draft.series.title
    series, _ = Series.objects.get_or_create(publication=publication, slug=_slug(title), defaults={"title": title})
    return series


def _set_bylines(letter: Letter, authors: Sequence[AuthorView], *, is_new: bool) -> None:
    if not is_new:
        letter.bylines.all().delete()
    bylines: dict[int, Byline] = {}
    for position, view in enumerate(authors):
        author = _author(view.name, letter.publication)
        if (view.email or author.email, view.bio or author.bio) != (author.email, author.bio):
            author.email = view.email or author.email
            author.bio = view.bio or author.bio
            author.save()
        bylines.setdefault(author.pk, Byline(letter=letter, author=author, position=position))
    Byline.objects.bulk_create(bylines.values())


def _author(name: str, publication: Publication) -> Author:
    author = Author.objects.filter(publication=publication, name=name).first()
    return author or Author.objects.create(
        publication=publication, name=name, slug=_free_slug(name, publication.authors.all())
    )


def _slug(title: str) -> str:
    """Return a slug of the title; a title of signs only gets one made of its hash, so that it is stable."""
    return slugify(title, allow_unicode=True)[:SLUG_LENGTH].strip("-") or sha256(title.encode()).hexdigest()[:12]


def _free_slug(title: str, among: QuerySet[Letter] | QuerySet[Author]) -> str:
    base = _slug(title)
    used_slugs = set(among.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in used_slugs:
        slug, number = f"{base}-{number}", number + 1
    return slug
