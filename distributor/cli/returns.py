"""`distributor returns`: bounces and complaints, taken in from mailboxes, from a mail server, or from files."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import held_bursts, output, reversals, unproven_events
from distributor.cli.backing_services import database
from distributor.cli.exit_codes import NOT_DONE, TRY_AGAIN
from distributor.domain.bounces import is_unclear
from distributor.domain.errors import BadInput, BadSettings, ServiceAway
from distributor.domain.returns import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from distributor.channels.mail.returns.classification import Reading
    from distributor.domain.returns import MailEvent
    from distributor.insights.returned_mails import ReturnTally


@click.group()
def returns() -> None:
    """Take in bounces and complaints, and undo what they did."""


@returns.command("fetch")
@output.json_option
def fetch(as_json: bool) -> None:
    """Take in what waits in the mailboxes of DISTRIBUTOR_RETURNS_URL, as the worker does each minute."""
    with database():
        from django.conf import settings

        from distributor.insights.mailbox_fetch import fetch_all

        if not settings.RETURNS_URLS:
            raise BadSettings("There is no mailbox to fetch from: set DISTRIBUTOR_RETURNS_URL.")
        mailbox_reports = fetch_all(settings.RETURNS_URLS)
    if as_json:
        output.write_json([report.to_json() for report in mailbox_reports])
    for report in mailbox_reports:
        if report.problem:
            output.complain(report.problem)
        elif not as_json:
            output.console().print(f"{report.mailbox}: {_sentence(report.tally)}")
    if any(report.problem for report in mailbox_reports):
        click.get_current_context().exit(NOT_DONE)


@returns.command("listen")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=2525, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--lmtp", is_flag=True, help="Speak LMTP instead of SMTP.")
@output.json_option
def listen(host: str, port: int, lmtp: bool, as_json: bool) -> None:
    """Listen for mail to DISTRIBUTOR_RETURN_DOMAIN, as a relay or MX hands it over. Ctrl-C ends it."""
    protocol = "LMTP" if lmtp else "SMTP"
    with database():
        from django.conf import settings
        from django.db import connection

        from distributor.insights.listener import serve

        domain = settings.RETURN_DOMAIN
        if not domain:
            raise BadSettings("There is no domain to take mail for: set DISTRIBUTOR_RETURN_DOMAIN.")

        def ready(port: int) -> None:
            if as_json:
                output.write_json({"host": host, "port": port, "protocol": protocol, "domain": domain})
            output.note(f"Listening for mail to {domain} at {host}:{port} ({protocol}).")

        connection.close()  # the listener's thread has one of its own
        with suppress(asyncio.CancelledError):
            asyncio.run(_until_told(serve(host=host, port=port, lmtp=lmtp, domain=domain, ready=ready)))


async def _until_told(server: Any) -> None:
    """Run until SIGINT or SIGTERM, then end in order."""
    task = asyncio.ensure_future(server)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await task


@returns.command("read")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--recipient", "recipients", multiple=True, metavar="ADDRESS", help="An address of the envelope.")
@click.option("--dry-run", is_flag=True, help="Say what is understood, and store nothing.")
@output.json_option
def read(files: tuple[str, ...], recipients: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Take in messages or mboxes from files, or from standard input (“-”).

    Ends with 75 while the database is away or not set up, so that a mail server keeps what it pipes to us, and with 1
    where a message was not understood.
    """
    try:
        with database():
            from distributor.insights.returned_mails import addresses

            readings, tally = _take(files, recipients, dry_run=dry_run)
            emails = addresses(reading for _place, reading in readings)
    except (ServiceAway, BadSettings) as error:
        if as_json:
            output.write_json({"error": str(error)})
        output.complain(str(error))
        click.get_current_context().exit(TRY_AGAIN)
    if as_json:
        output.write_json(
            {"messages": [_json(*entry, emails) for entry in readings], **({} if dry_run else tally.to_json())}
        )
    else:
        for place, reading in readings:
            _say(place, reading, emails)
        if not dry_run:
            output.console().print(_sentence(tally))
    unclear = [place for place, reading in readings if not reading.understood]
    if unclear:
        output.complain(f"Not understood, and not taken in: {', '.join(unclear[:10])}.")
        click.get_current_context().exit(NOT_DONE)


