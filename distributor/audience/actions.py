"""What can be done with lists and the people on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TextIO
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from distributor.audience import erasure_hashes, import_stage, queries
from distributor.audience.causes import OWN_HAND, UNKNOWN, Cause
from distributor.audience.csv_files import Source, open_table
from distributor.audience.import_rows import RowProblem, address, read_rows
from distributor.audience.models import Import, MailingList, Subscriber, Subscription, Suppression, with_address
from distributor.domain.errors import BadInput, BadTable
from distributor.letters.models import Publication

MOST_NAMED = 1_000  # problems in a report; all of them are counted, and written where `problems_to` says
ERASING_LOCK = 0x6469_7374  # any number that only we use: imports share it, who erases someone has it alone


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of the rows of a file.

    `added` are new on the list, `updated` were on it and have new values, `unchanged` were on it just so. `problems`
    could not be taken in; `kept_out` are people who left or must not get mail, whom no import brings back: the first
    thousand of each, and how many in `problem_count` and `kept_out_count`. `resumed_at` is the row (from 2) after which
    an interrupted import went on, 0 where it was none.
    """

    added: int
    updated: int
    unchanged: int
    problems: tuple[RowProblem, ...] = ()
    kept_out: tuple[RowProblem, ...] = ()
    problem_count: int = 0
    kept_out_count: int = 0
    resumed_at: int = 0
    dry_run: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def ensure_list(publication: Publication, slug: str, name: str = "") -> MailingList:
    """Return the publication's list of that short name, made where it is not there. Raises BadInput for a bad one."""
    mailing_list = find_or_build_list(publication, slug, name)
    return mailing_list if mailing_list.pk else _store_list(mailing_list)


def find_or_build_list(publication: Publication, slug: str, name: str = "") -> MailingList:
    """Return the publication's list of that short name, or one that is not stored yet. Raises BadInput."""
    if not slug or slugify(slug) != slug or len(slug) > 50:
        raise BadInput(f"“{slug}” can't be a list's short name: use small letters, digits and “-”, 50 at most.")
    mailing_list = MailingList.objects.filter(publication=publication, slug=slug).first()
    return mailing_list or MailingList(
        publication=publication, slug=slug, name=name or slug.replace("-", " ").capitalize()
    )


def _store_list(draft: MailingList) -> MailingList:
    mailing_list, _ = MailingList.objects.get_or_create(
        publication=draft.publication, slug=draft.slug, defaults={"name": draft.name}
    )
    return mailing_list


def find_lists(publication: Publication, slugs: Iterable[str]) -> list[MailingList]:
    """Return the publication's lists of these short names. Raises BadInput for one that it does not have."""
    lists = {
        mailing_list.slug: mailing_list
        for mailing_list in MailingList.objects.filter(publication=publication).order_by("slug")
    }
    for slug in slugs:
        if slug not in lists:
            have = f"it has {', '.join(lists)}" if lists else "make one with “distributor subscribers import”"
            raise BadInput(f"{publication.name} has no list “{slug}”: {have}.")
    return [lists[slug] for slug in dict.fromkeys(slugs)]


def import_subscribers(
    file: Source,
    *,
    into: MailingList,
    name: str = "",
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    fresh: bool = False,
    problems_to: TextIO | None = None,
    progress: Callable[[int, int], None] = lambda _bytes_read, _total: None,
) -> ImportReport:
    """Put the people in a CSV file (see `importing.read_rows`), gzipped or not, on a list: all good rows, or nothing.

    Someone who is known gets the file's values where it has any. `into` may be a list that is not stored yet
    (`find_or_build_list`): it is, with its people. The rows are gathered chunk by chunk first, and put on the list in
    one transaction in the end: an import that was interrupted goes on where it stopped when it is called for again with
    the same file on disk, list and mapping, unless it shall start `fresh`. Outside a transaction, that is: within one
    nothing outlives it. With `dry_run` the report is the same and nothing is stored. `problems_to` gets every row that
    was not taken in as CSV (row, message); `progress` is told (bytes read, bytes in all). Raises BadTable, and then
    nothing was stored.
    """
    mapping = mapping or {}
    with open_table(file, name=name) as table:
        stage = import_stage.begin(file, name=name or table.title.strip("“”"), into=into, mapping=mapping, fresh=fresh)
        after = stage.record.row
        try:
            rows = read_rows(table, mapping=mapping, after=after)
            stage.fill(rows, lambda: progress(table.read(), table.total))
        except BadTable:
            stage.forget()
            raise
        return _put_on_list(stage, into, after=after, dry_run=dry_run, problems_to=problems_to)


