"""`distributor webhooks`: which addresses are told of what happens, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from distributor.cli import output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.domain.announcements import DEFAULT_TYPES, TYPES
from distributor.domain.errors import BadInput, ConfirmationNeeded

if TYPE_CHECKING:
    from datetime import datetime

    from distributor.webhooks.endpoints import NewSecret
    from distributor.webhooks.models import Endpoint, WebhookAttempt

_COLUMNS = ("id", "publication", "name", "url", "state", "types", "waiting", "failed")
_ATTEMPT_COLUMNS = ("message", "type", "at", "status", "ms", "answer")
_type_option = click.option(
    "--type",
    "types",
    multiple=True,
    metavar="TYPE",
    help="What it is told, as often as needed: letter.* for a group, * for all, or of " + ", ".join(TYPES) + ".",
)
_endpoint = click.argument("endpoint_id", metavar="ID", type=click.IntRange(1))


@click.group()
def webhooks() -> None:
    """Tell other programs what happens, by signed calls (Standard Webhooks)."""


@webhooks.command()
@click.argument("url")
@_type_option
@click.option("--name", default="", metavar="TEXT", help="By which you know it again.")
@output.publication_option
@output.json_option
def add(url: str, types: tuple[str, ...], name: str, publication_slug: str, as_json: bool) -> None:
    """Let an address have what happens from now on, and print the secret that calls are signed with, this once.

    Without --type it is told all that is not about one reader.
    """
    with database():
        from distributor.letters.actions import publication
        from distributor.webhooks import endpoints

        new = endpoints.add(publication(publication_slug), url, types=types, name=name, by=actor())
        _show_secret(new, as_json=as_json)


@webhooks.command("list")
@output.publication_option
@output.json_option
def list_(publication_slug: str, as_json: bool) -> None:
    """List the endpoints of a publication, or of all."""
    with database():
        from distributor.letters.actions import publication
        from distributor.webhooks import endpoints

        brand = publication(publication_slug) if publication_slug else None
        rows = [_row(endpoint) for endpoint in endpoints.endpoints(brand)]
    if as_json:
        output.write_json(rows)
        return
    output.print_rows(
        [{**row, "types": _in_words(row["types"])} for row in rows],
        _COLUMNS,
        empty="There is no endpoint yet: “distributor webhooks add URL” makes one.",
    )


@webhooks.command()
@_endpoint
@output.json_option
def show(endpoint_id: int, as_json: bool) -> None:
    """Show one endpoint: its address, what it is told, and how it is."""
    with database():
        from distributor.webhooks import endpoints

        _show(_row(endpoints.find(endpoint_id)), as_json=as_json)


@webhooks.command()
@_endpoint
@click.option("--url", metavar="URL", help="Another address.")
@_type_option
@click.option("--name", metavar="TEXT", help="Another name; an empty one takes it away.")
@click.option("--on/--off", "enabled", default=None, help="Switch it on or off; what waits for it is kept.")
@output.json_option
def edit(
    endpoint_id: int, url: str | None, types: tuple[str, ...], name: str | None, enabled: bool | None, as_json: bool
) -> None:
    """Change an endpoint's address, what it is told, or its name; or switch it on or off."""
    if url is None and not types and name is None and enabled is None:
        raise BadInput("Say what to change: --url, --type, --name, --on or --off.")
    with database():
        from distributor.webhooks import endpoints
        from distributor.webhooks.endpoints import EndpointChange

        endpoints.edit(endpoint_id, EndpointChange(url, types or None, name, enabled))
        _show(_row(endpoints.find(endpoint_id)), as_json=as_json)


@webhooks.command()
@_endpoint
@output.json_option
def test(endpoint_id: int, as_json: bool) -> None:
    """Call an endpoint once, also one that is switched off, and say what it answers."""
    with database():
        from distributor.webhooks import trials

        row = _attempt_row(trials.send_test(endpoint_id))
    if as_json:
        output.write_json(row)
    elif row["delivered"]:
        output.console().print(f"It took the call: {row['status']}, after {row['ms']} ms.")
    else:
        output.console().print(f"It did not take the call: {_answer(row)}")


@webhooks.command()
@_endpoint
@click.option(
    "--overlap-hours",
    type=click.IntRange(0, 168),
    default=24,
    show_default=True,
    help="For how long the old secret still signs beside it; 0 where it may be in strange hands.",
)
@output.json_option
def rotate(endpoint_id: int, overlap_hours: int, as_json: bool) -> None:
    """Give an endpoint another secret and print it, this once."""
    with database():
        from distributor.webhooks import endpoints

        _show_secret(endpoints.rotate(endpoint_id, overlap=timedelta(hours=overlap_hours)), as_json=as_json)


