"""Feeds and doors by the API: what letters come by themselves from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from distributor.letters.models import Publication
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
