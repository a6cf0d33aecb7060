"""Digests: who gets which letters when, never one twice, none forgotten, whatever dies."""

from __future__ import annotations

import io
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from distributor.audience import actions as audience
from distributor.audience import bulk
from distributor.audience.imports import import_subscribers
from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.channels import registry
from distributor.channels.base import (
    AccountField,
    Credentials,
    Intent,
    MaySend,
    Options,
    PermitsFor,
    RecipientOutcome,
    always,
)
from distributor.channels.mail import compose as composition
from distributor.delivery import control, release
from distributor.delivery.accounts import accounts
from distributor.delivery.mail import digests, ledger
from distributor.delivery.mail.ledger import LedgerEntry
from distributor.delivery.mail.link_tokens import RecipientLinks
from distributor.delivery.models import Delivery, Digest, Dispatch
from distributor.domain.digests import DigestView
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Rejected
from distributor.domain.variants import Variant
from distributor.letters.models import Publication
from distributor.letters.top_letters import TOP_LETTERS
from distributor.rendering.mail import RecipientPass
from tests.integration import world
from tests.integration.commands import house
from tests.integration.conftest import ScriptedChannel
from tests.integration.world import publish
from tests.ports import replaced

pytestmark = pytest.mark.django_db(transaction=True)

OK = Accepted(Receipt("queued as 1"))
DAILY, WEEKLY = Subscription.Cadence.DAILY, Subscription.Cadence.WEEKLY
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MONDAY = datetime(2026, 3, 23, 8, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@dataclass
class Mailbox(ScriptedChannel):
    """Renders each digest as it goes out, and keeps it by its reader."""

    name: str = "mail"
    addressed: bool = True
    fields: tuple[AccountField, ...] = (AccountField("url", "Address", secret=True),)
    mails: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def compose_digest(self, digest: DigestView, options: Options) -> Variant:
        return composition.compose_digest(digest, options)

    @contextmanager
    def open(
        self, credentials: Credentials, variant: Variant, intent: Intent, *, permits: PermitsFor | None = None
    ) -> Iterator[Mailbox]:
        self._pass = RecipientPass(variant)
        yield self

    def deliver(
        self, recipients: Iterable[object], *, may_send: MaySend = always
    ) -> Iterator[Sequence[RecipientOutcome]]:
        for one in super().deliver(recipients):  # type: ignore[arg-type]
            for done in one:
                mail = self._pass.render(done.recipient)
                if isinstance(done.outcome, Accepted):
                    self.mails[done.recipient.email.partition("@")[0]].append(f"{mail.subject}\n{mail.text}")
            yield one


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    made = Mailbox()
    made.answer = lambda _: OK
    monkeypatch.setitem(registry.CHANNELS, "mail", made)
    return made


@pytest.fixture
def publication(mailbox: Mailbox) -> Publication:
    made = world.make_publication()
    made.time_zone, made.digests_from = "Europe/Berlin", LONG_AGO
    made.save()
    accounts.connect(made, "mail", "main", {"url": "smtp://127.0.0.1:25"})
    return made


@pytest.fixture
def readers(publication: Publication) -> MailingList:
    return audience.ensure_list(publication, "readers")


def subscriber(to: MailingList, name: str, cadence: Subscription.Cadence = DAILY, zone: str = "") -> Subscription:
    made = audience.subscribe(f"{name}@inbox.example", to=to, cadence=cadence)
    Subscriber.objects.filter(pk=made.subscriber_id).update(time_zone=zone)
    Subscription.objects.filter(pk=made.pk).update(since=LONG_AGO, digested_through=None)
    return made


def run(now: datetime) -> int:
    """Do what beat, the tick and a worker would do at a time."""
    made = digests.plan(now=now)
    if made:
        release.tick()
        for dispatch in Dispatch.objects.filter(state="sending"):
            world.send(dispatch.pk)
    return made


def titles(mail: str) -> list[str]:
    return [line for line in mail.splitlines()[1:] if line.startswith("Letter no ")]


def test_weeks_in_many_zones_with_a_change_of_clocks(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    zones = {"home": "", "york": "America/New_York", "seoul": "Asia/Seoul", "lost": "Atlantis/Nowhere"}
    people = [(name, cadence) for name in zones for cadence in (DAILY, WEEKLY)]
    for name, cadence in people:
        subscriber(readers, f"{name}-{cadence}", cadence, zones[name])
    start = datetime(2026, 3, 23, tzinfo=UTC)
    written = {f"Letter no {n}.": start + timedelta(hours=11 * n, minutes=7) for n in range(16)}
    for title, at in written.items():
        publish(draft, publication, title, at)
    seen: dict[str, int] = defaultdict(int)
    for hour in range(24 * 15):
        now = start + timedelta(hours=hour, minutes=1)
        if not run(now):
            continue
        for reader, mails in mailbox.mails.items():
            if len(mails) > seen[reader]:
                name, _, how_often = reader.partition("-")
                local = now.astimezone(ZoneInfo("Europe/Berlin" if name == "lost" else zones[name] or "Europe/Berlin"))
                assert len(mails) == seen[reader] + 1
                assert local.hour == 8
                assert how_often == DAILY or local.weekday() == 0
                seen[reader] = len(mails)
    for name, cadence in people:
        mails = mailbox.mails[f"{name}-{cadence}"]
        got = [title for mail in mails for title in titles(mail)]
        assert sorted(got) == sorted(written)
        assert len(mails) <= (3 if cadence == WEEKLY else 15)
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"sent"}


def test_nothing_new_is_no_mail_and_what_comes_later_waits_for_the_next_day(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    subscriber(readers, "ann")
    assert run(MONDAY) == 0
    publish(draft, publication, "Letter no 1.", MONDAY + timedelta(hours=2))
    assert run(MONDAY + timedelta(hours=3)) == 0
    assert run(MONDAY + timedelta(hours=23)) == 0
    assert run(MONDAY + timedelta(days=1)) == 1
    assert [titles(mail) for mail in mailbox.mails["ann"]] == [["Letter no 1."]]
    assert run(MONDAY + timedelta(days=2)) == 0


def test_a_missed_run_is_made_up_the_same_day(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    subscriber(readers, "ann")
    subscriber(readers, "wim", WEEKLY)
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(days=4))
    assert run(MONDAY + timedelta(hours=9)) == 2
    assert run(MONDAY + timedelta(hours=9, minutes=1)) == 0
    assert len(mailbox.mails["ann"]) == len(mailbox.mails["wim"]) == 1


def test_the_subject_counts_what_is_new_to_each(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    subscriber(readers, "ann")
    bob = subscriber(readers, "bob")
    for n in range(3):
        publish(draft, publication, f"Letter no {n}.", MONDAY - timedelta(hours=30 - 10 * n))
    Subscription.objects.filter(pk=bob.pk).update(digested_through=MONDAY - timedelta(hours=15))
    run(MONDAY)
    assert mailbox.mails["ann"][0].splitlines()[0] == "Letter no 2. and 2 more"
    assert mailbox.mails["bob"][0].splitlines()[0] == "Letter no 2."
    assert titles(mailbox.mails["bob"][0]) == ["Letter no 2."]


def test_who_was_not_reached_gets_the_letters_next_time(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    subscriber(readers, "ann")
    subscriber(readers, "bob")
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))

    def answer(recipient: object) -> Outcome:
        return Rejected("full", code="5.2.2") if getattr(recipient, "email", "").startswith("bob") else OK

    mailbox.answer = answer
    run(MONDAY)
    mailbox.answer = lambda _: OK
    publish(draft, publication, "Letter no 2.", MONDAY + timedelta(hours=3))
    run(MONDAY + timedelta(days=1))
    assert [titles(mail) for mail in mailbox.mails["ann"]] == [["Letter no 1."], ["Letter no 2."]]
    assert [titles(mail) for mail in mailbox.mails["bob"]] == [["Letter no 2.", "Letter no 1."]]


def test_letters_go_to_those_who_want_each_and_digests_to_the_others(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    subscriber(readers, "ann")
    subscriber(readers, "each", Subscription.Cadence.EACH_LETTER)
    letter = publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))
    (dispatch,) = world.queue(letter, "mail", lists=[readers])
    world.work(dispatch)
    assert set(mailbox.mails) == {"each"}
    run(MONDAY)
    assert set(mailbox.mails) == {"each", "ann"}
    assert len(mailbox.mails["each"]) == 1


def test_who_moves_or_changes_how_often_gets_no_letter_twice(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    ann = subscriber(readers, "ann", zone="Asia/Seoul")
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(days=1))
    for hour in range(-24, 24):
        run(MONDAY + timedelta(hours=hour))
        if hour == -3:
            Subscriber.objects.filter(pk=ann.subscriber_id).update(time_zone="America/New_York")
        if hour == 8:
            audience.set_cadence(ann.subscriber.key, publication=publication, cadence=WEEKLY)
    run(MONDAY + timedelta(days=7))
    assert [titles(mail) for mail in mailbox.mails["ann"]] == [["Letter no 1."]]


def test_daily_on_one_list_and_weekly_on_another_is_daily(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    subscriber(readers, "ann")
    subscriber(audience.ensure_list(publication, "others"), "ann", WEEKLY)
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))
    run(MONDAY)
    assert len(mailbox.mails["ann"]) == 1


