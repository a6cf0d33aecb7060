"""What `returns undo` and `suppressions remove` share: options that say what, a dry run, the questions, the record."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.domain.errors import ConfirmationNeeded
from distributor.domain.reversals import MANUAL, REASONS, SUPPRESSIONS, ReversalFilter
from distributor.insights.sources import SOURCES
from distributor.time_words import parse_past

if TYPE_CHECKING:
    from distributor.insights.models import Reversal
    from distributor.insights.reversals import ReversalPreview

UNDOABLE = REASONS
REMOVABLE = (*SUPPRESSIONS, MANUAL)
_SCOPE_OPTIONS = ("since", "until", "source", "reason", "domain", "dispatch")
_COLUMNS = ("of", "to lift", "to put back")


def options(reasons: Sequence[str]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that gives a command the options that say what is undone."""
    help_zone = "On the publication’s clock; on UTC where there are several."
    decorators = [
        click.option("--since", default="", metavar="TIME", help=f"Done from then on: “2 hours ago”. {help_zone}"),
        click.option("--until", default="", metavar="TIME", help="Done before then."),
        click.option("--source", default="", type=click.Choice(("", *SOURCES)), metavar="NAME",
                     help=f"What reported it: {', '.join(SOURCES)}."),
        click.option("--reason", default="", type=click.Choice(("", *reasons)), metavar="REASON",
                     help=f"One of: {', '.join(reasons)}."),
        click.option("--domain", default="", metavar="DOMAIN", help="Addresses of this domain."),
        click.option("--dispatch", type=int, metavar="ID", help="About the mails of this dispatch."),
        click.option("--complaints/--no-complaints", default=None, help="Whether to undo complaints; asked otherwise."),
        click.option("--dry-run", is_flag=True, help="Count what would be undone, and do nothing."),
        click.option("--yes", is_flag=True, help="Don’t ask whether it is meant."),
    ]  # fmt: skip

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


def narrows(values: Mapping[str, Any]) -> bool:
    """Whether any option that says what is undone was given."""
    return any(values[name] not in ("", None) for name in _SCOPE_OPTIONS)


def run(values: Mapping[str, Any], *, suppressions_only: bool, as_json: bool) -> None:
    """Show what would be undone, ask, and do it."""
    with database():
        from django.utils import timezone

        from distributor.insights import reversals

        now = timezone.now()
        scope = _filter(values, now, suppressions_only=suppressions_only)
        if not values["dry_run"]:
            scope = reversals.with_end(scope, now)
        preview = reversals.preview(scope)
        if values["dry_run"] or not preview.total:
            _show(preview, as_json=as_json)
            if values["dry_run"] and not as_json:
                output.console().print(f"{preview.sentence} Nothing was done.")
            return
        if not as_json:
            _show(preview, as_json=False)
        if preview.complaints and values["complaints"] is None and not _agrees_to_complaints(preview.complaints):
            scope = reversals.without_complaints(scope)
            preview = reversals.preview(scope)
        if preview.total and not values["yes"]:
            _confirm(preview.sentence)
        _show_record(reversals.reverse(scope, actor=actor()), as_json=as_json)


def _filter(values: Mapping[str, Any], now: datetime, *, suppressions_only: bool) -> ReversalFilter:
    from distributor.insights.reversals import clock_zone

    zone = clock_zone()
    return ReversalFilter(
        since=parse_past(values["since"], now=now, zone=zone) if values["since"] else None,
        until=parse_past(values["until"], now=now, zone=zone) if values["until"] else None,
        source=values["source"],
        reason=values["reason"],
        domain=values["domain"],
        dispatch=values["dispatch"],
        complaints=values["complaints"] is not False,
        suppressions_only=suppressions_only,
    )


def _agrees_to_complaints(count: int) -> bool:
    sentence = f"{count:,} of them said that this is spam: undo that only if they did not, or asked for it themselves."
    if not sys.stdin.isatty():
        raise ConfirmationNeeded(f"{sentence} Add --complaints or --no-complaints.")
    return click.confirm(f"{sentence} Undo complaints too?", err=True)


def _confirm(sentence: str) -> None:
    if not sys.stdin.isatty():
        raise ConfirmationNeeded(f"{sentence} If that is meant, add --yes.")
    click.confirm(f"{sentence} Undo it?", abort=True, err=True)


def _show(preview: ReversalPreview, *, as_json: bool) -> None:
    if as_json:
        output.write_json(preview.to_json())
        return
    counts = [
        {"of": f"{group}: {count.name}", "to lift": count.suppressions, "to put back": count.subscriptions}
        for group, rows in (("reason", preview.reasons), ("source", preview.sources), ("domain", preview.domains))
        for count in rows
    ]
    output.print_rows(counts, _COLUMNS, empty="There is nothing to undo.")
    if preview.sample:
        output.console().print(f"For example {', '.join(preview.sample)}", soft_wrap=True)
    for reason, count in preview.exclusions:
        output.console().print(f"To stay as they are: {count:,} ({reason}).")


def _show_record(record: Reversal, *, as_json: bool) -> None:
    if as_json:
        output.write_json(_json(record))
        return
    output.console().print(record.summary)


def show_records(limit: int, *, as_json: bool) -> None:
    """Print what was undone, the latest first."""
    with database():
        from distributor.insights.reversals import latest

        records = [_json(record) for record in latest(limit)]
    if as_json:
        output.write_json(records)
        return
    rows = [_row(record) for record in records]
    output.print_rows(rows, ("at", "by", "of", "lifted", "put back", "stayed"), empty="Nothing was undone yet.")


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "at": record["at"][:16].replace("T", " "),
        "by": record["actor"],
        "of": record["words"],
        "lifted": record["suppressions"],
        "put back": record["subscriptions"],
        "stayed": record["kept"],
    }


def _json(record: Reversal) -> dict[str, Any]:
    return {
        "id": record.pk,
        "at": record.at.isoformat(),
        "actor": record.actor,
        "words": record.words,
        "filter": record.filter,
        "suppressions": record.suppressions,
        "subscriptions": record.subscriptions,
        "kept": record.kept_count,
    }
