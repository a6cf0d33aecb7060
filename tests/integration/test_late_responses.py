"""Answers that come late, workers that were taken for dead, and what changed while a call was under way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.support import social
from distributor.channels.base import Credentials, Intent
from distributor.delivery import control, release, transitions
from distributor.delivery.accounts import encryption, tokens
from distributor.delivery.models import Account, Attempt, Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.posts import lookup, rate_budgets, send
from distributor.domain.errors import StateError
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Unconfirmed
from distributor.domain.variants import Concern, Variant
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.test_tokens import Rotating

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dispatch(draft: Draft, post_channel: ScriptedChannel) -> Dispatch:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    return world.queue(letter, "scripted")[0]


@pytest.fixture
def renewable(dispatch: Dispatch, post_channel: ScriptedChannel) -> Rotating:
    post_channel.token_renewal = network = Rotating()
    later = timezone.now() + timedelta(hours=1)
    values = {"token": "t-secret-0", "refresh_token": "refresh-0"}
    Account.objects.update(sealed=encryption.seal(values), expires_at=later, renew_at=later)
    return network


def renewed() -> None:
    """Renew the token, as another worker does."""
    account = Account.objects.get()
    Account.objects.update(renew_at=timezone.now())
    tokens.renew(account.pk)


def elsewhere(act: Any) -> None:
    """Do something on a connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result(10)


