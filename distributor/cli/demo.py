"""`distributor demo`: one letter through everything, into the practice world, in a data folder of its own."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from distributor import paths
from distributor.cli import dispatch_table, output, services
from distributor.cli.accounts import connect_practice
from distributor.cli.exit_codes import NOT_DONE
from distributor.cli.inspect import read
from distributor.cli.processes import Stop, Supervisor, told_to_stop
from distributor.domain.errors import BadSettings

if TYPE_CHECKING:
    from distributor.audience.models import MailingList
    from distributor.delivery.reports.dispatches import DispatchReport
    from distributor.domain.letters import Draft
    from distributor.letters.models import Letter, Publication

RECIPIENTS = 1000
MOST_RECIPIENTS = 1_000_000
PATIENCE = 120.0  # seconds for a thousand recipients; more for more


@dataclass(slots=True)
class _DemoLetter:
    """One letter and what became of its dispatches, each with a link to look at what arrived."""

    letter: Letter
    reports: tuple[DispatchReport, ...]

    @property
    def delivered(self) -> bool:
        return bool(self.reports) and all(report.delivered for report in self.reports)


@click.command()
@click.argument("source", required=False)
@click.option("--no-stay", is_flag=True, help="End when everything is delivered, also on a terminal.")
@click.option(
    "--recipients",
    default=RECIPIENTS,
    show_default=True,
    type=click.IntRange(1, MOST_RECIPIENTS),
    help="Subscribers to make up.",
)
@output.json_option
def demo(source: str | None, no_stay: bool, recipients: int, as_json: bool) -> None:
    """Send SOURCE (else a sample letter) to made-up subscribers and accounts in the practice world, and show it.

    Everything is real but the networks: PostgreSQL, Redis, Celery workers and beat, SMTP and HTTP on this machine. The
    sample letter is published in the feed of a practice newsroom, whose hub tells of it: nobody queues it.
    """
    began = time.monotonic()
    drafts = read(source or str(paths.sample()))
    home = paths.home() / "demo"
    busy = f"A demo runs already in {paths.home()}: stop that one, or set DISTRIBUTOR_HOME to another folder."
    with told_to_stop() as stop, services.alone(paths.home() / "demo.lock", busy):
        port = _own_world(home)
        from distributor import embedded

        with embedded.run():
            stop.check()
            children = services.supervisor(output.note)
            try:
                letters, password = _perform(
                    drafts, recipients, port, children, stop, by_feed=source is None, as_json=as_json
                )
                _show(letters, time.monotonic() - began, as_json=as_json)
                if sys.stdout.isatty() and not no_stay and not as_json:
                    _stay(children, stop, password)
            finally:
                children.stop(stop)
    if not all(letter.delivered for letter in letters):
        click.get_current_context().exit(NOT_DONE)


def _own_world(home: Path) -> int:
    """Empty the demo's folder, turn the environment to it, and return the web server's port.

    Nothing of the installation around may be touched: neither its database, nor its accounts, nor its settings.
    """
    from config.environment import VARIABLES
    from distributor import embedded

    names = [name for variable in VARIABLES for name in (variable.name, f"{variable.name}_FILE") if name in os.environ]
    ignored_names = [name for name in names if name not in {"DISTRIBUTOR_DEBUG", "DISTRIBUTOR_HOME"}]
    for name in ignored_names:
        del os.environ[name]
    if ignored_names:
        output.note(f"The demo has a world of its own, and does not use {', '.join(ignored_names)}.")
    os.environ["DISTRIBUTOR_HOME"] = str(home)
    embedded.stop_all()  # of a demo that was killed
    try:
        shutil.rmtree(home)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise BadSettings(
            f"The folder {home} of an earlier demo can't be emptied: remove it, then try again."
        ) from error
    port = services.free_port(preference=services.PORT)
    os.environ["DISTRIBUTOR_SITE_URL"] = f"http://{services.HOST}:{port}"
    return port


def _perform(
    drafts: Sequence[Draft],
    recipients: int,
    port: int,
    children: Supervisor,
    stop: Stop,
    *,
    by_feed: bool,
    as_json: bool,
) -> tuple[list[_DemoLetter], str]:
    """Start everything, have the letters come in, watch them go, and return what became of them and the password.

    `by_feed`: they are published in a feed that is watched; else they are queued right here.
    """
    from distributor.cli import backing_services, demo_newsroom

    # These start while the tables are made; beat after that, since its first tick looks at them; and the web server
    # while the letters are sent, so that it does not take the processors from what has to be there first.
    children.start([services.practice(services.free_port()), services.worker(2)])
    backing_services.set_up_django()
    from distributor.people import editors

    backing_services.migrate()
    children.start([services.beat()])
    stop.check()
    password = editors.add("editor")
    services.wait_until(lambda: bool(services.practice_url()), "practice", children, stop)
    publication, readers = _make_publication(recipients)
    if by_feed:
        # Its hub calls us, so that the web server has to be there first.
        children.start([services.web(services.HOST, port)])
        services.wait_until(lambda: services.is_alive(services.HOST, port), "web", children, stop)
        letters = demo_newsroom.publish(drafts, publication, readers, wait=_waiting(children, stop))
        if not as_json:
            output.console().print("The practice newsroom published its letter; its feed’s hub told of it.")
    else:
        letters = _queue(drafts, publication, readers)
        children.start([services.web(services.HOST, port)])
    if not as_json:
        for letter in letters:
            output.console().print(
                f"“{letter.title}” goes to {recipients:,} made-up subscribers and the practice world."
            )

    def tend() -> None:
        stop.check()
        children.tend()

    until = time.monotonic() + PATIENCE * max(1.0, recipients / RECIPIENTS)
    ids = [dispatch.pk for letter in letters for dispatch in letter.dispatches.all()]
    reports = dispatch_table.watch(ids, as_json=as_json, on_wait=tend, until=until)
    services.wait_until(lambda: services.is_alive(services.HOST, port), "web", children, stop)
    return [
        _DemoLetter(letter, tuple(report for report in reports if report.letter_id == letter.pk)) for letter in letters
    ], password


def _waiting(children: Supervisor, stop: Stop) -> Callable[[Callable[[], bool], str], None]:
    """Return what waits for something that one of the children brings about."""
    return lambda ready, name: services.wait_until(ready, name, children, stop)


def _make_publication(recipients: int) -> tuple[Publication, MailingList]:
    from distributor.audience.actions import ensure_list
    from distributor.audience.imports import import_subscribers
    from distributor.channels import share_bar
    from distributor.cli import sample_subscribers
    from distributor.letters.actions import create_publication

    post = create_publication(
        name="The Lantern Post",
        sender_email="letters@lantern-post.example",
        share_bar=share_bar.USUAL,
    )
    connect_practice(post)
    readers = ensure_list(post, "readers", "Readers")
    import_subscribers(sample_subscribers.table(recipients), into=readers)
    return post, readers


def _queue(drafts: Sequence[Draft], publication: Publication, readers: MailingList) -> list[Letter]:
    from distributor.delivery.planning.queue import queue_letter
    from distributor.letters.actions import take_in

    letters = [take_in(draft, publication=publication).letter for draft in drafts]
    for letter in letters:
        queue_letter(letter, hold_minutes=0, lists=[readers])
    return letters


def _show(letters: Sequence[_DemoLetter], seconds: float, *, as_json: bool) -> None:
    for letter in letters:
        if as_json:
            output.write_json(to_json(letter.letter, letter.reports))
            continue
        console = output.console()
        console.print()
        console.print(letter.letter.title, style="bold")
        dispatch_table.show(letter.reports, console)
    if not as_json:
        done = all(letter.delivered for letter in letters)
        console = output.console()
        console.print()
        console.print(
            f"Everything was delivered in {seconds:.1f} s." if done else "Not everything was delivered: see above.",
            style="green" if done else "red",
        )


def to_json(letter: Letter, reports: Sequence[DispatchReport]) -> dict[str, Any]:
    """Return the demo's result as its last line has it."""
    from distributor.cli.intakes import letter_json

    return {
        "letter": letter_json(letter),
        "dispatches": [
            {
                "channel": report.channel,
                "target": report.target,
                "state": report.state,
                "recipients": report.recipients,
                "accepted": report.accepted,
                "rejected": report.rejected,
                "url": report.url,
            }
            for report in reports
        ],
    }


def _stay(children: Supervisor, stop: Stop, password: str) -> None:
    from django.conf import settings

    console = output.console()
    console.print()
    console.print(f"Desk             {settings.SITE_URL}/desk/   log in as “editor” with the password {password}")
    console.print(f"Practice world   {services.practice_url()}/   inbox and timelines")
    home, command = paths.home(), Path(sys.executable).with_name("distributor")
    console.print(f"Command line     DISTRIBUTOR_HOME={shlex.quote(str(home))} {command} status", soft_wrap=True)
    console.print("Look around, then press Ctrl-C.")
    while not stop:
        children.tend()
        time.sleep(0.2)


COMMANDS = {"demo": demo}
