"""Tags: editors' own words about people, such as `press`. They are stored in one spelling."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import connection
from django.utils.translation import gettext as _

from distributor.audience.models import Tag
from distributor.domain.errors import BadInput
from distributor.domain.text_lines import one_line

LONGEST: Final = 50  # characters
MOST: Final = 50  # of one person

_ADD = """
UPDATE audience_subscriber SET tags = array_append(tags, %(tag)s::varchar)
WHERE id = ANY(%(ids)s) AND NOT tags @> ARRAY[%(tag)s]::varchar[] AND cardinality(tags) < %(most)s
"""
_REMOVE = """
UPDATE audience_subscriber SET tags = array_remove(tags, %(tag)s::varchar)
WHERE id = ANY(%(ids)s) AND tags @> ARRAY[%(tag)s]::varchar[]
"""


def normal_tag(text: str) -> str:
    """Return a tag as it is stored: in lower case, on one line. Raises BadInput for none, and for one with a comma."""
    tag = one_line(text).lower()
    if not tag or len(tag) > LONGEST or "," in tag or '"' in tag:
        raise BadInput(
            _("“%(tag)s” can't be a tag: write a word or a few, without comma and quotation mark, %(most)s characters.")
            % {"tag": text.strip()[:60], "most": LONGEST}
        )
    return tag


def normal_tags(texts: Collection[str]) -> list[str]:
    """Return tags as they are stored, each once, in alphabetical order. Raises BadInput."""
    tags = sorted({normal_tag(text) for text in texts if text.strip()})
    if len(tags) > MOST:
        raise BadInput(_("A person can have %(most)s tags: remove some.") % {"most": MOST})
    return tags


def add_tag(subscriber_ids: Collection[int], tag: str) -> int:
    """Give people, by number, a tag, and return how many did not have it. Who has too many is left as they are."""
    return _run(_ADD, subscriber_ids, remember(normal_tag(tag)))


def remove_tag(subscriber_ids: Collection[int], tag: str) -> int:
    """Take a tag from people, by number, and return how many had it."""
    return _run(_REMOVE, subscriber_ids, normal_tag(tag))


def remember(tag: str) -> str:
    """Have a tag, as it is stored, offered from now on; return it."""
    Tag.objects.bulk_create([Tag(name=tag)], ignore_conflicts=True)
    return tag


def all_tags() -> list[str]:
    """Return the tags that somebody was ever given, in alphabetical order."""
    return list(Tag.objects.order_by("name").values_list("name", flat=True))


def _run(statement: str, subscriber_ids: Collection[int], tag: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": list(subscriber_ids), "tag": tag, "most": MOST})
        return int(cursor.rowcount)
