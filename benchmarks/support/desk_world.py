"""What a newsroom's desk has after years: made inside PostgreSQL, so that it takes minutes and not days.

Django has to be set up. `readers` has everybody, `short` a thousand. Each letter went out as a page and by mail; the
mails of the latest letters have deliveries, opens and clicks of everybody in a sample of the people.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connection, models
from django.utils import timezone

from benchmarks.support import world
from distributor.audience import growth, search, segments
from distributor.audience.models import MailingList, Subscriber, Suppression, Tag
from distributor.delivery.models import Dispatch
from distributor.domain.segment_words import read
from distributor.insights import tallies
from distributor.insights.models import ReturnedEvent
from distributor.letters.models import Letter, Version

SAMPLE = 2_000  # people with a delivery of every letter
RELAY = "smtp://127.0.0.1:9"

_DELIVERIES = """
INSERT INTO delivery_delivery (dispatch_id, subscriber_id, outcome, detail, at)
SELECT d.id, s.id, 'accepted', '250 2.0.0 queued', now()
FROM (SELECT id FROM delivery_dispatch WHERE channel = 'mail') d,
     (SELECT id FROM audience_subscriber ORDER BY id LIMIT %(people)s OFFSET 777) s
WHERE d.id %% 10 = 0 OR s.id %% 100 = 77
"""
_READS = """
INSERT INTO {table} (dispatch_id, subscriber_id, at{extra})
SELECT dispatch_id, subscriber_id, now(){value} FROM delivery_delivery WHERE subscriber_id %% {every} = 0
ORDER BY dispatch_id
"""
_SUPPRESS = """
INSERT INTO audience_suppression (email, reason, detail, source, created_at)
SELECT email, (ARRAY['hard bounce', 'complaint', 'manual'])[1 + id %% 3], '5.1.1 User unknown', 'dsn', now()
FROM audience_subscriber WHERE id %% 100 = 7
"""
_EVENTS = """
INSERT INTO insights_returnedevent (kind, source, event_id, email, status, reason, certain, at, received_at, raw, mail,
    decision, decided_by)
SELECT 'hard bounce', 'dsn', 'event-' || id, email, '5.1.1', 'User unknown', true, now(), now(), '{}', '{}', '', ''
FROM audience_subscriber WHERE id %% 50 = 7
"""
_HISTORY = """
UPDATE audience_subscription SET since = now() - (subscriber_id %% 400) * interval '1 day',
    created_at = now() - (subscriber_id %% 400) * interval '1 day',
    state = CASE WHEN subscriber_id %% 1000 = 5 THEN 'left' ELSE state END,
    left_at = CASE WHEN subscriber_id %% 1000 = 5 THEN now() - (subscriber_id %% 300) * interval '1 day' END,
    left_how = CASE WHEN subscriber_id %% 1000 = 5 THEN 'page' ELSE '' END
"""


# One mailing to everybody, half of an hour ago: every fiftieth refused, a third opened it.
_LARGE_BATCHES = """
INSERT INTO delivery_batch (dispatch_id, subscribers, state, round, takeovers, first_tried_at,
    accepted, rejected, "left", failed, cancelled, repeats)
SELECT %(large)s, array_agg(id ORDER BY id), 'done', 0, 0, now(), count(*) FILTER (WHERE id %% 50 <> 0),
       count(*) FILTER (WHERE id %% 50 = 0), 0, 0, 0, 0
FROM audience_subscriber GROUP BY id / 1000
"""
_LARGE_DELIVERIES = """
INSERT INTO delivery_delivery (dispatch_id, subscriber_id, outcome, detail, at)
SELECT %(large)s, id, CASE WHEN id %% 50 = 0 THEN 'rejected' ELSE 'accepted' END,
       CASE WHEN id %% 50 = 0 THEN '5.7.' || id %% 7 || ' Policy' ELSE '250 2.0.0 queued' END, now()
FROM audience_subscriber ORDER BY id ON CONFLICT DO NOTHING
"""
_LARGE_READS = """
INSERT INTO {table} (dispatch_id, subscriber_id, at{extra})
SELECT %(large)s, id, now(){value} FROM audience_subscriber WHERE id %% {every} = 0
"""
_LARGE_MAILING = """
UPDATE delivery_dispatch SET recipients = (SELECT count(*) FROM audience_subscriber), spread_at = now(),
    state = 'partly', variant = jsonb_set(approved_variant, '{data,links}', '["https://lantern.example/fog"]'),
    released_at = now() - interval '30 minutes' WHERE id = %(large)s
