"""Notices: each is told once, to those whom it concerns and who want it, and a storm is one mail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.db import connections, transaction
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from distributor.audience.models import Import
from distributor.channels.mail.smtp import keeper
from distributor.delivery import control, release
from distributor.delivery.accounts import accounts
from distributor.delivery.mail import transactional
from distributor.delivery.models import Account, Dispatch, TransactionalMail
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Rejected, Unconfirmed
from distributor.letters.models import Publication
from distributor.notices import choices, import_notices, ledger, outbox, pages
from distributor.notices.kinds import APPROVAL, KINDS, STOP
from distributor.notices.models import Notice
from distributor.people import editors, languages
from distributor.webhooks.models import Announcement
from tests.contract.scripted_smtp import ScriptedServer, scripted, url_of
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import html, said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

LATER = timedelta(hours=1)


@pytest.fixture
def relay(settings: LazySettings) -> Iterator[ScriptedServer]:
    """The operator's own relay: what publications without an account send through."""
    with scripted() as server:
        settings.MAIL_URL = url_of(server)
        yield server
        keeper.close()


@pytest.fixture
def brand(relay: ScriptedServer) -> Publication:
    """A publication with two people, one of whom has chosen Korean."""
    for name in ("mina", "noor"):
        editors.add(name, "a-long-password")
        User.objects.filter(username=name).update(email=f"{name}@lantern.example")
    languages.choose(person("mina"), "ko")
    return world.make_publication()


def person(name: str) -> User:
    return User.objects.get(username=name)


def tell(after: timedelta = LATER) -> list[TransactionalMail]:
    """Do what beat asks for, some time from now; return the mails that are new."""
    known = set(TransactionalMail.objects.values_list("pk", flat=True))
    outbox.tick(timezone.now() + after)
    return list(TransactionalMail.objects.exclude(pk__in=known).order_by("email"))


def fail(publication: Publication, draft: Draft, channel: ScriptedChannel, title: str = "Fog") -> Dispatch:
    """Have a letter's post be refused."""
    channel.answer = lambda _: Rejected("The network says no to ana@inbox.example.")
    letter = world.make_letter(replace(draft, title=title, source=f"https://l.example/{title}"), publication)
    (dispatch,) = world.queue(letter, channel.name)
    world.work(dispatch)
    assert dispatch.state == "failed"
    return dispatch


def test_a_storm_of_failures_is_one_mail_each_in_the_persons_language_without_addresses(
    brand: Publication, draft: Draft, post_channel: ScriptedChannel, relay: ScriptedServer
) -> None:
    world.connect(brand, post_channel.name)
    failures = [fail(brand, draft, post_channel, f"Fog {number}") for number in range(12)]
    assert tell(timedelta()) == []  # what comes with it is waited for
    korean, english = tell()
    assert (korean.email, english.email) == ("mina@lantern.example", "noor@lantern.example")
    assert english.subject == "The Lantern Post: 12 dispatches did not go out"
    assert "12" in korean.subject
    assert "발송" in korean.subject
    assert english.text.count("The network says no to …") == 10
    assert "And 2 more." in english.text
    assert f"/desk/letters/{failures[0].letter_id}/#dispatch-{failures[0].pk}" in english.html
    assert "/desk/notices/" in english.text
    assert "inbox.example" not in english.html + english.text + korean.html
    for mail in (korean, english):
        transactional.deliver(mail.pk)
        mail.refresh_from_db()
        assert mail.state == "sent", mail.reason
    assert len(relay.contents) == 2
    # Nothing is told twice, and what fails next waits until some time has gone by.
    assert tell() == []
    fail(brand, draft, post_channel, "Rain")
    assert tell(timedelta(minutes=2)) == []
    assert [mail.subject for mail in tell(timedelta(hours=2))][
        1
    ] == "The Lantern Post: “Rain” did not go out as planned"


