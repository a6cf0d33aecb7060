"""The ends of addresses, made of titles and names."""

from __future__ import annotations

from hashlib import sha256

from django.db.models import QuerySet
from django.utils.text import slugify

from distributor.domain.letters import Draft
from distributor.domain.recipient_fields import text_without_fields
from distributor.letters import source_locks
from distributor.letters.models import Author, Letter, Publication

LENGTH = 100


def slug_of(title: str) -> str:
    """Return a slug of the title; a title of signs only gets one made of its hash, so that it is stable."""
    return slugify(title, allow_unicode=True)[:LENGTH].strip("-") or sha256(title.encode()).hexdigest()[:12]


def slug_of_draft(draft: Draft) -> str:
    """Return the end of address that a draft's source asks for, or one made of its title."""
    return slug_of(text_without_fields(draft.slug or draft.title))


def free_slug(base: str, among: QuerySet[Letter] | QuerySet[Author]) -> str:
    """Return a slug, with a number at its end where others have it."""
    if not among.filter(slug=base).exists():
        return base
    used_slugs = set(among.filter(slug__startswith=f"{base}-").values_list("slug", flat=True))
    number = 2
    while f"{base}-{number}" in used_slugs:
        number += 1
    return f"{base}-{number}"


def take_slug(base: str, publication: Publication) -> str:
    """Return the free slug of a new letter, whose own one (`base`) is locked: no other letter takes it meanwhile."""
    slug = free_slug(base, publication.letters.all())
    previous_slug = base
    while slug != previous_slug:  # another letter may ask for just that address
        source_locks.lock_slug(slug, publication)
        previous_slug, slug = slug, free_slug(base, publication.letters.all())
    return slug