def test_a_letter_that_waits_for_a_digest_comes_along_to_another_list(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    others = audience.ensure_list(publication, "others")
    subscriber(readers, "ann")
    subscriber(readers, "bob")
    late = subscriber(others, "bob")
    Subscription.objects.filter(pk=late.pk).update(since=MONDAY - timedelta(hours=1))
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(days=1))
    run(MONDAY - timedelta(hours=20))
    publish(draft, publication, "Letter no 2.", MONDAY - timedelta(hours=3))
    assert bulk.move(bulk.Selection(), origin=readers, target=others, actor="mina") == 2
    run(MONDAY)
    for name in ("ann", "bob"):
        assert [titles(mail) for mail in mailbox.mails[name]] == [["Letter no 1."], ["Letter no 2."]]


def test_who_had_each_letter_gets_none_of_them_again(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    ann = subscriber(readers, "ann", Subscription.Cadence.EACH_LETTER)
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))
    assert audience.set_cadence(ann.subscriber.key, publication=publication, cadence=DAILY) == 1
    assert run(MONDAY) == 0


def test_who_is_imported_with_another_cadence_gets_no_letter_again_either(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    ann = subscriber(readers, "ann", Subscription.Cadence.EACH_LETTER)
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))
    import_subscribers(io.StringIO(f"email,cadence\n{ann.subscriber.email},daily\n"), into=readers)
    assert run(MONDAY) == 0


