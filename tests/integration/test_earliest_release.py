"""When a dispatch may go out: a channel's own hours, quiet hours, and the page that the others wait for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from distributor.channels.base import PARTLY_OUT
from distributor.delivery import control, release
from distributor.delivery.mail import send as mail_send
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.posts import lookup
from distributor.delivery.reports.dispatches import report
from distributor.domain.errors import StateError
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Deferred, Receipt, Rejected, Unconfirmed
from distributor.letters.models import Letter, Publication
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opens(post_channel: ScriptedChannel) -> datetime:
    """The channel is closed for another three hours."""
    at = timezone.now() + timedelta(hours=3)
    close(post_channel, at)
    return at


def close(channel: ScriptedChannel, at: datetime) -> None:
    channel.opens = lambda moment: max(moment, at)


@pytest.fixture
def letter(draft: Draft, post_channel: ScriptedChannel) -> Letter:
    made = world.make_letter(draft)
    world.connect(made.publication, "scripted")
    return made


def test_a_letter_is_queued_for_the_first_hour_that_is_allowed(
    letter: Letter, opens: datetime, post_channel: ScriptedChannel
) -> None:
    queued = queue_letter(letter, channels=["scripted", "link"])
    by_channel = {one.channel: one for one in queued.dispatches}
    assert by_channel["scripted"].due_at == opens
    assert by_channel["link"].due_at < opens
    assert any("may not send at that hour" in note for note in queued.notes)
    world.work(*queued.dispatches)
    assert post_channel.asked == []


@pytest.mark.parametrize(
    "act",
    [
        lambda pk: approval.release_now(pk),
        lambda pk: approval.reschedule(pk, timezone.now() + timedelta(hours=1)),
        lambda pk: (control.pause(pk), control.resume(pk)),
        lambda pk: (approval.take_back(pk), approval.approve(pk)),
    ],
    ids=["release", "reschedule", "resume", "approve"],
)
def test_an_editor_cant_send_it_earlier(
    act: Callable[[int], object], letter: Letter, post_channel: ScriptedChannel
) -> None:
    (dispatch,) = queue_letter(letter, channels=["scripted"], at=timezone.now() + timedelta(minutes=1)).dispatches
    opens = timezone.now() + timedelta(hours=3)
    close(post_channel, opens)
    act(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, dispatch.due_at, post_channel.asked) == ("scheduled", opens, [])
    close(post_channel, timezone.now())
    Dispatch.objects.update(due_at=timezone.now())
    world.work(dispatch)
    assert dispatch.state == "sent"


@pytest.mark.parametrize("before", [Rejected("No."), Unconfirmed("Lost.")])
def test_sending_again_waits_too(before: Rejected | Unconfirmed, letter: Letter, post_channel: ScriptedChannel) -> None:
    (dispatch,) = world.queue(letter, "scripted")
    post_channel.answer = lambda _: before
    world.work(dispatch)
    opens = timezone.now() + timedelta(hours=3)
    close(post_channel, opens)
    control.retry(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, dispatch.due_at, len(post_channel.asked)) == ("scheduled", opens, 1)


def test_what_is_released_in_forbidden_hours_moves_and_makes_no_call(
    letter: Letter, post_channel: ScriptedChannel
) -> None:
    (dispatch,) = world.queue(letter, "scripted")
    release.tick()  # and only then the night begins
    opens = timezone.now() + timedelta(hours=3)
    close(post_channel, opens)
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.due_at, post_channel.asked) == ("scheduled", opens, [])
    assert "may not send at that hour: moved to" in dispatch.reason
    assert dispatch.attempts.count() == 0


def test_what_is_planned_in_quiet_hours_says_what_moved_it(letter: Letter, post_channel: ScriptedChannel) -> None:
    ends = world.be_quiet(letter.publication)
    for approve in (True, False):
        Dispatch.objects.all().delete()
        queued = queue_letter(letter, channels=["scripted", "link"], approve=approve)
        world.work(*queued.dispatches)
        for dispatch in queued.dispatches:
            assert (dispatch.due_at, dispatch.state) == (ends, "scheduled" if approve else "draft")
            assert dispatch.reason == f"Moved out of the quiet hours, to {ends:%Y-%m-%d %H:%M} UTC."
    assert queued.notes == (dispatch.reason,)
    assert post_channel.asked == []


@pytest.mark.parametrize(
    "act",
    [
        lambda pk: (control.pause(pk), control.resume(pk)),
        lambda pk: (approval.take_back(pk), approval.approve(pk)),
    ],
    ids=["resume", "approve"],
)
def test_an_editor_who_names_no_time_disturbs_nobody(
    act: Callable[[int], object], letter: Letter, post_channel: ScriptedChannel
) -> None:
    (dispatch,) = queue_letter(letter, channels=["scripted"], at=timezone.now() + timedelta(minutes=1)).dispatches
    ends = world.be_quiet(letter.publication)
    act(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, dispatch.due_at, post_channel.asked) == ("scheduled", ends, [])
    assert "quiet hours" in dispatch.reason


@pytest.mark.parametrize("before", [Rejected("No."), Unconfirmed("Lost.")])
def test_sending_again_waits_for_the_end_of_the_quiet_hours(
    before: Rejected | Unconfirmed, letter: Letter, post_channel: ScriptedChannel
) -> None:
    (dispatch,) = world.queue(letter, "scripted")
    post_channel.answer = lambda _: before
    world.work(dispatch)
    ends = world.be_quiet(letter.publication)
    control.retry(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, dispatch.due_at, len(post_channel.asked)) == ("scheduled", ends, 1)
    assert "quiet hours" in dispatch.reason


def test_what_was_blocked_waits_too(draft: Draft, post_channel: ScriptedChannel) -> None:
    letter = world.make_letter(draft)
    (dispatch,) = world.queue(letter, "scripted")
    ends = world.be_quiet(letter.publication)
    world.connect(letter.publication, "scripted")
    resumed = control.resume(dispatch.pk)
    assert (resumed.state, resumed.due_at) == ("scheduled", ends)
    assert "quiet hours" in resumed.reason


def test_a_deferral_into_the_quiet_hours_waits_for_their_end(letter: Letter, post_channel: ScriptedChannel) -> None:
    (dispatch,) = world.queue(letter, "scripted")
    ends = []

    def busy(_: object) -> Deferred:
        ends.append(world.be_quiet(letter.publication))  # they begin while it is posted
        return Deferred("Busy.")

    post_channel.answer = busy
    world.work(dispatch)
    assert (dispatch.state, dispatch.due_at) == ("scheduled", ends[0])
    assert dispatch.reason == f"Busy. Moved out of the quiet hours, to {ends[0]:%Y-%m-%d %H:%M} UTC."


def test_a_rest_of_its_account_does_not_end_in_the_quiet_hours(letter: Letter, post_channel: ScriptedChannel) -> None:
    (dispatch,) = world.queue(letter, "scripted")
    release.tick()
    now = timezone.now()
    letter.publication.accounts.update(rests_until=now + timedelta(minutes=5), rests_because="It takes no more.")
    Publication.objects.update(
        quiet_from=(now + timedelta(minutes=2)).time(), quiet_until=(now + timedelta(hours=3)).time()
    )
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.due_at) == ("scheduled", now + timedelta(hours=3))
    assert dispatch.reason.startswith("It takes no more. Moved out of the quiet hours")


def test_a_lost_post_is_not_repeated_after_a_night(letter: Letter, post_channel: ScriptedChannel) -> None:
    post_channel.idempotent = True
    post_channel.answer = lambda _: Unconfirmed("Lost.")
    (dispatch,) = world.queue(letter, "scripted")
    world.work(dispatch)
    world.be_quiet(letter.publication)
    lookup.settle(dispatch.pk)
    dispatch.refresh_from_db()
    # Its network may not know the post again by the morning: a person decides.
    assert (dispatch.state, len(post_channel.asked)) == ("unconfirmed", 1)


def test_send_now_is_a_persons_word_and_holds_for_later_tries(letter: Letter, post_channel: ScriptedChannel) -> None:
    world.be_quiet(letter.publication)
    (dispatch,) = world.queue(letter, "scripted")
    post_channel.answer = lambda _: Deferred("Busy.")
    approval.release_now(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, dispatch.reason, len(post_channel.asked)) == ("scheduled", "Busy.", 1)
    assert dispatch.due_at < timezone.now() + timedelta(minutes=2)
    post_channel.answer = lambda _: Accepted(Receipt("1"))
    Dispatch.objects.update(due_at=timezone.now())
    world.work(dispatch)
    assert dispatch.state == "sent"


def test_a_time_in_the_quiet_hours_that_a_person_chose_is_kept_until_it_is_a_draft_again(
    letter: Letter, post_channel: ScriptedChannel
) -> None:
    ends = world.be_quiet(letter.publication)
    at = timezone.now() + timedelta(hours=1)
    (dispatch,) = queue_letter(letter, channels=["scripted"], approve=False).dispatches
    assert (approval.reschedule(dispatch.pk, at).due_at, approval.approve(dispatch.pk).due_at) == (at, at)
    Dispatch.objects.update(due_at=timezone.now())
    control.pause(dispatch.pk)
    assert control.resume(dispatch.pk).due_at < ends
    approval.take_back(dispatch.pk)
    assert approval.approve(dispatch.pk).due_at == ends


def test_a_thread_of_which_some_is_out_is_finished(letter: Letter, post_channel: ScriptedChannel) -> None:
    (dispatch,) = world.queue(letter, "scripted")
    post_channel.answer = lambda _: Deferred("2 of 3 posts of the thread are out. Busy.", code=PARTLY_OUT)
    world.work(dispatch)
    world.be_quiet(letter.publication)
    Dispatch.objects.update(due_at=timezone.now())
    post_channel.answer = lambda _: Accepted(Receipt("1"))
    world.work(dispatch)
    assert dispatch.state == "sent"


def test_what_was_due_just_before_the_quiet_hours_goes_out(letter: Letter, post_channel: ScriptedChannel) -> None:
    (dispatch,) = world.queue(letter, "scripted")
    release.tick()
    now = timezone.now()
    Dispatch.objects.update(due_at=now - timedelta(minutes=5))
    Publication.objects.update(
        quiet_from=(now - timedelta(minutes=1)).time(), quiet_until=(now + timedelta(hours=3)).time()
    )
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"


def test_mail_that_is_released_late_waits_and_mail_that_has_begun_does_not(
    draft: Draft, mail_channel: ScriptedChannel
) -> None:
    letter = world.make_letter(draft)
    readers = world.make_list(letter.publication, 3)
    world.connect(letter.publication, "letterbox")
    (dispatch,) = world.queue(letter, "letterbox", lists=[readers])
    release.tick()
    Dispatch.objects.update(due_at=timezone.now() - timedelta(hours=2))  # no worker was there
    ends = world.be_quiet(letter.publication)
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.due_at, mail_channel.asked) == ("scheduled", ends, [])
    assert "quiet hours" in dispatch.reason
    Publication.objects.update(quiet_from=None)
    Dispatch.objects.update(due_at=timezone.now())
    release.tick()
    mail_send._prepare(dispatch.pk)  # it is spread, and the hours begin
    world.be_quiet(letter.publication)
    control.pause(dispatch.pk)
    control.resume(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, len(mail_channel.asked)) == ("sent", 3)


def test_a_post_that_waits_for_a_later_page_says_so_and_both_can_be_released(
    letter: Letter, post_channel: ScriptedChannel
) -> None:
    link, post = world.queue(letter, "link", "scripted")
    later = timezone.now() + timedelta(hours=5)
    approval.reschedule(link.pk, later)
    approval.release_now(post.pk)
    world.work(link, post)
    assert (link.state, post.state) == ("scheduled", "scheduled")
    [shown] = report(Dispatch.objects.filter(pk=post.pk))
    assert shown.reason == f"It waits for the letter’s page, which goes out at {later:%Y-%m-%d %H:%M} UTC."
    approval.release_now(post.pk, with_link=True)
    world.work(link, post)
    world.work(post)
    assert (link.state, post.state) == ("sent", "sent")


def test_a_page_that_is_paused_is_not_released_along(letter: Letter) -> None:
    link, post = world.queue(letter, "link", "scripted")
    control.pause(link.pk)
    with pytest.raises(StateError, match="paused, so it can't be sent now"):
        approval.release_now(post.pk, with_link=True)
    post.refresh_from_db()
    assert post.state == "scheduled"
