"""Posts: a row before the call, every outcome, and never a second call on a lost answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from distributor.channels import http
from distributor.channels.base import PARTLY_OUT
from distributor.delivery import control, release
from distributor.delivery.models import Attempt, Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.posts import lookup, send
from distributor.delivery.reports.dispatches import report
from distributor.domain.capabilities import PictureLimits
from distributor.domain.errors import SourceError, StateError
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Receipt, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Concern
from distributor.letters import actions as letter_actions
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import html

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dispatch(draft: Draft, post_channel: ScriptedChannel) -> Dispatch:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    return world.queue(letter, "scripted")[0]


def test_a_post_is_sent_once_and_its_receipt_kept(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    world.work(dispatch)
    world.send(dispatch.pk)  # a task may run twice
    assert dispatch.state == "sent"
    assert post_channel.asked == ["What the fog horn knows"]
    assert report([dispatch])[0].url == "https://network.example/1"


def test_what_could_not_be_done_beside_a_post_is_told(
    dispatch: Dispatch, post_channel: ScriptedChannel, editor: Client
) -> None:
    post_channel.answer = lambda _: Accepted(Receipt("1", raw={"id": "1"}, incomplete="The comment is missing."))
    world.work(dispatch)
    assert (dispatch.state, dispatch.reason) == ("sent", "The comment is missing.")
    assert "The comment is missing." in html(editor.get(f"/desk/dispatches/{dispatch.pk}/"))


def test_a_picture_that_is_gone_is_told_of_the_post_that_went_out_without_it(
    draft: Draft, post_channel: ScriptedChannel, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(url: str, *, limit: int) -> bytes:
        raise SourceError(f"{url} answers 404: check the picture’s address.")

    monkeypatch.setattr(http, "fetch_picture", gone)
    post_channel.pictures = PictureLimits(alt_text=100)
    post_channel.answer = lambda _: Accepted(Receipt("1", incomplete="The comment is missing."))
    letter = world.make_letter(replace(draft, image_url="https://lantern.example/horn.jpg", image_alt="A horn"))
    world.connect(letter.publication, "scripted")
    dispatch = world.queue(letter, "scripted")[0]
    world.work(dispatch)
    reason = (
        "A card stands in for the letter’s picture: https://lantern.example/horn.jpg answers 404: check the picture’s "
        "address. The comment is missing."
    )
    assert (dispatch.state, dispatch.reason) == ("sent", reason)
    assert dispatch.variant is not None
    picture = dispatch.variant["picture"]
    assert (picture["url"], picture["alt"]) == ("", "What the fog horn knows")
    assert reason.split(":")[0] in html(editor.get(f"/desk/dispatches/{dispatch.pk}/"))


def test_what_the_network_answered_is_on_the_dispatchs_page(
    dispatch: Dispatch, post_channel: ScriptedChannel, editor: Client
) -> None:
    post_channel.answer = lambda _: Rejected("It is too long.", "186", raw={"detail": "<b>Too long</b>"})
    world.work(dispatch)
    page = editor.get(f"/desk/dispatches/{dispatch.pk}/").content.decode()
    assert "refused <code>186</code>" in page
    assert "&lt;b&gt;Too long&lt;/b&gt;" in page


def test_the_attempt_is_in_the_database_before_the_call(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    seen: list[tuple[str, bool]] = []

    def answer(_: Any) -> Outcome:
        attempt = Attempt.objects.get(dispatch=dispatch)
        seen.append((attempt.outcome, connection.in_atomic_block))
        return Accepted(Receipt("1"))

    post_channel.answer = answer
    world.work(dispatch)
    assert seen == [("", False)]


def test_a_deferred_post_gets_a_new_time_and_no_worker_sleeps(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    at = timezone.now() + timedelta(minutes=15)
    post_channel.answer = lambda _: Deferred("The limit is used up.", retry_at=at)
    world.work(dispatch)
    assert (dispatch.state, dispatch.reason) == ("scheduled", "The limit is used up.")
    assert dispatch.due_at >= at
    Dispatch.objects.update(due_at=timezone.now())
    post_channel.answer = lambda _: Accepted(Receipt("2"))
    world.work(dispatch)
    assert dispatch.state == "sent"
    assert [attempt.outcome for attempt in dispatch.attempts.order_by("number")] == ["deferred", "accepted"]


def test_what_a_try_keeps_comes_back_in_the_next_one_and_in_the_look_up(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    post_channel.answer = lambda _: Deferred("The picture is being worked on.", keep={"upload": "7"})
    world.work(dispatch)
    Dispatch.objects.update(due_at=timezone.now())
    post_channel.answer = lambda _: Unconfirmed("The answer was lost.", keep={"upload": "8"})
    world.work(dispatch)
    lookup.settle(dispatch.pk)
    assert post_channel.kept == [{}, {"upload": "7"}, {"upload": "8"}]


def test_what_was_kept_outlives_a_killed_worker(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    post_channel.answer = lambda _: Deferred("The picture is being worked on.", keep={"upload": "7"})
    world.work(dispatch)
    Dispatch.objects.update(due_at=timezone.now())

    def killed(_: Any) -> Outcome:
        raise SystemExit

    post_channel.answer = killed
    with pytest.raises(SystemExit):
        world.work(dispatch)
    attempt = send.open_attempt(dispatch)
    assert attempt is not None
    send.conclude(attempt.pk, Deferred("Busy."))
    assert dispatch.attempts.get(number=1).kept == {"upload": "7"}
    assert post_channel.kept == [{}, {"upload": "7"}]


def test_what_a_try_notes_is_known_of_when_its_worker_dies(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    def killed(_: Any) -> Outcome:
        raise SystemExit

    post_channel.notes, post_channel.answer = {"asked": "Mina"}, killed
    with pytest.raises(SystemExit):
        world.work(dispatch)
    release.sweep(answer_within=timedelta(0))
    control.retry(dispatch.pk)
    post_channel.notes, post_channel.answer = {}, lambda _: Deferred("Busy.")
    world.work(dispatch)
    Dispatch.objects.update(due_at=timezone.now())
    world.work(dispatch)
    assert post_channel.kept == [{}, {"asked": "Mina"}, {"asked": "Mina"}]


def test_a_rejected_post_fails_with_the_reason(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    post_channel.answer = lambda _: Rejected("It is too long.", "186")
    world.work(dispatch)
    assert (dispatch.state, dispatch.reason) == ("failed", "It is too long.")


def test_an_ended_authorisation_blocks_until_the_account_is_connected_again(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    post_channel.answer = lambda _: Reconnect("Connect the account again.")
    world.work(dispatch)
    assert dispatch.state == "blocked"
    with pytest.raises(StateError, match="connected again"):
        control.resume(dispatch.pk)
    world.connect(dispatch.publication, "scripted")
    post_channel.answer = lambda _: Accepted(Receipt("1"))
    control.resume(dispatch.pk)
    world.work(dispatch)
    assert dispatch.state == "sent"


def test_a_lost_answer_is_looked_up_and_never_sent_again(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    post_channel.answer = lambda _: Unconfirmed("The answer was lost.")
    world.work(dispatch)
    assert dispatch.state == "unconfirmed"
    lookup.settle(dispatch.pk)
    release.sweep()
    release.tick()
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert dispatch.state == "unconfirmed"
    assert "not found" in dispatch.reason
    assert len(post_channel.asked) == 1
    post_channel.existing = Receipt("77", "https://network.example/77")
    lookup.settle(dispatch.pk)
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"
    assert report([dispatch])[0].url == "https://network.example/77"
    assert len(post_channel.asked) == 1


def test_a_network_that_cant_be_asked_is_asked_again_later(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    post_channel.answer = lambda _: Unconfirmed("The answer was lost.")
    post_channel.lookup_away = True
    world.work(dispatch)
    lookup.settle(dispatch.pk)
    attempt = dispatch.attempts.get()
    assert attempt.retry_at is not None
    assert attempt.retry_at > timezone.now()
    assert lookup.due_lookups(attempt.retry_at) == [dispatch.pk]


def test_an_account_whose_posts_cant_be_read_is_left_to_a_person(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    post_channel.answer = lambda _: Unconfirmed("The answer was lost.")
    post_channel.looks, post_channel.existing = False, Receipt("77", "https://network.example/77")
    world.work(dispatch)
    lookup.settle(dispatch.pk)
    dispatch.refresh_from_db()
    assert dispatch.state == "unconfirmed"
    assert "look there yourself" in dispatch.reason
    assert dispatch.attempts.get().retry_at is None  # and it is not looked for again


def test_a_person_settles_an_unconfirmed_post_either_way(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    post_channel.answer = lambda _: Unconfirmed("The answer was lost.")
    world.work(dispatch)
    control.retry(dispatch.pk)
    world.work(dispatch)
    assert (dispatch.state, len(post_channel.asked)) == ("unconfirmed", 2)
    control.confirm_sent(dispatch.pk, url="https://network.example/5")
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"
    assert report([dispatch])[0].url == "https://network.example/5"


def test_a_worker_that_dies_in_the_call_leaves_an_unconfirmed_post(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    class Killed(BaseException):
        pass

    def die(_: Any) -> Outcome:
        raise Killed

    post_channel.answer = die
    with pytest.raises(Killed):
        world.work(dispatch)
    world.send(dispatch.pk)  # the broker gives the task to another worker
    assert len(post_channel.asked) == 1
    release.sweep()
    dispatch.refresh_from_db()
    assert dispatch.state == "sending"  # the answer may still come
    release.sweep(answer_within=timedelta(0))
    dispatch.refresh_from_db()
    assert dispatch.state == "unconfirmed"
    assert len(post_channel.asked) == 1


def test_an_answer_that_comes_after_it_was_believed_lost_still_counts(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    def slow(_: Any) -> Outcome:
        release.sweep(answer_within=timedelta(0))
        return Accepted(Receipt("9"))

    post_channel.answer = slow
    world.work(dispatch)
    assert dispatch.state == "sent"


def test_a_lost_wake_up_is_repeated(dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[tuple[str, Any]] = []
    monkeypatch.setattr("distributor.delivery.wakeups._send", lambda task, args: woken.append((task, args)))
    release.tick()
    woken.clear()  # Redis was emptied
    Dispatch.objects.update(released_at=timezone.now() - timedelta(minutes=1))
    release.sweep()
    assert woken == [("delivery.post", (dispatch.pk,))]


def test_what_the_channel_refuses_pauses_with_the_reason_and_makes_no_call(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    post_channel.concerns = (Concern("It needs a link.", "refuse"),)
    world.work(dispatch)
    assert (dispatch.state, dispatch.reason, post_channel.asked) == ("paused", "It needs a link.", [])


def test_a_post_that_is_being_sent_cant_be_stopped(dispatch: Dispatch, post_channel: ScriptedChannel) -> None:
    def answer(_: Any) -> Outcome:
        for stop in (control.pause, control.cancel):
            with pytest.raises(StateError, match="right now"):
                stop(dispatch.pk)
        return Accepted(Receipt("1"))

    post_channel.answer = answer
    world.work(dispatch)
    assert dispatch.state == "sent"


def test_the_others_wait_until_the_letters_page_is_live(draft: Draft, post_channel: ScriptedChannel) -> None:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    link, post = world.queue(letter, "scripted", "link")
    release.tick()
    link.refresh_from_db()
    post.refresh_from_db()
    assert (link.channel, link.state, post.state) == ("link", "sending", "scheduled")
    world.send(link.pk)
    world.work(post)
    assert post.state == "sent"
    assert post.variant is not None
    page, _, campaign = post.variant["link"].partition("?")
    assert page.endswith(f"/lantern/letters/{letter.slug}/")
    assert campaign == f"utm_source=scripted&utm_medium=social&utm_campaign={letter.slug}"


def test_a_letter_edited_after_release_is_not_sent_again(
    dispatch: Dispatch, draft: Draft, post_channel: ScriptedChannel
) -> None:
    world.work(dispatch)
    edited = letter_actions.take_in(replace(draft, title="Another title"), publication=dispatch.publication)
    assert (edited.created, edited.letter.pk) == (False, dispatch.letter_id)
    queued = queue_letter(edited.letter, channels=["scripted"])
    assert queued.dispatches == ()
    assert "sent already" in queued.notes[0]
    world.work(dispatch)
    assert post_channel.asked == ["What the fog horn knows"]
    assert report([dispatch])[0].variant.parts == ("What the fog horn knows",)  # type: ignore[union-attr]


def test_a_late_answer_of_an_earlier_call_sends_nothing_again(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    post_channel.answer = lambda _: Unconfirmed("The answer was lost.")
    world.work(dispatch)
    first = dispatch.attempts.get()
    control.retry(dispatch.pk)

    def second(_: Any) -> Outcome:
        send.conclude(first.pk, Deferred("Busy.", code="429"))  # only now
        return Accepted(Receipt("2"))

    post_channel.answer = second
    world.work(dispatch)
    assert (dispatch.state, len(post_channel.asked)) == ("sent", 2)


def test_a_post_that_is_there_counts_whatever_was_decided_meanwhile(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    post_channel.answer = lambda _: Unconfirmed("The answer was lost.")
    world.work(dispatch)
    control.retry(dispatch.pk)
    send.conclude(dispatch.attempts.get().pk, Accepted(Receipt("1", "https://network.example/1")))
    world.work(dispatch)
    assert (dispatch.state, len(post_channel.asked)) == ("sent", 1)


def test_an_unexpected_error_before_the_call_pauses_and_in_it_is_unconfirmed(
    dispatch: Dispatch, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise RecursionError

    with monkeypatch.context() as patched:
        patched.setattr(ScriptedChannel, "check", broken)
        world.work(dispatch)
    assert (dispatch.state, "RecursionError" in dispatch.reason, post_channel.asked) == ("paused", True, [])
    control.resume(dispatch.pk)
    post_channel.answer = broken
    world.work(dispatch)
    assert (dispatch.state, len(post_channel.asked)) == ("unconfirmed", 1)


def test_a_look_that_fails_is_not_repeated_at_once(
    dispatch: Dispatch, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise KeyError("data")

    post_channel.answer = lambda _: Unconfirmed("The answer was lost.")
    world.work(dispatch)
    monkeypatch.setattr(ScriptedChannel, "find_existing", broken)
    lookup.settle(dispatch.pk)
    assert lookup.due_lookups(timezone.now()) == []
    control.retry(dispatch.pk)
    assert lookup.due_lookups(timezone.now() + timedelta(days=9)) == []


def test_posts_wait_for_a_link_that_was_queued_before_and_say_what_it_waits_for(
    draft: Draft, post_channel: ScriptedChannel
) -> None:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    queue_letter(letter, channels=["link"], at=timezone.now() + timedelta(days=1))
    (post,) = world.queue(letter, "link", "scripted")
    world.work(post)
    assert (post.state, post_channel.asked) == ("scheduled", [])
    link = letter.dispatches.get(channel="link")
    control.pause(link.pk)
    (seen,) = report([Dispatch.objects.get(pk=post.pk)])
    assert (seen.finished, seen.reason) == (True, "It waits for the letter's page, which is paused.")


def test_what_a_network_takes_once_is_sent_again_by_itself_but_not_for_ever(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    post_channel.idempotent = True
    post_channel.answer = lambda _: Unconfirmed("The answer was lost.")
    world.work(dispatch)
    waits = []
    for _ in range(3):
        lookup.settle(dispatch.pk)
        dispatch.refresh_from_db()
        assert dispatch.state == "scheduled"
        waits.append(round((dispatch.due_at - timezone.now()) / timedelta(minutes=1)))
        Dispatch.objects.update(due_at=timezone.now())
        world.work(dispatch)
    assert waits == [0, 1, 5]
    Attempt.objects.filter(number=1).update(started_at=timezone.now() - lookup.SAFE_TO_REPEAT)
    lookup.settle(dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.state, len(post_channel.asked)) == ("unconfirmed", 4)  # the first call may be forgotten there


def with_title(dispatch: Dispatch, title: str) -> None:
    assert dispatch.letter is not None
    world.rename(dispatch.letter, title)


def test_a_refused_post_that_is_sent_again_has_the_letters_words_of_now(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    post_channel.answer = lambda _: Deferred("The picture is being worked on.", keep={"upload": "7"})
    world.work(dispatch)
    Dispatch.objects.update(due_at=timezone.now())
    post_channel.answer = lambda _: Rejected("The picture is broken.", keep={})
    world.work(dispatch)
    with_title(dispatch, "Mended")
    control.retry(dispatch.pk)
    world.work(dispatch)
    assert post_channel.asked[-1] == "Mended"
    assert post_channel.kept[-1] == {}  # what was uploaded belongs to the old words


@pytest.mark.parametrize("before", [Deferred("2 of 3 have it.", code=PARTLY_OUT), Unconfirmed("The answer was lost.")])
def test_what_may_be_out_in_part_goes_on_with_the_same_words(
    dispatch: Dispatch, post_channel: ScriptedChannel, before: Outcome
) -> None:
    post_channel.answer = lambda _: before
    world.work(dispatch)
    if dispatch.state == "unconfirmed":
        control.retry(dispatch.pk)
    Dispatch.objects.update(due_at=timezone.now())
    post_channel.answer = lambda _: Rejected("It is not allowed.")
    world.work(dispatch)
    with_title(dispatch, "Mended")
    control.retry(dispatch.pk)
    world.work(dispatch)
    assert post_channel.asked == ["What the fog horn knows"] * 3


def test_what_was_noted_of_a_refused_post_goes_on_with_the_same_words(
    dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    post_channel.notes = {"have it": "Mina"}
    post_channel.answer = lambda _: Rejected("It is not allowed.")
    world.work(dispatch)
    with_title(dispatch, "Mended")
    control.retry(dispatch.pk)
    world.work(dispatch)
    assert post_channel.asked == ["What the fog horn knows"] * 2
    assert post_channel.kept == [{}, {"have it": "Mina"}]