def test_a_batch_of_a_dead_worker_is_the_same_mail_for_the_rest(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    for name in ("ann", "bob", "cem"):
        subscriber(readers, name)
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))
    digests.plan(now=MONDAY)
    digest, dispatch = Digest.objects.get(), Dispatch.objects.get()
    dispatch.state, dispatch.spread_from = "sending", datetime.now(UTC)
    dispatch.save()
    assert ledger.spread(dispatch, most=100).recipients == 3
    held = ledger.lease(dispatch.pk)
    assert held is not None
    lists = [readers.pk]
    before, _ = ledger.pending_recipients(held, lists, held.subscribers, digest=digest)
    ledger.append(held, [LedgerEntry(before[0].id, Delivery.Outcome.ACCEPTED)], digest=digest)
    after, left = ledger.pending_recipients(held, lists, held.subscribers, digest=digest)
    assert (after, left) == (before[1:], [])
    ledger.append(held, [LedgerEntry(after[0].id, Delivery.Outcome.FAILED, may_have_arrived=True)], digest=digest)
    ledger.append(held, [LedgerEntry(after[1].id, Delivery.Outcome.FAILED)], digest=digest)
    had = dict(Subscription.objects.values_list("subscriber_id", "digested_through"))
    assert had == {before[0].id: digest.cutoff, before[1].id: digest.cutoff, before[2].id: None}


