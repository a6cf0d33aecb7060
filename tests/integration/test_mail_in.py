"""Letters that wait in a mailbox, read by IMAP: each is taken once, and none keeps the others from being read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django.fixtures import Settings

from distributor.letters.models import Letter, Publication
from distributor.newsroom import arrivals, door_actions, mail_arrivals
from distributor.newsroom.intake_rules import RuleSettings
from distributor.newsroom.models import IntakeDoor
from distributor.practice.newsroom import senders
from tests.integration import dovecot, imap_server, world
from tests.integration.conftest import ScriptedChannel
from tests.integration.doors import TEXT, open_door
from tests.integration.imap_server import Mailbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

POISON = [
    b"From: spam@evil.example\r\nTo: info@paper.example\r\nCc: <\r\nSubject: spam\r\n\r\nspam\r\n",
    b"From: spam@evil.example\r\nTo: info@paper.example\r\nMessage-ID: <\r\n\r\nspam\r\n",
    b"\xff\xfe\x00\r\n" * 9,
]


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with imap_server.running() as mailbox:
        yield mailbox


@pytest.fixture
def door(post_channel: ScriptedChannel) -> IntakeDoor:
    publication: Publication = world.make_publication()
    world.connect(publication, "scripted")
    return open_door(publication, "mail", rules=RuleSettings(channels=("scripted",)))


def letter(door: IntakeDoor, title: str) -> bytes:
    return senders.mail(door_actions.keys(door).address, title, TEXT)


def test_letters_are_taken_and_what_is_none_keeps_no_other_from_being_read(door: IntakeDoor, box: Mailbox) -> None:
    box.put(*POISON, letter(door, "The horn"), letter(door, "The bell"))
    assert [result.is_taken for result in mail_arrivals.fetch_all([box.url])] == [True, True]
    assert (box.count(), box.count("Processed"), len(box.flagged)) == (3, 2, 3)
    arrivals.work()
    assert set(Letter.objects.values_list("title", flat=True)) == {"The horn", "The bell"}
    assert mail_arrivals.fetch_all([box.url]) == []  # what is flagged waits for a person


def test_a_mail_to_a_door_with_a_broken_header_is_a_letter_all_the_same(door: IntakeDoor, box: Mailbox) -> None:
    box.put(letter(door, "The horn").replace(b"MIME-Version", b"Cc: <\nMIME-Version", 1))
    assert [result.is_taken for result in mail_arrivals.fetch_all([box.url])] == [True]
    arrivals.work()
    assert Letter.objects.get().title == "The horn"


def test_a_mail_that_breaks_something_is_flagged_and_the_next_is_read(
    door: IntakeDoor, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = mail_arrivals.take

    def broken_once(raw: bytes) -> Any:
        if b"Subject: The horn" in raw:
            raise IndexError("string index out of range")
        return take(raw)

    monkeypatch.setattr(mail_arrivals, "take", broken_once)
    box.put(letter(door, "The horn"), letter(door, "The bell"))
    assert len(mail_arrivals.fetch_all([box.url])) == 1
    assert (box.count(), len(box.flagged), door.arrivals.count()) == (1, 1, 1)


def test_nothing_is_flagged_while_the_database_is_away(
    door: IntakeDoor, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_raw: bytes) -> Any:
        raise OperationalError("the connection is refused")

    box.put(letter(door, "The horn"))
    with monkeypatch.context() as patch:
        patch.setattr(mail_arrivals, "take", away)
        with pytest.raises(OperationalError):
            mail_arrivals.fetch_all([box.url])
    assert (box.count(), box.flagged) == (1, set())
    assert len(mail_arrivals.fetch_all([box.url])) == 1


def test_the_task_reads_what_is_set(door: IntakeDoor, box: Mailbox, settings: Settings) -> None:
    from tasks.newsroom import fetch_mail  # noqa: PLC0415 - it names the settings to processes

    box.put(letter(door, "The horn"))
    settings.LETTERS_URLS = [box.url]
    fetch_mail()
    assert door.arrivals.count() == 1


def test_a_real_server_is_read_as_well(door: IntakeDoor) -> None:
    with dovecot.running() as server:
        server.put("letters", *POISON[:2], letter(door, "The horn"))
        assert [result.is_taken for result in mail_arrivals.fetch_all([server.url("letters")])] == [True]
        assert (server.count("letters"), server.count("letters", "Processed")) == (2, 1)
        assert server.count("letters", "INBOX", "FLAGGED UNSEEN") == 2
