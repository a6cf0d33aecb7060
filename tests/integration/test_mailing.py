"""Mail: spreading, batches and leases, outcomes, pause and cancel, and everyone counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import time, timedelta
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from distributor.audience import held_bursts, segments, suppression
from distributor.audience.models import Subscriber, Subscription, Suppression
from distributor.channels import registry
from distributor.channels.base import CROWDED
from distributor.cli.commands import cli
from distributor.delivery import control, release, resend, wakeups
from distributor.delivery.mail import batches, history, ledger, send, unreached
from distributor.delivery.mail.pacing import WarmUp
from distributor.delivery.models import Batch, Delivery, Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.errors import BadInput, ConfirmationNeeded, StateError
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.recipients import Recipient
from distributor.domain.segments import parse
from distributor.letters.models import Letter
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import html
from tests.integration.processes import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

OK = Accepted(Receipt("queued as 1"))


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "BATCH_SIZE", 10)
    monkeypatch.setattr(batches, "LOOK_AHEAD", 5)


def answers(**by_reader: Outcome) -> Callable[[Recipient | None], Outcome]:
    """Answer these readers so, and accept everyone else."""

    def answer(recipient: Recipient | None) -> Outcome:
        assert recipient is not None
        return by_reader.get(recipient.email.partition("@")[0], OK)

    return answer


def outcomes(dispatch: Dispatch) -> Counter[str]:
    return Counter(Delivery.objects.filter(dispatch=dispatch).values_list("outcome", flat=True))


def test_everyone_gets_it_once(queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel) -> None:
    dispatch = queue(27)
    world.work(dispatch)
    world.send(dispatch.pk)  # a task may run twice
    assert (dispatch.state, dispatch.recipients) == ("sent", 27)
    assert Counter(mail_channel.asked) == Counter(f"reader{number}@inbox.example" for number in range(27))
    assert sorted(len(batch.subscribers) for batch in dispatch.batches.all()) == [7, 10, 10]
    assert outcomes(dispatch) == {"accepted": 27}


def test_someone_on_several_lists_gets_one_mail(letter: Letter, mail_channel: ScriptedChannel) -> None:
    world.connect(letter.publication, "letterbox")
    one = world.make_list(letter.publication, 8, "one")
    two = world.make_list(letter.publication, 8, "two", first=4)
    (dispatch,) = world.queue(letter, "letterbox", lists=[one, two])
    world.work(dispatch)
    assert dispatch.recipients == 12
    assert set(Counter(mail_channel.asked).values()) == {1}


def test_who_left_or_is_suppressed_is_not_in(queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel) -> None:
    dispatch = queue(5)
    Subscription.objects.filter(subscriber__email="reader1@inbox.example").update(state="left")
    Suppression.objects.create(email="Reader2@inbox.example", reason="complaint")
    world.work(dispatch)
    assert dispatch.recipients == 3
    assert "reader1@inbox.example" not in mail_channel.asked
    assert "reader2@inbox.example" not in mail_channel.asked


def test_who_leaves_while_it_is_sent_gets_none(queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel) -> None:
    def answer(recipient: Recipient | None) -> Outcome:
        Subscription.objects.filter(subscriber__email="reader19@inbox.example").update(state="left")
        Subscriber.objects.filter(email="reader18@inbox.example").delete()
        return OK

    mail_channel.answer = answer
    dispatch = queue(20)
    world.work(dispatch)
    assert outcomes(dispatch) == {"accepted": 18, "left": 2}
    assert dispatch.state == "sent"


def test_who_signs_up_after_the_spread_is_not_in(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    dispatch = queue(3)

    def answer(recipient: Recipient | None) -> Outcome:
        new, _ = Subscriber.objects.get_or_create(email="late@inbox.example")
        Subscription.objects.get_or_create(subscriber=new, list=dispatch.lists.get())
        return OK

    mail_channel.answer = answer
    world.work(dispatch)
    assert dispatch.recipients == 3
    assert "late@inbox.example" not in mail_channel.asked


def test_only_a_mailbox_that_is_gone_costs_a_subscriber(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    mail_channel.answer = answers(
        reader1=Rejected("No such user.", "5.1.1"),
        reader2=Rejected("Message refused by policy.", "5.7.1"),
        reader3=Rejected("“nickname” is undefined", "template"),
    )
    dispatch = queue(6)
    world.work(dispatch)
    assert dispatch.state == "partly"
    assert "3 of 6" in dispatch.reason
    assert outcomes(dispatch) == {"accepted": 3, "rejected": 2, "failed": 1}
    assert list(Suppression.objects.values_list("email", flat=True)) == ["reader1@inbox.example"]


def test_a_refusal_is_judged_by_its_code_and_its_words(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    mail_channel.answer = answers(
        reader1=Rejected("The server refused it: User unknown", "550"),
        reader2=Rejected("The server refused it: receiving mail at a rate that prevents more", "5.2.1"),
        reader3=Rejected("The server refused it: http://www.spamhaus.org/query/bl?ip=192.0.2.222", "5.1.3"),
        reader4=Rejected("The server refused it at the end of the message: Unknown user", "550"),
    )
    world.work(queue(6))
    assert list(Suppression.objects.values_list("email", flat=True)) == ["reader1@inbox.example"]


def test_deferred_recipients_come_again_and_nobody_else(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    busy = Deferred("Try later.", code="4.2.1")
    mail_channel.answer = answers(reader4=busy, reader5=Unconfirmed("The answer was lost."))
    dispatch = queue(12)
    world.work(dispatch)
    assert dispatch.state == "sending"
    assert outcomes(dispatch) == {"accepted": 10}
    again = Batch.objects.get(dispatch=dispatch, round=1)
    assert again.not_before is not None
    assert again.not_before > timezone.now()
    assert ledger.claimable() == []
    Batch.objects.filter(pk=again.pk).update(not_before=timezone.now())
    assert ledger.claimable() == [dispatch.pk]
    mail_channel.answer = lambda _: OK
    mail_channel.asked.clear()
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert sorted(mail_channel.asked) == ["reader4@inbox.example", "reader5@inbox.example"]
    assert (dispatch.state, outcomes(dispatch)) == ("sent", {"accepted": 12})


def test_three_days_of_deferrals_end_in_a_recorded_failure_and_no_suppression(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    mail_channel.answer = answers(reader0=Deferred("Mailbox full.", code="4.2.2"))
    dispatch = queue(2)
    world.work(dispatch)
    Batch.objects.update(not_before=None, first_tried_at=timezone.now() - timedelta(days=3))
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, outcomes(dispatch)) == ("partly", {"accepted": 1, "failed": 1})
    assert not Suppression.objects.exists()


def test_a_server_that_is_away_leaves_the_batch_for_later(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    mail_channel.answer = lambda _: Deferred("The mail server does not answer.", code="away")
    dispatch = queue(10)
    world.work(dispatch)
    assert dispatch.state == "sending"
    assert "does not answer" in dispatch.reason
    assert len(mail_channel.asked) == 1
    mail_channel.answer = lambda _: OK
    Batch.objects.update(not_before=None)
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, outcomes(dispatch)) == ("sent", {"accepted": 10})


def test_while_others_have_all_connections_nobody_is_tried_and_the_page_says_why(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatch = queue(12)
    woken: list[tuple[object, ...]] = []
    monkeypatch.setattr(wakeups, "after_commit", lambda *task: woken.append(task))
    mail_channel.answer = answers(reader3=Deferred("All are in use.", code=CROWDED), reader4=Deferred("", code=CROWDED))
    world.work(dispatch)
    assert (dispatch.state, dispatch.reason) == ("sending", "All are in use.")
    assert not dispatch.batches.filter(state=Batch.State.LEASED).exists()
    assert not dispatch.attempts.exists()
    assert woken[-1] == ("delivery.mail", dispatch.pk)
    mail_channel.answer = answers()
    world.work(dispatch)
    assert dispatch.state == "sent"
    assert outcomes(dispatch) == {"accepted": 12}


def test_a_relay_that_refuses_our_login_blocks_and_loses_nobody(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    mail_channel.answer = lambda _: Reconnect("The relay refused the login.")
    dispatch = queue(10)
    world.work(dispatch)
    assert (dispatch.state, outcomes(dispatch)) == ("blocked", {})
    mail_channel.answer = lambda _: OK
    world.connect(dispatch.publication, "letterbox")
    control.resume(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, outcomes(dispatch)) == ("sent", {"accepted": 10})


@pytest.mark.parametrize("stop", [control.pause, control.cancel])
def test_an_editor_stops_it_in_the_middle_of_a_batch(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel, stop: Callable[[int], Dispatch]
) -> None:
    dispatch = queue(30)

    def answer(recipient: Recipient | None) -> Outcome:
        if len(mail_channel.asked) == 7:
            stop(dispatch.pk)
        return OK

    mail_channel.answer = answer
    world.work(dispatch)
    assert len(mail_channel.asked) == 7
    sent = outcomes(dispatch)["accepted"]
    assert sent == len(mail_channel.asked)
    if stop is control.cancel:
        assert dispatch.state == "cancelled"
        assert outcomes(dispatch) == {"accepted": sent, "cancelled": 30 - sent}
        return
    assert dispatch.state == "paused"
    mail_channel.answer = lambda _: OK
    control.resume(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, outcomes(dispatch)) == ("sent", {"accepted": 30})
    assert set(Counter(mail_channel.asked).values()) == {1}


class Killed(BaseException):
    """A worker's process is gone: no handler of the product runs."""


