"""Feeds and doors by the API: what letters come by themselves from."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.utils import timezone

from distributor.domain.letters import Draft
from distributor.domain.source_keys import address_keys
from distributor.letters.models import Letter, Publication
from distributor.newsroom import arrivals, door_calls, feed_entries
from distributor.newsroom.models import IntakeDoor, WatchedFeed
from distributor.people.models import AuditEntry
from tests.integration import world
from tests.integration.api.conftest import Program, content_of, items_of

pytestmark = pytest.mark.usefixtures("broker")

URL = "https://lantern.example/feed"


@pytest.fixture
def feed(cms: Program) -> int:
    made = cms.post("/feeds", {"url": URL, "rules": {"channels": ["link"], "approve": True}})
    assert made.status_code == 201, made.content
    assert made.headers["Location"] == f"/api/v1/feeds/{content_of(made)['id']}"
    return int(content_of(made)["id"])


def test_a_feed_is_watched_changed_paused_and_forgotten(feed: int, cms: Program) -> None:
    shown = content_of(cms.get(f"/feeds/{feed}"))
    assert (shown["name"], shown["state"], shown["rules"]["approve"]) == ("lantern.example", "watched", True)
    changed = content_of(cms.patch(f"/feeds/{feed}", {"interval_minutes": 60, "rules": {"hold_minutes": 5}}))
    assert (changed["interval_minutes"], changed["rules"]["hold_minutes"]) == (60, 5)
    assert (changed["rules"]["channels"], changed["rules"]["approve"]) == (["link"], True)
    back = content_of(cms.patch(f"/feeds/{feed}", {"rules": {"hold_minutes": None}}))
    assert back["rules"]["hold_minutes"] is None
    assert content_of(cms.post(f"/feeds/{feed}/pause"))["state"] == "paused"
    assert cms.post(f"/feeds/{feed}/look").status_code == 422
    assert content_of(cms.post(f"/feeds/{feed}/resume"))["state"] == "watched"
    assert cms.post(f"/feeds/{feed}/look").status_code == 202
    assert items_of(cms.get(f"/feeds/{feed}/looks")) == []
    assert cms.delete(f"/feeds/{feed}").status_code == 204
    assert not WatchedFeed.objects.exists()
    assert cms.get(f"/feeds/{feed}").status_code == 404


def test_the_same_feed_is_watched_once(feed: int, cms: Program) -> None:
    assert cms.post("/feeds", {"url": URL}).status_code == 422
    assert [item["id"] for item in items_of(cms.get("/feeds"))] == [feed]


@pytest.mark.parametrize(
    "body",
    [
        {"url": "gopher://lantern.example/"},
        {"url": "https://user:secret@lantern.example/feed"},
        {"url": URL, "interval_minutes": 0},
        {"url": URL, "rules": {"channels": ["pigeon"]}},
        {"url": URL, "rules": {"segment": "nowhere"}},
        {"url": URL, "nonsense": 1},
    ],
)
def test_a_feed_that_cannot_be_watched_is_said(body: object, cms: Program) -> None:
    assert cms.post("/feeds", body).status_code == 422
    assert not WatchedFeed.objects.exists()


def test_of_two_who_change_a_feed_the_later_is_told(feed: int, cms: Program) -> None:
    tag = cms.get(f"/feeds/{feed}").headers["ETag"]
    assert cms.patch(f"/feeds/{feed}", {"interval_minutes": 30}, if_match=tag).status_code == 200
    assert cms.patch(f"/feeds/{feed}", {"interval_minutes": 40}, if_match=tag).status_code == 412


def test_a_door_is_opened_with_keys_that_are_shown_once(cms: Program) -> None:
    body = {"kind": "json", "name": "Our CMS", "mapping": {"title": "post.title", "html": "post.body"}}
    first, again = (cms.post("/doors", body, key="k1") for _ in range(2))
    assert first.content == again.content
    made = content_of(first)
    assert made["secret"]
    assert made["address"].startswith("http")
    shown = content_of(cms.get(f"/doors/{made['id']}"))
    assert "secret" not in shown
    assert shown["mapping"] == body["mapping"]
    other = content_of(cms.post(f"/doors/{made['id']}/keys"))
    assert other["secret"] != made["secret"]
    assert content_of(cms.patch(f"/doors/{made['id']}", {"is_open": False}))["is_open"] is False
    assert items_of(cms.get(f"/doors/{made['id']}/arrivals")) == []
    assert all(made["secret"] not in str(entry.details) for entry in AuditEntry.objects.all())
    assert cms.delete(f"/doors/{made['id']}").status_code == 204
    assert not IntakeDoor.objects.exists()


def test_only_who_may_approve_lets_letters_go_out_by_themselves(program: Callable[..., Program], feed: int) -> None:
    caller = program("publications:read", "publications:write", role="admin")
    assert caller.post("/feeds", {"url": f"{URL}/2", "rules": {"approve": True}}).status_code == 403
    assert caller.patch(f"/feeds/{feed}", {"rules": {"channels": ["mail"]}}).status_code == 403
    assert caller.post("/doors", {"kind": "ghost", "rules": {"approve": True}}).status_code == 403
    assert caller.post("/feeds", {"url": f"{URL}/2"}).status_code == 201
    assert caller.patch(f"/feeds/{feed}", {"interval_minutes": 30}).status_code == 200


def test_letters_by_mail_never_go_out_by_themselves(cms: Program) -> None:
    assert cms.post("/doors", {"kind": "mail", "rules": {"approve": True}}).status_code == 422


def test_a_token_of_another_publication_sees_neither(
    feed: int, cms: Program, program: Callable[..., Program], publication: Publication
) -> None:
    door = content_of(cms.post("/doors", {"kind": "ghost"}))["id"]
    stranger = program(role="admin", of=world.make_publication("beacon"))
    assert items_of(stranger.get("/feeds")) == items_of(stranger.get("/doors")) == []
    assert stranger.get(f"/feeds/{feed}").status_code == stranger.get(f"/doors/{door}").status_code == 404
    assert stranger.post(f"/doors/{door}/keys").status_code == stranger.delete(f"/feeds/{feed}").status_code == 404


def test_what_a_door_asks_is_listed_and_answered(cms: Program, program: Callable[..., Program]) -> None:
    row = IntakeDoor.objects.get(
        pk=content_of(cms.post("/doors", {"kind": "json", "rules": {"channels": ["link"]}}))["id"]
    )
    for number in (1, 2, 3):
        body = {"id": number, "title": "Weekly", "text": "The very same words as ever."}
        door_calls.write_down(row, json.dumps(body).encode(), call_id=str(number))
    arrivals.work()
    asking = items_of(cms.get(f"/doors/{row.pk}/arrivals", state="asks"))
    assert len(asking) == 2
    path = f"/doors/{row.pk}/arrivals/{asking[0]['id']}/answer"
    for wrong in ({}, {"corrects": 1, "is_new": True}):
        assert cms.post(path, wrong).status_code == 422
    answered = content_of(cms.post(path, {"is_new": True}))
    assert (answered["state"], Letter.objects.count()) == ("done", 2)
    assert cms.post(path, {"is_new": True}).status_code == 422
    first = Letter.objects.order_by("pk")[0]
    path = f"/doors/{row.pk}/arrivals/{asking[1]['id']}/answer"
    assert content_of(cms.post(path, {"corrects": first.pk}))["letter"] == first.pk
    assert items_of(cms.get(f"/doors/{row.pk}/arrivals", state="asks")) == []
    stranger = program(of=world.make_publication("Second"))
    assert stranger.post(path, {"is_new": True}).status_code == 404


def test_what_a_feed_asks_is_listed_and_answered(feed: int, cms: Program, program: Callable[..., Program]) -> None:
    row = WatchedFeed.objects.select_related("publication").get(pk=feed)
    WatchedFeed.objects.update(connected_at=timezone.now())
    row.refresh_from_db()
    address = "https://lantern.example/1"
    there = world.make_letter(
        Draft(address, "Quite another letter", "<p>Of whales.</p>", "Of whales.", canonical_url=address),
        row.publication,
    )
    text = "Dear neighbours, this is all about gulls, which are loud."
    keys = address_keys([address])
    entry = Draft(address, "The gulls", f"<p>{text}</p>", text, canonical_url=address, keys=keys)
    feed_entries.take_in_entries(row, [entry], now=timezone.now())
    (asking,) = items_of(cms.get(f"/feeds/{feed}/entries"))
    assert (asking["kind"], asking["letter"], asking["title"]) == ("unclear", None, "The gulls")
    path = f"/feeds/{feed}/entries/{asking['id']}/answer"
    assert program("letters:write").post(path, {"is_new": True}).status_code == 403  # it would go out by itself
    assert cms.post(f"/feeds/{feed}/entries/99999/answer", {"is_new": True}).status_code == 404
    assert content_of(cms.post(path, {"corrects": there.pk}))["letter"] == there.pk
    assert items_of(cms.get(f"/feeds/{feed}/entries")) == []