def test_many_may_plan_at_once(draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox) -> None:
    subscriber(readers, "ann")
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))
    made: list[int] = []

    def work() -> None:
        try:
            made.append(digests.plan(now=MONDAY))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 0, 0, 0, 0, 1]
    assert Dispatch.objects.count() == 1


def test_the_most_read_letters_stand_below(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    subscriber(readers, "ann")
    old = publish(draft, publication, "An old favourite", MONDAY - timedelta(days=90))
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))

    def top(_: Publication, today: date) -> list[int]:
        assert today == MONDAY.date()
        return [old.pk, 12345]

    with replaced(TOP_LETTERS, top):
        digests.plan(now=MONDAY)
    run(MONDAY)
    release.tick()
    for dispatch in Dispatch.objects.filter(state="sending"):
        world.send(dispatch.pk)
    assert "1. An old favourite" in mailbox.mails["ann"][0]


@pytest.mark.parametrize("begun", [False, True])
def test_the_next_one_takes_the_place_of_one_that_is_not_finished(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox, begun: bool
) -> None:
    for name in ("ann", "bob"):
        subscriber(readers, name)
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))
    digests.plan(now=MONDAY)
    first = Dispatch.objects.get()
    if begun:
        mailbox.answer = lambda _: Deferred("Greylisted.", code="4.7.1")
        release.tick()
        world.send(first.pk)
        mailbox.answer = lambda _: OK
    else:
        control.pause(first.pk)
    publish(draft, publication, "Letter no 2.", MONDAY + timedelta(hours=3))
    assert run(MONDAY + timedelta(days=1)) == 1
    first.refresh_from_db()
    assert (first.state, first.reason) == ("cancelled", "Its letters are in the digest of 2026-03-24.")
    if begun:
        world.send(first.pk)
        assert ledger.counts([first])[first.pk] == ledger.Counts(2, cancelled=2)
    for name in ("ann", "bob"):
        assert [titles(mail) for mail in mailbox.mails[name]] == [["Letter no 2.", "Letter no 1."]]


def test_who_had_the_letters_meanwhile_is_said_to_have_had_them(
    draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    ann = subscriber(readers, "ann")
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))
    digests.plan(now=MONDAY)
    Subscription.objects.filter(pk=ann.pk).update(digested_through=MONDAY)
    world.work(dispatch := Dispatch.objects.get())
    assert (dispatch.state, dispatch.reason) == ("sent", "Nobody is waiting for its letters any more.")


def test_without_an_account_it_waits(draft: Draft, mailbox: Mailbox) -> None:
    publication = world.make_publication()
    publication.digests_from = LONG_AGO
    publication.save()
    subscriber(audience.ensure_list(publication, "readers"), "ann")
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))
    assert run(MONDAY + timedelta(hours=2)) == 1
    assert Dispatch.objects.get().state == "blocked"


