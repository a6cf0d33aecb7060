"""Variants by the API: before a letter is queued, and of its dispatches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from distributor.audience.models import Subscription
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.domain.letters import Draft
from distributor.letters.models import Letter, Publication
from tests.integration import world
from tests.integration.api.conftest import Program, content_of, items_of

pytestmark = [pytest.mark.usefixtures("broker"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def letter(draft: Draft, publication: Publication) -> Letter:
    return world.make_letter(draft, publication)


@pytest.fixture
def post(letter: Letter, publication: Publication) -> Dispatch:
    """A post of the letter, as a draft."""
    (dispatch,) = world.queue(letter, "twitter")
    Dispatch.objects.filter(pk=dispatch.pk).update(state="draft")
    dispatch.refresh_from_db()
    return dispatch


def previews(cms: Program, letter: Letter, channels: str) -> dict[str, Any]:
    answer = cms.get(f"/letters/{letter.pk}/previews", channels=channels)
    assert answer.status_code == 200, answer.content
    return {entry["channel"]: entry for entry in content_of(answer)["previews"]}


def test_each_channel_says_what_it_makes_of_a_letter(cms: Program, letter: Letter) -> None:
    shown = previews(cms, letter, "twitter,mail,link")
    (part,) = shown["twitter"]["variant"]["parts"]
    assert 0 < part["length"] <= shown["twitter"]["variant"]["limit"]
    mail = shown["mail"]["variant"]["mail"]
    assert mail["subject"] == letter.title
    assert mail["bytes"] == len(mail["html"].encode()) + len(mail["text"].encode())
    assert "postal address" in " ".join(concern["message"] for concern in shown["mail"]["concerns"])
    assert "The horn is back." in shown["link"]["variant"]["html"]
    usual = content_of(cms.get(f"/letters/{letter.pk}/previews"))["previews"]
    assert [entry["channel"] for entry in usual] == ["link"]  # of its share bar, what there is
    assert cms.get(f"/letters/{letter.pk}/previews", channels="pigeon").status_code == 422


def test_preflight_says_what_keeps_a_letter_from_going(cms: Program, letter: Letter, publication: Publication) -> None:
    piece = {"what": "comments", "why": "They are its readers’.", "html": "", "length": 9}
    Letter.objects.filter(pk=letter.pk).update(withheld="Its source calls it a draft.", left_out=[piece])
    answer = content_of(cms.get(f"/letters/{letter.pk}/preflight", channels="mail,twitter,link"))
    assert answer["ready"] is False
    concerns = [(entry["channel"], entry["level"], entry["message"]) for entry in answer["concerns"]]
    assert ("twitter", "refuse", "No X (Twitter) account is connected.") in concerns
    assert any(channel == "mail" and level == "refuse" for channel, level, _ in concerns)
    assert any(not channel and "calls it a draft" in message for channel, _, message in concerns)
    assert any(level == "note" and "comments" in message for _, level, message in concerns)
    ready = content_of(cms.get(f"/letters/{letter.pk}/preflight", channels="link"))
    assert ready["ready"] is True


def test_preflight_counts_who_lacks_a_value(
    cms: Program, letter: Letter, publication: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "templates" / publication.slug / "email"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("For {{ recipient.attributes.city }}")
    monkeypatch.setenv("DISTRIBUTOR_HOME", str(tmp_path))
    readers = world.make_list(publication, 3)
    accounts.connect(publication, "mail", "main", {"url": "smtp://mail.example.com:25"})
    answer = content_of(cms.get(f"/letters/{letter.pk}/preflight", channels="mail", lists=readers.slug))
    assert "3 people on the lists have no “city”" in " ".join(entry["message"] for entry in answer["concerns"])
    assert Subscription.objects.count() == 3
    assert cms.get(f"/letters/{letter.pk}/preflight", lists="nobody").status_code == 422
    assert cms.get(f"/letters/{letter.pk}/preflight", segment="nobody").status_code == 422


def test_what_is_queued_already_is_said(cms: Program, letter: Letter) -> None:
    (dispatch,) = world.queue(letter, "link")
    answer = content_of(cms.get(f"/letters/{letter.pk}/preflight", channels="link"))
    assert f"{dispatch.reference} is" in " ".join(entry["message"] for entry in answer["concerns"])
    assert content_of(cms.get(f"/dispatches/{dispatch.pk}/preflight"))["ready"] is True


def test_a_post_gets_its_own_words_and_goes_back(cms: Program, post: Dispatch) -> None:
    path = f"/dispatches/{post.pk}/variant"
    before = cms.get(path)
    template_text = content_of(before)["variant"]["parts"][0]["text"]
    edit = {"text": "Own words.", "link": ""}
    edited = cms.patch(path, edit, if_match=before.headers["ETag"])
    assert edited.status_code == 200, edited.content
    said = content_of(edited)
    assert [part["text"] for part in said["variant"]["parts"]] == ["Own words."]
    assert (said["own_parts"], said["override"]["by"]) == (["text", "link"], "admin-of-programs")
    assert cms.patch(path, {"text": "Late"}, if_match=before.headers["ETag"]).status_code == 412
    halfway = content_of(cms.patch(path, {"text": None}))
    assert halfway["own_parts"] == ["link"]
    back = content_of(cms.delete(path))
    assert (back["own_parts"], back["variant"]["parts"][0]["text"]) == ([], template_text)
    assert cms.delete(path).status_code == 409
    edits = items_of(cms.get(f"{path}/edits"))
    assert [entry["number"] for entry in edits] == [3, 2, 1]
    assert edits[2]["text"] == "Own words."


@pytest.mark.parametrize("edit", [{}, {"text": ""}, {"picture": "no address"}, {"text": "x" * 100_001}, {"html": "x"}])
def test_an_edit_that_cannot_be_made_is_said(edit: dict[str, Any], cms: Program, post: Dispatch) -> None:
    assert cms.patch(f"/dispatches/{post.pk}/variant", edit).status_code == 422
    assert post.overrides.count() == 0


def test_what_approving_again_would_change(cms: Program, post: Dispatch, letter: Letter) -> None:
    path = f"/dispatches/{post.pk}/variant/difference"
    Dispatch.objects.filter(pk=post.pk).update(state="scheduled")
    world.rename(letter, "Another title")
    said = content_of(cms.get(path))
    assert [field["field"] for field in said["letter"]] == ["title"]
    assert {piece["state"] for piece in said["text"]} >= {"added", "removed"}
    assert said["link"] is None
    assert content_of(cms.get(f"/dispatches/{post.pk}/variant"))["change"]["latest_version"] == 2
    Dispatch.objects.filter(pk=post.pk).update(state="sent")
    assert cms.get(path).status_code == 409


def test_mail_has_no_words_of_its_own(cms: Program, letter: Letter, publication: Publication) -> None:
    world.make_list(publication, 1)
    (dispatch,) = world.queue(letter, "mail")
    path = f"/dispatches/{dispatch.pk}/variant"
    assert content_of(cms.get(path))["variant"]["mail"]["subject"] == letter.title
    assert cms.patch(path, {"text": "Own words."}).status_code == 422
    preflight = content_of(cms.get(f"/dispatches/{dispatch.pk}/preflight"))
    assert preflight["ready"] is False
    assert "blocked" in preflight["concerns"][0]["message"]


def test_variants_of_another_publication_are_not_there(
    program: Callable[..., Program], post: Dispatch, letter: Letter
) -> None:
    bound = program(of=world.make_publication("beacon"))
    assert bound.get(f"/letters/{letter.pk}/previews").status_code == 404
    assert bound.get(f"/letters/{letter.pk}/preflight").status_code == 404
    for method, path in (("GET", "/variant"), ("PATCH", "/variant"), ("DELETE", "/variant"), ("GET", "/variant/edits"),
                         ("GET", "/variant/difference"), ("GET", "/preflight")):  # fmt: skip
        assert bound.ask(method, f"/dispatches/{post.pk}{path}", {}).status_code == 404
    assert program("letters:read").patch(f"/dispatches/{post.pk}/variant", {"text": "x"}).status_code == 403
