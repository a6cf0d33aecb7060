"""`distributor feeds`: feeds whose letters are taken in, and go out, by themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput

if TYPE_CHECKING:
    from distributor.newsroom.feed_actions import FeedSettings
    from distributor.newsroom.intake_rules import RuleSettings
    from distributor.newsroom.models import FeedEntry, IntakeRules, WatchedFeed

_COLUMNS = ("reference", "name", "publication", "state", "looked", "findings", "next")


@click.group()
def feeds() -> None:
    """Watch feeds: each new entry becomes a letter, which is queued by its feed's rules or waits for your yes."""


def rule_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options by which letters that come by themselves are planned."""
    options = (
        click.option("--series", metavar="NAME", help="The series of letters that name none themselves."),
        click.option("--channels", metavar="A,B", help="These channels; “-” for each letter's share bar."),
        click.option("--lists", metavar="A,B", help="These mailing lists, by their short names; “-” for the only one."),
        click.option("--segment", metavar="SLUG", help="Only those on the lists who are in it; “-” for all."),
        click.option("--hold", metavar="MINUTES", help="Before they go out; “-” as the publication has it."),
        click.option("--approve/--ask", default=None, help="Let them go out by themselves, or ask before each."),
        click.option("--limit", type=int, metavar="N", help="Of so many new ones in 24 hours; with more, all ask."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@feeds.command()
@click.argument("url")
@click.option("--name", default="", metavar="TEXT", help="As the desk calls it; else its host.")
@click.option("--every", "minutes", type=int, metavar="MINUTES", help="How often; else each 15 minutes.")
@rule_options
@output.publication_option
@output.json_option
def add(url: str, name: str, minutes: int | None, publication_slug: str, as_json: bool, **rules: Any) -> None:
    """Watch the feed at URL. What is in it now becomes letters that don't go out; what comes later is news."""
    with database(wakes=True):
        from distributor.cli.actors import actor
        from distributor.letters.actions import publication
        from distributor.newsroom import feed_actions
        from distributor.newsroom.feed_actions import FeedSettings

        settings = _settings(FeedSettings(), name=name or None, minutes=minutes, rules=rules)
        feed = feed_actions.add(publication(publication_slug), url, settings, actor=actor())
        _show(feed, as_json=as_json)


@feeds.command("list")
@output.json_option
def list_(as_json: bool) -> None:
    """List the feeds that are watched, with what was found last and why one fails."""
    with database():
        from distributor.newsroom import feed_actions

        rows = [_row(feed) for feed in feed_actions.feeds()]
    if as_json:
        output.write_json(
            [{name: value for name, value in row.items() if name not in ("looked", "next")} for row in rows]
        )
        return
    output.print_rows(rows, _COLUMNS, empty="No feed is watched yet: “distributor feeds add URL” watches one.")
    for row in rows:
        if row["problem"]:
            output.console().print(f"{row['reference']}: {row['problem']}", style="yellow", soft_wrap=True)
        if row["asks"]:
            output.console().print(f"{row['reference']}: {row['asks']} of its entries ask you.", style="yellow")


@feeds.command()
@click.argument("feed")
@output.json_option
def show(feed: str, as_json: bool) -> None:
    """Show one feed (F3): its rules, its last looks, and the letters that ask."""
    with database():
        _show(_find(feed), as_json=as_json)


@feeds.command()
@click.argument("feed")
@click.option("--name", metavar="TEXT", help="As the desk calls it.")
@click.option("--every", "minutes", type=int, metavar="MINUTES", help="How often it is looked at.")
@rule_options
@output.json_option
def edit(feed: str, name: str | None, minutes: int | None, as_json: bool, **rules: Any) -> None:
    """Change what is given; all else stays."""
    with database():
        from distributor.newsroom import feed_actions

        row = _find(feed)
        settings = _settings(feed_actions.settings_of(row), name=name, minutes=minutes, rules=rules)
        _show(feed_actions.edit(row, settings), as_json=as_json)


@feeds.command()
@click.argument("feed")
@output.json_option
def look(feed: str, as_json: bool) -> None:
    """Look at a feed now, and say what was found."""
    with database(wakes=True):
        from distributor.newsroom import feed_actions, feed_reports

        feed_look = feed_actions.look_now(_find(feed))
        if feed_look is None:
            raise BadInput("It was paused or changed meanwhile: nothing was taken in.")
        if as_json:
            output.write_json(feed_reports.look_json(feed_look))
        else:
            output.console().print(feed_reports.look_sentence(feed_look), soft_wrap=True)


@feeds.command()
@click.argument("feed")
@output.json_option
def pause(feed: str, as_json: bool) -> None:
    """Look at a feed no more until it is resumed."""
    with database(wakes=True):
        from distributor.newsroom import feed_actions

        _show(feed_actions.pause(_find(feed)), as_json=as_json)


@feeds.command()
@click.argument("feed")
@output.json_option
def resume(feed: str, as_json: bool) -> None:
    """Watch a feed again; also where it was stopped for unusually many news, or has ended."""
    with database(wakes=True):
        from distributor.newsroom import feed_actions

        _show(feed_actions.resume(_find(feed)), as_json=as_json)


