"""Intake doors on the desk: admins open them and see their keys, editors see what arrived and answer."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from distributor.letters.models import Letter, Publication
from distributor.newsroom import arrivals, door_actions, door_calls
from distributor.newsroom.models import IntakeDoor
from distributor.practice.newsroom import senders
from tests.integration import world
from tests.integration.desk import errors, html, said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

NEW = "/desk/doors/new/"


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("olu", is_staff=True, is_superuser=True))
    return client


def typed(publication: Publication, **values: str) -> dict[str, object]:
    return {"publication": publication.pk, "kind": "json", "news_limit": "5", **values}


def hand_in(door: IntakeDoor, number: int) -> None:
    keys = door_actions.keys(door)
    sent = senders.plain({"title": "Weekly", "text": "The very same words.", "id": number}, secret=keys.secret)
    headers = {name.lower(): value for name, value in sent.headers.items()}
    door_calls.receive(keys.address.rpartition("/")[2], headers, sent.body)
    arrivals.work()


def test_an_admin_opens_a_door_and_sees_its_keys(publication: Publication, admin: Client, editor: Client) -> None:
    assert "No door is open" in html(editor.get("/desk/doors/"))
    assert editor.get(NEW).status_code == 403
    answer = admin.post(NEW, typed(publication, mapping="title = a.t\nhtml = a.h", header="X-Signature"))
    door = IntakeDoor.objects.get()
    path = f"/desk/doors/{door.pk}/"
    assert answer.headers["Location"] == path
    assert door.options == {"mapping": {"title": "a.t", "html": "a.h"}, "header": "x-signature"}
    keys = door_actions.keys(door)
    assert keys.secret in html(admin.get(path))
    page = html(editor.get(path))
    assert keys.secret not in page
    assert keys.address not in page
    assert "Nothing yet" in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": "carrier"}, "Choose where letters come from"),
        ({"mapping": "title"}, "Write each line as FIELD = PATH"),
        ({"mapping": "headline = a"}, "There is no field “headline”"),
        ({"kind": "mail", "approve": "yes"}, "never go out by themselves"),
        ({"kind": "mail", "senders": "nobody"}, "“nobody” is no sender"),
    ],
)
def test_a_mistake_gets_one_sentence(
    given: dict[str, str], sentence: str, publication: Publication, admin: Client
) -> None:
    answer = admin.post(NEW, typed(publication, **given))
    assert answer.status_code == 422
    assert sentence in " ".join(errors(answer))
    assert not IntakeDoor.objects.exists()


def test_a_door_is_changed_closed_given_new_keys_and_removed(publication: Publication, admin: Client) -> None:
    admin.post(NEW, typed(publication))
    door = IntakeDoor.objects.get()
    path = f"/desk/doors/{door.pk}/"
    admin.post(f"{path}edit/", {"name": "The CMS", "news_limit": "2", "mapping": "", "header": ""})
    assert "The CMS is closed" in said(admin.post(f"{path}close/"))
    assert "The CMS is open" in said(admin.post(f"{path}open/"))
    before = door_actions.keys(door)
    assert "another address and secret" in said(admin.post(f"{path}keys/"))
    door.refresh_from_db()
    assert door_actions.keys(door) != before
    assert admin.post(f"{path}dance/").status_code == 404
    assert "is gone" in said(admin.post(f"{path}remove/"))


def test_an_arrival_that_asks_is_answered(publication: Publication, admin: Client, editor: Client) -> None:
    admin.post(NEW, typed(publication))
    door = IntakeDoor.objects.get()
    hand_in(door, 1)
    hand_in(door, 2)
    assert "1 arrival asks you" in html(editor.get("/desk/doors/"))
    arrival = door.arrivals.get(state="asks")
    path = f"/desk/doors/arrivals/{arrival.pk}/"
    assert "Give the number" in said(editor.post(path, {}))
    assert "“Weekly” is L" in said(editor.post(path, {"new": "yes"}))
    assert "does not ask any more" in said(editor.post(path, {"new": "yes"}))
    assert Letter.objects.count() == 2
