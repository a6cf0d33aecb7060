"""`distributor returns`: bounces and complaints, taken in from mailboxes, from a mail server, or from files."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.backing_services import database
from distributor.cli.exit_codes import NOT_DONE, TRY_AGAIN
from distributor.domain.errors import BadInput, BadSettings, ServiceAway

if TYPE_CHECKING:
    from distributor.channels.mail.returns.classification import Reading
    from distributor.insights.returned_mails import ReturnTally


@click.group()
def returns() -> None:
    """Take in bounces and complaints."""


@returns.command("fetch")
@output.json_option
def fetch(as_json: bool) -> None:
    """Take in what waits in the mailboxes of DISTRIBUTOR_RETURNS_URL, as the worker does each minute."""
    with database():
        from django.conf import settings

        from distributor.insights.mailbox_fetch import fetch_all

        if not settings.RETURNS_URLS:
            raise BadSettings("There is no mailbox to fetch from: set DISTRIBUTOR_RETURNS_URL.")
        fetched = fetch_all(settings.RETURNS_URLS)
    if as_json:
        output.write_json([one.to_json() for one in fetched])
    for one in fetched:
        if one.problem:
            output.complain(one.problem)
        elif not as_json:
            output.console().print(f"{one.mailbox}: {_sentence(one.tally)}")
    if any(one.problem for one in fetched):
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


async def _until_told(serving: Any) -> None:
    """Run until SIGINT or SIGTERM, then end in order."""
    task = asyncio.ensure_future(serving)
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
            readings, tally = _take(files, recipients, dry_run=dry_run)
    except (ServiceAway, BadSettings) as error:
        if as_json:
            output.write_json({"error": str(error)})
        output.complain(str(error))
        click.get_current_context().exit(TRY_AGAIN)
    if as_json:
        output.write_json({"messages": [_json(*one) for one in readings], **({} if dry_run else tally.to_json())})
    else:
        for where, reading in readings:
            _say(where, reading)
        if not dry_run:
            output.console().print(_sentence(tally))
    unclear = [where for where, reading in readings if not reading.understood]
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
            for where, raw in messages(file, sys.stdin.buffer):
                reading = understand(raw, recipients=recipients)
                readings.append((where, reading))
                tally += ReturnTally() if dry_run else take_in_mails([reading])
        except OSError as error:
            raise BadInput(f"“{file}” can’t be read: {error.strerror}.") from error
    return readings, tally


def _json(where: str, reading: Reading) -> dict[str, Any]:
    events = [
        {
            "kind": one.kind.value,
            "email": one.email,
            "dispatch": one.dispatch,
            "subscriber": one.subscriber,
            "certain": one.certain,
            "status": one.status,
            "reason": one.reason,
            "at": one.at.isoformat(),
            "source": one.source,
            "event_id": one.event_id,
        }
        for one in reading.events
    ]
    return {"message": where, "what": reading.what.value, "subject": reading.subject, "events": events}


def _say(where: str, reading: Reading) -> None:
    console = output.console()
    console.print(f"{where}: {reading.what.value}, “{reading.subject[:80]}”")
    for one in reading.events:
        who = one.email or (f"subscriber {one.subscriber}" if one.subscriber else "someone unknown")
        sent = f", dispatch {one.dispatch}" if one.dispatch else ""
        doubt = "" if one.certain else ", not signed by us"
        console.print(f"  {one.kind.value}: {who}{sent}{doubt}  {one.status} {one.reason}".rstrip())


def _sentence(tally: ReturnTally) -> str:
    events = f"{tally.new:,} new events, {tally.duplicates:,} known already"
    return f"{tally.mails:,} mails: {events}; {tally.ignored:,} ignored, {tally.not_understood:,} not understood."


COMMANDS = {"returns": returns}