"""


def make(home: Path, *, people: int, letter_count: int) -> dict[str, int]:
    """Make it all and return the rows that screens name in their paths."""
    made = world.make_world(home, slug="lantern", relay=RELAY, recipients=people, size="4k")
    dispatch = made.queue("4k")
    letter = dispatch.letter
    assert letter is not None
    letter_ids = clone(Letter, letter.pk, letter_count - 1, {"title": "title || ' ' || n", "slug": "'letter-' || n"})
    _clone_for(Version, letter.versions.latest("number").pk, letter_ids, {})
    Dispatch.objects.filter(pk=dispatch.pk).update(state="sent", spread_from=timezone.now(), released_at=timezone.now())
    _clone_for(Dispatch, dispatch.pk, letter_ids, {"key": "gen_random_uuid()"})
    short = MailingList.objects.create(publication=made.publication, slug="short", name="Short")
    segment = segments.add(made.publication, "seoul", rule=read("attributes.city is Seoul and not tagged press"))
    Tag.objects.create(name="press")
    statements = [
        ("INSERT INTO audience_subscription (subscriber_id, list_id, state, cadence, created_at, since, left_how)"
         " SELECT id, %(short)s, 'active', 'each letter', now(), now(), '' FROM audience_subscriber ORDER BY id"
         " LIMIT 1000"),
        "UPDATE audience_subscriber SET tags = ARRAY['press'] WHERE id %% 500 = 3",
        _HISTORY, _SUPPRESS, _EVENTS, _DELIVERIES,
        _READS.format(table="insights_open", every=3, extra="", value=""),
        _READS.format(table="insights_click", every=7, extra=", link", value=", 0"),
    ]  # fmt: skip
    large = Dispatch.objects.filter(channel="mail").order_by("-pk")[7]
    large.lists.set([made.readers])
    statements += [
        _LARGE_BATCHES, _LARGE_DELIVERIES, _LARGE_MAILING,
        _LARGE_READS.format(table="insights_open", every=3, extra="", value=""),
        _LARGE_READS.format(table="insights_click", every=20, extra=", link", value=", 0"),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"short": short.pk, "people": SAMPLE, "large": large.pk})
    while search.index_backlog(20_000):
        pass
    growth.record()
    large.refresh_from_db()
    assert large.released_at is not None
    tallies.renew([(large.pk, large.released_at)], now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    assert Suppression.objects.exists()
    assert ReturnedEvent.objects.exists()
    person = Subscriber.objects.order_by("pk").filter(pk__gte=800).extra(where=["id %% 100 = 77"])[0]
    return {
        "letter": letter.pk,
        "dispatch": Dispatch.objects.order_by("-pk")[letter_count // 2].pk,
        "large": large.pk,
        "list": made.readers.pk,
        "short": short.pk,
        "segment": segment.pk,
        "person": person.pk,
    }


def clone(model: type[models.Model], pk: int, count: int, changes: dict[str, str]) -> list[int]:
    """Insert `count` copies of a row, with SQL expressions of `n` for some columns; return their numbers."""
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]  # noqa: SLF001
    values = [changes.get(column, f't."{column}"') for column in columns]
    return _insert(model, columns, values, "generate_series(1, %s) AS n", [count, pk])


def _clone_for(model: type[models.Model], pk: int, letter_ids: list[int], changes: dict[str, str]) -> None:
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]  # noqa: SLF001
    values = [{"letter_id": "n", **changes}.get(column, f't."{column}"') for column in columns]
    _insert(model, columns, values, "unnest(%s::bigint[]) AS n", [letter_ids, pk])


def _insert(
    model: type[models.Model], columns: list[str], values: list[str], source: str, parameters: list[Any]
) -> list[int]:
    table = model._meta.db_table  # noqa: SLF001
    names = ", ".join(f'"{column}"' for column in columns)
    statement = f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} t, {source}"
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} WHERE t.id = %s RETURNING id", parameters)
        return [number for (number,) in cursor.fetchall()]
