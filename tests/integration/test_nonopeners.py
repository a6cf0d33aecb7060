"""Sending a mailing again, with another subject, to who got it and has not opened it: at every door."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from distributor.audience import suppression
from distributor.audience.models import Subscription
from distributor.channels import stored_variants
from distributor.cli.commands import cli
from distributor.delivery import actions, resend
from distributor.delivery.mail import nonopeners, unreached
from distributor.delivery.models import Batch, Delivery, Dispatch
from distributor.domain.errors import BadInput, ConfirmationNeeded, StateError
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Deferred
from distributor.insights import tracking
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import errors, html, said

pytestmark = pytest.mark.django_db(transaction=True)

SUBJECT = "Did you {{ see }} it?"


@pytest.fixture
def mailing(draft: Draft, mail_channel: ScriptedChannel) -> Dispatch:
    """A mailing to six readers that is out; the first one opened it, the second followed a link."""
    letter = world.make_letter(draft)
    world.connect(letter.publication, mail_channel.name)
    (dispatch,) = world.queue(letter, mail_channel.name, lists=[world.make_list(letter.publication, 6)])
    world.work(dispatch)
    assert dispatch.variant is not None
    dispatch.variant["data"]["links"] = ["https://lantern.example/fog"]
    dispatch.save(update_fields=["variant"])
    tracking.note_open(dispatch.pk, world.reader(0).pk, at=timezone.now())
    tracking.note_click(dispatch.pk, world.reader(1).pk, 0, at=timezone.now())
    mail_channel.asked.clear()
    return dispatch


def addresses(*numbers: int) -> list[str]:
    return [f"reader{number}@inbox.example" for number in numbers]


def test_nobody_who_opened_left_or_is_suppressed_gets_it(mailing: Dispatch, mail_channel: ScriptedChannel) -> None:
    assert nonopeners.count(mailing) == 4
    Subscription.objects.filter(subscriber=world.reader(2)).update(state="left")
    suppression.suppress_one(world.reader(3).email)
    assert nonopeners.count(mailing) == 2
    again = resend.resend_to_nonopeners(mailing.pk, subject=f"  {SUBJECT}\n")
    assert (again.subject, again.resend_of, again.letter) == (SUBJECT, mailing, mailing.letter)
    assert again.approved_variant is not None
    assert stored_variants.read(again.approved_variant).subject == "Did you {{ '{' }}{ see }} it?"
    with pytest.raises(StateError, match=f"dispatch {again.pk} is"):
        resend.resend_to_nonopeners(mailing.pk, subject="Another")
    world.work(again)
    assert sorted(mail_channel.asked) == addresses(4, 5)
    assert (again.state, again.recipients) == ("sent", 2)
    assert not unreached.reached_later([mailing.pk])  # they were reached before
    tracking.note_open(again.pk, world.reader(4).pk, at=timezone.now())
    assert nonopeners.count(mailing) == 1  # who opened any of the two has opened it


def test_who_opens_it_before_their_turn_gets_none(mailing: Dispatch, mail_channel: ScriptedChannel) -> None:
    accept = mail_channel.answer
    mail_channel.answer = lambda _: Deferred("Busy.", code="4.3.2")
    again = resend.resend_to_nonopeners(mailing.pk, subject=SUBJECT)
    world.work(again)
    assert sorted(mail_channel.asked) == addresses(2, 3, 4, 5)
    mail_channel.asked.clear()
    mail_channel.answer = accept
    tracking.note_open(mailing.pk, world.reader(5).pk, at=timezone.now())
    Batch.objects.update(not_before=None)
    world.send(again.pk)
    assert sorted(mail_channel.asked) == addresses(2, 3, 4)
    assert Delivery.objects.get(dispatch=again, outcome="left").subscriber_id == world.reader(5).pk


def test_a_subject_has_to_be_another_one(mailing: Dispatch) -> None:
    assert mailing.letter is not None
    for subject, sentence in ((" \n", "Give it a subject"), (mailing.letter.title, "the subject that it had"),
                              ("x" * 201, "201 characters")):  # fmt: skip
        with pytest.raises(BadInput, match=sentence):
            resend.resend_to_nonopeners(mailing.pk, subject=subject)
    for number in range(2, 6):
        tracking.note_open(mailing.pk, world.reader(number).pk, at=timezone.now())
    with pytest.raises(StateError, match="nobody is left to send to"):
        resend.resend_to_nonopeners(mailing.pk, subject=SUBJECT)


def test_it_is_not_offered_where_nobody_counts_opens_and_says_why(mailing: Dispatch, editor: Client) -> None:
    def offered() -> bool:
        return any(offer.action.name == "resend-unopened" for offer in actions.offers(mailing, role="editor"))

    path = f"/desk/dispatches/{mailing.pk}/resend-unopened/"
    assert offered()
    assert path in html(editor.get(f"/desk/letters/{mailing.letter_id}/"))
    assert mailing.variant is not None
    mailing.variant["data"]["links"] = []
    mailing.save(update_fields=["variant"])
    assert not offered()
    assert path not in html(editor.get(f"/desk/letters/{mailing.letter_id}/"))
    assert resend.NO_COUNT in html(editor.get(path))
    result = CliRunner().invoke(cli, ["resend-unopened", str(mailing.pk), SUBJECT, "--yes"])
    assert resend.NO_COUNT in str(result.exception)
    assert resend.NO_COUNT in said(editor.post(path, {"subject": SUBJECT, "confirmed": "yes"}))


def test_the_desk_asks_for_a_subject_then_for_a_yes(mailing: Dispatch, editor: Client) -> None:
    path = f"/desk/dispatches/{mailing.pk}/resend-unopened/"
    page = html(editor.get(path))
    assert "4 people got it and have not opened it" in page
    assert 'method="post"' not in page.split("<main")[1].split("</main>")[0]  # Enter in the field sends nothing
    refused = editor.get(path, {"subject": "x" * 201})
    assert (refused.status_code, errors(refused)) == (
        422,
        ["The subject has 201 characters: 200 are the most."],
    )
    assert "x" * 201 in html(refused)
    page = html(editor.get(path, {"subject": SUBJECT}))
    assert "It will be mailed to 4 people who got it and have not opened it" in page
    assert SUBJECT in page
    assert "It will be mailed to 4 people" in html(editor.post(path, {"subject": SUBJECT}))  # no yes yet
    assert not mailing.resendings.exists()
    answer = editor.post(path, {"subject": SUBJECT, "confirmed": "yes"})
    again = Dispatch.objects.get(resend_of=mailing)
    assert (answer.status_code, f"Dispatch {again.pk} sends it to those who have not opened it" in said(answer)) == (
        302,
        True,
    )


def test_the_command_line_asks_how_many(mailing: Dispatch) -> None:
    result = CliRunner().invoke(cli, ["resend-unopened", str(mailing.pk), SUBJECT])
    assert isinstance(result.exception, ConfirmationNeeded)
    assert "mailed to 4 people who got it" in str(result.exception)
    result = CliRunner().invoke(cli, ["resend-unopened", str(mailing.pk), SUBJECT, "--yes"])
    assert result.exit_code == 0, result.output
    again: Any = Dispatch.objects.get(resend_of=mailing)
    assert again.target == f"Readers, who have not opened dispatch {mailing.pk}"