def test_who_does_not_want_a_kind_or_is_kept_out_or_has_no_address_gets_none(
    brand: Publication, draft: Draft, post_channel: ScriptedChannel
) -> None:
    editors.add("ida", "a-long-password")  # without an address
    choices.choose(person("mina"), set(KINDS) - {STOP})
    world.connect(brand, post_channel.name)
    fail(brand, draft, post_channel)
    assert [mail.email for mail in tell()] == ["noor@lantern.example"]
    editors.deactivate("noor")
    fail(brand, draft, post_channel, "Rain")
    assert tell(2 * LATER) == []
    assert Notice.objects.latest("pk").remark == "Nobody whom it concerns wants it and has a mail address."


def test_what_is_dealt_with_meanwhile_is_told_to_nobody(
    brand: Publication, draft: Draft, post_channel: ScriptedChannel
) -> None:
    world.connect(brand, post_channel.name)
    fail(brand, draft, post_channel)
    dispatch = Dispatch.objects.get()
    post_channel.answer = lambda _: Unconfirmed("Nobody knows.")
    control.retry(dispatch.pk)
    world.work(dispatch)
    control.confirm_sent(dispatch.pk, url="")
    assert tell() == []
    assert set(Notice.objects.values_list("remark", flat=True)) == {"It was dealt with before anybody was told."}
    # What an editor stops is known to them.
    (other,) = world.queue(world.make_letter(draft, brand), post_channel.name)
    control.pause(other.pk)
    assert Notice.objects.filter(told_at=None).count() == 0


def test_drafts_are_told_after_a_while_by_letter_and_once_and_programs_hear_of_them(
    brand: Publication, draft: Draft, post_channel: ScriptedChannel, mail_channel: ScriptedChannel
) -> None:
    for channel in (post_channel, mail_channel):
        world.connect(brand, channel.name)
    lists = [world.make_list(brand, 2)]
    letter = world.make_letter(draft, brand)
    queue_letter(letter, channels=[post_channel.name, mail_channel.name], lists=lists, approve=False)
    assert tell(timedelta(minutes=4)) == []
    _, mail = tell(timedelta(minutes=6))
    assert mail.subject == "The Lantern Post: “What the fog horn knows” waits for approval"
    assert f"/desk/letters/{letter.pk}/review/" in mail.text
    assert tell(timedelta(minutes=50)) == []
    announcement = Announcement.objects.get(type="letter.waiting")
    assert (announcement.data["letter"], len(announcement.data["dispatches"])) == (letter.pk, 2)
    assert Notice.objects.filter(kind=APPROVAL).count() == 2


def test_an_account_that_needs_a_person_is_told_once_for_each_trouble(brand: Publication) -> None:
    editors.add("ida", "a-long-password")  # an editor, who looks after no accounts
    User.objects.filter(username="ida").update(email="ida@lantern.example")
    User.objects.filter(username="noor").update(is_superuser=True)
    account = Account.objects.create(publication=brand, channel="threads", name="Pier", sealed=b"x")
    accounts.ask_to_reconnect(account, "The token of ana@inbox.example has ended: connect it again.")
    tell(timedelta())
    _, mail = tell(timedelta(minutes=2)) or tell(LATER)
    assert "“Pier” needs a person" in mail.subject
    assert "/desk/accounts/#channel-threads" in mail.html
    assert "inbox.example" not in mail.html
    assert tell(3 * LATER) == []
    assert Announcement.objects.filter(type="account.needs_person").count() == 1
    accounts.ask_to_reconnect(account, "It was taken away.")
    tell(timedelta())
    assert len(tell(5 * LATER)) == 2


def test_an_import_is_told_with_its_figures(brand: Publication) -> None:
    row = Import.objects.create(
        publication=brand, list_slug="readers", name="readers.csv", digest="x", added=9810, refused=3, kept_out=1
    )
    with transaction.atomic():
        import_notices.note_import(row.pk)
        import_notices.note_import(row.pk)
    korean, mail = tell(timedelta())
    assert mail.subject == "The Lantern Post: The import of “readers.csv” is done"
    assert "9,810 new, 0 updated, 0 unchanged. 3 rows could not be taken in. 1 person stays off" in mail.text
    assert "9,810" in korean.text
    assert "/desk/imports/" in korean.text