def test_the_leave_page_offers_less_often_and_a_plain_post_still_leaves(
    client: Client, draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    each = subscriber(readers, "ann", Subscription.Cadence.EACH_LETTER)
    letter = publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))
    (dispatch,) = world.queue(letter, "mail", lists=[readers])
    address = RecipientLinks(dispatch.pk).of(each.subscriber_id)["unsubscribe_url"].removeprefix(settings.SITE_URL)
    assert "Once a week" in client.get(address).content.decode()
    each.refresh_from_db()
    assert each.cadence == "each letter"
    assert "Once a day" in client.post(address, {"cadence": "daily"}).content.decode()
    each.refresh_from_db()
    assert (each.cadence, each.state) == ("daily", "active")
    assert each.digested_through is not None
    publication.digests_from = None
    publication.save()
    assert "Once a week" not in client.get(address).content.decode()
    client.post(address, {"List-Unsubscribe": "One-Click"})
    each.refresh_from_db()
    assert each.state == "left"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("", "7:00 (Europe/Berlin)"),
        ("America/New_York", "7:00 (America/New York)"),
        ("Atlantis/Nowhere", "7:00 (Europe/Berlin)"),
    ],
)
def test_the_leave_page_says_the_true_hour(
    client: Client, draft: Draft, publication: Publication, readers: MailingList, zone: str, said: str
) -> None:
    ann = subscriber(readers, "ann", zone=zone)
    publication.digest_hour, publication.digest_weekday = 7, 4
    publication.save()
    (dispatch,) = world.queue(publish(draft, publication, "Letter no 1.", MONDAY), "mail", lists=[readers])
    address = RecipientLinks(dispatch.pk).of(ann.subscriber_id)["unsubscribe_url"].removeprefix(settings.SITE_URL)
    page = client.get(address).content.decode()
    assert f"at {said}" in page
    assert "on Fridays" in page
    assert f"every day at {said}" in client.post(address, {"cadence": "daily"}).content.decode()
    assert f"every Friday at {said}" in client.post(address, {"cadence": "weekly"}).content.decode()


def test_a_digest_s_link_names_and_leaves_the_lists_of_its_reader(
    client: Client, draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    ann = subscriber(readers, "ann")
    subscriber(audience.ensure_list(publication, "insiders"), "bob")
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))
    run(MONDAY)
    address = RecipientLinks(Dispatch.objects.get().pk).of(ann.subscriber_id)["unsubscribe_url"]
    address = address.removeprefix(settings.SITE_URL)
    assert "insiders" not in client.get(address).content.decode().lower()
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    left = Subscription.objects.filter(state=Subscription.State.LEFT)
    assert list(left.values_list("subscriber__email", flat=True)) == ["ann@inbox.example"]
    assert "insiders" not in client.post(address).content.decode().lower()
    publish(draft, publication, "Letter no 2.", MONDAY + timedelta(hours=3))
    run(MONDAY + timedelta(days=1))
    assert len(mailbox.mails["ann"]) == 1
    assert len(mailbox.mails["bob"]) == 2


def test_the_commands_switch_and_list_and_preview() -> None:
    with house() as made:
        made.fine("publications", "add", "The Lantern Post", "--sender", "letters@lantern-post.example")
        answer = made.fine("digests", "on", "the-lantern-post", "--hour", "7", "--weekday", "friday")
        assert answer == {"slug": "the-lantern-post", "on": True, "hour": 7, "weekday": "friday"}
        assert made.fine("digests", "list") == []
        assert made.fine("digests", "preview", "--cadence", "weekly")["subject"] is None
        assert "no publication" in made.refused("digests", "on", "nobody")
        assert made.fine("digests", "off", "the-lantern-post")["on"] is False


def test_the_desk_lists_the_runs_and_shows_what_went_out(
    admin_client: Client, draft: Draft, publication: Publication, readers: MailingList, mailbox: Mailbox
) -> None:
    subscriber(readers, "ann")
    run(MONDAY - timedelta(days=1))
    publish(draft, publication, "Letter no 1.", MONDAY - timedelta(hours=3))
    run(MONDAY)
    page = admin_client.get("/desk/digests/").content.decode()
    assert "nothing new" in page
    assert "1 of 1" in page
    assert admin_client.get(f"/desk/dispatches/{Dispatch.objects.get().pk}/").status_code == 200
    assert "Letter no 1." in admin_client.get(f"/desk/dispatches/{Dispatch.objects.get().pk}/mail/").content.decode()
