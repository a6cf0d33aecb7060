"""A channel's own hours: whatever an editor does, nothing goes out before they allow it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from distributor.delivery import control, release
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Rejected, Unconfirmed
from distributor.letters.models import Letter
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
    release.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.due_at, post_channel.asked) == ("scheduled", opens, [])
    assert "this hour" in dispatch.reason
    assert dispatch.attempts.count() == 0