def test_a_batch_of_a_dead_worker_is_taken_over_and_only_the_unrecorded_are_repeated(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    dispatch = queue(10)

    def die(recipient: Recipient | None) -> Outcome:
        if len(mail_channel.asked) == 8:
            raise Killed
        return OK

    mail_channel.answer = die
    with pytest.raises(Killed):
        world.work(dispatch)
    recorded = outcomes(dispatch)["accepted"]
    assert recorded == 7
    mail_channel.answer = lambda _: OK
    world.send(dispatch.pk)
    assert len(mail_channel.asked) == 8  # its lease still runs
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_batch SET lease_until = now() - interval '1 second' WHERE state = 'leased'")
    assert ledger.claimable() == [dispatch.pk]
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, outcomes(dispatch)) == ("sent", {"accepted": 10})
    assert sum(Counter(mail_channel.asked).values()) - 10 == 1  # the one under way
    assert Batch.objects.get(dispatch=dispatch).takeovers == 1


def test_a_worker_that_lost_its_lease_records_what_it_sent_and_stops(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    dispatch = queue(10)

    def answer(recipient: Recipient | None) -> Outcome:
        if len(mail_channel.asked) == 4:
            Batch.objects.filter(dispatch=dispatch).update(lease_key=uuid4())  # another worker has it
        return OK

    mail_channel.answer = answer
    world.work(dispatch)
    assert dispatch.state == "sending"
    assert outcomes(dispatch)["accepted"] == len(mail_channel.asked) < 10
    assert Batch.objects.get(dispatch=dispatch).state == "leased"


def test_a_list_without_subscribers_is_sent_to_nobody_and_says_so(queue: Callable[[int], Dispatch]) -> None:
    dispatch = queue(0)
    world.work(dispatch)
    assert (dispatch.state, dispatch.recipients) == ("sent", 0)
    assert "Nobody" in dispatch.reason


def test_two_workers_share_a_dispatch_without_sending_anything_twice(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    dispatch = queue(40)

    def answer(recipient: Recipient | None) -> Outcome:
        if len(mail_channel.asked) == 5:
            mail_channel.answer = lambda _: OK
            world.send(dispatch.pk)  # another worker sends all that is not leased
        return OK

    mail_channel.answer = answer
    world.work(dispatch)
    assert (dispatch.state, outcomes(dispatch)) == ("sent", {"accepted": 40})
    assert set(Counter(mail_channel.asked).values()) == {1}


def test_no_mailing_list_or_an_unclear_choice_is_blocked_with_a_reason(
    letter: Letter, mail_channel: ScriptedChannel
) -> None:
    world.connect(letter.publication, "letterbox")
    (nobody,) = world.queue(letter, "letterbox")
    assert (nobody.state, "no mailing list" in nobody.reason) == ("blocked", True)
    control.cancel(nobody.pk)
    world.make_list(letter.publication, 1, "one")
    world.make_list(letter.publication, 1, "two")
    (unclear,) = world.queue(letter, "letterbox")
    assert unclear.reason == "Say which lists: one, two."


def test_an_unexpected_error_pauses_and_what_was_accepted_is_recorded(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    def answer(recipient: Recipient | None) -> Outcome:
        if len(mail_channel.asked) == 5:
            raise LookupError("nobody expected this")
        return OK

    mail_channel.answer = answer
    dispatch = queue(10)
    world.work(dispatch)
    assert dispatch.state == "paused"
    assert "LookupError" in dispatch.reason
    assert outcomes(dispatch) == {"accepted": 4}
    mail_channel.answer = lambda _: OK
    control.resume(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, outcomes(dispatch)) == ("sent", {"accepted": 10})
    assert Counter(mail_channel.asked).most_common(1)[0][1] == 2  # the one whose answer nobody knew


def test_a_relay_that_takes_longer_than_the_lease_keeps_its_worker(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel, settings: Settings
) -> None:
    settings.LEASE_SECONDS = 1
    dispatch = queue(3)

    def slow(recipient: Recipient | None) -> Outcome:
        at_first = Batch.objects.get().lease_until
        wait_for(lambda: Batch.objects.get().lease_until != at_first, what="the lease is renewed")
        return OK

    mail_channel.answer = slow
    world.work(dispatch)
    assert (dispatch.state, len(mail_channel.asked), Batch.objects.get().takeovers) == ("sent", 3, 0)


def test_a_lost_answer_is_repeated_once_and_no_more(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    mail_channel.answer = answers(reader1=Deferred("The answer was lost.", code="repeat-possible"))
    dispatch = queue(2)
    world.work(dispatch)
    Batch.objects.update(not_before=None)
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, outcomes(dispatch)) == ("partly", {"accepted": 1, "failed": 1})
    assert mail_channel.asked.count("reader1@inbox.example") == 2
    assert "may have arrived" in Delivery.objects.get(outcome="failed").detail


def test_a_relay_that_is_away_is_tried_once_a_turn_and_not_for_ever(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    mail_channel.answer = lambda _: Deferred("The mail server does not answer.", code="away")
    dispatch = queue(50)
    world.work(dispatch)
    assert len(mail_channel.asked) == 1
    assert ledger.claimable() == []
    long_ago = timezone.now() - timedelta(days=4)
    Dispatch.objects.update(released_at=long_ago, approved_at=long_ago)
    Batch.objects.update(not_before=None)
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, "for days" in dispatch.reason) == ("paused", True)


def test_a_mailing_of_many_days_is_as_patient_with_its_relay_as_any(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    mail_channel.answer = answers(reader1=Deferred("The mail server does not answer.", code="away"))
    dispatch = queue(2)
    release.tick()
    long_ago = timezone.now() - timedelta(days=4)
    Dispatch.objects.update(released_at=long_ago, approved_at=long_ago)
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, "again in 1 min" in dispatch.reason) == ("sending", True)


def test_days_of_waiting_for_a_person_cost_nobody_a_try(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    dispatch = queue(2)
    release.tick()
    Dispatch.objects.update(spread_at=None, released_at=timezone.now() - timedelta(days=4))
    mail_channel.answer = lambda _: Deferred("Greylisted.", code="4.7.1")
    world.send(dispatch.pk)
    assert outcomes(dispatch) == {}
    assert Batch.objects.filter(round=1).count() == 1


def test_a_turn_ends_within_a_batch_and_deferred_recipients_keep_their_time(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "TURN_SECONDS", 0)
    mail_channel.answer = answers(reader0=Deferred("Greylisted.", code="4.7.1"))
    dispatch = queue(10)
    world.work(dispatch)
    assert len(mail_channel.asked) == batches.LOOK_AHEAD
    world.send(dispatch.pk)
    world.send(dispatch.pk)
    assert outcomes(dispatch) == {"accepted": 9}
    assert mail_channel.asked.count("reader0@inbox.example") == 1


def test_the_relay_of_the_environment_is_tried_again_when_a_person_says_so(
    letter: Letter, mail_channel: ScriptedChannel, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_channel.name = "mail"
    monkeypatch.setitem(registry.CHANNELS, "mail", mail_channel)
    settings.MAIL_URL = "smtp://wrong@relay.example"
    mail_channel.answer = lambda _: Reconnect("The relay refused the login.")
    (dispatch,) = world.queue(letter, "mail", lists=[world.make_list(letter.publication, 1)])
    world.work(dispatch)
    assert dispatch.state == "blocked"
    mail_channel.answer = lambda _: OK
    control.resume(dispatch.pk)
    world.work(dispatch)
    assert dispatch.state == "sent"


def test_an_error_that_everyone_shares_pauses_and_fails_nobody(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    mail_channel.answer = lambda _: Rejected("“nickname” is undefined.", "template")
    dispatch = queue(15)
    world.work(dispatch)
    assert dispatch.state == "paused"
    assert (
        dispatch.reason == "Nobody’s mail can be made: “nickname” is undefined. Nothing was sent: mend it, then resume."
    )
    assert outcomes(dispatch) == {}
    mail_channel.answer = lambda _: OK
    world.rename(Letter.objects.get(), "Mended")
    control.resume(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, outcomes(dispatch)) == ("sent", {"accepted": 15})
    assert dispatch.variant is not None
    assert dispatch.variant["subject"] == "Mended"


def test_a_last_batch_that_fails_alone_is_recorded(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    unmade = Rejected("“nickname” is undefined", "template")
    mail_channel.answer = answers(reader10=unmade, reader11=unmade)
    dispatch = queue(12)
    world.work(dispatch)
    assert (dispatch.state, outcomes(dispatch)) == ("partly", {"accepted": 10, "failed": 2})


def test_millions_are_spread_in_steps_and_the_first_mails_go_out_before_the_last_step(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "FIRST_STEP", 10)
    monkeypatch.setattr(send, "SPREAD_STEP", 15)
    dispatch = queue(47)
    world.work(dispatch)
    assert (dispatch.state, dispatch.recipients, dispatch.spread_at) == ("sending", 10, None)
    assert outcomes(dispatch) == {"accepted": 10}
    new = Subscriber.objects.create(email="late@inbox.example")
    Subscription.objects.create(subscriber=new, list=dispatch.lists.get())
    send.continue_spread(dispatch.pk)
    send.continue_spread(dispatch.pk)  # a task may run twice
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.recipients) == ("sent", 47)
    assert Counter(mail_channel.asked) == Counter(f"reader{number}@inbox.example" for number in range(47))


def test_a_dispatch_cancelled_while_it_is_spread_closes_those_it_had(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "FIRST_STEP", 20)
    dispatch = queue(47)

    def answer(recipient: Recipient | None) -> Outcome:
        control.cancel(dispatch.pk)
        return OK

    mail_channel.answer = answer
    world.work(dispatch)
    send.continue_spread(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.recipients) == ("cancelled", 20)
    assert outcomes(dispatch) == {"accepted": 1, "cancelled": 19}
    counted = ledger.counts([dispatch])[dispatch.pk]
    assert (counted.accepted, counted.cancelled, counted.waiting) == (1, 19, 0)


def test_a_lost_wake_up_of_the_spreading_is_repeated_by_the_sweeper(
    queue: Callable[[int], Dispatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "FIRST_STEP", 10)
    dispatch = queue(20)
    world.work(dispatch)
    woken: list[tuple[object, ...]] = []
    monkeypatch.setattr(wakeups, "after_commit", lambda *task: woken.append(task))
    release.sweep()
    assert ("delivery.spread", dispatch.pk) in woken


def _end_own_connection() -> None:
    """Have the server end it, as a restart does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (own,) = cursor.fetchone()
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (own,))


def test_what_was_accepted_is_recorded_once_postgresql_is_back(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    dispatch = queue(5)

    def answer(recipient: Recipient | None) -> Outcome:
        if len(mail_channel.asked) == 3:
            _end_own_connection()
        return OK

    mail_channel.answer = answer
    world.work(dispatch)
    assert (dispatch.state, outcomes(dispatch)) == ("sent", {"accepted": 5})
    assert set(Counter(mail_channel.asked).values()) == {1}


def test_a_mailbox_that_is_gone_is_suppressed_once_postgresql_is_back(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_channel.answer = answers(reader1=Rejected("No such user.", code="5.1.1"))
    calls: list[object] = []

    def suppress(dispatch_id: int | None, gone: list[Suppression]) -> int:
        if not calls:
            _end_own_connection()
        calls.append(gone)
        return held_bursts.suppress_or_hold(dispatch_id, gone)

    monkeypatch.setattr(batches, "suppress_or_hold", suppress)
    dispatch = queue(3)
    world.work(dispatch)
    assert (dispatch.state, outcomes(dispatch)) == ("partly", {"accepted": 2, "rejected": 1})
    kept = Suppression.objects.get()
    assert (kept.email, kept.source, kept.dispatch_id) == ("reader1@inbox.example", "refusal", dispatch.pk)


def test_a_mailing_over_hours_goes_out_evenly(letter: Letter, mail_channel: ScriptedChannel) -> None:
    world.connect(letter.publication, "letterbox")
    readers = world.make_list(letter.publication, 24)
    queued = queue_letter(letter, channels=["letterbox"], lists=[readers], spread_hours=2)
    (dispatch,) = queued.dispatches
    world.work(dispatch)
    assert (dispatch.state, len(mail_channel.asked)) == ("sending", 1)
    assert dispatch.spread_from is not None
    turns = [batch.not_before for batch in dispatch.batches.order_by("pk")]
    assert turns == [dispatch.spread_from + timedelta(minutes=5) * number for number in range(24)]
    Batch.objects.update(not_before=timezone.now())
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, outcomes(dispatch)) == ("sent", {"accepted": 24})


@pytest.mark.parametrize(
    "words", ['2.0.0 "Ok", {queued} as \\4F\\', "NULL", "", "250\x002.0.0", "수락됨 ✓ 'x' %s %(ids)s"]
)
def test_whatever_a_server_says_is_kept(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel, words: str
) -> None:
    mail_channel.answer = lambda _: Rejected(words, "5.7.1")
    dispatch = queue(2)
    world.work(dispatch)
    kept = f"5.7.1 {words}".replace("\0", "").strip()
    assert list(Delivery.objects.values_list("detail", flat=True)) == [kept, kept]


def sent_on(dispatch: Dispatch) -> bool:
    """Do a worker's part and say whether the dispatch is sent by now."""
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    return dispatch.state == "sent"


def test_a_domain_that_asks_for_less_waits_and_slows_no_other(
    letter: Letter, mail_channel: ScriptedChannel, services: None
) -> None:
    world.connect(letter.publication, "letterbox")
    readers = world.make_list(letter.publication, 10)
    other = Subscriber.objects.create(email="kim@elsewhere.example")
    Subscription.objects.create(subscriber=other, list=readers)
    mail_channel.answer = answers(reader0=Deferred("Too many messages.", code="4.7.0"))
    (dispatch,) = world.queue(letter, "letterbox", lists=[readers])
    world.work(dispatch)
    assert "kim@elsewhere.example" in mail_channel.asked
    again = Counter({batch.round: len(batch.subscribers) for batch in Batch.objects.exclude(state="done")})
    assert again[1] == 1
    counted = ledger.counts([dispatch])[dispatch.pk]
    assert counted.accepted + counted.waiting == 11
    Batch.objects.update(not_before=None)
    mail_channel.answer = lambda _: OK
    wait_for(lambda: sent_on(dispatch))
    assert outcomes(dispatch) == {"accepted": 11}


def test_a_new_domain_sends_its_days_allowance_and_goes_on_tomorrow(
    letter: Letter, mail_channel: ScriptedChannel, services: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication = letter.publication
    publication.sender_email, publication.warm_up_from = f"a@{uuid4().hex}.example", timezone.now().date()
    publication.save()
    monkeypatch.setattr(WarmUp, "allowance", lambda plan, day: 7)
    world.connect(publication, "letterbox")
    (dispatch,) = world.queue(letter, "letterbox", lists=[world.make_list(publication, 10)])
    world.work(dispatch)
    assert (dispatch.state, len(mail_channel.asked)) == ("sending", 7)
    assert ledger.claimable() == []
    waiting = Batch.objects.exclude(state="done").get()
    assert waiting.not_before is not None
    assert waiting.not_before.time() == time(0)  # of the publication's day, in UTC
    assert "today" in dispatch.reason.lower() or "00:00" in dispatch.reason


def test_a_segment_is_asked_when_the_mail_goes_out(letter: Letter, mail_channel: ScriptedChannel) -> None:
    world.connect(letter.publication, "letterbox")
    readers = world.make_list(letter.publication, 6)
    rule = parse({"field": "attributes.city", "is": "Seoul"})
    seoul = segments.add(letter.publication, "seoul", rule=rule, name="In Seoul")
    (dispatch,) = queue_letter(letter, channels=["letterbox"], lists=[readers], segment=seoul).dispatches
    assert dispatch.target == "Readers: In Seoul"
    Subscriber.objects.filter(email__in=["reader1@inbox.example", "reader4@inbox.example"]).update(
        attributes={"city": "Seoul"}
    )
    world.work(dispatch)
    assert (dispatch.state, dispatch.recipients) == ("sent", 2)
    assert sorted(mail_channel.asked) == ["reader1@inbox.example", "reader4@inbox.example"]
    with pytest.raises(BadInput, match="so it stays"):
        segments.remove(seoul)


def test_a_segment_over_hours_takes_all_of_them(letter: Letter, mail_channel: ScriptedChannel) -> None:
    world.connect(letter.publication, "letterbox")
    readers = world.make_list(letter.publication, 24)
    seoul = segments.add(letter.publication, "seoul", rule=parse({"field": "attributes.city", "is": "Seoul"}))
    chosen = [f"reader{number}@inbox.example" for number in (1, 5, 9, 13)]
    Subscriber.objects.filter(email__in=chosen).update(attributes={"city": "Seoul"})
    queued = queue_letter(letter, channels=["letterbox"], lists=[readers], segment=seoul, spread_hours=2)
    (dispatch,) = queued.dispatches
    world.work(dispatch)
    assert dispatch.spread_from is not None
    turns = [batch.not_before for batch in dispatch.batches.order_by("pk")]
    assert turns == [dispatch.spread_from + timedelta(minutes=30) * number for number in range(4)]


def refuse_from(number: int, code: str = "5.7.1") -> Callable[[Recipient | None], Outcome]:
    """Accept everyone until so many were asked, then refuse everyone."""
    asked: list[str] = []

    def answer(recipient: Recipient | None) -> Outcome:
        assert recipient is not None
        asked.append(recipient.email)
        return OK if len(asked) <= number else Rejected("The server refused it: policy.", code=code)

    return answer


def test_a_relay_that_turns_to_refusing_everyone_pauses_the_dispatch(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    mail_channel.answer = refuse_from(100)
    dispatch = queue(400)
    world.work(dispatch)
    assert dispatch.state == "paused"
    assert "far more than usual" in dispatch.reason
    assert "5.7.1" in dispatch.reason
    found = outcomes(dispatch)
    assert found["accepted"] == 100
    assert found["rejected"] < 25
    mail_channel.answer = lambda _: OK
    control.resume(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, outcomes(dispatch)["accepted"]) == ("partly", 400 - found["rejected"])


def test_what_a_mailing_had_before_is_usual_for_the_next(
    queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
) -> None:
    """One in twenty refused: many, and usual for this list."""
    mail_channel.answer = answers(
        **{f"reader{number}": Rejected("Closed.", code="5.2.1") for number in range(0, 200, 20)}
    )
    first = queue(200)
    world.work(first)
    assert first.state == "partly"
    assert history.usual_refusals(first) == 0  # itself does not count
    other = Dispatch(publication=first.publication, pk=first.pk + 1)
    assert history.usual_refusals(other) == pytest.approx(0.05)


class TestResending:
    """Sending again to those whom a mailing did not reach: everyone of them, and nobody twice."""

    @pytest.fixture
    def refused(self, queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel) -> Dispatch:
        mail_channel.answer = answers(
            reader1=Rejected("Policy.", code="5.7.1"),
            reader2=Rejected("Policy.", code="5.7.1"),
            reader3=Rejected("Mailbox full.", code="5.2.2"),
            reader4=Rejected("No.", code=""),
        )
        dispatch = queue(60)
        world.work(dispatch)
        assert (dispatch.state, outcomes(dispatch)) == ("partly", {"accepted": 56, "rejected": 4})
        mail_channel.asked.clear()
        mail_channel.answer = lambda _: OK
        return dispatch

    def test_all_of_them_get_it_and_nobody_else(self, refused: Dispatch, mail_channel: ScriptedChannel) -> None:
        again = resend.resend(refused.pk)
        world.work(again)
        assert (again.state, again.recipients) == ("sent", 4)
        assert sorted(mail_channel.asked) == [f"reader{number}@inbox.example" for number in (1, 2, 3, 4)]
        with pytest.raises(StateError, match="nobody is left to send to"):
            resend.resend(refused.pk)

    def test_those_of_one_code_get_it_and_the_rest_later(
        self, refused: Dispatch, mail_channel: ScriptedChannel
    ) -> None:
        assert unreached.counts(refused) == {"5.7.1": 2, "5.2.2": 1, "other": 1}
        again = resend.resend(refused.pk, code="5.7.1")
        world.work(again)
        assert sorted(mail_channel.asked) == ["reader1@inbox.example", "reader2@inbox.example"]
        rest = resend.resend(again.pk)  # of a later sending: of the mailing itself
        world.work(rest)
        assert sorted(mail_channel.asked) == [f"reader{number}@inbox.example" for number in (1, 2, 3, 4)]

    def test_one_sending_at_a_time(self, refused: Dispatch) -> None:
        again = resend.resend(refused.pk)
        with pytest.raises(StateError, match=f"dispatch {again.pk} is"):
            resend.resend(refused.pk)
        control.cancel(again.pk)
        assert resend.resend(refused.pk).pk != again.pk

    def test_a_code_that_nobody_was_refused_with(self, refused: Dispatch) -> None:
        with pytest.raises(BadInput, match=r"choose from 5\.7\.1, 5\.2\.2, other"):
            resend.resend(refused.pk, code="4.4.4")

    def test_who_has_left_or_is_suppressed_gets_none(self, refused: Dispatch, mail_channel: ScriptedChannel) -> None:
        Subscription.objects.filter(subscriber__email="reader1@inbox.example").update(state="left")
        suppression.suppress_one("reader3@inbox.example")
        world.work(resend.resend(refused.pk))
        assert sorted(mail_channel.asked) == ["reader2@inbox.example", "reader4@inbox.example"]

    def test_who_may_have_it_gets_no_second(
        self, queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel
    ) -> None:
        mail_channel.answer = answers(
            reader1=Deferred("The answer was lost.", code="repeat-possible"),
            reader2=Rejected("Policy.", code="5.7.1"),
        )
        dispatch = queue(3)
        world.work(dispatch)
        Batch.objects.update(not_before=None)
        world.send(dispatch.pk)
        assert outcomes(dispatch) == {"accepted": 1, "failed": 1, "rejected": 1}
        mail_channel.asked.clear()
        mail_channel.answer = lambda _: OK
        world.work(resend.resend(dispatch.pk))
        assert mail_channel.asked == ["reader2@inbox.example"]

    def test_it_is_asked_how_many_they_are(self, refused: Dispatch) -> None:
        for options, words in (((), "mailed to 4 people"), (("--code", "5.2.2"), "mailed to 1 person whom")):
            result = CliRunner().invoke(cli, ["resend", str(refused.pk), *options])
            assert isinstance(result.exception, ConfirmationNeeded)
            assert words in str(result.exception)

    def test_a_page_is_no_mailing(self, refused: Dispatch, post_channel: ScriptedChannel) -> None:
        assert refused.letter is not None
        world.connect(refused.publication, "scripted")
        (post,) = world.queue(refused.letter, "scripted")
        Dispatch.objects.filter(pk=post.pk).update(state="failed")
        result = CliRunner().invoke(cli, ["resend", str(post.pk)])
        assert isinstance(result.exception, StateError)
        assert "It is a post, and not mail to people" in str(result.exception)

    def test_those_refused_again_are_not_lost(self, refused: Dispatch, mail_channel: ScriptedChannel) -> None:
        mail_channel.answer = answers(reader1=Rejected("Policy.", code="5.7.1"))
        world.work(resend.resend(refused.pk))
        mail_channel.asked.clear()
        mail_channel.answer = lambda _: OK
        world.work(resend.resend(refused.pk))
        assert mail_channel.asked == ["reader1@inbox.example"]

    def test_a_post_and_an_unfinished_mailing_are_refused(self, queue: Callable[[int], Dispatch]) -> None:
        dispatch = queue(3)
        with pytest.raises(StateError, match="so it can't be sent again to those it did not reach"):
            resend.resend(dispatch.pk)

    def test_desk_and_command_line_offer_it_by_code(self, refused: Dispatch, editor: Client) -> None:
        page = editor.get(f"/desk/letters/{refused.letter_id}/").content.decode()
        assert '<option value="5.7.1">5.7.1 (2)</option>' in page
        assert '<option value="">anything (4)</option>' in page
        sent = {"code": "5.7.1", "confirmed": "yes"}
        editor.post(f"/desk/dispatches/{refused.pk}/resend/", sent)
        again = Dispatch.objects.get(resend_of=refused)
        assert (again.resend_code, again.state) == ("5.7.1", "scheduled")
        assert again.target == f"{refused.target}, refused with 5.7.1 by dispatch {refused.pk}"
        world.work(again)
        result = CliRunner().invoke(cli, ["resend", str(refused.pk), "--code", "5.2.2", "--yes"])
        assert result.exit_code == 0
        rest = Dispatch.objects.get(resend_of=refused, resend_code="5.2.2")
        world.work(rest)
        for text in (
            html(editor.get(f"/desk/letters/{refused.letter_id}/")),
            CliRunner().invoke(cli, ["status", str(refused.pk)], env={"COLUMNS": "400"}).output,
        ):
            sentence = "4 of 60 recipients could not be reached. 3 of them were reached when it was sent again."
            assert sentence in " ".join(text.split())
        assert f"Dispatch {rest.pk} sends it to those not reached" in " ".join(result.output.split())
