"""`distributor doctor`: whether everything is there and right, and what to do where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

import click

from distributor.cli import (
    backing_services,
    doctor_intake,
    doctor_mail,
    doctor_pooler,
    doctor_webhooks,
    output,
)
from distributor.cli.exit_codes import NOT_DONE
from distributor.domain.errors import BadInput, DistributorError
from distributor.domain.findings import Finding

CLOCK_SECONDS = 2.0  # leases are by the database's clock, times of dispatches by ours
OLDEST_POSTGRES = 150000  # docs/operators/install.md
PING_SECONDS = 1.0
PING_DAYS = 3


@click.command()
@click.argument("name", default="", metavar="[PUBLICATION|DOMAIN]")
@click.option(
    "--mail", is_flag=True, help="Look at what receivers see of sending domains: DNS, keys, relay; or at one."
)
@click.option("--resolver", default="", metavar="ADDRESS[:PORT]", help="With --mail: ask this DNS resolver.")
@click.option(
    "--address", "addresses", multiple=True, metavar="IP", help="With --mail: mail leaves from here; several are fine."
)
@output.json_option
def doctor(name: str, mail: bool, resolver: str, addresses: tuple[str, ...], as_json: bool) -> None:
    """Look at services, accounts, clock and templates, and say what to do. Exit code 1 where something is wrong."""
    if not mail and (name or resolver or addresses):
        raise BadInput("What belongs to mail is only looked at with --mail: add it.")
    findings = list(doctor_mail.examine(name, resolver, addresses) if mail else examine())
    healthy = all(finding.state != "wrong" for finding in findings)
    if as_json:
        output.write_json({"healthy": healthy, "findings": [asdict(finding) for finding in findings]})
    else:
        _show(findings)
    if not healthy:
        click.get_current_context().exit(NOT_DONE)


def examine() -> Iterator[Finding]:
    """Look at everything, one thing after the other; what needs the database is left out where that is away."""
    yield from _safely("templates", _templates)
    with ExitStack() as stack:
        try:
            stack.enter_context(backing_services.database())
        except DistributorError as error:
            yield Finding("database", "wrong", str(error))
            return
        for name, look in _LOOKS:
            yield from _safely(name, look)


def _safely(name: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except DistributorError as error:
        yield Finding(name, "wrong", str(error))


def _database() -> Iterator[Finding]:
    from config.health import missing_migrations

    version = _value("SHOW server_version")
    if int(_value("SHOW server_version_num")) < OLDEST_POSTGRES:
        yield Finding("database", "wrong", f"PostgreSQL {version} is too old: 15 or newer is needed.")
    else:
        yield Finding("database", "fine", f"PostgreSQL {version} answers.")
    migration_count = missing_migrations()
    if migration_count:
        yield Finding(
            "tables", "wrong", f"{migration_count} migrations are not applied: run “distributor manage migrate”."
        )
    else:
        yield Finding("tables", "fine", "All migrations are applied.")


def _media() -> Iterator[Finding]:
    from distributor.letters import media_store

    media_store.check()
    yield Finding("pictures", "fine", "The store of letters’ pictures can be written to.")


def _clock() -> Iterator[Finding]:
    from django.utils import timezone

    before = timezone.now()
    database_time = _value("SELECT clock_timestamp()")
    own_time = before + (timezone.now() - before) / 2
    apart = abs((own_time - database_time).total_seconds())
    if apart > CLOCK_SECONDS:
        yield Finding("clock", "wrong", f"Our clock and the database's are {apart:.0f} s apart: set both by NTP.")
    else:
        yield Finding("clock", "fine", "Our clock and the database's agree.")


def _value(sql: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def _broker() -> Iterator[Finding]:
    backing_services.reach_broker()
    yield Finding("redis", "fine", "Redis answers.")
    from celery import Celery

    with Celery("distributor-doctor", set_as_current=False) as client:
        client.config_from_object("django.conf:settings", namespace="CELERY")
        workers = client.control.ping(timeout=PING_SECONDS)
    if workers:
        yield Finding("workers", "fine", f"{len(workers)} running.")
    else:
        yield Finding("workers", "note", "None is running: “distributor up” starts one; until then nothing is sent.")


def _tick() -> Iterator[Finding]:
    """Say when the last tick was: workers may answer and beat be gone. Nothing where migrations are not applied."""
    from django.db import ProgrammingError

    from config.health import OLDEST_TICK
    from distributor.delivery import epochs, heartbeats

    try:
        age = heartbeats.age(heartbeats.TICK)
    except ProgrammingError:
        return
    if reason := epochs.held_because():
        yield Finding("sending", "wrong", reason)
    if age is None:
        yield Finding("tick", "note", "There was none yet: nothing is released without beat and a worker.")
    elif age > OLDEST_TICK:
        yield Finding(
            "tick", "note", f"The last one was {age:,.0f} s ago: nothing is released without beat and a worker."
        )
    else:
        yield Finding("tick", "fine", "What is due is released.")


def _accounts() -> Iterator[Finding]:
    from distributor.channels import registry
    from distributor.delivery.accounts.accounts import credentials, for_channel
    from distributor.letters.models import Publication

    brands = Publication.objects.order_by("slug")
    if not brands:
        yield Finding("publications", "note", "There is none yet: make one with “distributor publications add NAME”.")
    for brand in brands:
        for channel in brand.share_bar or registry.names():
            if channel not in registry.names():
                yield Finding(brand.slug, "wrong", f"Its share bar names “{channel}”, which is not a channel.")
            elif registry.get(channel).fields and not for_channel(brand, channel):
                yield Finding(
                    brand.slug,
                    "note",
                    f"No {channel} account: connect one with “distributor accounts add {channel} --name NAME”.",
                )
        if not brand.sender_email:
            yield Finding(brand.slug, "note", "It has no sender address, so it can't send mail.")
        for account in brand.accounts.order_by("pk"):
            if account.needs_reconnect:
                yield Finding(brand.slug, "wrong", f"{account} has to be connected again: {account.needs_reconnect}")
                continue
            try:
                credentials(account)
            except DistributorError as error:
                yield Finding(brand.slug, "note" if account.practice else "wrong", f"{account}: {error}")
            else:
                yield Finding(
                    brand.slug, "fine", f"{account} {'is for practice' if account.practice else 'is connected'}."
                )


def _pings() -> Iterator[Finding]:
    """Say why a hub or search engines could not be told of a page in the last days; nothing where all went well."""
    from datetime import timedelta

    from django.db import ProgrammingError
    from django.utils import timezone

    from distributor.letters import pings

    try:
        reasons = pings.troubles(since=timezone.now() - timedelta(days=PING_DAYS))
    except ProgrammingError:  # migrations are not applied, which is said already
        return
    for reason in reasons:
        yield Finding("pings", "note", reason)


def _templates() -> Iterator[Finding]:
    """Parse every template that variants are made of, the common ones and each publication's own.

    Those of the desk, the reader's pages and the practice world are not for changing, and have other filters.
    """
    from jinja2 import TemplateSyntaxError

    from distributor import paths
    from distributor.rendering.environment import environment

    count = 0
    for folder in _own_folders():
        templates = environment(folder)
        for name in templates.list_templates(filter_func=_is_for_variants):
            count += 1
            try:
                templates.get_template(name)
            except TemplateSyntaxError as error:
                place = f"{error.filename or name}, line {error.lineno}"
                yield Finding("templates", "wrong", f"{place} is broken: {str(error.message).rstrip('.')}.")
            except UnicodeDecodeError:
                yield Finding("templates", "wrong", f"{name} is not UTF-8: save it as UTF-8.")
    yield Finding("templates", "fine", f"{count} were read, those of publications in {paths.own_templates()}.")


def _is_for_variants(name: str) -> bool:
    return name.startswith(("email/", "social/"))


def _own_folders() -> list[str]:
    """Return the publications with templates of their own, and "" for the common ones."""
    from distributor import paths

    homes = (paths.own_templates(), paths.templates() / "publications")
    return [
        "",
        *sorted({folder.name for home in homes if home.is_dir() for folder in home.iterdir() if folder.is_dir()}),
    ]


_LOOKS: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
    ("database", _database),
    ("pooler", doctor_pooler.pooler),
    ("clock", _clock),
    ("pictures", _media),
    ("redis", _broker),
    ("tick", _tick),
    ("accounts", _accounts),
    ("pings", _pings),
    ("webhooks", doctor_webhooks.endpoints),
    ("intake", doctor_intake.intake),
)
_SIGNS = {"fine": ("✓", "green"), "note": ("·", "yellow"), "wrong": ("✗", "red")}


def _show(findings: list[Finding]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column()
    table.add_column(overflow="fold")  # a DNS record is one long word, and none of it may be lost
    for finding in findings:
        sign, style = _SIGNS[finding.state]
        table.add_row(Text(sign, style=style), Text(finding.name, style="bold"), finding.message)
    output.console().print(table)


COMMANDS = {"doctor": doctor}