@webhooks.command()
@_endpoint
@click.option("--failed", is_flag=True, help="Only those that were not taken.")
@output.json_option
def attempts(endpoint_id: int, failed: bool, as_json: bool) -> None:
    """List the latest calls of an endpoint, and what it answered."""
    with database():
        from distributor.webhooks import endpoints

        endpoints.find(endpoint_id)
        rows = [_attempt_row(attempt) for attempt in endpoints.attempts(endpoint_id, failed=failed)]
    if as_json:
        output.write_json(rows)
    else:
        output.print_rows(rows, _ATTEMPT_COLUMNS, empty="It was not called yet.")


@webhooks.command()
@_endpoint
@click.option("--message", "message_id", type=click.IntRange(1), help="One message, by its number among the attempts.")
@click.option("--since", metavar="TIME", help="All that happened from then on, such as “2026-03-02 09:00”.")
@click.option("--until", metavar="TIME", help="And before then; without it up to now.")
@output.json_option
def replay(endpoint_id: int, message_id: int | None, since: str | None, until: str | None, as_json: bool) -> None:
    """Send one message again, or all of a span of at most thirty days; ids stay the same."""
    if (message_id is None) == (since is None):
        raise BadInput("Say what to send again: either --message or --since.")
    with database():
        from distributor.webhooks import endpoints, replays

        endpoint = endpoints.find(endpoint_id)
        if message_id is not None:
            replays.replay_message(endpoint_id, message_id)
            count = 1
        else:
            first, last = _times((since or "", until or ""), ZoneInfo(endpoint.publication.time_zone))
            count = replays.replay_span(endpoint_id, since=first, until=last)
    if as_json:
        output.write_json({"replayed": count})
    else:
        output.console().print(f"Messages that are sent again: {count}.")


@webhooks.command()
@_endpoint
@click.option("--yes", is_flag=True, help="Agree to it: what waits for it, and the record of its calls, go with it.")
@output.json_option
def remove(endpoint_id: int, yes: bool, as_json: bool) -> None:
    """Forget an endpoint."""
    if not yes:
        raise ConfirmationNeeded(
            "What waits for it, and the record of its calls, go with it. If that is meant, add --yes."
        )
    with database():
        from distributor.webhooks import endpoints

        endpoints.remove(endpoint_id)
    if as_json:
        output.write_json({"removed": endpoint_id})
    else:
        output.console().print(f"The endpoint {endpoint_id} is removed.")


def _times(texts: tuple[str, str], zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    """Return the beginning and the end of a span in the past, None for now."""
    from django.utils import timezone

    from distributor.time_words import parse_past

    now = timezone.now()
    since, until = texts
    return parse_past(since, now=now, zone=zone), parse_past(until, now=now, zone=zone) if until else None


def _show_secret(new: NewSecret, *, as_json: bool) -> None:
    from distributor.webhooks import endpoints

    row = _row(endpoints.find(new.endpoint.pk))
    if as_json:
        output.write_json({**row, "secret": new.secret})
        return
    console = output.console()
    console.print(new.secret, soft_wrap=True)
    console.print(f"That is the secret of endpoint {row['id']}. It is not shown again: keep it where only it reads it.")
    if row["previous_until"]:
        console.print(f"The old one signs beside it until {row['previous_until']}.")


def _show(row: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        output.write_json(row)
        return
    console = output.console()
    for name in ("id", "publication", "name", "url", "state", "reason", "types", "waiting", "failed", "previous_until"):
        if row[name] not in ("", None):
            console.print(f"{name}: {', '.join(row[name]) if name == 'types' else row[name]}", soft_wrap=True)


def _row(endpoint: Endpoint) -> dict[str, Any]:
    from distributor.webhooks.endpoints import state_of

    counts = {name: getattr(endpoint, name) for name in ("waiting", "failed")}
    return {
        "id": endpoint.pk,
        "publication": endpoint.publication.slug,
        "name": endpoint.name,
        "url": endpoint.url,
        "types": endpoint.types,
        "state": state_of(endpoint),
        "reason": endpoint.disabled_reason,
        **counts,
        "previous_until": endpoint.previous_until.isoformat(timespec="seconds") if endpoint.previous_until else None,
    }


def _in_words(types: list[str]) -> str:
    if len(types) == len(TYPES):
        return "all"
    return "all but readers" if tuple(types) == DEFAULT_TYPES else ", ".join(types)


def _attempt_row(attempt: WebhookAttempt) -> dict[str, Any]:
    return {
        "message": attempt.message_id,
        "webhook_id": attempt.message.announcement.message_id,
        "type": attempt.message.announcement.type,
        "at": attempt.started_at.isoformat(timespec="seconds"),
        "status": attempt.status,
        "ms": attempt.milliseconds,
        "answer": attempt.excerpt,
        "delivered": attempt.is_taken,
    }


def _answer(row: dict[str, Any]) -> str:
    return f"{row['status'] or ''} {row['answer']}".strip()


COMMANDS = {"webhooks": webhooks}
