"""`distributor queue`: take in a source and plan its dispatches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from distributor.cli import dispatch_table, output
from distributor.cli.actors import actor
from distributor.cli.backing_services import database
from distributor.cli.inspect import read
from distributor.cli.intakes import choose, existing_letter, letter_json, say_doubts, say_unqueued, take_in
from distributor.domain.errors import BadInput
from distributor.domain.feed_news import CHOICES, Choice
from distributor.domain.planning import LONGEST_SPREAD_HOURS

if TYPE_CHECKING:
    from distributor.delivery.planning.queue import QueueResult
    from distributor.letters.models import Letter, Publication

_LETTER = re.compile(r"L\d+", re.IGNORECASE | re.ASCII)
MOST_HOLD = 7 * 24 * 60


@click.command()
@click.argument("source")
@click.option(
    "--at", "time_text", metavar="WHEN", help="“2026-12-01 09:00”, “Monday 9am KST”, “in 20 minutes”; else now."
)
@click.option("--next-slot", is_flag=True, help="Each channel at its next slot that is free, instead of a time.")
@click.option("--channels", metavar="A,B", help="These channels instead of the share bar's.")
@click.option("--list", "lists", multiple=True, metavar="SLUG", help="A mailing list; can be given several times.")
@click.option("--segment", metavar="SLUG", help="Only those on the lists who are in this segment when it goes out.")
@click.option(
    "--hold", metavar="MINUTES", help="How long it can still be made a draft again; else as the publication has it."
)
@click.option("--over", "over_hours", metavar="HOURS", help="Let mail go out evenly over so many hours; else at once.")
@click.option("--pictures", is_flag=True, help="Store copies of its pictures on the web here.")
@click.option("--draft", is_flag=True, help="Only plan: an editor approves later.")
@click.option("--corrects", metavar="LETTER", help="It is this letter (L3) corrected, whatever its source says.")
@click.option("--new", "is_new", is_flag=True, help="It is a letter of its own wherever that is not sure.")
@click.option(
    "--entries",
    type=click.Choice(CHOICES),
    default=CHOICES[0],
    show_default=True,
    help="Of a feed: what is new since it was read first, beside that the newest one, or all.",
)
@click.option("--watch", is_flag=True, help="Stay and show what becomes of it.")
@output.publication_option
@output.json_option
def queue(
    source: str,
    time_text: str | None,
    next_slot: bool,
    channels: str | None,
    lists: tuple[str, ...],
    segment: str | None,
    hold: str | None,
    over_hours: str | None,
    pictures: bool,
    draft: bool,
    corrects: str | None,
    is_new: bool,
    entries: Choice,
    watch: bool,
    publication_slug: str,
    as_json: bool,
) -> None:
    """Queue the letters of SOURCE: a file, a folder or zip file, an http(s) URL, “-”, or a letter that is there (L3).

    A feed's entries become letters. When it is read for the first time none of them is queued, later those that are
    new.
    """
    if corrects and is_new:
        raise BadInput("--corrects and --new are two answers to one question: give one of them.")
    if next_slot and time_text:
        raise BadInput("--at and --next-slot are two answers to one question: give one of them.")
    options = _Options(
        _channels(channels), _minutes(hold), _hours(over_hours), lists, segment, approve=not draft, next_slot=next_slot
    )
    drafts = [] if _LETTER.fullmatch(source) else read(source, pictures=pictures)
    with database(wakes=True):
        from django.db import transaction

        with transaction.atomic():
            source_intake = (
                take_in(drafts, publication_slug, corrects=corrects, is_new=is_new)
                if drafts
                else existing_letter(source, publication_slug)
            )
            intakes = source_intake.intakes
            chosen_intakes = choose(intakes, entries)
            at, note = _release_time(time_text, intakes[0].letter.publication)
            results = [
                (intake.letter, _queue(intake.letter, options, at, is_update=bool(drafts) and not intake.created))
                for intake in chosen_intakes
            ]
        _say(results, note, as_json=as_json)
        say_unqueued([intake for intake in intakes if intake not in chosen_intakes], as_json=as_json)
        say_doubts(source_intake.doubts, as_json=as_json)
        if watch:
            ids = [dispatch.pk for _, plan in results for dispatch in plan.dispatches]
            reports = dispatch_table.watch(ids, as_json=as_json)
            if not as_json:
                dispatch_table.show(reports, output.console())


@dataclass(frozen=True, slots=True)
class _Options:
    """How letters are queued; None and "" where the publication says it."""

    channels: Sequence[str] | None
    hold_minutes: int | None
    spread_hours: int
    lists: Sequence[str]
    segment: str | None
    approve: bool
    next_slot: bool


def _channels(text: str | None) -> list[str] | None:
    """Return the named channels. Raises UnknownChannel before anything else happens."""
    if text is None:
        return None
    from distributor.channels import registry
    from distributor.letters.intake.share_words import channel_named

    words = [word.strip() for word in text.split(",") if word.strip()]
    names = list(dict.fromkeys(channel_named(word) or word.lower() for word in words))
    if not names:
        raise BadInput(f"--channels names none: choose from {', '.join(registry.names())}.")
    for name in names:
        registry.get(name)
    return names


def _minutes(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or int(text) > MOST_HOLD:
        raise BadInput(f"“{text}” is not a hold: give whole minutes, from 0 to {MOST_HOLD:,}.")
    return int(text)


def _hours(text: str | None) -> int:
    if text is None:
        return 0
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= LONGEST_SPREAD_HOURS:
        raise BadInput(f"“{text}” is not a span: give whole hours, from 1 to {LONGEST_SPREAD_HOURS}.")
    return int(text)


def _release_time(text: str | None, publication: Publication) -> tuple[datetime | None, str]:
    if text is None:
        return None, ""
    from zoneinfo import ZoneInfo

    from django.utils import timezone

    from distributor.time_words import parse_time

    release_time = parse_time(text, now=timezone.now(), zone=ZoneInfo(publication.time_zone))
    return release_time.at, release_time.note


def _queue(letter: Letter, options: _Options, at: datetime | None, *, is_update: bool) -> QueueResult:
    from distributor.audience import segments
    from distributor.audience.actions import find_lists
    from distributor.delivery.planning.queue import queue_letter
    from distributor.domain.roles import Actor
    from distributor.newsroom import intake_rules

    rules = intake_rules.of_letter(letter)
    segment = options.segment or rules.segment
    return queue_letter(
        letter,
        at=at,
        hold_minutes=options.hold_minutes,
        channels=options.channels or rules.channels or None,
        lists=find_lists(letter.publication, options.lists or rules.lists),
        segment=segments.find(letter.publication, segment) if segment else None,
        spread_hours=options.spread_hours,
        approve=options.approve,
        next_slot=options.next_slot,
        is_update=is_update,
        by=Actor("admin", actor()),
    )


def _say(results: Sequence[tuple[Letter, QueueResult]], note: str, *, as_json: bool) -> None:
    from distributor.delivery.variants import concerns

    for letter, plan in results:
        reports = dispatch_table.look([dispatch.pk for dispatch in plan.dispatches])
        notes = [note, *plan.notes] if note else list(plan.notes)
        found_concerns = concerns.of_dispatches(plan.dispatches)
        if as_json:
            output.write_json(
                {
                    "letter": letter_json(letter),
                    "dispatches": [report.to_json() for report in reports],
                    "notes": notes,
                    "concerns": [concern.to_json() for concern in found_concerns],
                }
            )
            continue
        console = output.console()
        console.print(f"L{letter.pk}  {letter.title}", style="bold")
        if reports:
            dispatch_table.show(reports, console, omit=notes)
        for sentence in (*notes, *concerns.warnings(found_concerns)):
            console.print(sentence, style="yellow")
    advice = _nobody_sends() if results and not as_json else ""
    if advice:
        output.note(advice)


def _nobody_sends() -> str:
    """Return a sentence where no worker can be running: services that only this command uses."""
    import os

    from distributor import embedded
    from distributor.cli.up import is_up

    if os.environ.get("DATABASE_URL") != embedded.database_url() or is_up():
        return ""
    return "It is queued, and goes out as soon as “distributor up” runs."


COMMANDS = {"queue": queue}
