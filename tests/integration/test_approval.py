"""Approval is of a version of the letter and its variants: that is what goes out, whatever changes afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from distributor.channels.base import Options
from distributor.cli.commands import cli
from distributor.delivery import actions, control, reapproval
from distributor.delivery.models import Account, Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.reports.dispatches import report
from distributor.domain.errors import StateError, TemplateError
from distributor.domain.letters import Draft, LetterView
from distributor.domain.outcomes import Rejected
from distributor.domain.variants import Concern, Variant
from distributor.letters import actions as letters
from distributor.letters import versions
from distributor.letters.models import Letter, Publication
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = "What the fog horn knows", "What the fog horn forgot"
Change = Callable[..., Letter]


@pytest.fixture
def brand(letter: Letter, post_channel: ScriptedChannel) -> Publication:
    world.connect(letter.publication, "scripted")
    return letter.publication


@pytest.fixture
def change(letter: Letter, draft: Draft) -> Change:
    """Have the letter's source say something else."""

    def take_in(**changes: Any) -> Letter:
        changed = replace(draft, **(changes or {"title": NEW}))
        return letters.take_in(changed, publication=letter.publication, actor="mina", origin="the feed").letter

    return take_in


@pytest.fixture
def post(letter: Letter, brand: Publication) -> Dispatch:
    """A post that is approved for tomorrow."""
    return queue_letter(letter, channels=["scripted"], at=timezone.now() + timedelta(days=1)).dispatches[0]


def reloaded(dispatch: Dispatch) -> Dispatch:
    return Dispatch.objects.select_related("letter", "publication", "version").get(pk=dispatch.pk)


def told(dispatch: Dispatch) -> str:
    [shown] = report([reloaded(dispatch)])
    return " ".join(shown.change_sentences)


def send_now(dispatch: Dispatch) -> Dispatch:
    """Let its time come."""
    Dispatch.objects.filter(pk=dispatch.pk).update(due_at=timezone.now(), hold_until=timezone.now())
    world.work(dispatch)
    return dispatch


def test_a_source_that_changes_after_approval_changes_nothing_that_is_on_its_way_and_says_so(
    post: Dispatch, change: Change, post_channel: ScriptedChannel
) -> None:
    assert told(post) == ""
    change()
    sentence = told(post)
    assert sentence.startswith("The source has changed since it was approved (version 2 by mina from the feed, ")
    assert sentence.endswith("what was approved goes out.")
    send_now(post)
    assert (post.state, post_channel.asked) == ("sent", [OLD])
    assert post.variant is not None
    assert (post.variant["parts"], post.version.number if post.version else 0) == ([OLD], 1)
    assert told(post) == ""  # it is out


@pytest.mark.parametrize("stops", ["yes", "no"])
def test_sent_is_sent_and_the_desk_shows_what_went_out(
    stops: str, post: Dispatch, brand: Publication, change: Change, post_channel: ScriptedChannel, editor: Client
) -> None:
    letters.edit_publication(brand, {"stop-on-change": stops})
    send_now(post)
    change()
    world.work(post)
    assert (post.state, post_channel.asked) == ("sent", [OLD])
    assert queue_letter(reloaded(post).letter or change(), channels=["scripted"]).dispatches == ()
    for answer in (reapproval.approve_again, reapproval.ignore_change, approval.take_back, control.resume):
        with pytest.raises(StateError):
            answer(post.pk)
    shown = editor.get(f"/desk/dispatches/{post.pk}/").content.decode()
    assert OLD in shown.partition('class="variants"')[2]
    assert NEW not in shown.partition('class="variants"')[2]


def test_mail_goes_out_as_it_was_approved(
    queue: Callable[[int], Dispatch], change: Change, mail_channel: ScriptedChannel
) -> None:
    dispatch = queue(2)
    change()
    world.work(dispatch)
    assert dispatch.state == "sent"
    assert dispatch.variant is not None
    assert dispatch.variant["subject"] == OLD


