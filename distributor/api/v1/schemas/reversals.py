"""What is undone in bulk, as programs ask for it and read of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from distributor.api.parameters import Body, Moment, Text
from distributor.domain.reversals import ReversalFilter
from distributor.insights.models import Reversal as ReversalRow
from distributor.insights.reversals import ReversalPreview

Word = Annotated[Text, Field(max_length=255)]


class ReversalOrder(Body):
    """What to undo: all that is given has to be so, and something has to be given."""

    since: Moment | None = Field(default=None, description="Done from then on.")
    until: Moment | None = Field(default=None, description="Done before then.")
    source: Word = Field(default="", description="What reported it.", examples=["dsn"])
    reason: Word = Field(default="", examples=["hard bounce"])
    domain: Word = Field(default="", description="Addresses of this domain.", examples=["one.example"])
    dispatch: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    complaints: bool | None = Field(
        default=None, description="Whether complaints are undone too; asked for where there are any."
    )
    dry_run: bool = Field(default=False, description="Say what would be undone, and do nothing.")
    confirmed: bool = False

    def scope(self, *, suppressions_only: bool) -> ReversalFilter:
        """Return it as the insights have it."""
        return ReversalFilter(
            since=self.since,
            until=self.until,
            source=self.source,
            reason=self.reason,
            domain=self.domain,
            dispatch=self.dispatch,
            complaints=self.complaints is not False,
            suppressions_only=suppressions_only,
        )


class ReversalCount(Schema):
    """How much of one reason, source or domain."""

    name: str
    suppressions: int
    subscriptions: int


class Preview(Schema):
    """What would be undone."""

    suppressions: int
    subscriptions: int
    complaints: int = Field(description="How many of them said that it is spam.")
    reasons: list[ReversalCount]
    sources: list[ReversalCount]
    domains: list[ReversalCount] = Field(description="The twenty most frequent.")
    sample: list[str] = Field(description="The first addresses.")
    exclusions: dict[str, int] = Field(description="Why how many stay as they are.")


class Reversal(Schema):
    """The record of what was undone."""

    id: int
    at: datetime
    actor: str
    words: str = Field(description="What was undone, in words.", examples=["reason hard bounce, domain one.example"])
    suppressions: int = Field(description="How many were lifted.")
    subscriptions: int = Field(description="How many were put back.")
    kept: int = Field(description="How many stayed, since something else was said of them.")


class ReversalAnswer(Schema):
    """What would be undone, and the record where it was."""

    preview: Preview
    record: Reversal | None = Field(description="Null for a dry run, and where there was nothing to undo.")


def preview_as_read(preview: ReversalPreview) -> Preview:
    """Return a preview as it is read."""
    return Preview.model_validate(preview.to_json())


def reversal_as_read(row: ReversalRow) -> Reversal:
    """Return a record as it is read."""
    return Reversal(
        id=row.pk,
        at=row.at,
        actor=row.actor,
        words=row.words,
        suppressions=row.suppressions,
        subscriptions=row.subscriptions,
        kept=row.kept_count,
    )
