"""How often links in mails are answered, and that a way to leave never closes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.test import Client

from distributor.audience.models import Subscription
from distributor.delivery.mail.link_tokens import RecipientLinks
from distributor.domain.letters import Draft
from distributor.letters.models import Publication
from distributor.reader import token_limits
from tests.integration import world
from tests.integration.web import web

pytestmark = pytest.mark.django_db(transaction=True)

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
PROVIDER = "198.51.100.7"


@pytest.fixture
def publication(broker: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publication]:
    monkeypatch.setattr("distributor.client_limits.time", lambda: 1_000_000.0)  # no span ends in a test
    yield world.make_publication()
    broker.flushall()  # or the tests to come had guessed, too
    token_limits.GUESSES._asked_again_at = token_limits.USES._asked_again_at = 0.0


def leaving(publication: Publication, count: int) -> list[tuple[str, Subscription]]:
    """Return people's one-click addresses and their subscriptions."""
    readers = world.make_list(publication, count)
    return [
        (f"/u/{RecipientLinks(1).of(one.subscriber_id)['token']}/", one)
        for one in Subscription.objects.filter(list=readers).order_by("pk")
    ]


def guess(client: Client, path: str, address: str = PROVIDER, **options: Any) -> int:
    return int(client.get(path, REMOTE_ADDR=address, **options).status_code)


@pytest.mark.parametrize("path", ["/u/{}/", "/c/{}/1", "/o/{}.gif"])
def test_who_guesses_tokens_has_to_wait(publication: Publication, client: Client, path: str) -> None:
    first = [guess(client, path.format(f"{number:040x}")) for number in range(30)]
    assert set(first) == {200 if path.startswith("/o/") else 404}
    answer = client.get(path.format("ab" * 20), REMOTE_ADDR=PROVIDER)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "asked for too often" in answer.content.decode()
    assert guess(client, path.format("ab" * 20), "203.0.113.9") == first[0]  # others are let in


def test_a_provider_unsubscribes_hundreds_from_one_address_though_somebody_guesses_there(
    publication: Publication, client: Client
) -> None:
    for number in range(31):
        guess(client, f"/u/{number:040x}/")
    people = leaving(publication, 200)
    statuses = {client.post(path, ONE_CLICK, REMOTE_ADDR=PROVIDER).status_code for path, _ in people}
    assert statuses == {200}
    assert not Subscription.objects.filter(state="active").exists()


def test_one_link_is_not_asked_for_without_end_but_its_reader_leaves(publication: Publication, client: Client) -> None:
    ((path, subscription),) = leaving(publication, 1)
    assert [guess(client, path, f"192.0.2.{number}") for number in range(61)] == [200] * 60 + [429]
    assert client.post(path, ONE_CLICK).status_code == 200
    subscription.refresh_from_db()
    assert subscription.state == "left"


def test_without_redis_everybody_is_let_in(publication: Publication, client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert {guess(client, f"/u/{number:040x}/") for number in range(40)} == {404}
    ((path, _),) = leaving(publication, 1)
    assert [client.post(path, ONE_CLICK).status_code for _ in range(70)] == [200] * 70


def test_the_real_server_keeps_no_token_in_redis_and_lets_people_leave_without_it(
    publication: Publication, broker: redis.Redis, draft: Draft
) -> None:
    people = leaving(publication, 2)
    with web() as server:
        # A minute of the clock may end meanwhile, and the count begin anew.
        assert {server.get(f"/u/{number:040x}/").status for number in range(62)} == {404, 429}
        assert server.get(people[0][0], body=b"List-Unsubscribe=One-Click").status == 200
        token = people[0][0].split("/")[2].encode()
        assert broker.keys("limit:*")
        assert not [key for key in broker.keys("*") if token in key or b"127.0.0.1" in key]
    with web(REDIS_URL="redis://127.0.0.1:1/0") as server:
        assert server.get(people[1][0], body=b"List-Unsubscribe=One-Click").status == 200
        assert "nobody is held back for asking too often" in server.log()
    assert not Subscription.objects.filter(state="active").exists()
