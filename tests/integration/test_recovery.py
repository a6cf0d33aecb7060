"""A database that went back in time, or stands in another place, sends nothing until a person has decided."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.utils import timezone

from distributor import paths
from distributor.audience.models import Subscription
from distributor.cli.commands import cli
from distributor.delivery import actions, epochs, recovery, release
from distributor.delivery.accounts import accounts
from distributor.delivery.mail import digests, ledger
from distributor.delivery.models import Dispatch, Epoch
from distributor.delivery.recovery import Choice
from distributor.delivery.reports import dispatches
from distributor.domain.errors import BadInput, ConfirmationNeeded
from distributor.domain.letters import Draft
from distributor.embedded import postgres
from distributor.letters.models import Letter
from distributor.practice.networks import ACCOUNTS
from tests.integration import processes, world
from tests.integration.commands import House
from tests.integration.conftest import ScriptedChannel
from tests.integration.processes import Practice, has_mails, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def known_nowhere(broker: redis.Redis) -> None:
    (paths.home() / "epochs.json").unlink(missing_ok=True)
    epochs._asked_again_at = 0.0


def go_back(seconds: int = 5) -> None:
    """Let the database stand where it did some seconds of sending ago."""
    epoch = Epoch.objects.get()
    epochs.write_down(epoch.key, epoch.number + seconds)


@pytest.fixture
def post(draft: Draft, post_channel: ScriptedChannel) -> Dispatch:
    """A post that is due, in an installation that has sent before."""
    release.tick()
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    (dispatch,) = world.queue(letter, "scripted")
    return dispatch


def states(*dispatches: Dispatch) -> list[str]:
    return [Dispatch.objects.get(pk=dispatch.pk).state for dispatch in dispatches]


def work(dispatch: Dispatch) -> str:
    world.work(dispatch)
    return dispatch.state


def test_what_sent_last_sends_on(post: Dispatch, post_channel: ScriptedChannel) -> None:
    assert work(post) == "sent"
    assert epochs.held_because() == ""


def test_a_database_that_went_back_sends_nothing(post: Dispatch, post_channel: ScriptedChannel) -> None:
    go_back()
    assert work(post) == "scheduled"
    assert post_channel.asked == []
    assert "went back in time" in epochs.held_because()
    release.tick()  # nor later, though time goes on
    assert work(post) == "scheduled"


@pytest.mark.parametrize("place", ["folder", "redis"])
def test_one_place_that_knows_is_enough(post: Dispatch, broker: redis.Redis, place: str) -> None:
    go_back()
    if place == "redis":
        (paths.home() / "epochs.json").unlink()
    else:
        broker.flushall()
    assert work(post) == "scheduled"
    assert "went back in time" in epochs.held_because()


def test_an_emptied_redis_holds_nothing(post: Dispatch, broker: redis.Redis) -> None:
    broker.flushall()
    assert work(post) == "sent"


def test_a_redis_that_is_away_holds_nothing(post: Dispatch, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    (paths.home() / "epochs.json").unlink()
    assert work(post) == "sent"


def test_a_copy_in_another_place_sends_nothing(post: Dispatch, broker: redis.Redis) -> None:
    broker.flushall()
    (paths.home() / "epochs.json").unlink()
    assert work(post) == "scheduled"
    assert "copied from elsewhere" in epochs.held_because()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder into which PostgreSQL's user may look: each session of pytest that starts closes those of all others."""
    with tempfile.TemporaryDirectory(prefix="distributor-recovery-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def test_a_copied_data_folder_sends_nothing(place: Path) -> None:
    original, copy, moved = (House(place / name) for name in ("original", "copy", "moved"))
    original.home.mkdir()
    seconds = (
        "import time; epochs.advance(); time.sleep(1.1); print('may', epochs.advance()); print(epochs.held_because())"
    )

    def ask(house: House) -> str:
        ran = house.run("manage", "shell", "--no-imports", "-c", f"from distributor.delivery import epochs; {seconds}")
        assert ran.code == 0, ran.said
        return ran.out

    assert original.run("manage", "migrate").code == 0
    assert "may True" in ask(original)
    subprocess.run(("cp", "-a", original.home, copy.home), check=True)
    assert "may False" in (answer := ask(copy))
    assert "was copied or put back from a backup" in answer
    original.home.rename(moved.home)
    assert "may True" in ask(moved)


def test_an_installation_that_never_sent_begins(draft: Draft, post_channel: ScriptedChannel) -> None:
    assert not Epoch.objects.exists()
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    assert work(world.queue(letter, "scripted")[0]) == "sent"


def test_another_process_that_begins_to_count_meanwhile_holds_nothing(
    draft: Draft, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two ticks in the first second: the second looks outside before the first has counted, and at the count after."""
    look = epochs._outside
    seen: list[object] = []

    def outside() -> object:
        found = look()
        seen.append(found)
        if len(seen) == 1:
            assert epochs.advance()  # the other process, from here to its end
        return found

    monkeypatch.setattr(epochs, "_outside", outside)
    assert epochs.advance()
    assert epochs.held_because() == ""


@pytest.mark.parametrize(
    ("choice", "state"), [(Choice.SENT, "cancelled"), (Choice.ASK, "paused"), (Choice.GO_ON, "sent")]
)
def test_a_person_decides(post: Dispatch, post_channel: ScriptedChannel, choice: Choice, state: str) -> None:
    go_back()
    work(post)
    assert [dispatch.pk for dispatch in recovery.look().dispatches] == [post.pk]
    assert recovery.recover(choice, actor="mina") == 1
    assert work(post) == state
    assert bool(post_channel.asked) == (choice is Choice.GO_ON)
    with pytest.raises(BadInput, match="Nothing is held"):
        recovery.recover(choice, actor="mina")


def test_what_is_to_come_goes_out_at_its_time_whatever_is_decided(post: Dispatch) -> None:
    Dispatch.objects.update(due_at=timezone.now() + timedelta(days=1))
    go_back()
    work(post)
    assert recovery.recover(Choice.SENT, actor="mina") == 0
    Dispatch.objects.update(due_at=timezone.now())
    assert work(post) == "sent"


def test_digests_that_were_due_are_taken_for_sent(post: Dispatch, mail_channel: ScriptedChannel) -> None:
    readers = world.make_list(post.publication, 3)
    Subscription.objects.update(cadence="daily")
    go_back()
    work(post)
    before = timezone.now()
    assert digests.plan(now=before) == 0
    recovery.recover(Choice.SENT, actor="mina")
    marks = Subscription.objects.filter(list=readers).values_list("digested_through", flat=True)
    assert all(mark is not None and mark >= before for mark in marks)


def test_what_was_queued_after_the_hold_is_not_taken_for_sent(post: Dispatch, draft: Draft) -> None:
    go_back()
    work(post)
    letter = world.make_letter(replace(draft, source="https://lantern.example/letters/gulls"), post.publication)
    (later,) = world.queue(letter, "scripted")
    assert recovery.recover(Choice.SENT, actor="mina") == 1
    assert states(post, later) == ["cancelled", "scheduled"]
    assert work(later) == "sent"


def test_while_all_is_held_no_report_says_that_it_goes_out(post: Dispatch) -> None:
    go_back()
    work(post)
    (report,) = dispatches.report([post])
    assert report.goes_out_at is None
    assert "distributor recover" in report.reason
    result = actions.perform("release", post.pk, role="editor", confirmed=True)
    assert "waits. Nothing is sent until" in result.sentence


def test_one_choice_at_a_time(post: Dispatch) -> None:
    go_back()
    work(post)
    ran = CliRunner().invoke(cli, ["recover", "--ask", "--sent", "--yes"])
    assert ran.exit_code == 2
    assert "Choose one of" in ran.output
    assert states(post) == ["scheduled"]


def test_the_command_says_what_may_be_out_and_asks(post: Dispatch) -> None:
    go_back()
    work(post)
    told = " ".join(CliRunner().invoke(cli, ["recover"]).output.split())
    assert "went back in time" in told
    assert post.reference in told
    assert epochs.held_because()
    assert isinstance(CliRunner().invoke(cli, ["recover", "--sent"]).exception, ConfirmationNeeded)
    assert "1 dispatches are stopped" in CliRunner().invoke(cli, ["recover", "--sent", "--yes"]).output
    assert "Nothing is held" in CliRunner().invoke(cli, ["recover"]).output


def test_desk_and_status_say_so(post: Dispatch, editor: Client) -> None:
    go_back()
    work(post)
    assert "went back in time" in editor.get("/desk/").content.decode()
    assert "went back in time" in CliRunner().invoke(cli, ["status"]).stderr


def run(program: str, *arguments: str, stdin: bytes = b"") -> bytes:
    """Run one of PostgreSQL's programs on the tests' database and return what it writes."""
    values = connection.settings_dict
    options = ["--username", str(values["USER"]), "--host", str(values["HOST"]), "--dbname", str(values["NAME"])]
    command = [str(postgres._programs() / program), *options, *arguments]
    done = subprocess.run(command, check=False, input=stdin, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_a_backup_that_is_restored_in_the_middle_of_a_mailing_mails_nobody_again(
    draft: Draft, practice: Practice, broker: redis.Redis
) -> None:
    letter: Letter = world.make_letter(draft)
    for account in ACCOUNTS:
        accounts.connect(letter.publication, account.channel, account.name, account.values, practice=True)
    readers = world.make_list(letter.publication, 2_000)
    with processes.beat(), processes.worker():
        mail, post = world.queue(letter, "mail", "twitter", lists=[readers])
        wait_for(partial(has_mails, practice, 500), what="some mails")
        backup = run("pg_dump", "--clean", "--if-exists")
        wait_for(lambda: set(states(mail, post)) == {"sent"}, what="all is sent")
        time.sleep(1.5)  # the next second in which anything could go out
        wait_for(lambda: Epoch.objects.get().number > 1, what="it is written down")
    before = practice.counts()["mail"], len(practice.posts("twitter"))
    connection.close()
    run("psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--single-transaction", stdin=backup)
    broker.flushall()
    assert "sending" in states(mail, post)
    with processes.beat(), processes.worker():
        wait_for(epochs.held_because, what="it is noticed")
        time.sleep(3)  # as long as the rest of the mailing would take
        assert (practice.counts()["mail"], len(practice.posts("twitter"))) == before
        recovery.recover(Choice.SENT, actor="mina")
        wait_for(lambda: not ledger.is_open(mail.pk), what="everyone has an outcome")
    assert (practice.counts()["mail"], len(practice.posts("twitter"))) == before
    counts = ledger.counts([Dispatch.objects.get(pk=mail.pk)])[mail.pk]
    assert (counts.waiting, counts.recipients) == (0, counts.accepted + counts.cancelled)
