"""`distributor up`: everything in one go, until Ctrl-C."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import click

from distributor import paths
from distributor.cli import output, services
from distributor.cli.processes import Stop, Supervisor, told_to_stop
from distributor.domain.errors import BadInput

MOST_WORKERS = 64


def _lock() -> Path:
    return paths.home() / "up.lock"


def is_up() -> bool:
    """Whether `up` runs in this data folder."""
    return services.is_held(_lock())


@dataclass(slots=True)
class _UpOptions:
    host: str
    port: int
    practice: bool
    concurrency: int
    as_json: bool

    def say(self, sentence: str) -> None:
        try:
            output.note(sentence)
        except OSError:
            pass  # the terminal is gone, the children's logs are not


@click.command()
@click.option(
    "--host", default=services.HOST, show_default=True, metavar="ADDRESS", help="Where the web server listens."
)
@click.option("--port", default=0, metavar="PORT", type=int, help="Where it listens; else 8000, or a free one.")
@click.option("--practice", is_flag=True, help="Also play the practice world; the first time, make something to try.")
@click.option(
    "--concurrency", default=2, show_default=True, type=click.IntRange(1, MOST_WORKERS), help="Sending processes."
)
@output.json_option
def up(host: str, port: int, practice: bool, concurrency: int, as_json: bool) -> None:
    """Run everything: PostgreSQL and Redis where no URL names them, web, worker and beat. Ctrl-C stops it cleanly."""
    options = _UpOptions(host, _port(host, port), practice, concurrency, as_json)
    with told_to_stop() as stop, services.alone(_lock(), f"It is up already in {paths.home()}: stop that one first."):
        # The links in letters start with it, so it has to be there before the settings are read.
        paths.kept_site_url().write_text(f"http://{services.HOST}:{options.port}\n", encoding="utf-8")
        from distributor import embedded

        with embedded.run():
            if not stop:
                _run(options, stop)
    if not as_json:
        options.say("Everything is stopped.")


def _port(host: str, number: int) -> int:
    if not 0 <= number <= 65535:
        raise BadInput(f"{number} is not a port: give one from 1 to 65535.")
    if number and not services.is_free(host, number):
        raise BadInput(f"Port {number} at {host} can't be used: choose another one with --port, or leave it out.")
    return number or services.free_port(host, preference=services.PORT)


def _run(options: _UpOptions, stop: Stop) -> None:
    from distributor import embedded
    from distributor.cli import backing_services

    backing_services.set_up_django()
    from django.db import OperationalError, connection

    from distributor.cli.accounts import save_practice_apps

    backing_services.retry(connection.ensure_connection, OperationalError, backing_services.database_away)
    backing_services.reach_broker()
    backing_services.migrate()
    editor = _first_editor()
    if options.practice:
        first_publication()
    practice = options.practice or _has_practice_accounts()
    if practice:
        save_practice_apps()  # also where there is a publication already
    connection.close()
    children = services.supervisor(options.say)
    servers = embedded.Reviver(options.say)
    try:
        _start(options, children, practice=practice, stop=stop)
        _tell(options, editor)
        while not stop:
            children.tend()
            servers.tend()
            time.sleep(0.2)
    except KeyboardInterrupt:
        pass  # told to stop while starting
    finally:
        if not options.as_json:
            options.say("Stopping …")
        children.stop(stop)


def _start(options: _UpOptions, children: Supervisor, *, practice: bool, stop: Stop) -> None:
    programs = [services.practice(services.free_port(preference=services.PRACTICE_PORT))] if practice else []
    programs += [services.web(options.host, options.port), services.worker(options.concurrency), services.beat()]
    paths.practice_description().unlink(missing_ok=True)  # of one that was killed
    children.start(programs)
    probe = services.HOST if options.host in {"0.0.0.0", "::"} else options.host  # noqa: S104 - compared, not bound
    services.wait_until(lambda: services.is_alive(probe, options.port), "web", children, stop)
    if practice:
        services.wait_until(lambda: bool(services.practice_url()), "practice", children, stop)


def _first_editor() -> str:
    """Make the first editor where there is none yet, and return the password."""
    from django.contrib.auth import get_user_model

    from distributor.people import editors

    return "" if get_user_model().objects.exists() else editors.add("editor")


def first_publication() -> None:
    """Make a publication to practise with, where there is none."""
    from distributor.audience.actions import ensure_list, subscribe
    from distributor.channels import share_bar
    from distributor.cli.accounts import connect_practice
    from distributor.letters.actions import create_publication
    from distributor.letters.models import Publication

    if Publication.objects.exists():
        return
    publication = create_publication(
        name="The Lantern Post",
        sender_email="letters@lantern-post.example",
        share_bar=share_bar.USUAL,
    )
    connect_practice(publication)
    readers = ensure_list(publication, "readers")
    for name in ("ada", "bo", "cy"):
        subscribe(f"{name}@readers.example", to=readers, name=name.capitalize())


def _has_practice_accounts() -> bool:
    from distributor.delivery.models import Account

    return Account.objects.filter(practice=True).exists()


def _tell(options: _UpOptions, password: str) -> None:
    from django.conf import settings

    practice = services.practice_url()
    if options.as_json:
        editor = {"name": "editor", "password": password} if password else None
        output.write_json(
            {
                "desk": f"{settings.SITE_URL}/desk/",
                "url": settings.SITE_URL,
                "practice": practice or None,
                "port": options.port,
                "pid": os.getpid(),
                "editor": editor,
            }
        )
        return
    lines = [f"Desk             {settings.SITE_URL}/desk/"]
    if password:
        lines.append(f"                 log in as “editor” with the password {password} (not shown again)")
    if practice:
        lines.append(f"Practice world   {practice}/   nothing there leaves this machine")
    lines.append(f"Logs             {paths.home() / 'logs'}")
    lines.append("Ctrl-C stops everything.")
    try:
        click.echo("\n".join(lines))
    except OSError:
        pass  # nobody reads: it runs all the same


COMMANDS = {"up": up}
