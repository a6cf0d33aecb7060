"""The promises of the design, with real workers, a real broker and a real network, and with some of them dying."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
import redis
from django.conf import settings
from django.db import connection

from distributor.channels.mail.relay import CONNECTIONS
from distributor.delivery import control, wakeups
from distributor.delivery.accounts import accounts
from distributor.delivery.mail import ledger
from distributor.delivery.models import Attempt, Delivery, Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.letters import Draft
from distributor.letters.models import Letter
from distributor.practice.networks import ACCOUNTS
from tests.integration import processes, world
from tests.integration.processes import Practice, has_mails, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

SUBSCRIBERS = 2_000
_LONG = timedelta(minutes=15)
PROCESSES = 2  # in a worker's pool, each with connections of its own


@pytest.fixture
def letter(draft: Draft, practice: Practice) -> Letter:
    made = world.make_letter(draft)
    for account in ACCOUNTS:
        accounts.connect(made.publication, account.channel, account.name, account.values, practice=True)
    return made


def reloaded(dispatch: Dispatch) -> Dispatch:
    dispatch.refresh_from_db()
    return dispatch


def is_sent(dispatch: Dispatch) -> bool:
    return state(dispatch) == "sent"


def state(dispatch: Dispatch) -> str:
    dispatch.refresh_from_db()
    return dispatch.state


def addresses(practice: Practice) -> Counter[str]:
    return Counter(mail["recipient"] for mail in practice.mails())


def assert_nobody_is_forgotten(dispatch: Dispatch, practice: Practice, *, kills: int) -> None:
    """Promises 2 and 3: everyone has one outcome, and a kill repeats no more than was in flight or unrecorded."""
    counts = ledger.counts([dispatch])[dispatch.pk]
    got = addresses(practice)
    assert counts.accepted == counts.recipients == SUBSCRIBERS
    assert Delivery.objects.filter(dispatch=dispatch).count() == SUBSCRIBERS
    assert len(got) == SUBSCRIBERS
    repeated = sum(got.values()) - len(got)
    assert repeated <= kills * 2 * PROCESSES * CONNECTIONS


def test_killed_workers_forget_nobody_and_repeat_almost_nothing(
    letter: Letter, practice: Practice, broker: redis.Redis
) -> None:
    readers = world.make_list(letter.publication, SUBSCRIBERS)
    kills = 2
    with processes.beat():
        (dispatch,) = world.queue(letter, "mail", lists=[readers])
        for number in range(kills):
            goal = SUBSCRIBERS * (number + 1) // (kills + 1)
            with processes.worker(f"doomed{number}"):  # killed at the end of the block
                wait_for(partial(has_mails, practice, goal), what=f"{goal} mails")
        assert practice.counts()["mail"] < SUBSCRIBERS
        with processes.worker("survivor"):
            wait_for(lambda: state(dispatch) == "sent", what="the rest is sent")
    assert_nobody_is_forgotten(dispatch, practice, kills=kills)
    keys = Counter(mail["message_id"] for mail in practice.mails())
    assert len(keys) == SUBSCRIBERS  # a repeat carries the same Message-ID


def test_a_worker_that_was_stopped_sends_nothing_once_another_has_its_batch(
    letter: Letter, practice: Practice, broker: redis.Redis
) -> None:
    readers = world.make_list(letter.publication, SUBSCRIBERS)
    with processes.beat(), processes.worker("sleeper") as sleeper:
        (dispatch,) = world.queue(letter, "mail", lists=[readers])
        wait_for(partial(has_mails, practice, SUBSCRIBERS // 5), what="some mails")
        os.killpg(sleeper, signal.SIGSTOP)
        with processes.worker("other"):
            wait_for(lambda: state(dispatch) == "sent", what="the rest is sent")
        before = practice.counts()["mail"]
        os.killpg(sleeper, signal.SIGCONT)
        time.sleep(3)  # as much as it would have needed
        assert practice.counts()["mail"] == before
    assert_nobody_is_forgotten(dispatch, practice, kills=1)


def test_an_emptied_broker_loses_nothing(letter: Letter, practice: Practice, broker: redis.Redis) -> None:
    readers = world.make_list(letter.publication, SUBSCRIBERS)
    with processes.beat(), processes.worker():
        mail, post = world.queue(letter, "mail", "twitter", lists=[readers])
        for goal in (1, SUBSCRIBERS // 3, SUBSCRIBERS * 2 // 3):
            wait_for(partial(has_mails, practice, goal), what=f"{goal} mails")
            broker.flushall()
        wait_for(lambda: (state(mail), state(post)) == ("sent", "sent"), what="all is sent")
    assert_nobody_is_forgotten(mail, practice, kills=0)
    assert len(practice.posts("twitter")) == 1


def test_a_dropped_answer_is_unconfirmed_then_found_and_never_posted_twice(
    letter: Letter, practice: Practice, broker: redis.Redis
) -> None:
    for channel in ("twitter", "facebook", "kakao"):
        practice.fault(channel, "drop-after-accept")
    with processes.beat(), processes.worker():
        dispatches = world.queue(letter, "twitter", "facebook", "kakao")
        found, asked = dispatches[:2], dispatches[2]
        for dispatch in found:
            wait_for(partial(is_sent, dispatch), what=f"{dispatch} is found")
        wait_for(lambda: "look there yourself" in reloaded(asked).reason, what="a person is asked")
    assert asked.state == "unconfirmed"  # this network can't be asked: a person decides
    for dispatch in dispatches:
        assert [attempt.outcome for attempt in dispatch.attempts.all()] == ["unconfirmed"]
        assert len(practice.posts(dispatch.channel)) == 1


def test_a_worker_killed_between_call_and_receipt_leaves_one_post(
    letter: Letter, practice: Practice, broker: redis.Redis
) -> None:
    practice.fault("twitter", "slow")  # it is taken at once, and answered late
    with processes.beat():
        with processes.worker("doomed"):
            (dispatch,) = world.queue(letter, "twitter")
            wait_for(lambda: practice.counts()["twitter"] == 1, what="the call is under way")
        with processes.worker("survivor"):
            # As if the minutes had passed in which the answer might still have come.
            Attempt.objects.filter(dispatch=dispatch).update(started_at=Attempt.objects.get().started_at - _LONG)
            wait_for(lambda: state(dispatch) in ("unconfirmed", "sent"), what="the lost answer is noticed")
            wait_for(lambda: state(dispatch) == "sent", what="it is found on the timeline")
    assert len(practice.posts("twitter")) == 1


def test_a_broker_that_is_away_delays_and_loses_nothing(
    letter: Letter, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    wakeups._client.cache_clear()
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", "redis://127.0.0.1:1/0")
    (dispatch,) = world.queue(letter, "twitter")  # says so in the log, and returns
    assert dispatch.state == "scheduled"
    monkeypatch.undo()
    wakeups._client.cache_clear()
    with processes.beat(), processes.worker():
        wait_for(lambda: state(dispatch) == "sent", what="the tick finds it")


def test_the_first_delivery_comes_soon_after_queueing(letter: Letter, practice: Practice, broker: redis.Redis) -> None:
    readers = world.make_list(letter.publication, 5)
    with processes.beat(), processes.worker():
        queue_letter(letter, channels=["link"])
        wait_for(lambda: not Dispatch.objects.exclude(state="sent").exists(), what="the worker is warm")
        (dispatch,) = world.queue(letter, "mail", lists=[readers])
        wait_for(lambda: state(dispatch) == "sent", what="it is sent")
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(at) FROM delivery_delivery")
        first = cursor.fetchone()[0]
    assert first > dispatch.created_at


def test_a_large_mailing_keeps_no_post_waiting(letter: Letter, practice: Practice, broker: redis.Redis) -> None:
    readers = world.make_list(letter.publication, 4 * SUBSCRIBERS)
    with processes.beat(), processes.worker(concurrency=1):
        (mail,) = world.queue(letter, "mail", lists=[readers])
        wait_for(lambda: practice.counts()["mail"], what="mail goes out")
        (post,) = world.queue(letter, "twitter")
        wait_for(lambda: state(post) == "sent", what="the post gets its turn")
        assert state(mail) == "sending"
        assert practice.counts()["mail"] < 4 * SUBSCRIBERS
        control.cancel(mail.pk)
