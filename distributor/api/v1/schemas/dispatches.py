"""Dispatches in answers: what the desk's table and `distributor status --json` say, and what they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import QuerySet, prefetch_related_objects
from ninja import Schema
from pydantic import ConfigDict, Field

from distributor.delivery.models import Dispatch as DispatchRow
from distributor.delivery.planning.claims import is_addressed
from distributor.delivery.reports.dispatches import DispatchReport, report
from distributor.domain.states import FINISHED, State

OUTCOMES: Final = ("accepted", "rejected", "left", "failed", "cancelled", "recalled", "waiting")
OUTCOMES_EXAMPLE: Final = {
    "accepted": 1194, "rejected": 4, "left": 1, "failed": 1, "cancelled": 0, "recalled": 0, "waiting": 0,
}  # fmt: skip
_SENT_AT: Final = "2026-12-01T08:00:00Z"


class LetterReference(Schema):
    """The letter of which something is."""

    id: int | None = Field(description="Null for a digest, which gathers several.", examples=[12])
    title: str = Field(examples=["The winter garden"])


class SourceChange(Schema):
    """What changed since it was approved: what was approved goes out, until somebody approves it again."""

    approved_version: int | None = Field(description="The letter's version that was approved.", examples=[2])
    latest_version: int | None = Field(description="The latest one, where it is another.", examples=[3])
    override: int | None = Field(description="The variant's latest own text, where it is not in it.", examples=[1])
    outdated_override: int | None = Field(description="Its own text that was written for an earlier version.")
    sentences: list[str] = Field(examples=[["The source has changed since it was approved."]])


class Dispatch(Schema):
    """One variant, to one target, at one time. A post counts as one recipient."""

    model_config = ConfigDict(use_enum_values=True)  # ninja would write an enumeration's name

    id: int = Field(examples=[41])
    publication: str = Field(examples=["lantern"])
    letter: LetterReference
    channel: str = Field(examples=["mail"])
    account: int | None = Field(description="The account that it goes out through.", examples=[3])
    target: str = Field(description="Where it goes, as people call it.", examples=["Readers"])
    lists: list[str] = Field(description="The mailing lists that it is for.", examples=[["readers"]])
    segment: str | None = Field(description="The segment that it is narrowed to.", examples=[None])
    practice: bool = Field(description="It goes to the practice world, and to nobody.", examples=[False])
    state: State = Field(examples=["sent"])
    finished: bool = Field(
        description="It has come to its end. What waits for a person, such as a draft, has not.", examples=[True]
    )
    reason: str = Field(description="Why it is where it is.", examples=["In quiet hours until 8:00."])
    due_at: datetime = Field(description="Its time.", examples=[_SENT_AT])
    hold_minutes: int = Field(description="For how long it can be taken back once it is approved.", examples=[10])
    hold_until: datetime | None = Field(examples=[None])
    goes_out_at: datetime | None = Field(
        description="When what is approved goes out; null where that is not clear, and for what is out.",
        examples=[None],
    )
    approved_at: datetime | None = Field(examples=["2026-12-01T07:45:00Z"])
    approved_version: int | None = Field(description="The letter's version that was approved.", examples=[2])
    went_out_at: datetime | None = Field(examples=[_SENT_AT])
    finished_at: datetime | None = Field(examples=["2026-12-01T08:01:10Z"])
    created_at: datetime = Field(examples=["2026-12-01T07:40:00Z"])
    spread_hours: int = Field(description="Mail goes out evenly over so many hours; 0: at once.", examples=[0])
    waits_for: int | None = Field(description="The dispatch that has to be out first.", examples=[40])
    resend_of: int | None = Field(
        description="The mailing that it is a later sending of, for some of its people.", examples=[None]
    )
    to_nonopeners: bool = Field(
        description="Whether those are who got that one and have not opened it; else those whom it did not reach.",
        examples=[False],
    )
    subject: str = Field(description="Its own, empty for the letter's.", examples=[""])
    recipients: int | None = Field(description="Null for a mailing whose people are not counted yet.", examples=[1200])
    outcomes: dict[str, int] = Field(
        description="How many ended how; “left” are those who left before their turn, “recalled” posts that were "
        "deleted again, “waiting” those without an outcome yet.",
        examples=[OUTCOMES_EXAMPLE],
    )
    repeats: int = Field(description="Mails that may have arrived twice, since an answer was lost.", examples=[0])
    held_people: int = Field(description="Refused in a burst, and not suppressed until a person decides.", examples=[0])
    reached_later: int = Field(description="Of those not reached, by later sendings.", examples=[0])
    url: str = Field(description="Where it can be seen, empty where it can't.", examples=["https://x.example/1"])
    change: SourceChange | None = Field(description="Null for nothing.", examples=[None])


def complete(rows: QuerySet[DispatchRow]) -> QuerySet[DispatchRow]:
    """Have rows come with all that an answer says of them, in few queries."""
    full_rows = rows.select_related(
        "publication", "digest", "letter__page", "account", "waits_for", "segment", "version"
    )
    return full_rows.defer("version__content").prefetch_related("lists")


def answers(rows: Iterable[DispatchRow]) -> list[Dispatch]:
    """Return dispatches as answers have them, in the given order. The rows are such as `complete` gives."""
    row_list = list(rows)
    return [_answer(row, part) for row, part in zip(row_list, report(row_list), strict=True)]


def new_answers(rows: Sequence[DispatchRow]) -> list[Dispatch]:
    """Return dispatches that were planned just now, in this transaction, as `answers` does of what is read again."""
    for row in rows:
        for name in ("due_at", "hold_until", "approved_at"):  # as PostgreSQL gives times back
            if (moment := getattr(row, name)) is not None:
                setattr(row, name, moment.astimezone(UTC))
    prefetch_related_objects([row for row in rows if row.account_id], "account")
    prefetch_related_objects([row for row in rows if is_addressed(row.channel)], "lists")
    return [_answer(row, part) for row, part in zip(rows, report(rows, are_new=True), strict=True)]


def _answer(row: DispatchRow, part: DispatchReport) -> Dispatch:
    details: dict[str, Any] = {
        **part.to_json(),
        "outcomes": {name: getattr(part, name) for name in OUTCOMES},
        "publication": row.publication.slug,
        "account": row.account_id,
        "lists": [mailing_list.slug for mailing_list in row.lists.all()] if is_addressed(row.channel) else [],
        "segment": row.segment.slug if row.segment else None,
        "finished": row.state in FINISHED,
        "recipients": part.recipients or (0 if row.state in FINISHED else None),
        "hold_minutes": row.hold_minutes,
        "goes_out_at": part.goes_out_at,
        "approved_at": row.approved_at,
        "approved_version": row.version.number if row.version else None,
        "finished_at": row.finished_at,
        "created_at": row.created_at,
        "spread_hours": row.spread_hours,
        "waits_for": row.waits_for_id,
        "resend_of": row.resend_of_id,
        "to_nonopeners": row.to_nonopeners,
        "subject": row.subject,
    }
    return Dispatch(**details)
