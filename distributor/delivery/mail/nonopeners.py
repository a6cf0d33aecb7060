"""Who got a mailing and has neither opened it nor followed a link of it, as far as that is counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, LiteralString

from django.db import connection

from distributor.audience.mail_reads import READS
from distributor.delivery.mail import queries
from distributor.delivery.models import Dispatch

_MAILINGS = "%(mailings)s::text::bigint[]"


def are_counted(dispatch: Dispatch) -> bool:
    """Whether opens of a mailing are counted: its links are tracked then, and every mail has some."""
    return bool(((dispatch.variant or {}).get("data") or {}).get("links"))


def sendings(first: int) -> list[int]:
    """Return the numbers of a mailing and of all its later sendings."""
    later = Dispatch.objects.filter(resend_of=first).order_by("pk").values_list("pk", flat=True)
    return [first, *later]


def count(first: Dispatch, *, most: int | None = None) -> int:
    """Return how many people got a mailing, still want mail and have not opened it; `most` ends the counting early.

    Reads the mailing's deliveries: with a million that takes seconds.
    """
    parameters = {"first": first.pk, "most": most, "mailings": array(sendings(first.pk))}
    statement = queries.NONOPENERS.format(read=_read("s.id"))
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.fetchone()[0])


def condition(dispatch: Dispatch) -> tuple[str, Mapping[str, Any]]:
    """Return the condition that says who (`s`) is a recipient of such a later sending, and its parameters."""
    assert dispatch.resend_of_id is not None
    parameters = {"first": dispatch.resend_of_id, "mailings": array(sendings(dispatch.resend_of_id))}
    return queries.IS_NONOPENER.format(read=_read("s.id")), parameters


def pending_statement() -> LiteralString:
    """Return the statement for those of a batch of such a sending who are still to be sent to (`queries`)."""
    return queries.PENDING_NONOPENERS.format(read=_read("s.id"))


def array(numbers: Collection[int]) -> str:
    """Return numbers as the text of an array."""
    return f"{{{','.join(map(str, numbers))}}}"


def _read(person: LiteralString) -> LiteralString:
    return READS.get()(person=person, mailings=_MAILINGS)
