"""What a letter's source keeps back is planned as a draft, and only a person lets it go out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.letters import Draft
from distributor.letters import actions
from tests.integration import world

pytestmark = pytest.mark.django_db
SENTENCE = "Its front matter says “draft: true”."


def test_a_draft_at_its_source_is_a_draft_here_until_a_person_approves(draft: Draft) -> None:
    letter = world.make_letter(replace(draft, withheld=SENTENCE))
    result = queue_letter(letter, channels=["link"])
    (dispatch,) = result.dispatches
    assert dispatch.state == "draft"
    assert result.notes[0] == f"{SENTENCE} So it is planned as a draft: approve it when it may go out."
    world.work(dispatch)
    assert dispatch.state == "draft"
    approval.approve(dispatch.pk)
    Dispatch.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    world.work(dispatch)
    assert dispatch.state == "sent"


def test_a_date_to_come_is_when_it_goes_out_once_approved(draft: Draft) -> None:
    date = timezone.now() + timedelta(days=40)
    letter = world.make_letter(replace(draft, published_at=date))
    result = queue_letter(letter, channels=["link"])
    (dispatch,) = result.dispatches
    assert (dispatch.state, dispatch.due_at) == ("draft", date)
    assert result.notes[0].startswith("It is dated ")
    assert "UTC, which is still to come" in result.notes[0]
    assert approval.approve(dispatch.pk).due_at == date


def test_a_time_before_its_date_is_asked_about_and_one_after_it_is_fine(draft: Draft) -> None:
    date = timezone.now() + timedelta(days=40)
    early = queue_letter(
        world.make_letter(replace(draft, published_at=date)), channels=["link"], at=date - timedelta(days=1)
    )
    assert early.dispatches[0].state == "draft"
    assert "later than the time given" in early.notes[0]
    publication = early.dispatches[0].publication
    other = world.make_letter(replace(draft, published_at=date, source="https://l.example/2"), publication)
    late = queue_letter(other, channels=["link"], at=date)
    assert (late.dispatches[0].state, late.notes) == ("scheduled", ())


def test_a_date_that_has_come_keeps_nothing_back(draft: Draft) -> None:
    letter = world.make_letter(replace(draft, published_at=timezone.now() - timedelta(minutes=1)))
    assert queue_letter(letter, channels=["link"]).dispatches[0].state == "scheduled"


def test_the_desk_says_so(draft: Draft, editor: Client) -> None:
    letter = world.make_letter(replace(draft, withheld=SENTENCE))
    page = editor.post(reverse("desk:queue", args=[letter.pk]), {"channels": ["link"]}, follow=True).content.decode()
    assert "planned as a draft" in page
    assert letter.dispatches.get().state == "draft"


class TestAfterApproval:
    """A source that withholds its letter once it is approved."""

    def test_what_is_approved_becomes_a_draft_and_says_why(self, draft: Draft) -> None:
        letter = world.make_letter(draft)
        (dispatch,) = queue_letter(letter, channels=["link"], at=timezone.now() + timedelta(hours=1)).dispatches
        assert dispatch.state == "scheduled"
        actions.take_in(replace(draft, withheld=SENTENCE), publication=letter.publication)
        dispatch.refresh_from_db()
        assert (dispatch.state, dispatch.approved_variant, dispatch.approved_at) == ("draft", None, None)
        assert dispatch.reason == f"{SENTENCE} So it is a draft again: approve it when it may go out."
        letter.refresh_from_db()
        notes = queue_letter(letter, channels=["link"]).notes
        assert notes[0] == SENTENCE
        assert f"{dispatch.reference} is a draft already and stays as it is: approve it to let it go out." in notes
        assert not any("planned as a draft" in note for note in notes)

    def test_what_a_person_approves_after_that_goes_out(self, draft: Draft) -> None:
        letter = world.make_letter(replace(draft, withheld=SENTENCE))
        (dispatch,) = queue_letter(letter, channels=["link"], at=timezone.now() + timedelta(hours=1)).dispatches
        approval.approve(dispatch.pk)
        actions.take_in(replace(draft, withheld=SENTENCE, title="Mended"), publication=letter.publication)
        dispatch.refresh_from_db()
        assert dispatch.state == "scheduled"

    def test_a_new_date_after_its_time_makes_a_draft_and_one_before_it_does_not(self, draft: Draft) -> None:
        letter = world.make_letter(draft)
        due_at = timezone.now() + timedelta(hours=1)
        (dispatch,) = queue_letter(letter, channels=["link"], at=due_at).dispatches
        for days, state in ((-1, "scheduled"), (1, "draft")):
            date = due_at + timedelta(days=days)
            actions.take_in(replace(draft, published_at=date), publication=letter.publication)
            dispatch.refresh_from_db()
            assert dispatch.state == state
        assert dispatch.reason.startswith("It is dated ")

    def test_what_is_blocked_is_a_draft_once_it_is_not(self, draft: Draft) -> None:
        letter = world.make_letter(draft)
        (dispatch,) = queue_letter(letter, channels=["twitter"]).dispatches
        assert (dispatch.state, dispatch.approved_at is None) == ("blocked", False)
        actions.take_in(replace(draft, withheld=SENTENCE), publication=letter.publication)
        dispatch.refresh_from_db()
        assert (dispatch.state, dispatch.approved_at, dispatch.approved_variant) == ("blocked", None, None)


def test_a_date_names_its_zone_once(draft: Draft) -> None:
    letter = world.make_letter(replace(draft, published_at=timezone.now() + timedelta(days=40)))
    assert "UTC UTC" not in queue_letter(letter, channels=["link"]).notes[0]
