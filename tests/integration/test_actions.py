"""What an editor can do with a queued letter, and what is refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from distributor.delivery import control, release
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.reports.dispatches import report
from distributor.domain.errors import BadInput, BadTime, StateError, UnknownChannel
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Receipt, Rejected
from distributor.letters import actions as letter_actions
from distributor.letters.models import Author, Letter, Series
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def letter(draft: Draft, post_channel: ScriptedChannel) -> Letter:
    made = world.make_letter(draft)
    world.connect(made.publication, "scripted")
    return made


def test_a_letter_is_stored_with_its_series_and_authors(letter: Letter) -> None:
    assert (Series.objects.get().title, letter.number) == ("Letters from the Pier", 9)
    assert Author.objects.get().bio == "Ida Holm keeps the light."
    assert letter.view(site_url="https://x.example", url="").authors[0].email == "ida@lantern.example"


def test_two_letters_of_one_title_have_addresses_of_their_own(letter: Letter, draft: Draft) -> None:
    other = letter_actions.take_in(replace(draft, keys=()), publication=letter.publication, is_new=True)
    assert other.created
    assert other.letter.slug == f"{letter.slug}-2"


def test_the_hold_runs_between_approval_and_release(letter: Letter, post_channel: ScriptedChannel) -> None:
    (dispatch,) = queue_letter(letter, channels=["scripted"], hold_minutes=10).dispatches
    world.work(dispatch)
    assert dispatch.state == "held"
    Dispatch.objects.update(hold_until=timezone.now(), due_at=timezone.now())
    world.work(dispatch)
    assert dispatch.state == "sent"


def test_an_editor_takes_it_back_within_the_hold(letter: Letter, post_channel: ScriptedChannel) -> None:
    (dispatch,) = queue_letter(letter, channels=["scripted"], hold_minutes=10).dispatches
    approval.take_back(dispatch.pk)
    Dispatch.objects.update(due_at=timezone.now())
    world.work(dispatch)
    assert (dispatch.state, post_channel.asked) == ("draft", [])
    assert approval.approve(dispatch.pk).state == "held"  # the hold begins anew
    approval.release_now(dispatch.pk)
    world.work(dispatch)
    assert dispatch.state == "sent"


def test_release_now_overrules_time_and_hold(letter: Letter) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    (dispatch,) = queue_letter(letter, channels=["scripted"], at=tomorrow, hold_minutes=60).dispatches
    approval.release_now(dispatch.pk)
    world.work(dispatch)
    assert dispatch.state == "sent"
    with pytest.raises(StateError, match="sent, so it can't be sent now"):
        approval.release_now(dispatch.pk)


def test_a_draft_waits_for_approval(letter: Letter) -> None:
    (dispatch,) = queue_letter(letter, channels=["scripted"], approve=False).dispatches
    world.work(dispatch)
    assert dispatch.state == "draft"


def test_a_scheduled_dispatch_waits_for_its_time_and_can_be_moved(letter: Letter) -> None:
    at = timezone.now() + timedelta(hours=1)
    (dispatch,) = queue_letter(letter, channels=["scripted"], at=at).dispatches
    world.work(dispatch)
    assert (dispatch.state, dispatch.due_at) == ("scheduled", at)
    with pytest.raises(BadTime, match="has passed"):
        approval.reschedule(dispatch.pk, timezone.now() - timedelta(hours=1))
    approval.reschedule(dispatch.pk, timezone.now())
    world.work(dispatch)
    assert dispatch.state == "sent"


def test_the_same_letter_is_queued_once_for_a_target(letter: Letter) -> None:
    (first,) = queue_letter(letter, channels=["scripted"]).dispatches
    again = queue_letter(letter, channels=["scripted"])
    assert (again.dispatches, again.notes) == ((), (f"{first.reference} is scheduled already and stays as it is.",))
    control.cancel(Dispatch.objects.get().pk)
    assert len(queue_letter(letter, channels=["scripted"]).dispatches) == 1


def test_a_channel_of_the_page_without_account_is_blocked_and_the_others_go_out(letter: Letter) -> None:
    letter.share_bar = ["pocket", "scripted"]
    letter.save()
    queued = queue_letter(letter)
    for dispatch in queued.dispatches:
        world.work(dispatch)
    pocket, scripted = report(queued.dispatches)
    assert (pocket.state, scripted.state) == ("blocked", "sent")
    assert "pocket" in pocket.reason


def test_a_blocked_dispatch_goes_out_once_its_account_is_there(draft: Draft, post_channel: ScriptedChannel) -> None:
    letter = world.make_letter(draft)
    (dispatch,) = world.queue(letter, "scripted")
    assert dispatch.reason.startswith("No Scripted account is connected")
    with pytest.raises(StateError, match="No Scripted account"):
        control.resume(dispatch.pk)
    world.connect(letter.publication, "scripted", "newsroom")
    control.resume(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, dispatch.target) == ("sent", "newsroom")


def test_bad_settings_are_refused_in_a_sentence_and_nothing_is_planned(letter: Letter) -> None:
    with pytest.raises(UnknownChannel, match="no channel “fax”: choose from"):
        queue_letter(letter, channels=["scripted", "fax"])
    letter.share_bar = []
    with pytest.raises(BadInput, match="--channels"):
        queue_letter(letter)
    with pytest.raises(BadInput, match="no dispatch 4711"):
        control.cancel(4711)
    assert not Dispatch.objects.exists()


def test_pause_and_resume_before_release(letter: Letter) -> None:
    (dispatch,) = world.queue(letter, "scripted")
    control.pause(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, report([dispatch])[0].finished) == ("paused", True)
    control.resume(dispatch.pk)
    world.work(dispatch)
    assert dispatch.state == "sent"


def test_any_number_of_ticks_release_once(letter: Letter, post_channel: ScriptedChannel) -> None:
    world.queue(letter, "scripted")
    assert [release.tick() for _ in range(3)] == [1, 0, 0]


def test_a_draft_keeps_the_hold_it_was_queued_with(letter: Letter) -> None:
    (dispatch,) = queue_letter(letter, channels=["scripted"], hold_minutes=30, approve=False).dispatches
    approved = approval.approve(dispatch.pk)
    assert approved.state == "held"
    assert approved.hold_until is not None
    assert timedelta(minutes=29) < approved.hold_until - timezone.now() <= timedelta(minutes=30)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"name": "Desk"}, "can start with"),
        ({"name": "!!!"}, "can start with"),
        ({"name": "The Pier", "time_zone": "Moon/Base"}, "no time zone “Moon/Base”"),
    ],
)
def test_a_publication_that_could_not_work_is_refused(settings: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        letter_actions.create_publication(**settings)


def test_a_blocked_dispatch_that_nobody_approved_becomes_a_draft(draft: Draft, post_channel: ScriptedChannel) -> None:
    letter = world.make_letter(draft)
    (dispatch,) = queue_letter(letter, channels=["scripted"], approve=False).dispatches
    world.connect(letter.publication, "scripted")
    control.resume(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, post_channel.asked) == ("draft", [])


def test_what_was_queued_anew_is_not_sent_by_its_forerunner_too(draft: Draft, post_channel: ScriptedChannel) -> None:
    letter = world.make_letter(draft)
    (blocked,) = world.queue(letter, "scripted")
    world.connect(letter.publication, "scripted")
    post_channel.answer = lambda _: Rejected("No.")
    (failed,) = world.queue(letter, "scripted")
    world.work(failed)
    post_channel.answer = lambda _: Accepted(Receipt("1"))
    (sent,) = world.queue(letter, "scripted")
    world.work(sent)
    for again in (partial(control.retry, failed.pk), partial(control.resume, blocked.pk)):
        with pytest.raises(StateError, match=f"dispatch {sent.pk} counts"):
            again()
