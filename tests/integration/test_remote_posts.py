"""A post belongs to one dispatch: nobody takes another's for its own, and nobody deletes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from distributor.delivery import control
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch, RemotePost
from distributor.delivery.posts import lookup, recall, send
from distributor.domain.errors import StateError
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Deferred, Receipt, Rejected, Unconfirmed
from distributor.domain.recipients import Recipient
from distributor.domain.states import State
from distributor.letters.models import Letter
from distributor.practice.networks import ACCOUNTS
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.processes import Practice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def letters(draft: Draft) -> tuple[Letter, Letter]:
    """Two letters of the same title, whose posts have no link: the same words."""
    first = world.make_letter(draft)
    first.publication.channel_options = {name: {"link": "none"} for name in ("twitter", "linkedin", "facebook")}
    first.publication.save()
    return first, world.make_letter(replace(draft, source="https://lantern.example/2"), first.publication)


@pytest.fixture
def pair(letters: tuple[Letter, Letter], post_channel: ScriptedChannel) -> tuple[Dispatch, Dispatch]:
    first, second = letters
    world.connect(first.publication, "scripted")
    return world.queue(first, "scripted")[0], world.queue(second, "scripted")[0]


def answers(post_channel: ScriptedChannel, *outcomes: object) -> None:
    queue = list(outcomes)

    def answer(_: Recipient | None) -> object:
        return queue.pop(0)

    post_channel.answer = answer  # type: ignore[assignment]


@pytest.mark.parametrize("channel", ["twitter", "linkedin", "facebook"])
def test_the_same_words_of_a_second_letter_are_refused_and_recalling_it_leaves_the_firsts_post(
    channel: str, letters: tuple[Letter, Letter], practice: Practice
) -> None:
    [account] = [one for one in ACCOUNTS if one.channel == channel]
    accounts.connect(letters[0].publication, channel, account.name, account.values, practice=True)
    (first,), (second,) = (world.queue(letter, channel) for letter in letters)
    world.work(first)
    assert first.state == "sent"
    for _ in range(2):  # and once more when an editor only tries it again
        world.work(second)
        assert (second.state, second.receipt) == ("failed", None)
        assert "give this one other words, or cancel it" in second.reason
        control.retry(second.pk)
    with pytest.raises(StateError):
        recall.recall(second.pk)
    assert len(practice.posts(channel)) == 1
    recall.recall(first.pk)
    recall.carry_out(first.pk)
    assert practice.posts(channel) == []


def test_a_post_whose_answer_was_lost_keeps_one_with_the_same_words_waiting(
    pair: tuple[Dispatch, Dispatch], post_channel: ScriptedChannel
) -> None:
    """Else a look-up could not tell which of the two is there."""
    first, second = pair
    answers(post_channel, Unconfirmed("Lost."), Accepted(Receipt("2")))
    world.work(first)
    world.work(second)
    assert (first.state, second.state, len(post_channel.asked)) == ("unconfirmed", "scheduled", 1)
    assert f"{first.reference} has the same words and may be out" in second.reason
    post_channel.existing = Receipt("1")
    lookup.settle(first.pk)
    Dispatch.objects.filter(pk=second.pk).update(due_at=timezone.now())
    world.work(first, second)
    assert (first.state, second.state) == ("sent", "sent")
    assert list(RemotePost.objects.order_by("pk").values_list("dispatch_id", "remote_id")) == [
        (first.pk, "1"),
        (second.pk, "2"),
    ]


def test_a_look_up_that_names_anothers_post_leaves_it_to_a_person(
    pair: tuple[Dispatch, Dispatch], post_channel: ScriptedChannel
) -> None:
    first, second = pair
    answers(post_channel, Accepted(Receipt("1")), Unconfirmed("Lost."))
    world.work(first, second)
    post_channel.existing = Receipt("1")
    lookup.settle(second.pk)
    second.refresh_from_db()
    assert (second.state, second.receipt) == ("unconfirmed", None)
    assert first.reference in second.reason


def test_an_answer_that_names_anothers_post_is_not_believed(
    pair: tuple[Dispatch, Dispatch], post_channel: ScriptedChannel
) -> None:
    first, second = pair
    answers(post_channel, Accepted(Receipt("1", thread=("1", "2"))), Accepted(Receipt("3", thread=("3", "2"))))
    world.work(first, second)
    assert (second.state, second.receipt, second.remedy) == ("unconfirmed", None, "look")
    assert first.reference in second.reason
    assert not second.remote_posts.exists()


def test_what_is_out_of_a_thread_is_held_before_it_is_complete(
    pair: tuple[Dispatch, Dispatch], post_channel: ScriptedChannel
) -> None:
    first, second = pair
    answers(post_channel, Deferred("Busy.", out=("1",)))
    world.work(first)
    assert [post.remote_id for post in first.remote_posts.all()] == ["1"]
    second.attempts.create(number=1, started_at=timezone.now())
    intent = send.intent_of(second, 1)
    assert intent.foreign_ids == {"1"}
    assert send.intent_of(first, 1).foreign_ids == frozenset()


def test_a_try_of_which_nothing_came_is_settled(pair: tuple[Dispatch, Dispatch], post_channel: ScriptedChannel) -> None:
    first, _ = pair
    answers(post_channel, Rejected("No."))
    world.work(first)
    assert send.intent_of(first, 2).settled
    first.attempts.update(outcome="unconfirmed")
    assert not send.intent_of(first, 2).settled
    first.attempts.update(outcome="rejected")
    RemotePost.objects.create(dispatch=first, channel="scripted", realm="r", remote_id="1")
    assert not send.intent_of(first, 2).settled


def test_only_what_a_dispatch_holds_is_deleted(pair: tuple[Dispatch, Dispatch], post_channel: ScriptedChannel) -> None:
    first, second = pair
    answers(post_channel, Accepted(Receipt("1")), Accepted(Receipt("2")))
    world.work(first, second)
    Dispatch.objects.filter(pk=second.pk).update(receipt={"remote_id": "1"})  # by whatever mistake
    with pytest.raises(StateError, match="is not its own"):
        recall.recall(second.pk)
    Dispatch.objects.filter(pk=second.pk).update(state="recalling", recall_at=timezone.now() - timedelta(1))
    recall.carry_out(second.pk)
    second.refresh_from_db()
    assert (second.state, second.remedy) == ("sent", "look")
    assert not [call for call in post_channel.asked if call.startswith("recall")]


def test_posts_from_before_belong_to_the_dispatch_that_had_them_first(
    pair: tuple[Dispatch, Dispatch], post_channel: ScriptedChannel
) -> None:
    first, second = pair
    answers(post_channel, Accepted(Receipt("1")), Accepted(Receipt("9")))
    world.work(first, second)
    RemotePost.objects.all().delete()
    same = {"remote_id": "1", "url": "https://network.example/1", "raw": {"ids": ["1", "2"]}}
    Dispatch.objects.update(receipt=same)
    import_module("distributor.delivery.migrations.0004_remote_post").hold(apps, None)
    assert set(RemotePost.objects.values_list("dispatch_id", "remote_id")) == {(first.pk, "1"), (first.pk, "2")}
    second.refresh_from_db()
    assert second.state == State.SENT.value
    assert f"dispatch {first.pk}" in second.reason
    with pytest.raises(StateError, match="delete it there yourself"):
        recall.recall(second.pk)