def test_a_week_is_told_on_its_monday_morning_where_something_happened(
    brand: Publication, draft: Draft, post_channel: ScriptedChannel
) -> None:
    Publication.objects.update(time_zone="Asia/Seoul")
    world.connect(brand, post_channel.name)
    (dispatch,) = world.queue(world.make_letter(draft, brand), post_channel.name)
    world.work(dispatch)
    Dispatch.objects.update(released_at=datetime(2026, 3, 4, 9, tzinfo=UTC))
    monday = datetime(2026, 3, 8, 23, tzinfo=UTC)  # 08:00 of Monday the 9th in Seoul
    outbox.tick(monday - timedelta(minutes=1))
    outbox.tick(monday + timedelta(days=2))
    assert not Notice.objects.exists()
    outbox.tick(monday)
    outbox.tick(monday + timedelta(minutes=1))
    korean, mail = TransactionalMail.objects.order_by("email")
    assert mail.subject.endswith("8 Mar 2026 in figures")
    assert "Posts: 1\n" in mail.text
    assert "Letters that went out: 1\n" in mail.text
    assert "2026년 3월 2일" in korean.subject
    assert Announcement.objects.get(type="figures.week").data["posts"] == 1
    outbox.tick(monday + timedelta(days=7))
    assert TransactionalMail.objects.count() == 2  # nothing happened in that week


def test_many_tellers_at_once_and_one_that_dies_tell_once(
    brand: Publication, draft: Draft, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.connect(brand, post_channel.name)
    fail(brand, draft, post_channel)
    with monkeypatch.context() as patch:
        send = transactional.send_mail_to
        patch.setattr(transactional, "send_mail_to", lambda *args, **kwargs: (send(*args, **kwargs), 1 / 0))
        assert tell() == []  # it died between two of its rows: none of them is there
    assert Notice.objects.get().told_at is None
    later = timezone.now() + LATER
    barrier = threading.Barrier(4)

    def tick() -> None:
        barrier.wait()
        outbox.tick(later)
        connections.close_all()

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outbox.tick(later)
    assert TransactionalMail.objects.count() == 2
    # A worker that loses its wake-up is woken again by the sweeper of all such mail.
    TransactionalMail.objects.update(due_at=timezone.now() - LATER)
    release.sweep()
    assert set(transactional.due(timezone.now())) == set(TransactionalMail.objects.values_list("pk", flat=True))
    assert ledger.forget(timezone.now() + timedelta(days=200)) == 1


def test_another_publications_account_carries_notices_and_without_any_it_is_said(
    brand: Publication, draft: Draft, post_channel: ScriptedChannel, settings: LazySettings
) -> None:
    poor = world.make_publication("harbor")
    Publication.objects.filter(pk=poor.pk).update(sender_email="", name="The Harbor")
    world.connect(poor, post_channel.name)
    fail(poor, draft, post_channel)
    assert {(mail.publication.slug, mail.subject.partition(":")[0]) for mail in tell()} == {("lantern", "The Harbor")}
    settings.MAIL_URL = ""
    Account.objects.filter(channel="mail").delete()
    fail(poor, draft, post_channel, "Rain")
    assert tell(2 * LATER) == []
    assert Notice.objects.latest("pk").remark == "No publication has a mail account and a sender address."


def test_an_editor_switches_notices_off_on_the_desk(editor: Client) -> None:
    page = html(editor.get("/desk/notices/"))
    assert page.count(" checked") == len(KINDS)
    assert "You have no mail address here" in page
    User.objects.update(email="mina@lantern.example")
    answer = editor.post("/desk/notices/", {"kind": [STOP, "what-there-is-not"]})
    assert answer.status_code == 302
    page = html(editor.get("/desk/notices/"))
    assert (page.count(" checked"), "They go to mina@lantern.example" in page) == (1, True)
    assert choices.kinds_of(User.objects.get()) == {STOP}
    assert "Saved" in said(answer)


def test_the_pages_that_notices_lead_to_are_there() -> None:
    for path in (
        pages.DESK, pages.NOTICES, pages.IMPORTS, pages.review_page(7), pages.dispatch_page(3, 7),
        pages.dispatch_page(3, None), pages.account_page("threads"),
    ):  # fmt: skip
        assert resolve(path.partition("#")[0]).namespace == "desk"
