"""`distributor segments`: named rules that say whom a letter is for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from distributor.cli import output
from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput

if TYPE_CHECKING:
    from distributor.audience.models import Segment
    from distributor.domain.segments import Rule

LARGEST_RULE = 1_000_000  # bytes of a file


@click.group()
def segments() -> None:
    """Make, count and list segments: parts of your lists by what is known of people, and by what they opened."""


@segments.command()
@click.argument("slug")
@click.option("--name", default="", metavar="TEXT", help="As editors see it; else made of SLUG.")
@click.option("--rule", "rule_text", default="", metavar="JSON", help="The rule as JSON, or @FILE, or @- to read it.")
@click.option("--where", "words", default="", metavar="WORDS", help="The rule in words.")
@output.publication_option
@output.json_option
def add(slug: str, name: str, rule_text: str, words: str, publication_slug: str, as_json: bool) -> None:
    """Make a segment, or give the one of that short name another rule.

    In words: --where "attributes.city is Seoul and (clicked in 30 days or not on list readers)". A field is email,
    domain, name, language, time_zone, created_at or attributes.NAME; with it go: is, is not, contains, starts with, >,
    >=, <, <=, between A and B, in (A, B), before DAY, after DAY, exists. People: opened in N days, clicked in N days,
    never opened, never clicked, on list SLUG; “not” turns any of these round. Quote names and values of several words.

    As JSON: --rule '{"all": [{"field": "attributes.city", "is": "Seoul"}, {"clicked in days": 30}]}'.
    """
    rule = _rule(rule_text, words)
    with database():
        from distributor.audience import segments as audience
        from distributor.letters.actions import publication

        segment = audience.add(publication(publication_slug), slug, rule=rule, name=name)
        _show(_segment_json(segment), as_json=as_json)


def _rule(rule_text: str, words: str) -> Rule:
    from distributor.domain.segment_words import read
    from distributor.domain.segments import loads

    if bool(rule_text) == bool(words):
        raise BadInput("A segment needs a rule: give either --rule or --where.")
    if words:
        return read(words)
    if not rule_text.startswith("@"):
        return loads(rule_text)
    path = rule_text[1:]
    try:
        if path == "-":
            return loads(sys.stdin.buffer.read(LARGEST_RULE).decode())
        with Path(path).open("rb") as file:
            return loads(file.read(LARGEST_RULE).decode())
    except OSError as error:
        raise BadInput(f"“{path}” can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"“{path}” is not UTF-8: save it so and try again.") from error


@segments.command("list")
@output.publication_option
@output.json_option
def list_(publication_slug: str, as_json: bool) -> None:
    """List the segments."""
    with database():
        from distributor.letters.actions import publication

        rows = [
            _segment_json(segment, counted=False) for segment in publication(publication_slug).segments.order_by("slug")
        ]
    if as_json:
        output.write_json(rows)
        return
    empty = "There is no segment yet: “distributor segments add SLUG --where WORDS” makes one."
    output.print_rows(rows, ("slug", "name", "who"), empty=empty)


@segments.command()
@click.argument("slug")
@click.option("--list", "lists", multiple=True, metavar="SLUG", help="Count only those on this list.")
@output.publication_option
@output.json_option
def show(slug: str, lists: tuple[str, ...], publication_slug: str, as_json: bool) -> None:
    """Show a segment's rule in words, and how many people would get mail for it now."""
    with database():
        from distributor.audience import segments as audience
        from distributor.audience.actions import find_lists
        from distributor.letters.actions import publication

        brand = publication(publication_slug)
        mailing_lists = find_lists(brand, lists) if lists else None
        segment = audience.find(brand, slug)
        _show(
            {**_segment_json(segment, counted=False), "people": audience.count(segment, mailing_lists)}, as_json=as_json
        )


@segments.command()
@click.argument("slug")
@output.publication_option
@output.json_option
def remove(slug: str, publication_slug: str, as_json: bool) -> None:
    """Remove a segment that no letter was queued for; the people stay."""
    with database():
        from distributor.audience import segments as audience
        from distributor.letters.actions import publication

        audience.remove(audience.find(publication(publication_slug), slug))
    if as_json:
        output.write_json({"removed": slug})
    else:
        output.console().print(f"The segment {slug} is removed.")


def _segment_json(segment: Segment, *, counted: bool = True) -> dict[str, Any]:
    from distributor.audience.segments import count
    from distributor.domain.segment_words import describe
    from distributor.domain.segments import parse

    values = {"slug": segment.slug, "name": segment.name, "who": describe(parse(segment.rule)), "rule": segment.rule}
    return {**values, "people": count(segment)} if counted else values


def _show(values: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        output.write_json(values)
        return
    people = "1 person" if values["people"] == 1 else f"{values['people']:,} people"
    output.console().print(f"{values['name']} ({values['slug']}): {values['who']}")
    output.console().print(f"{people} would get mail now.")


COMMANDS = {"segments": segments}