def test_settings_and_templates_that_change_after_approval_do_not_change_it(
    post: Dispatch, brand: Publication, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand.channel_options = {"scripted": {"campaign": False}}
    brand.name = "The Lantern"
    brand.save()
    with monkeypatch.context() as patched:
        patched.setattr(ScriptedChannel, "compose", lambda *_: Variant("scripted", parts=("of another template",)))
        send_now(post)
    assert post.variant is not None
    assert post_channel.asked == [OLD]
    assert post.variant["link"].endswith("utm_source=scripted&utm_medium=social&utm_campaign=what-the-fog-horn-knows")


def test_approved_again_it_goes_out_as_it_is_now(post: Dispatch, change: Change, post_channel: ScriptedChannel) -> None:
    change()
    result = actions.perform("approve-again", post.pk, role="editor")
    assert result.sentence.startswith("Approved again, as it is now.")
    assert told(post) == ""
    send_now(post)
    assert post_channel.asked == [NEW]


def test_approved_again_its_hold_begins_anew(post: Dispatch, change: Change) -> None:
    change()
    Dispatch.objects.update(hold_minutes=30, due_at=timezone.now())
    again = reapproval.approve_again(post.pk)
    assert again.state == "held"
    assert again.hold_until is not None
    assert again.due_at >= again.hold_until > timezone.now() + timedelta(minutes=29)


def test_a_change_that_is_ignored_is_no_longer_told_but_the_next_one_is(
    post: Dispatch, change: Change, post_channel: ScriptedChannel
) -> None:
    change()
    assert "what was approved goes out" in actions.perform("ignore-change", post.pk, role="editor").sentence
    assert told(post) == ""
    change(title="What the fog horn dreams")
    assert "version 3" in told(post)
    send_now(post)
    assert post_channel.asked == [OLD]


def test_without_a_change_there_is_nothing_to_decide(post: Dispatch, change: Change) -> None:
    names = {offer.action.name for offer in actions.offers(reloaded(post), role="editor")}
    assert not names & {"approve-again", "ignore-change"}
    with pytest.raises(StateError, match="as it was approved, so it can't be approved again"):
        reapproval.approve_again(post.pk)
    with pytest.raises(StateError, match="nothing to decide"):
        reapproval.ignore_change(post.pk)
    change()
    names = {offer.action.name for offer in actions.offers(reloaded(post), role="editor")}
    assert names >= {"approve-again", "ignore-change"}


def test_a_draft_is_approved_as_the_letter_is_then(
    letter: Letter, brand: Publication, change: Change, post_channel: ScriptedChannel
) -> None:
    [draft] = queue_letter(letter, channels=["scripted"], approve=False).dispatches
    change()
    assert (told(draft), draft.version) == ("", None)
    approval.approve(draft.pk)
    send_now(draft)
    assert post_channel.asked == [NEW]


def test_what_is_made_a_draft_again_is_approved_anew(
    post: Dispatch, change: Change, post_channel: ScriptedChannel
) -> None:
    change()
    assert approval.take_back(post.pk).version is None
    assert told(post) == ""
    approval.approve(post.pk)
    send_now(post)
    assert post_channel.asked == [NEW]


def test_what_is_blocked_goes_out_as_it_was_approved_once_its_account_is_there(
    letter: Letter, change: Change, post_channel: ScriptedChannel
) -> None:
    [blocked] = queue_letter(letter, channels=["scripted"]).dispatches
    assert blocked.state == "blocked"
    change()
    assert "The source has changed" in told(blocked)
    world.connect(letter.publication, "scripted")
    control.resume(blocked.pk)
    send_now(blocked)
    assert post_channel.asked == [OLD]


def test_what_is_blocked_can_be_approved_again(letter: Letter, change: Change, post_channel: ScriptedChannel) -> None:
    [blocked] = queue_letter(letter, channels=["scripted"]).dispatches
    change()
    assert reapproval.approve_again(blocked.pk).state == "blocked"
    world.connect(letter.publication, "scripted")
    control.resume(blocked.pk)
    send_now(blocked)
    assert post_channel.asked == [NEW]


@pytest.fixture
def stopping(brand: Publication) -> None:
    letters.edit_publication(brand, {"stop-on-change": "yes"})


@pytest.mark.usefixtures("stopping")
class TestAPublicationThatStops:
    def test_it_stops_at_once_with_the_reason(self, post: Dispatch, change: Change, mail_channel: object) -> None:
        change()
        post.refresh_from_db()
        assert (post.state, post.remedy) == ("paused", "approve")
        assert "and the publication stops it then: approve it again, or ignore the change." in post.reason
        assert told(post) == ""  # the reason says it

    @pytest.mark.parametrize(
        ("answer", "words"),
        [(reapproval.approve_again, NEW), (reapproval.ignore_change, OLD), (control.resume, OLD)],
    )
    def test_it_goes_on_as_a_person_says(
        self,
        answer: Callable[[int], Dispatch],
        words: str,
        post: Dispatch,
        change: Change,
        post_channel: ScriptedChannel,
    ) -> None:
        change()
        answer(post.pk)
        send_now(post)
        assert (post.state, post_channel.asked) == ("sent", [words])

    def test_what_changes_as_it_is_released_stops_too(
        self, post: Dispatch, letter: Letter, post_channel: ScriptedChannel
    ) -> None:
        Letter.objects.update(title=NEW)
        letter.refresh_from_db()
        stops = versions.STOPS.get()["delivery"]
        versions.STOPS.fill("delivery", lambda _: None)  # as where the release was first
        try:
            versions.record(letter, actor="mina", origin="the desk")
        finally:
            versions.STOPS.fill("delivery", stops)
        send_now(post)
        assert (post.state, post.remedy, post_channel.asked) == ("paused", "approve", [])

    def test_a_draft_does_not(self, letter: Letter, change: Change) -> None:
        [draft] = queue_letter(letter, channels=["scripted"], approve=False).dispatches
        change()
        draft.refresh_from_db()
        assert draft.state == "draft"


def test_what_leads_to_a_page_that_is_not_published_waits_for_a_person(
    letter: Letter, brand: Publication, post_channel: ScriptedChannel
) -> None:
    """What was approved has the page's address: another one is not sent unseen."""
    link, post = queue_letter(letter, channels=["link", "scripted"]).dispatches
    control.cancel(link.pk)
    world.work(post)
    assert (post.state, post_channel.asked) == ("paused", [])
    assert "the letter’s page, which is not live" in post.reason
    control.resume(post.pk)
    world.work(post)
    assert post.variant is not None
    assert post.variant["link"].startswith("https://lantern.example/letters/fog")


def test_what_could_not_be_made_pauses_and_goes_out_once_a_person_resumes_what_was_mended(
    letter: Letter, brand: Publication, change: Change, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: ScriptedChannel, __: LetterView, ___: Options) -> Variant:
        raise TemplateError("twitter.txt", 3, "“titel” is undefined")

    with monkeypatch.context() as patched:
        patched.setattr(ScriptedChannel, "compose", broken)
        [post] = world.queue(letter, "scripted")
        world.work(post)
        assert (post.state, post.reason) == (
            "paused",
            "The template twitter.txt, line 3 is broken: “titel” is undefined.",
        )
    Dispatch.objects.update(state="scheduled")  # mended, and nobody looked
    world.work(post)
    assert (post.state, post_channel.asked) == ("paused", [])
    assert post.reason.endswith("look at it, and approve it again.")
    change()
    control.resume(post.pk)
    world.work(post)
    assert post_channel.asked == [NEW]


def test_what_was_refused_goes_out_as_it_was_mended(
    letter: Letter, brand: Publication, change: Change, post_channel: ScriptedChannel
) -> None:
    post_channel.answer = lambda _: Rejected("Too long.")
    [post] = world.queue(letter, "scripted")
    world.work(post)
    change()
    del post_channel.answer
    post_channel.answer = lambda _: Rejected("Still.")
    control.retry(post.pk)
    world.work(post)
    assert post_channel.asked == [OLD, NEW]


def test_what_the_channel_would_refuse_is_made_anew_on_resuming(
    letter: Letter, brand: Publication, change: Change, post_channel: ScriptedChannel
) -> None:
    post_channel.concerns = (Concern("It is too long: shorten it.", "refuse"),)
    [post] = world.queue(letter, "scripted")
    world.work(post)
    assert (post.state, post.reason) == ("paused", "It is too long: shorten it.")
    change()
    post_channel.concerns = ()
    control.resume(post.pk)
    world.work(post)
    assert post_channel.asked == [OLD]  # nothing forbids by now what was approved
    assert "changed" not in told(post)


def test_the_difference_shows_the_letter_and_what_goes_out(post: Dispatch, change: Change) -> None:
    change()
    shown = reapproval.difference(reloaded(post))
    assert [field.field for field in shown.fields] == ["title"]
    assert [(piece.state, piece.text) for piece in shown.text if piece.state != "same"] == [
        ("removed", "knows"),
        ("added", "forgot"),
    ]
    assert (shown.link, shown.picture) == (None, None)
    approval.take_back(post.pk)
    with pytest.raises(StateError, match="nothing to compare"):
        reapproval.difference(reloaded(post))


def test_every_door_says_it(post: Dispatch, change: Change, editor: Client) -> None:
    letter = change()
    queued = queue_letter(letter, channels=["scripted"])
    assert any("The source has changed since it was approved" in note for note in queued.notes)
    output = " ".join(CliRunner().invoke(cli, ["status", f"L{letter.pk}"]).output.split())
    assert "The source has changed since it was approved" in output
    assert f"distributor variants difference {post.pk}" in output
    assert f"distributor ignore-change {post.pk}" in output
    status = json.loads(CliRunner().invoke(cli, ["status", str(post.pk), "--json"]).output)
    assert status["dispatches"][0]["change"]["latest_version"] == 2
    shown = CliRunner().invoke(cli, ["variants", "difference", str(post.pk)]).output
    assert "[-knows-]{+forgot+}" in shown
    for address in (f"/desk/letters/{letter.pk}/", f"/desk/dispatches/{post.pk}/"):
        page = editor.get(address).content.decode()
        assert "The source has changed since it was approved" in page
        assert f"/desk/dispatches/{post.pk}/difference/" in page
    page = editor.get(f"/desk/dispatches/{post.pk}/difference/").content.decode()
    assert "<del>knows</del>" in page
    assert "<ins>forgot</ins>" in page
    for name in ("approve-again", "ignore-change"):
        assert f"/desk/dispatches/{post.pk}/{name}/" in page


def test_what_was_approved_before_letters_had_versions_goes_out_as_the_letter_is(
    post: Dispatch, change: Change, post_channel: ScriptedChannel
) -> None:
    Dispatch.objects.update(version=None, approved_variant=None)
    change()
    assert told(post) == ""
    send_now(post)
    assert post_channel.asked == [NEW]


def test_an_account_that_is_connected_approves_nothing(
    post: Dispatch, change: Change, post_channel: ScriptedChannel
) -> None:
    """Whatever put it aside: what goes on by itself goes on as it was approved."""
    change()
    Account.objects.update(needs_reconnect="It was revoked.")
    send_now(post)
    assert post.state == "blocked"
    Account.objects.update(needs_reconnect="")
    control.resume(post.pk)
    send_now(post)
    assert post_channel.asked == [OLD]
