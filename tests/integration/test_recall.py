"""Taking a post back: asked for once, tried until it is gone, and honest about what can't be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from distributor.channels.base import PARTLY_OUT
from distributor.delivery import control, withdrawal
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.posts import lookup, recall
from distributor.delivery.reports.dispatches import report
from distributor.domain.errors import StateError
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.retries import RECALL_PATIENCE
from distributor.letters.models import Page
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dispatch(draft: Draft, post_channel: ScriptedChannel) -> Dispatch:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    return world.queue(letter, "scripted")[0]


def carried_out(dispatch: Dispatch) -> Dispatch:
    recall.carry_out(dispatch.pk)
    dispatch.refresh_from_db()
    return dispatch


def test_a_sent_post_is_taken_back(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    world.work(dispatch)
    recall.recall(dispatch.pk)
    assert recall.due(timezone.now()) == [dispatch.pk]  # on the row before the call
    [shown] = report(Dispatch.objects.all())
    assert (shown.words, shown.finished, shown.url) == ("being deleted", False, "https://network.example/1")
    carried_out(dispatch)
    assert post_channel.asked[-1] == "recall 1"
    assert dispatch.recalled_at is not None
    assert (dispatch.state, dispatch.reason) == ("recalled", "It was deleted there.")
    [shown] = report([dispatch])
    assert (shown.accepted, shown.recalled, shown.waiting, shown.url) == (0, 1, 0, "")
    assert (shown.words, shown.finished, shown.delivered) == ("deleted", True, False)
    carried_out(dispatch)  # a task may run twice
    assert post_channel.asked.count("recall 1") == 1


def test_a_network_that_is_away_is_asked_again(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    world.work(dispatch)
    recall.recall(dispatch.pk)
    post_channel.recalled = Deferred("It does not answer.")
    carried_out(dispatch)
    assert dispatch.reason == "It could not be deleted yet: It does not answer."
    assert recall.due(timezone.now()) == []
    assert recall.due(timezone.now() + timedelta(minutes=2)) == [dispatch.pk]
    Dispatch.objects.update(recall_at=timezone.now())
    post_channel.recalled = Accepted(Receipt("1"))
    assert carried_out(dispatch).recalled_at is not None


def test_a_recall_that_stays_deferred_is_tried_less_and_less_and_then_asks_a_person(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    world.work(dispatch)
    sent_at = dispatch.finished_at
    recall.recall(dispatch.pk)
    post_channel.recalled = Deferred("It does not answer.")
    begun = timezone.now() - RECALL_PATIENCE + timedelta(hours=8)
    Dispatch.objects.update(recall_from=begun)
    waits = []
    while carried_out(dispatch).state == "recalling":
        assert dispatch.recall_at is not None
        waits.append(dispatch.recall_at - timezone.now())
        Dispatch.objects.update(
            recall_at=timezone.now(), recall_from=dispatch.recall_from and dispatch.recall_from - waits[-1]
        )
    assert waits == sorted(waits)
    assert waits[0] <= timedelta(minutes=1) < timedelta(hours=1) < waits[-1]
    assert (dispatch.state, dispatch.remedy, dispatch.recall_at) == ("sent", "look", None)
    assert "Given up after" in dispatch.reason
    assert dispatch.reason.endswith("It does not answer. Delete it there yourself.")
    assert dispatch.finished_at == sent_at
    assert recall.can_be_recalled(dispatch)


@pytest.mark.parametrize("lost", [Unconfirmed("Lost."), Reconnect("Expired.", expired=True)])
def test_no_answer_keeps_a_recall_trying_for_ever(
    lost: Outcome, dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    world.work(dispatch)
    recall.recall(dispatch.pk)
    post_channel.recalled = lost
    Dispatch.objects.update(recall_from=timezone.now() - RECALL_PATIENCE)
    assert carried_out(dispatch).state == "sent"


def test_a_post_that_is_gone_after_all_is_taken_back(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    world.work(dispatch)
    recall.recall(dispatch.pk)

    def slow(_: object, __: object, ___: object) -> Outcome:
        Dispatch.objects.update(state="sent")  # another worker was told something else meanwhile
        return Accepted(Receipt("1"))

    post_channel.recall = slow  # type: ignore[method-assign, assignment]
    assert carried_out(dispatch).state == "recalled"


def test_what_is_being_taken_back_is_not_taken_back_twice(dispatch: Dispatch) -> None:
    world.work(dispatch)
    recall.recall(dispatch.pk)
    with pytest.raises(StateError, match="being deleted, so it can't be deleted there"):
        recall.recall(dispatch.pk)
    assert dispatch.letter is not None
    done = withdrawal.withdraw(dispatch.letter, recall=True, confirmed=True)
    assert done.kept == (f"{dispatch.reference} is being deleted: it may still be there.",)


def test_followers_wait_no_longer_for_a_page_that_was_taken_back(draft: Draft, post_channel: ScriptedChannel) -> None:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    link, post = world.queue(letter, "link", "scripted")
    Dispatch.objects.filter(pk=post.pk).update(due_at=timezone.now() + timedelta(hours=1))
    world.work(link)
    recall.recall(link.pk)
    Dispatch.objects.filter(pk=post.pk).update(due_at=timezone.now())
    world.work(post)
    assert post.state == "scheduled"  # the page may stay
    carried_out(link)
    world.work(post)
    assert (post.state, post.remedy) == ("paused", "")
    assert "the letter’s page, which is not live" in post.reason  # where it was approved to lead to
    control.resume(post.pk)
    world.work(post)
    assert post.state == "sent"


def test_a_refusal_is_told_and_may_be_asked_again(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    world.work(dispatch)
    recall.recall(dispatch.pk)
    post_channel.recalled = Rejected("It is too old.")
    carried_out(dispatch)
    assert dispatch.reason == "It can’t be deleted there: It is too old."
    assert recall.can_be_recalled(dispatch)


def test_what_a_person_found_out_there_is_deleted_by_a_person(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    """Without an id of the network's own a call could delete nothing, and the letter would count as gone."""
    Dispatch.objects.filter(pk=dispatch.pk).update(state="unconfirmed")
    control.confirm_sent(dispatch.pk)
    with pytest.raises(StateError, match="delete it there yourself"):
        recall.recall(dispatch.pk)
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"
    assert not [call for call in post_channel.asked if call.startswith("recall")]


