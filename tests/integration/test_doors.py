"""Intake doors: calls are proven, written down and answered; letters are made of them once, and queued by rules."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from distributor.delivery.models import Dispatch
from distributor.domain.errors import BadInput, SourceError
from distributor.letters.models import Letter, Media, Publication
from distributor.newsroom import arrival_queue, arrivals, door_actions, door_calls, mail_arrivals
from distributor.newsroom.intake_rules import RuleSettings
from distributor.newsroom.models import Arrival, IntakeDoor
from distributor.practice.newsroom import senders
from distributor.practice.newsroom.senders import Call
from tests.conftest import SAMPLES
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.doors import TEXT, call, ghost, last, now, open_door, secret

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]


@pytest.fixture
def publication(post_channel: ScriptedChannel) -> Publication:
    made = world.make_publication()
    world.connect(made, "scripted")
    return made


def test_ghost_publishes_edits_and_unpublishes(publication: Publication, post_channel: ScriptedChannel) -> None:
    door = open_door(publication, "ghost", rules=RuleSettings(channels=("scripted",), approve=True, hold_minutes=30))
    assert ghost(door, senders.ghost_post("The horn", TEXT), {"status": "draft"}) == 202
    letter = Letter.objects.get()
    assert (letter.title, letter.section, [row.name for row in letter.authors.all()]) == (
        "The horn",
        "Letters",
        ["Ilse Marroway"],
    )
    assert letter.canonical_url == "https://ghost.newsroom.example/post-1/"
    assert Dispatch.objects.get().state == "held"
    assert ghost(door, senders.ghost_post("The horn, mended", TEXT), {"title": "The horn"}) == 202
    letter.refresh_from_db()
    assert (letter.title, letter.versions.count(), Dispatch.objects.count()) == ("The horn, mended", 2, 1)
    draft = senders.ghost_post("The horn, mended", TEXT, status="draft")
    assert ghost(door, draft, {"status": "published"}) == 202
    assert Dispatch.objects.get().state == "draft"
    letter.refresh_from_db()
    assert letter.withheld == "Its source says: The post is unpublished."
    assert "drafts again: 1 dispatch" in last(door).reason


@pytest.mark.parametrize(
    ("post", "previous", "reason"),
    [
        (senders.ghost_post("x", TEXT, status="draft"), {}, "The post is draft."),
        (senders.ghost_post("x", TEXT, status="sent"), {}, "own newsletter"),
        (senders.ghost_post("x", TEXT, visibility="paid"), {}, "for members only"),
        ({}, senders.ghost_post("x", TEXT), "The post is deleted. No letter of it is here."),
    ],
    ids=["draft", "sent", "members", "deleted"],
)
def test_what_is_not_published_makes_no_letter(post: Any, previous: Any, reason: str, publication: Publication) -> None:
    door = open_door(publication, "ghost")
    assert ghost(door, post, previous) == 202
    assert (last(door).state, Letter.objects.count()) == ("ignored", 0)
    assert reason in last(door).reason


def test_an_old_ghost_signs_the_body_alone(publication: Publication) -> None:
    door = open_door(publication, "ghost")
    assert ghost(door, senders.ghost_post("The horn", TEXT), is_old=True) == 202
    assert Letter.objects.get().title == "The horn"


def test_a_call_that_is_not_signed_is_refused_and_shown(publication: Publication) -> None:
    door = open_door(publication, "ghost")
    post = senders.ghost_post("The horn", TEXT)
    late = senders.ghost(post, secret=secret(door), at=now() - 600)
    wrong = senders.ghost(post, secret="a guess", at=now())
    for sent in (late, wrong, Call(late.body)):
        assert call(door, sent) == 401
    assert [row.state for row in door.arrivals.all()] == ["refused"] * 3
    assert all(row.body is None for row in door.arrivals.all())
    assert "set the clocks" in door.arrivals.order_by("pk")[0].reason
    assert Letter.objects.count() == 0
    assert Client().post("/webhooks/letters/nobodys", b"{}", content_type="application/json").status_code == 404


def test_the_same_call_again_is_one_arrival(publication: Publication, post_channel: ScriptedChannel) -> None:
    door = open_door(publication, "ghost")
    sent = senders.ghost(senders.ghost_post("The horn", TEXT), secret=secret(door), at=now())
    assert [call(door, sent) for _ in range(3)] == [202, 202, 202]
    assert door.arrivals.count() == 1
    world.work(*Dispatch.objects.all())
    assert post_channel.asked == ["The horn"]


def test_wordpress_publishes_and_takes_back(publication: Publication, post_channel: ScriptedChannel) -> None:
    door = open_door(publication, "wordpress")
    assert call(door, senders.wordpress("The horn", TEXT, secret=secret(door))) == 202
    letter = Letter.objects.get()
    assert letter.canonical_url == "https://wordpress.newsroom.example/post-17/"
    world.work(*Dispatch.objects.all())
    changed = senders.wordpress("The horn", TEXT + "<p>PS.</p>", secret=secret(door), before="publish")
    assert call(door, changed) == 202
    trashed = senders.wordpress("The horn", TEXT, secret=secret(door), status="trash", before="publish")
    assert call(door, trashed) == 202
    assert (post_channel.asked, Dispatch.objects.get().state) == (["The horn"], "sent")
    assert "What has gone out stays" in last(door).reason


def test_any_json_is_taken_by_its_mapping(publication: Publication) -> None:
    mapping = {"title": "data.article.headline", "markdown": "data.article.body", "authors": "data.by", "id": "data.no"}
    door = open_door(publication, "json", mapping=mapping, header="X-Signature")
    payload = {
        "data": {"no": 7, "by": [{"name": "Ida"}, "Olu"], "article": {"headline": "The horn", "body": "**Loud.**"}}
    }
    assert call(door, senders.plain(payload, secret=secret(door), header="X-Signature")) == 202
    letter = Letter.objects.get()
    assert (letter.title, letter.body_text) == ("The horn", "Loud.")
    assert [row.name for row in letter.authors.all()] == ["Ida", "Olu"]
    payload["data"]["article"]["body"] = "Quiet."  # type: ignore[index]
    assert call(door, senders.call_in_our_way(payload, secret=secret(door), at=now())) == 202
    letter.refresh_from_db()
    assert letter.body_text == "Quiet."


def test_a_bearer_token_does_where_nothing_can_be_signed(publication: Publication) -> None:
    door = open_door(publication, "json")
    payload = {"title": "The horn", "html": TEXT, "url": "https://paper.example/horn"}
    assert call(door, senders.plain(payload, secret="a guess")) == 401
    assert call(door, senders.plain(payload, secret=secret(door))) == 202
    assert Letter.objects.get().canonical_url == "https://paper.example/horn"
    assert call(door, senders.plain({"title": "Nothing"}, secret=secret(door))) == 202
    assert (last(door).state, last(door).reason) == (
        "failed",
        "There is no text where the mapping says: correct it.",
    )
    assert call(door, Call(b"[1", {"Authorization": f"Bearer {secret(door)}"})) == 202
    assert last(door).reason == "It is no JSON."


def test_unusually_many_ask(publication: Publication) -> None:
    door = open_door(publication, "json", rules=RuleSettings(channels=("scripted",), approve=True, news_limit=2))
    for number in range(4):
        payload = {"title": f"Letter {number}", "text": f"Of number {number}.", "id": number}
        call(door, senders.plain(payload, secret=secret(door)))
    states = list(Dispatch.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["scheduled", "scheduled", "draft", "draft"]


def test_what_may_be_a_letter_that_is_there_asks(publication: Publication, post_channel: ScriptedChannel) -> None:
    door = open_door(publication, "json")
    for number in (1, 2):
        payload = {"title": "Weekly", "text": "The very same words as ever.", "id": number}
        call(door, senders.plain(payload, secret=secret(door)))
    assert (last(door).state, Letter.objects.count()) == ("asks", 1)
    arrivals.answer(last(door).pk, actor="mina")
    assert (last(door).state, Letter.objects.count(), Dispatch.objects.count()) == ("done", 2, 2)
    with pytest.raises(BadInput, match="does not ask any more"):
        arrivals.answer(last(door).pk)


def test_a_closed_door_and_new_keys(publication: Publication) -> None:
    door = open_door(publication, "json")
    sent = senders.plain({"title": "The horn", "text": "Loud."}, secret=secret(door))
    door_actions.switch(door, is_open=False)
    assert call(door, sent) == 503
    door_actions.switch(door, is_open=True)
    before = door_actions.keys(door)
    after = door_actions.new_keys(door)
    assert before != after
    assert call(door, sent) == 401
    assert door_actions.find_by_key(before.address.rpartition("/")[2]) is None


def test_what_a_killed_worker_took_is_done_later(publication: Publication) -> None:
    door = open_door(publication, "json")
    sent = senders.plain({"title": "The horn", "text": "Loud."}, secret=secret(door))
    key = door_actions.keys(door).address.rpartition("/")[2]
    door_calls.receive(key, {name.lower(): value for name, value in sent.headers.items()}, sent.body)
    assert arrival_queue.take() is not None  # and it dies
    arrivals.work()
    assert Letter.objects.count() == 0
    Arrival.objects.update(next_at=timezone.now())
    arrivals.work()
    assert Letter.objects.count() == 1


def test_what_is_kept_of_arrivals_is_bounded(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_calls, "MOST_REFUSALS", 3)
    door = open_door(publication, "json")
    call(door, senders.plain({"title": "The horn", "text": "Loud."}, secret=secret(door)))
    for _ in range(6):
        call(door, senders.plain({}, secret="a guess"))
    assert door.arrivals.filter(state="refused").count() == 3
    Arrival.objects.update(at=timezone.now() - timedelta(days=31))
    arrivals.forget_old()
    assert not Arrival.objects.exclude(body=None).exists()
    Arrival.objects.update(at=timezone.now() - timedelta(days=401))
    arrivals.forget_old()
    assert not Arrival.objects.exists()


@pytest.mark.parametrize(
    ("kind", "settings", "sentence"),
    [
        ("carrier", {}, "no kind of door"),
        ("json", {"mapping": {"headline": "a"}}, "no field “headline”"),
        ("json", {"mapping": {"title": "a b"}}, "no path into JSON"),
        ("json", {"mapping": {"title": "a"}}, "has no text"),
        ("json", {"mapping": {"html": "a"}}, "has no title"),
        ("json", {"header": "X Signature"}, "no name of a header"),
        ("mail", {}, "never go out by themselves"),
        ("mail", {"rules": RuleSettings(), "senders": ["nobody"]}, "is no sender"),
    ],
)
def test_what_no_door_can_be_gets_one_sentence(
    kind: str, settings: dict[str, Any], sentence: str, publication: Publication
) -> None:
    with pytest.raises(BadInput, match=sentence):
        open_door(publication, kind, **settings)


def mail_door(publication: Publication, *allowed: str) -> tuple[IntakeDoor, str]:
    door = open_door(publication, "mail", rules=RuleSettings(channels=("scripted",)), senders=allowed)
    return door, door_actions.keys(door).address


def test_a_mail_becomes_a_draft_with_its_picture(publication: Publication) -> None:
    door, address = mail_door(publication)
    html = f'{TEXT}<p><img src="cid:picture" alt="The horn"></p>'
    raw = senders.mail(address, "Fwd: The horn", html, picture=Path(SAMPLES / "picture.png").read_bytes())
    assert mail_arrivals.take(raw).is_taken
    arrivals.work()
    letter = Letter.objects.get()
    assert letter.title == "The horn"
    assert "media:" in letter.body_html
    assert Media.objects.exists()
    assert Dispatch.objects.get().state == "draft"
    assert mail_arrivals.take(raw).reason == "It came before."
    assert door.arrivals.count() == 1


def test_only_those_who_may_send_mail_do(publication: Publication) -> None:
    door, address = mail_door(publication, "ilse@paper.example", "@desk.example")
    for sender in ("ilse@paper.example", "Olu <olu@desk.example>"):
        assert mail_arrivals.take(senders.mail(address, f"From {sender}", TEXT, sender=sender)).is_taken
    for sender in ("eve@evil.example", "ilse@paper.example, eve@evil.example", ""):
        result = mail_arrivals.take(senders.mail(address, "Spam", TEXT, sender=sender))
        assert (result.is_taken, "may not send to this door" in result.reason) == (False, True)
    assert door.arrivals.filter(state="refused").count() == 3


def test_a_mail_for_no_door_and_one_without_a_letter(publication: Publication) -> None:
    door, address = mail_door(publication)
    with pytest.raises(BadInput, match="for no door"):
        mail_arrivals.take(senders.mail("letters+0123456789abcdef@paper.example", "x", TEXT))
    assert mail_arrivals.take(senders.mail("somebody@paper.example", "", TEXT), recipient=address.upper()).is_taken
    arrivals.work()
    assert last(door).reason == "The mail has no subject: that is the letter’s title."
    with pytest.raises(SourceError, match="more parts"):
        mail_arrivals.take(b"boundary=x\n" * 300)
