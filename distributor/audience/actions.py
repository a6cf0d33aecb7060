"""What can be done with lists and the people on them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import slugify

from distributor.audience import queries
from distributor.audience.importing import Row, RowProblem, address, read_rows
from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.domain.errors import BadInput, BadTable
from distributor.letters.models import Publication

EXPORTED = ("email", "name", "language", "time_zone")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of the rows of a file.

    `added` are new on the list, `updated` were on it and have new values, `unchanged` were on it just so. `problems`
    could not be taken in; `kept_out` are people who left or must not get mail, whom no import brings back.
    """

    added: int
    updated: int
    unchanged: int
    problems: tuple[RowProblem, ...] = ()
    kept_out: tuple[RowProblem, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def ensure_list(publication: Publication, slug: str, name: str = "") -> MailingList:
    """Return the publication's list of that short name, made where it is not there. Raises BadInput for a bad one."""
    if not slug or slugify(slug) != slug or len(slug) > 50:
        raise BadInput(f"“{slug}” can't be a list's short name: use small letters, digits and “-”, 50 at most.")
    made, _ = MailingList.objects.get_or_create(
        publication=publication, slug=slug, defaults={"name": name or slug.replace("-", " ").capitalize()}
    )
    return made


def find_lists(publication: Publication, slugs: Iterable[str]) -> list[MailingList]:
    """Return the publication's lists of these short names. Raises BadInput for one that it does not have."""
    known = {one.slug: one for one in MailingList.objects.filter(publication=publication).order_by("slug")}
    for slug in slugs:
        if slug not in known:
            have = f"it has {', '.join(known)}" if known else "make one with “distributor subscribers import”"
            raise BadInput(f"{publication.name} has no list “{slug}”: {have}.")
    return [known[slug] for slug in dict.fromkeys(slugs)]


def import_subscribers(file: TextIO | Path, *, into: MailingList, name: str = "") -> ImportReport:
    """Put the people in a CSV file (see `importing.read_rows`) on a list: all good rows, in one transaction.

    Someone who is known gets the file's values where it has any. Raises BadTable, and then nothing was stored.
    """
    name = name or (str(file) if isinstance(file, Path) else getattr(file, "name", ""))
    with _opened(file) as text, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(queries.MAKE_TABLE)
        problems = _copy(cursor, read_rows(text, name=str(name)))
        cursor.execute(queries.INDEX_TABLE)
        kept_out = _take_out(cursor, into)
        cursor.execute(queries.ADD_SUBSCRIBERS)
        cursor.execute(queries.CHANGE_SUBSCRIBERS, {"list": into.pk})
        updated = int(cursor.fetchone()[0])
        cursor.execute(queries.SUBSCRIBE, {"list": into.pk})
        added = cursor.rowcount
        cursor.execute(queries.COUNT_ROWS)
        unchanged = int(cursor.fetchone()[0]) - added - updated
        cursor.execute("DROP TABLE audience_import")  # a surrounding transaction may import another file
    return ImportReport(added, updated, unchanged, tuple(problems), kept_out)


def _opened(file: TextIO | Path) -> AbstractContextManager[TextIO]:
    if not isinstance(file, Path):
        return nullcontext(file)
    try:
        return file.open(encoding="utf-8", newline="")
    except FileNotFoundError:
        raise BadTable(f"There is no file “{file}”.") from None
    except OSError as error:
        raise BadTable(f"“{file}” can't be read: {error.strerror}.") from error


def _copy(cursor: Any, rows: Iterable[Row | RowProblem]) -> list[RowProblem]:
    problems = []
    with cursor.copy(queries.COPY_ROWS) as copy:
        for row in rows:
            if isinstance(row, RowProblem):
                problems.append(row)
            else:
                attributes = json.dumps(dict(row.attributes))
                copy.write_row((row.number, row.email, row.name, row.language, row.time_zone, attributes))
    return problems


def _take_out(cursor: Any, into: MailingList) -> tuple[RowProblem, ...]:
    cursor.execute(queries.TAKE_OUT_SUPPRESSED)
    kept = [RowProblem(row, f"{email} must not get mail ({reason})") for row, email, reason in cursor.fetchall()]
    cursor.execute(queries.TAKE_OUT_LEFT, {"list": into.pk})
    for row, email, left_at in cursor.fetchall():
        since = f" on {left_at:%Y-%m-%d}" if left_at else ""
        kept.append(RowProblem(row, f"{email} left this list{since}"))
    return tuple(sorted(kept, key=lambda problem: problem.row))


def export_subscribers(lists: Sequence[MailingList]) -> Iterator[str]:
    """Yield CSV lines, the header first: everyone with an active subscription to one of these lists, once.

    What the file holds, `import_subscribers` takes in again.
    """
    ids = [one.pk for one in lists]
    with connection.cursor() as cursor:
        cursor.execute(queries.ATTRIBUTES, {"lists": ids})
        attributes = [name for (name,) in cursor.fetchall() if name not in EXPORTED]
    yield _line([*EXPORTED, *attributes])
    active = Subscription.objects.filter(subscriber=OuterRef("pk"), list__in=ids, state=Subscription.State.ACTIVE)
    people = Subscriber.objects.filter(Exists(active)).order_by("pk")
    for one in people.iterator(chunk_size=5000):
        yield _line(
            [*(getattr(one, column) for column in EXPORTED), *(_cell(one.attributes, key) for key in attributes)]
        )


def _cell(attributes: dict[str, Any], key: str) -> str:
    value = attributes.get(key, "")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


@transaction.atomic
def subscribe(
    email: str,
    *,
    to: MailingList,
    name: str = "",
    language: str = "",
    cadence: Subscription.Cadence | None = None,
) -> Subscription:
    """Put one person on a list by their own wish, also if they left it before: they are on it `since` now then.

    A cadence that is given is kept, also for someone who is on the list. Raises BadInput for a bad address.
    """
    stored = address(email)
    if stored is None:
        raise BadInput(f"“{email[:80]}” is no mail address.")
    # Not get_or_create: the address is unique whatever its case, and a double click must not fail.
    Subscriber.objects.bulk_create([Subscriber(email=stored, name=name, language=language)], ignore_conflicts=True)
    person = Subscriber.objects.get(email__iexact=stored)
    subscription, created = Subscription.objects.select_for_update().get_or_create(subscriber=person, list=to)
    if not created and subscription.state != Subscription.State.ACTIVE:
        subscription.state, subscription.left_at, subscription.left_how = Subscription.State.ACTIVE, None, ""
        subscription.since = timezone.now()
    if cadence is not None:
        _change_cadence(subscription, cadence)
    subscription.save()
    return subscription


@transaction.atomic
def set_cadence(subscriber_key: UUID, *, publication: Publication, cadence: Subscription.Cadence) -> int:
    """Let one person have a publication's letters so often, on all of its lists that they are on; return how many.

    Who had each letter by itself gets none of them again in a digest. Doing it again changes nothing.
    """
    known = Subscription.objects.select_for_update().filter(
        subscriber__key=subscriber_key, list__publication=publication, state=Subscription.State.ACTIVE
    )
    subscriptions = list(known.order_by("pk"))
    for subscription in subscriptions:
        _change_cadence(subscription, cadence)
        subscription.save(update_fields=["cadence", "digested_through"])
    return len(subscriptions)


def _change_cadence(subscription: Subscription, cadence: Subscription.Cadence) -> None:
    if Subscription.Cadence.EACH_LETTER in (subscription.cadence, cadence) and subscription.cadence != cadence:
        subscription.digested_through = timezone.now()
    subscription.cadence = cadence


def unsubscribe(subscriber_key: UUID, *, lists: Iterable[MailingList], how: str) -> int:
    """Take one person off these lists and return how many they were on. Doing it again changes nothing."""
    return Subscription.objects.filter(
        subscriber__key=subscriber_key, list__in=list(lists), state=Subscription.State.ACTIVE
    ).update(state=Subscription.State.LEFT, left_at=timezone.now(), left_how=how[:100])
