"""What comes to a door one after the other is done so, and what its source takes back does not go out."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from distributor.delivery.models import Dispatch
from distributor.domain.errors import BadInput
from distributor.letters.models import Letter, Publication
from distributor.newsroom import arrival_queue, arrivals, door_actions
from distributor.newsroom.formats import ghost as ghost_format
from distributor.newsroom.formats import wordpress as wordpress_format
from distributor.newsroom.intake_rules import RuleSettings
from distributor.newsroom.models import Arrival, IntakeDoor
from distributor.practice.newsroom import senders
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.doors import TEXT, call, ghost, hand_in, last, open_door, secret
from tests.integration.rivals import while_open
from tests.patience import PATIENCE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

HELD = RuleSettings(channels=("scripted",), approve=True, hold_minutes=60)
HORN = {"id": 7, "title": "The horn", "text": "Loud."}


@pytest.fixture
def publication(post_channel: ScriptedChannel) -> Publication:
    made = world.make_publication()
    world.connect(made, "scripted")
    return made


def say(door: IntakeDoor, **values: Any) -> str:
    """Send a call about the horn, let a worker look at all that waits, and return what the last arrival came to."""
    assert call(door, senders.plain({**HORN, **values}, secret=secret(door))) == 202
    return last(door).reason


def states() -> list[str]:
    return list(Dispatch.objects.order_by("pk").values_list("state", flat=True))


def test_a_door_has_one_arrival_at_a_time_in_their_order(publication: Publication) -> None:
    door, other_door = (open_door(publication, "json", rules=HELD) for _ in range(2))
    for values in ({}, {"status": "unpublished"}):
        assert hand_in(door, senders.plain({**HORN, **values}, secret=secret(door))) == 202
    elsewhere = {"id": 8, "title": "The bell", "text": "Soft."}
    assert hand_in(other_door, senders.plain(elsewhere, secret=secret(other_door))) == 202
    first, second = door.arrivals.order_by("pk")
    assert arrival_queue.take() == first.pk
    assert arrival_queue.take() == other_door.arrivals.get().pk  # another door is not kept waiting
    assert arrival_queue.take() is None  # and the second waits for the first
    arrivals._handle(first.pk)
    assert arrival_queue.take() == second.pk


def test_publishing_and_unpublishing_back_to_back_never_goes_out(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = open_door(publication, "json", rules=HELD)
    is_slow, may_go_on = Event(), Event()
    draft_of = arrivals._draft

    def slow_draft(*arguments: Any) -> Any:
        is_slow.set()
        assert may_go_on.wait(PATIENCE)
        return draft_of(*arguments)

    monkeypatch.setattr(arrivals, "_draft", slow_draft)
    for values in ({}, {"status": "unpublished"}):
        hand_in(door, senders.plain({**HORN, **values}, secret=secret(door)))
    with ThreadPoolExecutor(1) as pool:
        slow_worker = pool.submit(work_in_thread)
        assert is_slow.wait(PATIENCE)
        arrivals.work()  # a second worker, which has time
        may_go_on.set()
        slow_worker.result(PATIENCE)
    assert [row.state for row in door.arrivals.all()] == ["done", "done"]
    assert states() == ["draft"]
    assert Letter.objects.get().withheld


def work_in_thread() -> None:
    try:
        arrivals.work()
    finally:
        connection.close()


def test_what_breaks_something_is_tried_again_before_what_came_after_it(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = open_door(publication, "json", rules=HELD)
    with monkeypatch.context() as patch:
        patch.setattr(arrivals, "_take_letter", broken)
        with pytest.raises(OperationalError):
            say(door)
    assert last(door).next_at < timezone.now() + timedelta(seconds=30)  # those behind it wait no longer than that
    hand_in(door, senders.plain({**HORN, "status": "unpublished"}, secret=secret(door)))
    arrivals.work()
    assert {row.state for row in door.arrivals.all()} == {"waiting"}
    Arrival.objects.update(next_at=timezone.now())
    arrivals.work()
    assert states() == ["draft"]


def broken(*_: Any, **__: Any) -> None:
    raise OperationalError("the connection is lost")


@pytest.mark.parametrize("visibility", ["members", "paid", "tiers"])
def test_a_ghost_post_that_is_no_longer_public_does_not_go_out(publication: Publication, visibility: str) -> None:
    door = open_door(publication, "ghost", rules=HELD)
    ghost(door, senders.ghost_post("The horn", TEXT), {"status": "draft"})
    assert states() == ["held"]
    ghost(door, senders.ghost_post("The horn", TEXT, visibility=visibility), {"visibility": "public"})
    assert (states(), last(door).state) == (["draft"], "done")
    assert Letter.objects.get().withheld == "Its source says: The post is for members only."


@pytest.mark.parametrize("status", ["draft", "scheduled", "sent"])
def test_a_ghost_post_that_is_a_draft_now_does_not_go_out_whatever_it_was(
    publication: Publication, status: str
) -> None:
    door = open_door(publication, "ghost", rules=HELD)
    ghost(door, senders.ghost_post("The horn", TEXT), {"status": "draft"})
    ghost(door, senders.ghost_post("The horn", TEXT, status=status), {"title": "The call in between is lost"})
    assert (states(), last(door).state) == (["draft"], "done")


@pytest.mark.parametrize(
    "values", [{"password": "open sesame"}, {"status": "private"}, {"status": "draft", "before": "pending"}]
)
def test_a_wordpress_post_that_is_no_longer_public_does_not_go_out(
    publication: Publication, values: dict[str, Any]
) -> None:
    door = open_door(publication, "wordpress", rules=HELD)
    call(door, senders.wordpress("The horn", TEXT, secret=secret(door)))
    assert states() == ["held"]
    call(door, senders.wordpress("The horn", TEXT, secret=secret(door), **{"before": "publish", **values}))
    assert (states(), last(door).state) == (["draft"], "done")


@pytest.mark.parametrize("status", ["draft", "unpublished", "private", "members"])
def test_json_that_says_it_is_not_public_any_more_does_not_go_out(publication: Publication, status: str) -> None:
    door = open_door(publication, "json", rules=HELD)
    say(door)
    assert states() == ["held"]
    say(door, status=status)
    assert states() == ["draft"]
    assert Letter.objects.get().withheld


def test_what_waits_for_its_account_is_taken_back_as_well(publication: Publication) -> None:
    rules = RuleSettings(channels=("twitter",), approve=True)  # no account is connected
    door = open_door(publication, "json", rules=rules)
    say(door)
    assert (states(), Dispatch.objects.get().approved_at is None) == (["blocked"], False)
    sentence = say(door, status="unpublished")
    assert "Blocked, and approved no more: 1 dispatch." in sentence
    assert "drafts again" not in sentence  # it is not, as long as it is blocked
    assert Dispatch.objects.get().approved_at is None  # so it is a draft once the account is there
    assert "approved no more" not in say(door, status="private")


def test_what_is_taken_back_says_why_and_is_counted_once(publication: Publication) -> None:
    door = open_door(publication, "json", rules=HELD)
    say(door)
    assert "drafts again: 1 dispatch." in say(door, status="unpublished")
    letter = Letter.objects.get()
    assert letter.withheld
    assert Dispatch.objects.get().reason == f"{letter.withheld} So it is a draft again: approve it when it may go out."
    assert "drafts again" not in say(door, status="private")


def test_a_mailing_that_has_begun_goes_on_when_its_source_takes_it_back(publication: Publication) -> None:
    door = open_door(publication, "json", rules=HELD)
    say(door)
    Dispatch.objects.update(state="scheduled", spread_from=timezone.now())
    assert "drafts again" not in say(door, status="unpublished")
    dispatch = Dispatch.objects.get()
    assert (dispatch.state, dispatch.approved_at is None) == ("scheduled", False)


def test_an_edit_that_is_taken_back_is_taken(publication: Publication) -> None:
    door = open_door(publication, "json", rules=HELD)
    for text in ("Loud.", "Quiet.", "Loud."):
        say(door, text=text)
    letter = Letter.objects.get()
    assert (letter.body_text, letter.versions.count()) == ("Loud.", 3)


def test_a_letter_that_is_published_again_is_taken(publication: Publication) -> None:
    door = open_door(publication, "json", rules=HELD)
    say(door)
    say(door, status="unpublished")
    reason = say(door)
    assert (Letter.objects.get().withheld, states()) == ("", ["draft"])
    assert "waits for your yes" in reason


def test_the_same_call_again_is_still_one(publication: Publication) -> None:
    door = open_door(publication, "json", rules=HELD)
    say(door)
    say(door, id=8, title="The bell", text="Soft.")  # about something else
    say(door)
    assert door.arrivals.count() == 2
    with ThreadPoolExecutor(8) as pool:
        sent = senders.plain({**HORN, "text": "Louder."}, secret=secret(door))
        assert set(pool.map(lambda _: hand_in_thread(door, sent), range(16))) == {202}
    assert door.arrivals.count() == 3


def hand_in_thread(door: IntakeDoor, sent: senders.Call) -> int:
    try:
        return hand_in(door, sent)
    finally:
        connection.close()


def test_a_call_that_failed_is_tried_anew_when_it_is_sent_again(publication: Publication) -> None:
    door = open_door(publication, "json", rules=HELD, mapping={"title": "headline", "text": "body", "id": "id"})
    assert "no text where the mapping says" in say(door)
    right_settings = door_actions.settings_of(open_door(publication, "json", rules=HELD))
    door_actions.edit(door, right_settings)
    assert "It is new" in say(door)


def test_what_asks_does_so_no_more_once_its_source_says_something_else(publication: Publication) -> None:
    door = open_door(publication, "json", rules=HELD)
    weekly = {"title": "Weekly", "text": "The very same words as ever."}
    say(door, id=1, **weekly)
    say(door, id=2, **weekly)
    asking = last(door)
    assert asking.state == "asks"
    say(door, id=2, **weekly, status="unpublished")
    asking.refresh_from_db()
    assert (asking.state, "later call" in asking.reason) == ("ignored", True)
    with pytest.raises(BadInput, match="does not ask any more"):
        arrivals.answer(asking.pk)


def test_a_call_of_which_workers_die_does_not_keep_its_door(publication: Publication) -> None:
    door = open_door(publication, "json", rules=HELD)
    for number in (1, 2):
        assert hand_in(door, senders.plain({**HORN, "id": number}, secret=secret(door))) == 202
    first, second = door.arrivals.order_by("pk")
    for _ in range(arrival_queue.MOST_ATTEMPTS):  # each worker that has it is killed
        assert arrival_queue.take() == first.pk
        Arrival.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    assert arrival_queue.take() == second.pk
    first.refresh_from_db()
    assert (first.state, first.reason) == ("failed", "Whoever took it in died of it, each time.")


@pytest.mark.parametrize("kind", ["ghost", "wordpress"])
def test_a_call_that_says_no_status_takes_nothing_back(kind: str) -> None:
    post = {"id": "17", "title": "The horn"}
    body = {"post": {"current": post}} if kind == "ghost" else {"post": post}
    submission = {"ghost": ghost_format, "wordpress": wordpress_format}[kind].read(json.dumps(body).encode())
    assert (submission.event, submission.why) == ("other", "It does not say the post’s status.")


@pytest.mark.parametrize("is_proven", [True, False])
def test_a_call_at_a_door_that_is_removed_just_then_finds_none(publication: Publication, is_proven: bool) -> None:
    door = open_door(publication, "json", rules=HELD)
    request = senders.plain(HORN, secret=secret(door) if is_proven else "another")

    future = while_open(lambda: door_actions.remove(door), lambda: hand_in(door, request))

    assert future.result() == (404 if is_proven else 401)
    assert not Arrival.objects.exists()
