"""Endpoints on the desk: made, tried, changed, replayed, and only by admins."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from distributor.domain.announcements import DEFAULT_TYPES, TYPES
from distributor.letters.models import Publication
from distributor.webhooks import endpoints, outbox, turns
from distributor.webhooks.models import Endpoint
from tests.integration import world
from tests.integration.desk import html
from tests.integration.webhook_receiver import Receiver, receiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback_allowed")]

PAGE = "/desk/settings/lantern/webhooks/"


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    with receiver() as state:
        yield state


@pytest.fixture
def brand() -> Publication:
    return world.make_publication()


@pytest.fixture
def boss() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("ida", is_staff=True, is_superuser=True))
    return client


def test_an_endpoint_is_made_and_its_secret_shown_once(brand: Publication, hooks: Receiver, boss: Client) -> None:
    page = html(boss.get(PAGE))
    assert set(re.findall(r'value="([a-z_.]+)" checked', page)) == set(DEFAULT_TYPES)
    assert all(f'value="{name}"' in page for name in TYPES)
    values = {"url": hooks.url + "/crm?key=k", "name": "CRM", "type": ["letter.changed", "person.left"]}
    made = html(boss.post(PAGE, values))
    endpoint = Endpoint.objects.get()
    (secret,) = endpoints.signing_secrets(endpoint, endpoint.created_at)
    assert secret in made
    assert (endpoint.types, endpoint.created_by) == (["letter.changed", "person.left"], "ida")
    listed = html(boss.get(PAGE))
    assert "CRM" in listed
    assert "key=k" not in listed
    assert secret not in listed + html(boss.get(f"/desk/webhooks/{endpoint.pk}/"))
    assert PAGE in html(boss.get("/desk/settings/lantern/"))


def test_what_can_not_be_used_is_said_and_kept_as_typed(brand: Publication, boss: Client) -> None:
    answer = boss.post(PAGE, {"url": "ftp://b.example", "name": "CRM", "type": "letter.changed"})
    assert answer.status_code == 422
    assert "has to be a whole web address" in html(answer)
    assert 'value="ftp://b.example"' in html(answer)
    assert not Endpoint.objects.exists()


def test_an_endpoint_is_tried_and_its_calls_are_seen_and_sent_again(
    brand: Publication, hooks: Receiver, boss: Client
) -> None:
    endpoint = endpoints.add(brand, hooks.url + "/crm", types=["import.done"]).endpoint
    address = f"/desk/webhooks/{endpoint.pk}/"
    assert "It was not called yet" in html(boss.get(address))
    assert "It took the call: 204" in html(boss.post(f"{address}test/", follow=True))
    hooks.answers["/crm"] = [500, 410]
    assert "It did not take the call: 500 no" in html(boss.post(f"{address}test/", follow=True))
    with transaction.atomic():
        outbox.announce("import.done", [outbox.News(brand.pk, {"import": 1})])
    outbox.fan_out()
    turns.take_turn()
    page = html(boss.get(address))
    assert "gone for good (410)" in page
    assert "Send again" not in page
    assert "gone for good (410)" in html(boss.get(PAGE))
    assert "is on, and gets what waits" in html(boss.post(f"{address}switch/", {"on": "yes"}, follow=True))
    message = endpoint.messages.get(announcement__type="import.done")
    assert "with the same id" in html(boss.post(f"{address}replay/", {"message": message.pk}, follow=True))
    turns.take_turn()
    assert len({call.id for call in hooks.received[2:]}) == 1
    assert "is off." in html(boss.post(f"{address}switch/", {"off": "yes"}, follow=True))
    assert "switch it on" in html(boss.post(f"{address}replay/", {"message": message.pk}, follow=True))


def test_an_endpoint_is_changed_given_another_secret_and_removed(brand: Publication, boss: Client) -> None:
    new = endpoints.add(brand, "https://hooks.example/a")
    address = f"/desk/webhooks/{new.endpoint.pk}/"
    values = {"url": "https://hooks.example/b", "name": "Board", "type": "import.done"}
    assert "Board is stored." in html(boss.post(address, values, follow=True))
    assert boss.post(address, {**values, "type": []}).status_code == 422
    rotated = html(boss.post(f"{address}rotate/"))
    assert "The old one signs beside it for a day." in rotated
    assert new.secret not in rotated
    assert "is removed" in html(boss.post(f"{address}remove/", follow=True))
    assert boss.get(address).status_code == boss.post(f"{address}test/").status_code == 404


def test_only_admins_get_there(brand: Publication, editor: Client, boss: Client) -> None:
    endpoint = endpoints.add(brand, "https://hooks.example/a").endpoint
    assert [editor.get(path).status_code for path in (PAGE, f"/desk/webhooks/{endpoint.pk}/")] == [403, 403]
    assert editor.post(f"/desk/webhooks/{endpoint.pk}/remove/").status_code == 403
    assert "webhooks/" not in html(editor.get("/desk/settings/lantern/"))
    assert boss.get("/desk/settings/nothing/webhooks/").status_code == 404
    assert boss.post(f"/desk/webhooks/{endpoint.pk}/nonsense/").status_code == 404
    assert boss.post(f"/desk/webhooks/{endpoint.pk}/replay/", {"message": "x"}).status_code == 404
    assert boss.get(f"/desk/webhooks/{endpoint.pk}/test/").status_code == 405