def test_an_account_that_was_connected_again_during_the_call_stays_connected(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    assert dispatch.letter is not None
    publication = dispatch.letter.publication

    def answer(_: Any) -> Outcome:
        if len(post_channel.asked) > 1:
            return Accepted(Receipt("1"))
        world.connect(publication, "scripted")
        return Reconnect("It was revoked.")  # what was said of the old credentials

    post_channel.answer = answer
    world.work(dispatch)
    assert Account.objects.get().needs_reconnect == ""
    world.work(dispatch)
    assert (dispatch.state, len(post_channel.asked)) == ("sent", 2)


def test_a_token_that_was_renewed_during_the_call_is_used_for_the_next(
    dispatch: Dispatch, post_channel: ScriptedChannel, renewable: Rotating
) -> None:
    def answer(_: Any) -> Outcome:
        if len(post_channel.asked) > 1:
            return Accepted(Receipt("1"))
        renewed()
        return Reconnect("It expired.", expired=True)

    post_channel.answer = answer
    world.work(dispatch)
    assert Account.objects.get().needs_reconnect == ""
    world.work(dispatch)
    assert dispatch.state == "sent"
    assert post_channel.tokens == ["t-secret-0", "t-secret-1"]


def test_no_call_is_made_with_a_token_from_before_a_renewal(
    dispatch: Dispatch, post_channel: ScriptedChannel, renewable: Rotating, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = rate_budgets.lock

    def waits(account_id: int) -> Account:
        if not renewable.renewals:
            elsewhere(renewed)
        return lock(account_id)

    monkeypatch.setattr(rate_budgets, "lock", waits)
    world.work(dispatch)
    assert post_channel.tokens == ["t-secret-1"]


def cut_off() -> None:
    """End this connection to PostgreSQL, as a restart does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]

    def end() -> None:
        with connection.cursor() as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    elsewhere(end)


def test_an_answer_outlasts_a_restart_of_postgresql(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    def answer(_: Any) -> Outcome:
        cut_off()
        return Accepted(Receipt("1"))

    post_channel.answer = answer
    world.work(dispatch)
    assert (dispatch.state, dispatch.reason) == ("sent", "")


def test_what_is_noted_outlasts_a_restart_of_postgresql(
    dispatch: Dispatch, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(channel: ScriptedChannel, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        cut_off()
        intent.note({"asked": "Mina"})
        return Deferred("Busy.")

    monkeypatch.setattr(ScriptedChannel, "send", send)
    world.work(dispatch)
    assert (dispatch.state, dispatch.attempts.get().kept) == ("scheduled", {"asked": "Mina"})


def test_a_restart_of_postgresql_before_the_call_asks_for_nobody(
    dispatch: Dispatch, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = ScriptedChannel.check

    def cut(channel: ScriptedChannel, variant: Variant) -> tuple[Concern, ...]:
        cut_off()
        return check(channel, variant)

    with monkeypatch.context() as patched:
        patched.setattr(ScriptedChannel, "check", cut)
        world.work(dispatch)
    assert (dispatch.state, post_channel.asked) == ("sending", [])
    world.send(dispatch.pk)  # woken by the sweeper
    dispatch.refresh_from_db()
    assert (dispatch.state, len(post_channel.asked)) == ("sent", 1)


def test_an_answer_that_is_recorded_twice_changes_nothing(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    world.work(dispatch)
    send.conclude(dispatch.attempts.get().pk, Accepted(Receipt("1", "https://network.example/1")))
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.reason) == ("sent", "")


def test_a_worker_that_was_taken_for_dead_makes_no_further_call(
    dispatch: Dispatch, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def send(channel: ScriptedChannel, credentials: Credentials, variant: Variant, intent: Intent) -> Outcome:
        intent.note({"asked": ["Mina"]})
        calls.append("Mina")
        release.sweep(answer_within=timedelta(0))  # it took so long that nobody waits for it any more
        intent.note({"asked": ["Mina", "Jun"]})
        calls.append("Jun")
        return Accepted(Receipt("1"))

    monkeypatch.setattr(ScriptedChannel, "send", send)
    world.work(dispatch)
    assert (dispatch.state, calls) == ("unconfirmed", ["Mina"])
    assert dispatch.attempts.get().kept == {"asked": ["Mina", "Jun"]}  # told all the same: better once too few


def test_taking_a_worker_for_dead_keeps_what_it_notes_meanwhile(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    def answer(_: Any) -> Outcome:
        stale = dispatch.attempts.get()
        Attempt.objects.update(kept={"asked": "Mina"})  # between the sweeper's reading and its writing
        with transaction.atomic():
            send.lose_answer(transitions.locked(dispatch.pk), stale, "Nobody waits for it any more.")
        raise SystemExit

    post_channel.answer = answer
    with pytest.raises(SystemExit):
        world.work(dispatch)
    assert dispatch.attempts.get().kept == {"asked": "Mina"}


def test_a_look_at_an_earlier_call_says_nothing_about_a_later_one(
    dispatch: Dispatch, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow_look(*_: Any) -> None:
        if len(post_channel.asked) == 1:
            control.retry(dispatch.pk)
            world.work(dispatch)

    post_channel.idempotent = True
    post_channel.answer = lambda _: Unconfirmed(f"Answer {len(post_channel.asked)} was lost.")
    monkeypatch.setattr(ScriptedChannel, "find_existing", slow_look)
    world.work(dispatch)
    lookup.settle(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.reason) == ("unconfirmed", "Answer 2 was lost.")
    assert lookup.due_lookups(timezone.now() + timedelta(minutes=1)) == [dispatch.pk]


@pytest.mark.parametrize("state", ["draft", "held"])
def test_a_post_that_is_there_is_not_sent_again_after_it_was_approved_anew(
    dispatch: Dispatch, post_channel: ScriptedChannel, state: str
) -> None:
    post_channel.answer = lambda _: Unconfirmed("The answer was lost.")
    world.work(dispatch)
    control.retry(dispatch.pk)
    approval.take_back(dispatch.pk)
    if state == "held":
        Dispatch.objects.update(hold_minutes=5)
        approval.approve(dispatch.pk)
    send.conclude(dispatch.attempts.get().pk, Accepted(Receipt("1", "https://network.example/1")))
    dispatch.refresh_from_db()
    assert (dispatch.state, len(post_channel.asked)) == ("sent", 1)


def test_a_second_worker_in_trouble_leaves_the_first_ones_call_alone(
    dispatch: Dispatch, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise KeyError("token")

    def answer(_: Any) -> Outcome:
        with monkeypatch.context() as patched:
            patched.setattr(tokens, "keep_fresh", broken)
            world.send(dispatch.pk)
        with pytest.raises(StateError, match="right now"):
            control.cancel(dispatch.pk)
        return Deferred("Busy.")

    post_channel.answer = answer
    world.work(dispatch)
    assert (dispatch.state, dispatch.reason) == ("scheduled", "Busy.")


def test_waits_that_a_benchmark_cuts_short_leave_the_first_try_where_it_was(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    """Else a network whose posts are named after it is asked for another post than was made, and made a second one."""
    began = timezone.now() - timedelta(minutes=1)

    def answer(_: Any) -> Outcome:
        Attempt.objects.update(started_at=began)
        raise SystemExit  # the worker dies between the call and its receipt

    post_channel.answer = answer
    with pytest.raises(SystemExit):
        world.work(dispatch)
    social.let_time_pass()
    dispatch.refresh_from_db()
    assert (dispatch.state, send.intent_of(dispatch, 2).first_tried_at) == ("unconfirmed", began)
