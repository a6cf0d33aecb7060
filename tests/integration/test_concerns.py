"""What an account can't do for a variant: editors are told in the preview, when they queue and when they approve."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from distributor.audience.models import MailingList
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.variants import concerns
from distributor.domain.letters import Draft
from distributor.domain.variants import Concern
from distributor.letters.models import Letter, Publication
from tests.integration import world
from tests.integration.commands import SAMPLE, house
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import html, said

pytestmark = pytest.mark.django_db(transaction=True)

WARNING = "MailerSend takes the headers of a mailing list from Enterprise accounts only."
NOTE = "MailerSend takes no metadata: what comes back is matched by address only."
URL = "mailersend://very-secret-key@"


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def letter(publication: Publication, draft: Draft) -> Letter:
    return world.make_letter(draft, publication)


@pytest.fixture
def readers(publication: Publication) -> MailingList:
    return world.make_list(publication, 2)


def connect(publication: Publication, url: str = URL, *, practice: bool = False) -> None:
    accounts.connect(publication, "mail", "main", {"url": url}, practice=practice)


def queued(letter: Letter, readers: MailingList) -> Dispatch:
    (dispatch,) = queue_letter(letter, channels=["mail"], lists=[readers], approve=False).dispatches
    return dispatch


def test_the_desk_tells_at_the_variant_in_the_form_when_queueing_and_at_approval(
    publication: Publication, letter: Letter, readers: MailingList, editor: Client
) -> None:
    connect(publication)
    page = html(editor.get(f"/desk/letters/{letter.pk}/"))
    form, _, variants = page.partition('id="variants-title"')
    assert WARNING in form
    assert WARNING in variants
    assert NOTE in variants  # worth knowing, and no reason to think twice
    assert NOTE not in form

    values = {"channels": ["mail"], "lists": [readers.pk], "draft": "yes"}
    answer = editor.post(f"/desk/letters/{letter.pk}/queue/", values)
    assert WARNING in said(answer)
    dispatch = letter.dispatches.get()
    table, _, _ = html(editor.get(f"/desk/letters/{letter.pk}/")).partition('class="card queue"')
    assert WARNING in table

    answer = editor.post(f"/desk/dispatches/{dispatch.pk}/approve/")
    assert WARNING in said(answer)
    dispatch.refresh_from_db()
    assert dispatch.state in ("held", "scheduled")  # told, not kept from it
    assert "very-secret-key" not in page + said(answer)


def test_the_live_table_works_without_it(
    publication: Publication, letter: Letter, readers: MailingList, editor: Client
) -> None:
    connect(publication)
    queued(letter, readers)
    assert editor.get(f"/desk/letters/{letter.pk}/dispatches/").status_code == 200


@pytest.mark.parametrize(("url", "practice"), [("smtp://relay.example", False), (URL, True)])
def test_a_relay_and_the_practice_world_need_no_warning(
    url: str, practice: bool, publication: Publication, letter: Letter, readers: MailingList, editor: Client
) -> None:
    connect(publication, url, practice=practice)
    assert concerns.of_dispatches([queued(letter, readers)]) == ()
    assert "MailerSend" not in html(editor.get(f"/desk/letters/{letter.pk}/"))


def test_credentials_that_cannot_be_opened_are_no_error_here(
    publication: Publication, letter: Letter, readers: MailingList, editor: Client
) -> None:
    connect(publication)
    publication.accounts.update(sealed=b"sealed with a lost key")
    assert concerns.of_dispatches([queued(letter, readers)]) == ()
    assert editor.get(f"/desk/letters/{letter.pk}/").status_code == 200


def test_every_channel_can_have_concerns_and_of_several_accounts_each_is_named(
    publication: Publication, letter: Letter, post_channel: ScriptedChannel, editor: Client
) -> None:
    post_channel.account_concerns = (Concern("It shows no pictures."),)
    world.connect(publication, "scripted")
    assert "It shows no pictures." in html(editor.get(f"/desk/letters/{letter.pk}/"))
    world.connect(publication, "scripted", "second")
    page = html(editor.get(f"/desk/letters/{letter.pk}/"))
    assert "main: It shows no pictures." in page
    assert "second: It shows no pictures." in page
    found = concerns.warnings(concerns.of_dispatches(world.queue(letter, "scripted")))
    assert found == ["Scripted: It shows no pictures."]


def test_a_variant_that_went_out_is_judged_as_it_was(
    publication: Publication, letter: Letter, readers: MailingList
) -> None:
    connect(publication)
    dispatch = queued(letter, readers)
    dispatch.variant = {
        "channel": "mail",
        "parts": [],
        "dropped": [],
        "subject": "s",
        "html": "{{ '{' }}{ x",
        "text": "",
    }
    assert any("template of its own" in one.sentence for one in concerns.of_dispatches([dispatch]))


def test_the_command_line_tells_when_previewing_queueing_and_approving(tmp_path: Path) -> None:
    with house() as lantern:
        lantern.fine("publications", "add", "The Lantern Post", "--sender", "letters@lantern.example")
        lantern.fine("accounts", "add", "mail", "--name", "Go", given=f'{{"url": "{URL}"}}')
        (tmp_path / "people.csv").write_text("email\nida@inbox.example\n")
        lantern.fine("subscribers", "import", tmp_path / "people.csv", "--list", "readers")

        shown = lantern.fine("preview", SAMPLE, "--channel", "mail", "--publication", "the-lantern-post")
        [mail] = shown["previews"]
        assert {"level": "warning", "message": WARNING} in mail["concerns"]

        arguments = ("--channels", "mail", "--list", "readers", "--at", "tomorrow 9:00")
        answer = lantern.fine("queue", SAMPLE, *arguments, "--draft")
        told = {(one["channel"], one["level"]) for one in answer["concerns"] if WARNING in one["message"]}
        assert told == {("mail", "warning")}
        assert {one["dispatch"] for one in answer["concerns"]} == {answer["dispatches"][0]["id"]}

        approved = lantern.run("approve", str(answer["dispatches"][0]["id"]))
        assert approved.code == 0
        assert f"Mail: {WARNING}" in " ".join(approved.out.split())
        assert NOTE not in " ".join(approved.out.split())
