"""Bounces are fetched from a real mailbox: stored first, put away after."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_django.fixtures import Settings

from distributor.audience.models import Suppression
from distributor.channels.mail.returns import mailbox
from distributor.domain.errors import BadSettings
from distributor.insights import mailbox_fetch
from distributor.insights.models import ReturnedEvent
from distributor.insights.returned_mails import ReturnTally
from tests.integration import dovecot, returned, world
from tests.integration.dovecot import Dovecot
from tests.integration.processes import environment
from tests.integration.world import reader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot.running() as running:
        yield running


def fetch(url: str) -> ReturnTally:
    (fetched,) = mailbox_fetch.fetch_all([url])
    assert fetched.problem == ""
    return fetched.tally


def test_what_is_understood_is_stored_and_put_away_and_the_rest_kept(server: Dovecot) -> None:
    world.make_list(world.make_publication(), 3)
    gone = returned.mail(subscriber=reader(1).pk, email="reader1@inbox.example")
    server.put(
        "bounces", gone, returned.mail("vacation.eml"), returned.mail("person.eml"), b"\r\n", b"\xff\xfe\r\n" * 999
    )
    assert fetch(server.url("bounces")) == ReturnTally(mails=5, new=1, duplicates=0, ignored=1, not_understood=3)
    assert Suppression.objects.get().email == "reader1@inbox.example"
    assert (server.count("bounces"), server.count("bounces", "Processed")) == (3, 2)
    assert server.count("bounces", "INBOX", "FLAGGED UNSEEN") == 3
    assert fetch(server.url("bounces")) == ReturnTally()  # what is flagged waits for a person


def test_what_was_taken_in_can_be_deleted_or_go_elsewhere(server: Dovecot) -> None:
    server.put("deleting", returned.mail())
    assert fetch(server.url("deleting", options="&done=delete")).new == 1
    assert (server.count("deleting"), server.count("deleting", "Processed")) == (0, -1)
    server.put("moving", returned.mail(number=1))
    assert fetch(server.url("moving", options="&done=Old%20bounces")).new == 1
    assert (server.count("moving"), server.count("moving", '"Old bounces"')) == (0, 1)


def test_batches_and_a_letter_that_was_returned_whole(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox_fetch, "BATCH", 3)
    large = returned.mail(number=100) + b"Dear neighbours, and so on.\r\n" * 100_000
    server.put("many", *(returned.mail(number=number) for number in range(7)), large)
    assert fetch(server.url("many")) == ReturnTally(mails=8, new=8)
    assert server.count("many", "Processed") == 8


KILLED = """
import os, signal, django
django.setup()
from distributor.channels.mail.returns.mailbox import Box
from distributor.insights.mailbox_fetch import fetch_all
Box.put_away = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
fetch_all([os.environ["MAILBOX"]])
"""


def test_a_kill_between_storing_and_putting_away_leaves_a_duplicate_that_does_nothing(server: Dovecot) -> None:
    server.put("killed", returned.mail(), returned.mail("yahoo-arf.eml"))
    url = server.url("killed")
    killed = subprocess.run([sys.executable, "-c", KILLED], env={**environment(), "MAILBOX": url}, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert ReturnedEvent.objects.count() == 2
    assert server.count("killed") == 2
    assert fetch(url) == ReturnTally(mails=2, new=0, duplicates=2)
    assert ReturnedEvent.objects.count() == 2
    assert (server.count("killed"), server.count("killed", "Processed")) == (0, 2)


def test_a_kill_before_storing_leaves_the_mail(server: Dovecot) -> None:
    server.put("early", returned.mail())
    code = KILLED.replace("Box.put_away", "from distributor.insights import mailbox_fetch; mailbox_fetch.take_in_mails")
    killed = subprocess.run(
        [sys.executable, "-c", code], env={**environment(), "MAILBOX": server.url("early")}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert (ReturnedEvent.objects.count(), server.count("early")) == (0, 1)
    assert fetch(server.url("early")).new == 1


def test_a_mailbox_in_trouble_keeps_no_other_from_being_read(server: Dovecot) -> None:
    server.put("good", returned.mail())
    wrong = server.url("good").replace("good:", "good:x")
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = f"imap://a:secret-word@127.0.0.1:{free.getsockname()[1]}/?starttls=off"
    refused, away, fine = mailbox_fetch.fetch_all([wrong, closed, server.url("good")])
    assert "refuses the login: correct user and password" in refused.problem
    assert "does not answer (Connection refused)" in away.problem
    assert "secret-word" not in f"{away} {refused}"
    assert fine.tally.new == 1
    (missing,) = mailbox_fetch.fetch_all([server.url("good").replace("INBOX", "NoSuchFolder")])
    assert "can’t be opened" in missing.problem


def test_a_server_that_breaks_off_is_tried_again_next_time() -> None:
    with _breaking_off() as url:
        (fetched,) = mailbox_fetch.fetch_all([url])
    assert re.search("broke off|does not answer", fetched.problem)


@contextmanager
def _breaking_off() -> Iterator[str]:
    """A server that greets, and closes at the first command."""
    code = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)\n"
        "c, _ = s.accept(); c.sendall(b'* OK hello\\r\\n'); c.recv(99); c.close()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout
    try:
        yield f"imap://a:b@127.0.0.1:{int(process.stdout.readline())}/?starttls=off"
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://a:b@c/",
        "imaps://host/INBOX",
        "imaps://a:b@c:x/",
        "imap://a:b@c/?starttls=maybe",
        "imap://a:b@c/?starttls=off",
        "imaps://a@c/",
    ],
)
def test_a_url_that_can_not_be_meant_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(BadSettings, match="A returns mailbox") as refused:
        mailbox.read_place(url)
    assert "a:b" not in str(refused.value)


def test_where_a_url_leads() -> None:
    place = mailbox.read_place("imaps://box%40a.example:p%2Fw@mail.example/Bounces%20in?done=delete")
    assert (place.user, place.password, place.port, place.tls) == ("box@a.example", "p/w", 993, True)
    assert (place.folder, place.done_folder) == ("Bounces in", "")
    assert "p/w" not in repr(place)
    assert mailbox.read_place("imap://a:b@c").starttls
    with pytest.raises(BadSettings, match="name another one"):
        mailbox.read_place("imaps://a:b@c/X?done=X")


def test_the_task_reads_what_is_set(server: Dovecot, settings: Settings) -> None:
    from tasks.insights import fetch_returns  # noqa: PLC0415 - it names the settings to processes

    server.put("task", returned.mail())
    settings.RETURNS_URLS = [server.url("task")]
    fetch_returns()
    assert ReturnedEvent.objects.count() == 1
