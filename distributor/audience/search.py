"""Finding people by any fragment of their address or name, at once among millions.

An index holds each three characters that follow each other in a SearchText, as the lexemes of a `tsvector` that the
function `audience_fragments` makes: PostgreSQL's own parts, since not every server has the extension pg_trgm. A shorter
fragment is looked up as the beginning of such a lexeme. What the index does not hold yet is compared one by one.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Lower

from distributor.audience.models import Subscriber

MOST_WORDS = 10
NEAR = 20_000  # people; to compare so many takes some milliseconds
_ESCAPES = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})

# Whoever is in the backlog is told by the row of today: an entry of theirs may be of yesterday.
_BACKLOG = """
SELECT b.subscriber_id FROM audience_searchbacklog b JOIN audience_subscriber s ON s.id = b.subscriber_id
WHERE {like_row}
"""
_NOT_IN_BACKLOG = """
NOT EXISTS (SELECT FROM audience_searchbacklog b WHERE b.subscriber_id = t.subscriber_id)
"""
# Materialized: the planner would rather walk the people from the newest on, which takes seconds for a rare name.
_HITS = """
WITH hits AS MATERIALIZED (
    SELECT t.subscriber_id FROM audience_searchtext t
    WHERE audience_fragments(t.text) @@ ({fragments}) AND {like} AND {not_in_backlog}
    UNION ALL {backlog})
SELECT subscriber_id FROM hits
"""
_NEAR_HITS = """
WITH hits AS MATERIALIZED (
    SELECT t.subscriber_id FROM (
        SELECT * FROM audience_searchtext WHERE subscriber_id < %s ORDER BY subscriber_id DESC LIMIT %s) t
    WHERE {like} AND {not_in_backlog}
    UNION ALL {backlog})
SELECT subscriber_id FROM hits
"""
_INDEX = """
WITH batch AS (
    DELETE FROM audience_searchbacklog WHERE subscriber_id IN (
        SELECT subscriber_id FROM audience_searchbacklog ORDER BY subscriber_id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING subscriber_id),
people AS (
    SELECT s.id, lower(s.email || ' ' || s.name) AS text
    FROM batch JOIN audience_subscriber s ON s.id = batch.subscriber_id ORDER BY s.id FOR KEY SHARE OF s),
entries AS (
    INSERT INTO audience_searchtext (subscriber_id, text) SELECT id, text FROM people
    ON CONFLICT (subscriber_id) DO UPDATE SET text = excluded.text)
SELECT count(*) FROM batch
"""


def hits(text: str) -> RawSQL:
    """Return the subscribers' numbers, as a subquery, whose address or name holds each word of a text, in any case."""
    words = _words(text)
    fragments = " && ".join(["audience_fragment_query(%s)"] * len(words))
    statement = _HITS.format(fragments=fragments, **_parts(words))
    return RawSQL(statement, [*words, *_patterns(words), *_patterns(words)])  # noqa: S611 - parameters


def near_hits(text: str, before: int) -> RawSQL:
    """As `hits`, of the newest people alone whose number is below `before`: who seeks “gmail” has enough of these."""
    words = _words(text)
    return RawSQL(_NEAR_HITS.format(**_parts(words)), [before, NEAR, *_patterns(words), *_patterns(words)])  # noqa: S611 - parameters


def matches(rows: QuerySet[Subscriber], text: str) -> QuerySet[Subscriber]:
    """Return those subscribers, who are few, whose address or name holds each word of a text: without the index."""
    rows = rows.alias(words=Lower(Concat("email", Value(" "), "name")))
    for word in _words(text):
        rows = rows.filter(words__contains=word)
    return rows


def index_backlog(most: int) -> int:
    """Write the search texts of so many people of the backlog, and return how many were looked at.

    Any number of processes may do so at once.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_INDEX, {"most": most})
        return int(cursor.fetchone()[0])


def _words(text: str) -> list[str]:
    # In small letters already: a database whose locale is C knows none but those of ASCII.
    return text.replace("\0", " ").lower().split()[:MOST_WORDS] or [""]


def _patterns(words: list[str]) -> list[str]:
    return [f"%{word.translate(_ESCAPES)}%" for word in words]


def _parts(words: list[str]) -> dict[str, str]:
    like = " AND ".join(["t.text LIKE lower(%s)"] * len(words))
    like_row = " AND ".join(["lower(s.email || ' ' || s.name) LIKE lower(%s)"] * len(words))
    return {"like": like, "not_in_backlog": _NOT_IN_BACKLOG, "backlog": _BACKLOG.format(like_row=like_row)}