def _put_on_list(
    stage: import_stage.Stage, into: MailingList, *, after: int, dry_run: bool, problems_to: TextIO | None
) -> ImportReport:
    with transaction.atomic(), connection.cursor() as cursor:
        # Room to sort and hash a million rows without the disk; for this transaction only.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [ERASING_LOCK])
        _judge(cursor, stage, into)
        list_id = into.pk or _store_list(into).pk
        stage.run(cursor, queries.CHANGE_KNOWN, {"list": list_id})
        updated_count = int(cursor.fetchone()[0])
        added_count = _add(cursor, stage, list_id)
        stage.run(cursor, queries.COUNT_FATES)
        good, problem_count, kept_out_count = cursor.fetchone()
        report = ImportReport(
            added_count,
            updated_count,
            good - added_count - updated_count,
            _first(cursor, stage.query(queries.FIRST_PROBLEMS)),
            _first(cursor, stage.query(queries.FIRST_KEPT_OUT)),
            problem_count,
            kept_out_count,
            resumed_at=after if after > 1 else 0,
            dry_run=dry_run,
        )
        if problems_to is not None:
            _write_problems(cursor, stage, problems_to)
        if dry_run:
            transaction.set_rollback(True)
        else:
            _close(cursor, stage, report)
    if dry_run:
        stage.forget()
    return report


def _judge(cursor: Any, stage: import_stage.Stage, into: MailingList) -> None:
    """Mark what is there twice, and who left or must not get mail; find who is known."""
    stage.run(cursor, queries.ANALYZE_STAGE)
    stage.run(cursor, queries.MARK_REPEATED)
    stage.run(cursor, queries.KEEP_OUT_SUPPRESSED)
    cursor.execute(queries.HAS_ERASED_PEOPLE)
    if cursor.fetchone()[0]:
        inner, outer = erasure_hashes.padded_keys()
        stage.run(cursor, queries.KEEP_OUT_ERASED, {"inner": inner, "outer": outer})
    if into.pk:
        stage.run(cursor, queries.KEEP_OUT_LEFT, {"list": into.pk})
    stage.run(cursor, queries.FIND_KNOWN)


def _add(cursor: Any, stage: import_stage.Stage, list_id: int) -> int:
    """Put those on the list who are not on it, and return how many."""
    try:
        with transaction.atomic():
            stage.run(cursor, queries.ADD_SUBSCRIBERS)
            stage.run(cursor, queries.SUBSCRIBE, {"list": list_id})
    except IntegrityError:  # someone came of their own accord since we looked
        stage.run(cursor, f"{queries.ADD_SUBSCRIBERS} {queries.ON_CONFLICT_SKIP}")
        stage.run(cursor, f"{queries.SUBSCRIBE} {queries.ON_CONFLICT_SKIP}", {"list": list_id})
    return int(cursor.rowcount)


def _close(cursor: Any, stage: import_stage.Stage, report: ImportReport) -> None:
    """Leave a record of the import, and drop its rows."""
    Import.objects.filter(pk=stage.record.pk).update(
        state=Import.State.DONE,
        added=report.added,
        updated=report.updated,
        unchanged=report.unchanged,
        refused=report.problem_count,
        kept_out=report.kept_out_count,
        updated_at=timezone.now(),
    )
    stage.run(cursor, queries.DROP_STAGE)