@feeds.command()
@click.argument("entry")
@click.option("--corrects", metavar="LETTER", help="It is this letter (L3) corrected.")
@click.option("--new", "is_new", is_flag=True, help="It is a letter of its own, and news.")
@output.json_option
def answer(entry: str, corrects: str | None, is_new: bool, as_json: bool) -> None:
    """Say which letter an entry (E7) is, where its feed leaves that open."""
    if bool(corrects) == is_new:
        raise BadInput("Answer with --corrects LETTER, or with --new.")
    with database(wakes=True):
        from distributor.cli.actors import actor
        from distributor.delivery import database_clock
        from distributor.letters.letter_ids import letter_of
        from distributor.newsroom import feed_entries

        letter = letter_of(corrects) if corrects else None
        row = feed_entries.answer(_number(entry, "E"), corrects=letter, actor=actor(), now=database_clock.now())
    if as_json:
        output.write_json({"entry": entry, "letter": row.letter_id, "kind": row.kind, "reason": row.reason})
    else:
        output.console().print(f"“{row.title}” is L{row.letter_id}. {row.reason}".strip(), soft_wrap=True)


@feeds.command()
@click.argument("feed")
@output.json_option
def remove(feed: str, as_json: bool) -> None:
    """Watch a feed no more. Its letters stay."""
    with database(wakes=True):
        from distributor.newsroom import feed_actions

        row = _find(feed)
        feed_actions.remove(row)
    if as_json:
        output.write_json({"removed": feed})
    else:
        output.console().print(f"{row.name} is not watched any more; its letters stay.")


def read_rules(rules: RuleSettings, options: dict[str, Any]) -> RuleSettings:
    """Return rules with the options that were given in their place. Raises BadInput."""
    from dataclasses import replace

    changes: dict[str, Any] = {}
    for name in ("channels", "lists"):
        if options[name] is not None:
            changes[name] = _words(options[name])
    for name in ("series", "segment"):
        if options[name] is not None:
            changes[name] = "" if options[name] == "-" else options[name]
    if options["hold"] is not None:
        changes["hold_minutes"] = None if options["hold"] == "-" else _minutes(options["hold"])
    if options["approve"] is not None:
        changes["approve"] = options["approve"]
    if options["limit"] is not None:
        changes["news_limit"] = options["limit"]
    return replace(rules, **changes)


def _settings(settings: FeedSettings, *, name: str | None, minutes: int | None, rules: dict[str, Any]) -> FeedSettings:
    from distributor.newsroom.feed_actions import FeedSettings

    return FeedSettings(
        settings.name if name is None else name,
        settings.interval_minutes if minutes is None else minutes,
        read_rules(settings.rules, rules),
    )


def _words(text: str) -> tuple[str, ...]:
    return () if text == "-" else tuple(word.strip() for word in text.split(",") if word.strip())


def _minutes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise BadInput(f"“{text}” is not a hold: give whole minutes, or “-”.")
    return int(text)


def _find(text: str) -> WatchedFeed:
    from distributor.newsroom import feed_actions

    return feed_actions.find(_number(text, "F"))


def _number(text: str, letter: str) -> int:
    number = text.strip().upper().removeprefix(letter)
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        kind = "feed" if letter == "F" else "entry"
        raise BadInput(f"“{text[:80]}” names no {kind}: give its number, such as {letter}3.")
    return int(number)


def _row(feed: WatchedFeed) -> dict[str, Any]:
    from zoneinfo import ZoneInfo

    from distributor.domain.times import stamp
    from distributor.newsroom.feed_reports import report

    values = report(feed)
    zone = ZoneInfo(feed.publication.time_zone)
    look_time = stamp(values.looked_at, zone) if values.looked_at else "not yet"
    next_time = stamp(values.next_look_at, zone) if values.next_look_at else "–"
    return {**values.to_json(), "looked": look_time, "next": next_time}


def _show(feed: WatchedFeed, *, as_json: bool) -> None:
    from distributor.newsroom import feed_reports

    row = _row(feed)
    looks = list(feed.looks.order_by("-at", "-pk")[:5])
    entries = feed_reports.open_entries(feed)
    if as_json:
        fields = {name: value for name, value in row.items() if name not in ("looked", "next")}
        questions = [_question_json(entry) for entry in entries]
        output.write_json({**fields, "looks": [feed_reports.look_json(row) for row in looks], "questions": questions})
        return
    console = output.console()
    console.print(f"{row['reference']}  {row['name']}", style="bold")
    rules = f"go out by themselves, up to {feed.news_limit} in 24 hours" if feed.approve else "ask before they go out"
    lines = [
        f"{row['url']}, every {row['interval_minutes']} minutes: {row['state']}.",
        f"Looked at: {row['looked']}. {row['findings']}",
        f"Next look: {row['next']}.",
        f"Its letters {rules}.",
        rule_line(feed),
        row["hub"],
        row["problem"],
        *(f"E{entry.pk} “{entry.title}” asks: {entry.reason}" for entry in entries),
    ]
    for line in filter(None, lines):
        console.print(line, soft_wrap=True)


def rule_line(rules: IntakeRules) -> str:
    """Return what was chosen for letters that come by themselves, beside whether they go out, on one line."""
    hold = f"{rules.hold_minutes} minutes" if rules.hold_minutes is not None else ""
    values = {
        "Channels": ", ".join(rules.channels) or "each letter's share bar",
        "lists": ", ".join(rules.lists),
        "segment": rules.segment,
        "hold": hold or "as the publication has it",
        "series": rules.series,
    }
    return f"{'; '.join(f'{name}: {value}' for name, value in values.items() if value)}."


def _question_json(entry: FeedEntry) -> dict[str, Any]:
    return {"entry": f"E{entry.pk}", "title": entry.title, "letter": entry.letter_id, "reason": entry.reason}


COMMANDS = {"feeds": feeds}
