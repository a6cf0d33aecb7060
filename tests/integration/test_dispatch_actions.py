"""The table of actions: every door offers each of them in the same states, with the same questions and warnings."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from distributor.cli import dispatch_commands
from distributor.cli.commands import cli
from distributor.delivery import actions, control
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.posts import remote_posts
from distributor.delivery.reports.dispatches import report
from distributor.delivery.variants import channel_settings_store
from distributor.domain.dispatch_actions import ACTIONS, Action, get, permits
from distributor.domain.errors import BadInput, ConfirmationNeeded, NotPermitted, StateError
from distributor.domain.letters import Draft
from distributor.domain.states import State
from distributor.domain.times import clock
from distributor.domain.variants import Concern
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import html, said

pytestmark = pytest.mark.django_db(transaction=True)

WARNING = "This account can’t show pictures."
VALUES = {"time": "in 2 hours", "url": "https://network.example/7", "flag": "", "choice": "", "text": "Did you see it?"}
_BEFORE = ("state", "due_at", "hold_until", "approved_at", "receipt", "reason", "finished_at", "at_any_hour")


@pytest.fixture
def dispatch(draft: Draft, post_channel: ScriptedChannel) -> Dispatch:
    post_channel.account_concerns = (Concern(WARNING, "warning"),)
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    channel_settings_store.store(letter.publication, "scripted", {"slots": "daily 9:00"})
    return world.queue(letter, "scripted")[0]


# A mailing's, and those of what changed since it was approved (test_approval.py).
ELSEWHERE = {"resend", "resend-unopened", "approve-again", "ignore-change"}


def put_in(dispatch: Dispatch, state: State) -> None:
    """Have a dispatch in a state, with what it then has."""
    receipt = {"remote_id": "1", "url": "https://network.example/1", "at": timezone.now().isoformat(), "raw": {}}
    dispatch.state, dispatch.reason, dispatch.finished_at = state.value, "", None
    dispatch.due_at, dispatch.approved_at, dispatch.at_any_hour = timezone.now(), timezone.now(), False
    dispatch.hold_until = timezone.now() if state is State.HELD else None
    dispatch.receipt = receipt if state in (State.SENT, State.RECALLING, State.RECALLED) else None
    dispatch.save(update_fields=_BEFORE)
    if dispatch.receipt:
        remote_posts.hold(dispatch, ["1"])


def values(action: Action) -> dict[str, str]:
    return {argument.name: VALUES[argument.kind] for argument in action.arguments}


def press(editor: Client, dispatch: Dispatch, action: Action, **more: str) -> str:
    editor.cookies.pop("messages", None)  # what was said before and no page has shown
    return said(editor.post(f"/desk/dispatches/{dispatch.pk}/{action.name}/", {**values(action), **more}))


def command(dispatch: Dispatch, action: Action, *more: str) -> Result:
    given = [VALUES[argument.kind] for argument in action.arguments if argument.required]
    return CliRunner().invoke(cli, [action.name, str(dispatch.pk), *given, *more])


@pytest.mark.parametrize("state", State)
def test_both_doors_do_the_same_in_each_state(
    state: State, dispatch: Dispatch, editor: Client, post_channel: ScriptedChannel
) -> None:
    put_in(dispatch, state)
    offered = {one.action.name for one in actions.offers(dispatch, role="editor")}
    page = html(editor.get(f"/desk/letters/{dispatch.letter_id}/"))
    for action in ACTIONS.values():
        allowed = state in action.states and action.name not in ELSEWHERE
        assert (action.name in offered) == allowed
        assert (f"/desk/dispatches/{dispatch.pk}/{action.name}/" in page) == allowed
        question = action.question(state, "Scripted") if allowed else ""
        put_in(dispatch, state)
        if question:
            assert question in page
            assert question in press(editor, dispatch, action)
            result = command(dispatch, action)
            assert isinstance(result.exception, ConfirmationNeeded)
            assert question in str(result.exception)
            dispatch.refresh_from_db()
            assert dispatch.state == state.value
        told = press(editor, dispatch, action, confirmed="yes")
        assert ("can't" not in told) == allowed, told
        dispatch.refresh_from_db()
        by_desk = dispatch.state
        assert (WARNING in told) == (allowed and action.approves)
        put_in(dispatch, state)
        result = command(dispatch, action, *(["--yes"] if action.confirm else []))
        assert (result.exception is None) == allowed, result.output
        assert allowed or isinstance(result.exception, StateError)
        assert allowed or re.fullmatch(r"It (is|has|may) .+, so it can't (be|go) .+\. .+\.", str(result.exception))
        dispatch.refresh_from_db()
        assert dispatch.state == by_desk
        assert (WARNING in " ".join(result.output.split())) == (allowed and action.approves)


def test_every_action_has_a_command_and_someone_who_does_it() -> None:
    assert set(ACTIONS) <= set(dispatch_commands.COMMANDS)
    assert set(actions._PERFORM) == set(ACTIONS)
    for action in ACTIONS.values():
        assert action.states
        assert set(action.confirm_in) <= set(action.states)
        assert bool(action.confirm) == bool(action.confirm_in)


def test_what_is_deleted_is_called_by_what_it_is(dispatch: Dispatch) -> None:
    put_in(dispatch, State.SENT)
    for channel, label in (("scripted", "Delete post"), ("link", "Delete page")):
        dispatch.channel = channel
        offer_labels = {offer.action.label for offer in actions.offers(dispatch, role="editor")}
        assert {text for text in offer_labels if text.startswith("Delete")} == {label}
        assert actions.label("recall", dispatch) == label


def test_who_may_do_it_is_checked_in_one_place(dispatch: Dispatch) -> None:
    assert [permits(role, "editor") for role in ("writer", "editor", "admin")] == [False, True, True]
    put_in(dispatch, State.DRAFT)
    with pytest.raises(NotPermitted, match="editor or more; you are writer"):
        actions.perform("approve", dispatch.pk, role="writer")
    assert actions.offers(dispatch, role="writer") == ()
    dispatch.refresh_from_db()
    assert dispatch.state == "draft"


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("explode", {}, "no action “explode”"),
        ("approve", {"at": timezone.now()}, "takes no values"),
        ("reschedule", {}, "takes at"),
        ("confirm", {"url": "javascript:alert(1)"}, "no web address"),
        ("confirm", {"url": "https://[x"}, "no web address"),
    ],
)
def test_what_an_action_does_not_take_is_refused(
    name: str, given: dict[str, Any], sentence: str, dispatch: Dispatch
) -> None:
    put_in(dispatch, State.UNCONFIRMED)
    with pytest.raises(BadInput, match=sentence):
        actions.perform(name, dispatch.pk, role="editor", **given)
    dispatch.refresh_from_db()
    assert dispatch.state == "unconfirmed"


def test_an_address_is_linked_as_one(dispatch: Dispatch) -> None:
    put_in(dispatch, State.UNCONFIRMED)
    done = actions.perform("confirm", dispatch.pk, role="editor", url="network.example/7")
    assert (done.dispatch.receipt or {})["url"] == "https://network.example/7"


def test_what_was_done_is_said_and_not_what_was_asked(draft: Draft, post_channel: ScriptedChannel) -> None:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    link, post = queue_letter(letter, channels=["scripted", "link"], hold_minutes=10, approve=False).dispatches
    approved = actions.perform("approve", post.pk, role="editor")
    assert "then goes out, once the letter’s page is live: that is a draft." in approved.sentence
    released = actions.perform("release", post.pk, role="editor")
    assert "letter’s page" in released.sentence
    assert [one.name for one in released.further] == ["with_link"]
    both = actions.perform("release", post.pk, role="editor", with_link=True)
    assert both.further == ()
    link.refresh_from_db()
    assert link.state == "scheduled"
    world.work(link, post)
    world.work(post)
    assert post.state == "sent"


def test_the_page_can_be_sent_along_at_both_doors(draft: Draft, post_channel: ScriptedChannel, editor: Client) -> None:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    at = timezone.now().replace(microsecond=0) + timedelta(hours=5)
    link, post = queue_letter(letter, channels=["scripted", "link"], at=at).dispatches
    page = html(editor.get(f"/desk/letters/{letter.pk}/"))
    assert page.count(">Send now with its page</button>") == 1  # beside the post, and not beside the page
    told = CliRunner().invoke(cli, ["release", str(post.pk)])
    assert "It waits for the letter’s page, which goes out at" in told.output
    assert "--with-link" in told.output
    answer = said(editor.post(f"/desk/dispatches/{post.pk}/release/", {"with_link": "yes"}))
    assert "letter’s page" in answer
    link.refresh_from_db()
    assert link.due_at <= timezone.now()


def test_a_letters_dispatches_that_stay_are_named(draft: Draft, post_channel: ScriptedChannel) -> None:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    link, post = queue_letter(letter, channels=["scripted", "link"], approve=False).dispatches
    actions.perform("approve", link.pk, role="editor")
    result = CliRunner().invoke(cli, ["approve", f"L{letter.pk}"])
    assert result.exception is None
    assert f"Scripted → main (dispatch {post.pk}): Approved." in result.output
    assert "stays: It is scheduled, so it can't be approved." in result.output


def test_the_table_names_no_action_that_there_is_not() -> None:
    with pytest.raises(BadInput, match="choose from approve, release"):
        get("explode")


def test_another_time_is_told_with_the_hold_and_the_page_before_it(draft: Draft, post_channel: ScriptedChannel) -> None:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    _, post = queue_letter(letter, channels=["scripted", "link"], hold_minutes=10).dispatches
    result = CliRunner().invoke(cli, ["reschedule", str(post.pk), "tomorrow 9:00"])
    assert result.exception is None
    post.refresh_from_db()
    assert post.hold_until is not None
    zone = ZoneInfo(letter.publication.time_zone)
    now = timezone.now()
    hold, due = (clock(moment, now=now, zone=zone) for moment in (post.hold_until, post.due_at))
    assert due.endswith("09:00 UTC")
    told = " ".join(result.output.split())
    assert f"It has another time. It is held until {hold}, then goes out {due}, after the letter’s page." in told
    shown = " ".join(CliRunner().invoke(cli, ["status", str(post.pk)]).output.split())
    assert f"held until {hold}, then goes out {due}, after the letter’s page" in shown
    Dispatch.objects.update(state="scheduled")
    shown = " ".join(CliRunner().invoke(cli, ["status", str(post.pk)]).output.split())
    assert f"scheduled for {due}, after the letter’s page" in shown
    assert "For example “tomorrow 9:00”" in CliRunner().invoke(cli, ["reschedule", "--help"]).output.replace("\n ", "")


def test_the_time_of_what_was_sent_is_when_it_went_out(dispatch: Dispatch, editor: Client) -> None:
    Dispatch.objects.update(due_at=timezone.now() - timedelta(hours=5))
    world.work(dispatch)
    [shown] = report([dispatch])
    assert dispatch.released_at is not None
    assert shown.went_out_at is not None
    assert shown.went_out_at >= dispatch.released_at
    page = html(editor.get(f"/desk/letters/{dispatch.letter_id}/"))
    assert shown.went_out_at.isoformat() in page
    assert dispatch.due_at.isoformat() not in page.split('data-label="Time"')[1].split("</time>")[0].split("<time")[1]


@pytest.mark.parametrize("name", ["approve", "release"])
def test_of_a_whole_letter_the_page_is_done_first_and_sentences_know_it(
    name: str, draft: Draft, post_channel: ScriptedChannel
) -> None:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    queue_letter(letter, channels=["scripted", "link"], approve=False)
    result = CliRunner().invoke(cli, [name, f"L{letter.pk}"])
    assert result.exception is None
    assert result.output.index("on the web (dispatch") < result.output.rindex("Scripted → main (dispatch")
    assert "after the letter’s page." in result.output
    assert "draft" not in result.output
    assert "--with-link" not in result.output


def test_a_reason_is_said_once(dispatch: Dispatch) -> None:
    world.be_quiet(dispatch.publication)
    control.pause(dispatch.pk)
    told = CliRunner().invoke(cli, ["resume", str(dispatch.pk)]).output
    assert told.count("Moved out of the quiet hours") == 1
    told = CliRunner().invoke(cli, ["cancel", str(dispatch.pk), "--yes"]).output
    assert told.count("Cancelled") == 1
    assert f"Scripted → main (dispatch {dispatch.pk}): Cancelled." in told


def test_what_is_stopped_says_who_stopped_it(dispatch: Dispatch, editor: Client) -> None:
    name = User.objects.get(is_staff=True).get_username()
    assert "Paused." in said(editor.post(f"/desk/dispatches/{dispatch.pk}/pause/"))
    dispatch.refresh_from_db()
    assert dispatch.reason == f"Paused by {name}."
    told = said(editor.post(f"/desk/dispatches/{dispatch.pk}/cancel/", {"confirmed": "yes"}))
    assert name not in told  # they know who they are
    dispatch.refresh_from_db()
    assert dispatch.reason == f"Cancelled by {name}."
    put_in(dispatch, State.DRAFT)
    assert CliRunner().invoke(cli, ["withdraw", f"L{dispatch.letter_id}", "--yes"]).exception is None
    dispatch.refresh_from_db()
    assert dispatch.reason.endswith(", on the command line.")


def test_withdrawing_asks_first_at_both_doors(dispatch: Dispatch, editor: Client) -> None:
    sentence = "What is not out will stop for good, and can’t be resumed."
    result = CliRunner().invoke(cli, ["withdraw", f"L{dispatch.letter_id}"])
    assert isinstance(result.exception, ConfirmationNeeded)
    assert sentence in str(result.exception)
    assert sentence in said(editor.post(f"/desk/letters/{dispatch.letter_id}/withdraw/"))
    assert sentence in html(editor.get(f"/desk/letters/{dispatch.letter_id}/"))
    dispatch.refresh_from_db()
    assert dispatch.state == "scheduled"
    assert "Stopped: 1." in said(editor.post(f"/desk/letters/{dispatch.letter_id}/withdraw/", {"confirmed": "yes"}))
    put_in(dispatch, State.SENT)
    result = CliRunner().invoke(cli, ["withdraw", f"L{dispatch.letter_id}", "--recall"])
    assert "What is out will be deleted" in str(result.exception)
    result = CliRunner().invoke(cli, ["withdraw", f"L{dispatch.letter_id}"])  # nothing to stop: nothing to ask
    assert result.exception is None
    assert result.output.splitlines() == [
        "Nothing of the letter is left to stop.",
        f"Scripted → main (dispatch {dispatch.pk}) is out.",
    ]
    result = CliRunner().invoke(cli, ["withdraw", f"L{dispatch.letter_id}", "--recall", "--yes"])
    assert "Being deleted: 1." in result.output


def test_quiet_hours_are_named_when_it_is_approved_and_when_it_is_resumed(
    draft: Draft, post_channel: ScriptedChannel
) -> None:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "scripted")
    ends = world.be_quiet(letter.publication)
    _, post = queue_letter(letter, channels=["scripted", "link"], approve=False, hold_minutes=0).dispatches
    release_time = clock(ends, now=timezone.now(), zone=ZoneInfo(letter.publication.time_zone))
    for name in ("approve", "pause", "resume"):
        result = actions.perform(name, post.pk, role="editor")
        if name != "pause":
            assert release_time in result.sentence
            assert "after the letter’s page" in result.sentence or "once the letter’s page is live" in result.sentence
            assert "Moved out of the quiet hours" in result.dispatch.reason