def test_only_what_is_out_can_be_taken_back(dispatch: Dispatch) -> None:
    with pytest.raises(StateError, match="scheduled, so it can't be deleted there"):
        recall.recall(dispatch.pk)


def test_a_withdrawn_letter_stops_and_is_taken_back(
    dispatch: Dispatch, draft: Draft, post_channel: ScriptedChannel
) -> None:
    world.work(dispatch)
    assert dispatch.letter is not None
    letter = dispatch.letter
    at = timezone.now() + timedelta(days=1)
    world.connect(letter.publication, "scripted", "second")
    [later] = queue_letter(letter, channels=["scripted"], at=at).dispatches
    done = withdrawal.withdraw(letter, confirmed=True)
    assert [one.pk for one in done.stopped] == [later.pk]
    assert done.kept == (f"{dispatch.reference} is out.",)
    again = withdrawal.withdraw(letter, recall=True, confirmed=True)
    assert [one.pk for one in again.recalled] == [dispatch.pk]
    assert carried_out(dispatch).recalled_at is not None
    assert withdrawal.withdraw(letter, recall=True, confirmed=True) == withdrawal.Withdrawn((), (), ())


def test_withdrawing_never_hides_what_may_be_out(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    post_channel.answer = lambda _: Unconfirmed("The answer was lost.")
    world.work(dispatch)
    assert dispatch.letter is not None
    done = withdrawal.withdraw(dispatch.letter, recall=True, confirmed=True)
    assert done.kept == (f"{dispatch.reference} may be out: look there, and say whether it is.",)
    dispatch.refresh_from_db()
    assert dispatch.state == "unconfirmed"


def test_a_letter_that_was_taken_back_may_be_queued_for_the_same_target_again(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    world.work(dispatch)
    assert dispatch.letter is not None
    recall.recall(dispatch.pk)
    assert queue_letter(dispatch.letter, channels=["scripted"]).dispatches == ()  # it may still be there
    carried_out(dispatch)
    [again] = world.queue(dispatch.letter, "scripted")
    world.work(again)
    assert again.state == "sent"
    assert queue_letter(dispatch.letter, channels=["scripted"]).dispatches == ()
    assert post_channel.asked == ["What the fog horn knows", "recall 1", "What the fog horn knows"]


def test_a_page_that_was_taken_down_may_be_published_again(draft: Draft) -> None:
    letter = world.make_letter(draft)
    [first] = world.queue(letter, "link")
    world.work(first)
    recall.recall(first.pk)
    carried_out(first)
    [again] = world.queue(letter, "link")
    world.work(again)
    assert (again.state, Page.objects.get(letter=letter).intent) == ("sent", again.key)
    recall.recall(again.pk)
    assert carried_out(again).recalled_at is not None
    assert not Page.objects.filter(letter=letter).exists()


@pytest.mark.parametrize("answer", [Deferred("Busy."), Reconnect("It was revoked."), Rejected("It is too long.")])
def test_what_was_being_posted_when_its_letter_was_withdrawn_is_not_posted_later(
    dispatch: Dispatch, post_channel: ScriptedChannel, answer: Outcome
) -> None:
    assert dispatch.letter is not None
    letter = dispatch.letter
    kept: list[str] = []

    def withdrawn(_: object) -> Outcome:
        kept.extend(withdrawal.withdraw(letter, confirmed=True).kept)
        return answer

    post_channel.answer = withdrawn
    world.work(dispatch)
    assert kept == [f"{dispatch.reference} is being posted right now: look again in a moment."]
    assert dispatch.state == "cancelled"
    assert getattr(answer, "reason", "") in dispatch.reason


def test_a_lost_post_of_a_withdrawn_letter_is_looked_for_and_not_sent_again(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    post_channel.idempotent = True
    post_channel.answer = lambda _: Unconfirmed("The answer was lost.")
    world.work(dispatch)
    assert dispatch.letter is not None
    withdrawal.withdraw(dispatch.letter, confirmed=True)
    lookup.settle(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, len(post_channel.asked)) == ("unconfirmed", 1)
    control.retry(dispatch.pk)  # a person may decide otherwise
    post_channel.answer = lambda _: Accepted(Receipt("1"))
    world.work(dispatch)
    assert dispatch.state == "sent"


def test_stopping_what_is_out_in_part_says_so(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    assert dispatch.letter is not None
    post_channel.answer = lambda _: Deferred("2 of 3 posts of the thread are out. Busy.", code=PARTLY_OUT)
    world.work(dispatch)
    done = withdrawal.withdraw(dispatch.letter, confirmed=True)
    assert [one.reason for one in done.stopped] == [
        "Cancelled by an editor. Before that: 2 of 3 posts of the thread are out. Busy."
    ]
    assert done.kept == (
        f"{dispatch.reference} was stopped, and before that: 2 of 3 posts of the thread are out. Busy.",
    )


def test_what_failed_in_part_is_not_called_nowhere(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    assert dispatch.letter is not None
    post_channel.answer = lambda _: Deferred("2 of 3 posts of the thread are out. Busy.", code=PARTLY_OUT)
    world.work(dispatch)
    Dispatch.objects.update(due_at=timezone.now())
    post_channel.answer = lambda _: Rejected("2 of 3 posts of the thread are out. Too long.")
    world.work(dispatch)
    done = withdrawal.withdraw(dispatch.letter, confirmed=True)
    assert done.kept == (f"{dispatch.reference} failed: 2 of 3 posts of the thread are out. Too long.",)