def _take(
    files: tuple[str, ...], recipients: tuple[str, ...], *, dry_run: bool
) -> tuple[list[tuple[str, Reading]], ReturnTally]:
    from distributor.channels.mail.returns.files import messages
    from distributor.insights.returned_mails import ReturnTally, take_in_mails, understand

    readings, tally = [], ReturnTally()
    for file in files:
        try:
            for place, raw in messages(file, sys.stdin.buffer):
                reading = understand(raw, recipients=recipients)
                readings.append((place, reading))
                tally += ReturnTally() if dry_run else take_in_mails([reading])
        except OSError as error:
            raise BadInput(f"“{file}” can’t be read: {error.strerror}.") from error
    return readings, tally


def _json(place: str, reading: Reading, emails: Mapping[int, str]) -> dict[str, Any]:
    events = [
        {
            "kind": event.kind.value,
            "email": event.email,
            "dispatch": event.dispatch,
            "subscriber": event.subscriber,
            "subscriber_email": emails.get(event.subscriber or 0, ""),
            "certain": event.certain,
            "forwarded": event.forwarded,
            "status": event.status,
            "reason": event.reason,
            "unclear": _is_unclear(event),
            "at": event.at.isoformat(),
            "source": event.source,
            "event_id": event.event_id,
        }
        for event in reading.events
    ]
    return {"message": place, "what": reading.kind.value, "subject": reading.subject, "events": events}


def _is_unclear(event: MailEvent) -> bool:
    return event.kind in (Kind.SOFT_BOUNCE, Kind.HARD_BOUNCE) and is_unclear(event.status, event.reason)


def _say(place: str, reading: Reading, emails: Mapping[int, str]) -> None:
    console = output.console()
    console.print(f"{place}: {reading.kind.value}, “{reading.subject[:80]}”")
    for event in reading.events:
        person = emails.get(event.subscriber or 0) or event.email or "someone unknown"
        dispatch_text = f", dispatch {event.dispatch}" if event.dispatch else ""
        doubt = "" if event.certain else ", not proven: no consequence"
        doubt += ", unclear: it only counts" if _is_unclear(event) else ""
        console.print(f"  {event.kind.value}: {person}{dispatch_text}{doubt}  {event.status} {event.reason}".rstrip())


def _sentence(tally: ReturnTally) -> str:
    doubt = f" ({tally.unproven:,} not proven: “distributor returns unproven list”)" if tally.unproven else ""
    events = f"{tally.new:,} new events{doubt}, {tally.duplicates:,} known already"
    return f"{tally.mails:,} mails: {events}; {tally.ignored:,} ignored, {tally.not_understood:,} not understood."


@returns.command("undo")
@reversals.options(reversals.UNDOABLE)
@output.json_option
def undo(as_json: bool, **options: Any) -> None:
    """Undo what outside events did: lift suppressions, and put back the subscriptions that they ended.

    Whoever left by themselves, was erased, or of whom another source has spoken since stays as they are. See with
    --dry-run what would be undone.
    """
    reversals.run(options, suppressions_only=False, as_json=as_json)


@returns.command("undone")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many, the latest first.")
@output.json_option
def undone(limit: int, as_json: bool) -> None:
    """List what was undone: who did it, when, by which options, and what it changed."""
    reversals.show_records(limit, as_json=as_json)


returns.add_command(held_bursts.held)
returns.add_command(held_bursts.decide)
returns.add_command(unproven_events.unproven)

COMMANDS = {"returns": returns}
