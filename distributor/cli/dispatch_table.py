"""The table of dispatches: as it is, and as it changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from distributor.cli import output
from distributor.domain.times import clock

if TYPE_CHECKING:
    from distributor.delivery.reports.dispatches import DispatchReport

LOOK_SECONDS = 0.2
ROOMY = 130  # columns in which the links have room beside the rest
_STYLES = {
    "sent": "green",
    "sending": "cyan",
    "partly": "yellow",
    "unconfirmed": "yellow",
    "blocked": "yellow",
    "paused": "yellow",
    "failed": "red",
    "cancelled": "dim",
    "recalling": "yellow",
    "recalled": "dim",
}


def look(ids: Sequence[int]) -> tuple[DispatchReport, ...]:
    """Return a report on each of these dispatches, by letter and share bar."""
    from distributor.delivery.models import Dispatch
    from distributor.delivery.reports.dispatches import report

    dispatches = Dispatch.objects.filter(pk__in=ids).select_related(
        "publication", "digest", "letter__page", "account", "waits_for"
    )
    return report(dispatches.order_by("letter_id", "position", "pk"))


def show(reports: Sequence[DispatchReport], console: Console, *, omit: Collection[str] = ()) -> None:
    """Print the table of dispatches, and whom they hold; where it is too wide for the links, they come below it.

    Reasons to `omit` are said beside the table, and not repeated in it.
    """
    from distributor.audience.held_people import reminder

    reports = [replace(report, reason="") if report.reason in omit else report for report in reports]
    roomy = console.width >= ROOMY
    console.print(table(reports, links=roomy))
    for report in reports:
        link = _link_cell(report)
        if link and not roomy:
            console.print(Text.assemble((f"{report.reference}  ", "bold"), link), soft_wrap=True)
    show_changes(reports, console)
    for report in reports:
        if sentence := reminder(report.held_people):
            console.print(Text.assemble((f"{report.reference}  ", "bold"), (sentence, "yellow")), soft_wrap=True)


def show_changes(reports: Sequence[DispatchReport], console: Console) -> None:
    """Say of which dispatches something changed since they were approved, and what can be answered."""
    for report in reports:
        for sentence in report.change_sentences:
            console.print(f"{report.reference}: {sentence}", style="yellow", soft_wrap=True)
        if report.change is not None and report.change.waits_for_person:
            number = report.id
            ignore = f", “distributor ignore-change {number}”" if report.change.version is not None else ""
            console.print(
                f"  “distributor variants difference {number}” shows it; then “distributor approve-again {number}”"
                f"{ignore}.",
                style="dim",
                soft_wrap=True,
            )


def table(reports: Sequence[DispatchReport], *, links: bool = True) -> Table:
    """Return the dispatches as a table for a terminal; `links` shows where each can be looked at."""
    result = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    result.add_column("id", justify="right", style="dim")
    result.add_column("channel", no_wrap=True)
    result.add_column("target")
    result.add_column("state", no_wrap=True)
    result.add_column("done", no_wrap=True, min_width=22)
    result.add_column("link" if links else "", overflow="fold")
    for report in reports:
        result.add_row(
            str(report.id),
            Text(report.channel, style="bold"),
            Text.assemble(report.target, *([(" practice", "magenta")] if report.practice else [])),
            Text(report.words, style=_STYLES.get(report.state, "")),
            _progress_cell(report),
            _link_cell(report) if links else "",
        )
    return result


def _progress_cell(report: DispatchReport) -> RenderableType:
    ended_count = report.accepted + report.rejected + report.left + report.failed + report.cancelled + report.recalled
    if not report.recipients:
        return Text("–")  # nobody, or not counted yet
    words = [f"{report.accepted:,} of {report.recipients:,}"]
    words += [
        f"{count:,} {word}"
        for count, word in (
            (report.rejected, "rejected"),
            (report.left, "left"),
            (report.failed, "failed"),
            (report.cancelled, "cancelled"),
            (report.recalled, "deleted"),
            (report.repeats, "perhaps twice"),
        )
        if count
    ]
    if not 0 < ended_count < report.recipients:
        return Text(", ".join(words))
    row = Table.grid(padding=(0, 1))
    row.add_row(ProgressBar(total=report.recipients, completed=ended_count, width=12), Text(", ".join(words)))
    return row


def _link_cell(report: DispatchReport) -> Text:
    """Return the link to what arrived, or why there is none yet."""
    if report.url:
        return Text.assemble(
            (report.url, f"link {report.url}"), *([(f" {report.reason}", "yellow")] if report.reason else [])
        )
    times = _times(report, datetime.now(UTC))
    between = ". " if times and report.reason else ""
    return Text.assemble((f"{times}{between}", "dim"), (report.reason, "yellow"))


def _times(report: DispatchReport, now: datetime) -> str:
    """Say when an approved dispatch goes out, and until when it is held; "" where there is nothing to say."""
    zone, due = ZoneInfo(report.zone), report.goes_out_at
    page = ", after the letter’s page" if report.after_page and not report.reason else ""
    if report.state == "held" and report.hold_until and report.hold_until > now:
        hold = f"held until {clock(report.hold_until, now=now, zone=zone)}"
        if due is None:
            return hold
        later = f" {clock(due, now=now, zone=zone)}" if due > report.hold_until else ""
        return f"{hold}, then goes out{later}{page}"
    if due is None:
        return ""
    return f"goes out now{page}" if due <= now else f"scheduled for {clock(due, now=now, zone=zone)}{page}"


def watch(
    ids: Sequence[int],
    *,
    as_json: bool,
    on_wait: Callable[[], None] = lambda: None,
    until: float | None = None,
) -> tuple[DispatchReport, ...]:
    """Show the dispatches until nothing more happens to them by itself, or until `until` (monotonic seconds).

    On a terminal the table changes in place; elsewhere each change of state is a line, in JSON where `as_json`.
    """
    console = output.console()
    if as_json or not console.is_terminal:
        return _follow(ids, console, as_json=as_json, on_wait=on_wait, until=until)
    reports = look(ids)
    with Live(table(reports, links=False), console=console, transient=True, refresh_per_second=10) as live:
        while not _over(reports, until):
            on_wait()
            time.sleep(LOOK_SECONDS)
            reports = look(ids)
            live.update(table(reports, links=False))
    return reports


def _follow(
    ids: Sequence[int], console: Console, *, as_json: bool, on_wait: Callable[[], None], until: float | None
) -> tuple[DispatchReport, ...]:
    last_seen: dict[int, tuple[str, int]] = {}
    while True:
        reports = look(ids)
        for report in reports:
            ended_count = report.recipients - report.waiting
            if last_seen.get(report.id) == (report.state, ended_count):
                continue
            if as_json:
                output.write_json(report.to_json())
            elif last_seen.get(report.id, ("", 0))[0] != report.state:
                console.print(f"{report.reference}: {report.words}{_reason_suffix(report)}", soft_wrap=True)
            last_seen[report.id] = (report.state, ended_count)
        if _over(reports, until):
            return reports
        on_wait()
        time.sleep(LOOK_SECONDS)


def _reason_suffix(report: DispatchReport) -> str:
    return f" ({report.reason.rstrip('.')})" if report.reason else ""


def _over(reports: Sequence[DispatchReport], until: float | None) -> bool:
    return all(report.finished for report in reports) or (until is not None and time.monotonic() > until)