def _first(cursor: Any, query: str) -> tuple[RowProblem, ...]:
    cursor.execute(query, {"most": MOST_NAMED})
    return tuple(RowProblem(row, message) for row, message in cursor.fetchall())


def _write_problems(cursor: Any, stage: import_stage.Stage, to: TextIO) -> None:
    with connection.wrap_database_errors, cursor.copy(stage.query(queries.COPY_PROBLEMS)) as copy:
        to.writelines(bytes(block).decode() for block in copy)


@transaction.atomic
def subscribe(
    email: str,
    *,
    to: MailingList,
    name: str = "",
    language: str = "",
    cadence: Subscription.Cadence | None = None,
) -> Subscription:
    """Put one person on a list at their own request, also if they left it before: they are on it `since` now then.

    A cadence that is given is kept, also for someone who is on the list. Who was erased and comes back of their own
    accord is welcome; but if they were suppressed for another reason, they still are. Raises BadInput for a bad
    address.
    """
    address_text = address(email)
    if address_text is None:
        raise BadInput(f"“{email[:80]}” is not a mail address.")
    erased_people = Suppression.objects.filter(digest__in=erasure_hashes.hashes(address_text))
    erased_people.filter(reason=Suppression.Reason.ERASED).delete()
    erased_people.update(email=address_text, digest=None)
    # Not get_or_create: the address is unique whatever its case, and a double click must not fail.
    Subscriber.objects.bulk_create(
        [Subscriber(email=address_text, name=name, language=language)], ignore_conflicts=True
    )
    person = with_address(Subscriber.objects.all(), address_text).get()
    subscription, is_new = Subscription.objects.select_for_update().get_or_create(subscriber=person, list=to)
    if not is_new and subscription.state != Subscription.State.ACTIVE:
        reactivate(subscription)
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
    active_subscriptions = Subscription.objects.select_for_update().filter(
        subscriber__key=subscriber_key, list__publication=publication, state=Subscription.State.ACTIVE
    )
    subscriptions = list(active_subscriptions.order_by("pk"))
    for subscription in subscriptions:
        _change_cadence(subscription, cadence)
        subscription.save(update_fields=["cadence", "digested_through"])
    return len(subscriptions)


def reactivate(subscription: Subscription) -> None:
    """Make a subscription active again, with nothing left of how it ended; the caller saves it."""
    subscription.state = Subscription.State.ACTIVE
    subscription.left_at, subscription.left_how = None, ""
    subscription.left_source, subscription.left_dispatch_id, subscription.left_again_at = "", None, None


def _change_cadence(subscription: Subscription, cadence: Subscription.Cadence) -> None:
    if Subscription.Cadence.EACH_LETTER in (subscription.cadence, cadence) and subscription.cadence != cadence:
        subscription.digested_through = timezone.now()
    subscription.cadence = cadence


@transaction.atomic
def unsubscribe(subscriber_key: UUID, *, lists: Iterable[MailingList], how: str, cause: Cause = UNKNOWN) -> int:
    """Take one person off these lists and return how many they were on. Doing it again changes nothing.

    Who leaves by their own hand what an event from outside has ended is not put back when that is undone.
    """
    subscriptions = Subscription.objects.filter(subscriber__key=subscriber_key, list__in=list(lists))
    moment = cause.at or timezone.now()
    if cause.source in OWN_HAND:
        ended_by_events = subscriptions.filter(state=Subscription.State.LEFT, left_again_at=None)
        ended_by_events.exclude(left_source__in=OWN_HAND).update(left_again_at=moment)
    return subscriptions.filter(state=Subscription.State.ACTIVE).update(
        state=Subscription.State.LEFT,
        left_at=moment,
        left_how=how[:100],
        left_source=cause.source,
        left_dispatch_id=cause.dispatch,
    )
