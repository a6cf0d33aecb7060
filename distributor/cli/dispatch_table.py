"""The table of dispatches: as it is, and as it changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from distributor.cli import output

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

    known = Dispatch.objects.filter(pk__in=ids).select_related("publication", "digest", "letter__page", "account")
    return report(known.order_by("letter_id", "position", "pk"))


def show(reports: Sequence[DispatchReport], console: Console) -> None:
    """Print the table of dispatches; where it is too wide for the links, they come below it."""
    if console.width >= ROOMY:
        console.print(table(reports))
        return
    console.print(table(reports, links=False))
    for one in reports:
        where = _where(one)
        if where:
            console.print(Text.assemble((f"{one.channel}  ", "bold"), where), soft_wrap=True)


def table(reports: Sequence[DispatchReport], *, links: bool = True) -> Table:
    """Return the dispatches as a table for a terminal; `links` shows where each can be looked at."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    made.add_column("id", justify="right", style="dim")
    made.add_column("channel", no_wrap=True)
    made.add_column("target")
    made.add_column("state", no_wrap=True)
    made.add_column("done", no_wrap=True, min_width=22)
    made.add_column("link" if links else "", overflow="fold")
    for one in reports:
        made.add_row(
            str(one.id),
            Text(one.channel, style="bold"),
            Text.assemble(one.target, *([(" practice", "magenta")] if one.practice else [])),
            Text(one.words, style=_STYLES.get(one.state, "")),
            _done(one),
            _where(one) if links else "",
        )
    return made


def _done(one: DispatchReport) -> RenderableType:
    settled = one.accepted + one.rejected + one.left + one.failed + one.cancelled + one.recalled
    words = [f"{one.accepted:,} of {one.recipients:,}"]
    words += [
        f"{count:,} {word}"
        for count, word in (
            (one.rejected, "rejected"),
            (one.left, "left"),
            (one.failed, "failed"),
            (one.cancelled, "cancelled"),
            (one.recalled, "taken back"),
            (one.repeats, "perhaps twice"),
        )
        if count
    ]
    if not 0 < settled < one.recipients:
        return Text(", ".join(words))
    row = Table.grid(padding=(0, 1))
    row.add_row(ProgressBar(total=one.recipients, completed=settled, width=12), Text(", ".join(words)))
    return row


def _where(one: DispatchReport) -> Text:
    """Return the link to what arrived, or why there is none yet."""
    if one.url:
        return Text.assemble((one.url, f"link {one.url}"), *([(f" {one.reason}", "yellow")] if one.reason else []))
    if one.reason:
        return Text(one.reason, style="yellow")
    if one.state in {"held", "scheduled"}:
        until = one.hold_until if one.state == "held" and one.hold_until else one.due_at
        if until <= datetime.now(UTC):
            return Text("goes out now", style="dim")
        return Text(f"{one.state} until {until.astimezone():%Y-%m-%d %H:%M:%S}", style="dim")
    return Text("")


def watch(
    ids: Sequence[int],
    *,
    as_json: bool,
    while_waiting: Callable[[], None] = lambda: None,
    until: float | None = None,
) -> tuple[DispatchReport, ...]:
    """Show the dispatches until nothing more happens to them by itself, or until `until` (monotonic seconds).

    On a terminal the table changes in place; elsewhere each change of state is a line, in JSON where `as_json`.
    """
    console = output.console()
    if as_json or not console.is_terminal:
        return _follow(ids, console, as_json=as_json, while_waiting=while_waiting, until=until)
    reports = look(ids)
    with Live(table(reports, links=False), console=console, transient=True, refresh_per_second=10) as live:
        while not _over(reports, until):
            while_waiting()
            time.sleep(LOOK_SECONDS)
            reports = look(ids)
            live.update(table(reports, links=False))
    return reports


def _follow(
    ids: Sequence[int], console: Console, *, as_json: bool, while_waiting: Callable[[], None], until: float | None
) -> tuple[DispatchReport, ...]:
    said: dict[int, tuple[str, int]] = {}
    while True:
        reports = look(ids)
        for one in reports:
            settled = one.recipients - one.waiting
            if said.get(one.id) == (one.state, settled):
                continue
            if as_json:
                output.write_json(one.to_json())
            elif said.get(one.id, ("", 0))[0] != one.state:
                console.print(f"{one.channel} → {one.target}: {one.words}{_explained(one)}", soft_wrap=True)
            said[one.id] = (one.state, settled)
        if _over(reports, until):
            return reports
        while_waiting()
        time.sleep(LOOK_SECONDS)


def _explained(one: DispatchReport) -> str:
    return f" ({one.reason.rstrip('.')})" if one.reason else ""


def _over(reports: Sequence[DispatchReport], until: float | None) -> bool:
    return all(one.finished for one in reports) or (until is not None and time.monotonic() > until)
