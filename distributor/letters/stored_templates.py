"""The templates that publications store: which hold, what they were before, and writing the next state of one.

Whether a source can be used is asked before it is written (`delivery/variants/template_edits`): this room knows no
channels.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from distributor.domain.errors import TemplateConflict
from distributor.letters.models import Publication, TemplateVersion
from distributor.letters.versions import ORIGIN_LIMIT
from distributor.rendering.template_sets import TemplateSet

_MOST_CACHED = 200  # states of publications' templates
# By the digest of what they say, so that no state can be taken for another one.
_cache: dict[str, Mapping[str, str]] = {}


def template_set(publication: Publication) -> TemplateSet:
    """Return a publication's own templates.

    Reads the database once a process for each state of them, and never where the publication stores none.
    """
    digest = publication.templates_digest
    if not digest:
        return TemplateSet(publication.slug)
    sources = _cache.get(digest)
    if sources is None:
        sources = _sources(publication)
        if len(_cache) >= _MOST_CACHED:
            _cache.clear()
        _cache[_digest(sources)] = sources
    return TemplateSet(publication.slug, sources)


def latest(publication: Publication, name: str) -> TemplateVersion | None:
    """Return the latest state of a template, None where the publication never stored one."""
    return publication.template_versions.filter(name=name).order_by("-number").first()


def latest_by_name(publication: Publication) -> dict[str, TemplateVersion]:
    """Return the latest state of each template that the publication ever stored, by name."""
    rows = publication.template_versions.order_by("name", "-number").distinct("name")
    return {row.name: row for row in rows}


@transaction.atomic
def record(
    publication: Publication, name: str, source: str | None, *, base: int | None, actor: str, origin: str
) -> TemplateVersion | None:
    """Write a template's next state; None where it is like that already. `source` None goes back to what is below it.

    `base` is the number of the state that the change was made from, 0 for none, None where that doesn't matter. Raises
    TemplateConflict where somebody has written another one since.
    """
    row = Publication.objects.select_for_update(no_key=True).get(pk=publication.pk)
    previous = latest(row, name)
    number = previous.number if previous else 0
    if base is not None and previous and base != number:
        editor = previous.actor or "A program"
        raise TemplateConflict(f"{editor} saved version {number} of this template meanwhile: look at it first.")
    if (previous.source if previous else None) == source:
        return None
    version = TemplateVersion.objects.create(
        publication=row,
        name=name,
        number=number + 1,
        source=source,
        actor=actor,
        origin=origin[:ORIGIN_LIMIT],
        created_at=timezone.now(),
    )
    sources = _sources(row)
    row.templates_digest = publication.templates_digest = _digest(sources) if sources else ""
    row.save(update_fields=["templates_digest"])
    return version


def _sources(publication: Publication) -> dict[str, str]:
    return {name: row.source for name, row in latest_by_name(publication).items() if row.source is not None}


def _digest(sources: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(sorted(sources.items())).encode()).hexdigest()
