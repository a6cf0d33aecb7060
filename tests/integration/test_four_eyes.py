"""Four eyes: nobody approves what they wrote, at whichever door; others do, and rules go on."""

from __future__ import annotations

import pytest
from django.test import Client

from distributor.delivery import actions, overrides
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.errors import NotPermitted
from distributor.domain.roles import Actor
from distributor.letters import versions
from distributor.letters.models import Letter
from tests.integration import world
from tests.integration.desk import said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

CMS = "mina, by the token “CMS”"


@pytest.fixture
def letter(letter: Letter, post_channel: object) -> Letter:
    """A letter whose latest version is mina's, in a publication that wants four eyes."""
    letter.publication.four_eyes = True
    letter.publication.save()
    world.connect(letter.publication, "scripted")
    write(letter, "mina", "The fog")
    return letter


@pytest.fixture
def draft_dispatch(letter: Letter) -> Dispatch:
    (dispatch,) = queue_letter(letter, channels=["scripted"], approve=False).dispatches
    return dispatch


def write(letter: Letter, actor: str, title: str) -> None:
    letter.title = title
    letter.save()
    versions.record(letter, actor=actor, origin="the desk")


def approve(dispatch: Dispatch, actor: str, name: str = "approve") -> str:
    """Do it as somebody; return why it is refused, "" where it is done."""
    try:
        actions.perform(name, dispatch.pk, role="admin", actor=actor, confirmed=True)
    except NotPermitted as error:
        return str(error)
    return ""


def test_nobody_approves_what_they_wrote_and_somebody_else_does(draft_dispatch: Dispatch, letter: Letter) -> None:
    refusal = (
        "The Lantern Post wants four eyes on what goes out: you wrote version 2, so somebody else has to approve it."
    )
    for actor in ("mina", CMS, "mina, on the command line"):
        for name in ("approve", "release"):
            assert approve(draft_dispatch, actor, name) == refusal
            draft_dispatch.refresh_from_db()
            assert (draft_dispatch.state, draft_dispatch.approved_at) == ("draft", None)
    assert "nobody knows who you are" in approve(draft_dispatch, "")
    assert approve(draft_dispatch, "jun") == ""
    # What somebody else has approved may be sent earlier, and stopped: that approves nothing.
    assert approve(draft_dispatch, "mina", "release") == ""
    write(letter, "mina", "The fog, again")
    assert Dispatch.objects.get().version != versions.latest(letter)


def test_a_programs_change_and_an_edited_variant_have_a_person_too(draft_dispatch: Dispatch, letter: Letter) -> None:
    write(letter, "", "The fog, by its feed")
    assert "you wrote version 2" in approve(draft_dispatch, "mina")
    write(letter, "jun", "The fog, corrected")
    overrides.edit_variant(draft_dispatch.pk, text="Fog.", by="mina")
    assert "you edited this variant" in approve(draft_dispatch, "mina")
    assert "you wrote version 4" in approve(draft_dispatch, "jun")
    assert approve(draft_dispatch, "olu") == ""


def test_queueing_approved_is_approving(letter: Letter) -> None:
    for actor in (Actor("admin", "mina"), Actor("editor", CMS)):
        with pytest.raises(NotPermitted, match="you wrote version 2"):
            queue_letter(letter, channels=["scripted"], by=actor)
    assert not Dispatch.objects.exists()
    with pytest.raises(NotPermitted, match="Editors approve"):
        queue_letter(letter, channels=["scripted"], by=Actor("writer", "jun"))
    (dispatch,) = queue_letter(letter, channels=["scripted"], by=Actor("editor", "jun")).dispatches
    assert dispatch.approved_at is not None


def test_a_rule_goes_on_and_without_the_option_all_is_as_before(letter: Letter) -> None:
    (dispatch,) = queue_letter(letter, channels=["scripted"]).dispatches
    assert dispatch.approved_at is not None
    letter.publication.four_eyes = False
    letter.publication.save()
    actions.perform("take-back", dispatch.pk, role="editor", actor="mina")
    assert approve(dispatch, "mina") == ""


def test_the_desk_says_so(draft_dispatch: Dispatch, letter: Letter, editor: Client) -> None:
    sentence = "you wrote version 2, so somebody else has to approve it"
    assert sentence in said(editor.post(f"/desk/dispatches/{draft_dispatch.pk}/approve/"))
    colleague = Client()
    colleague.force_login(world.make_colleague("jun", "editor", letter.publication))
    assert "Approved." in said(colleague.post(f"/desk/dispatches/{draft_dispatch.pk}/approve/"))
