"""Logging in to the desk: who is held back, and what the log says, through the real web server."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import redis
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client

from distributor.client_limits import ClientLimit, client_of
from distributor.desk import logins
from tests.integration import world
from tests.integration.desk import Response, html
from tests.integration.web import Answer, Web, web

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a-long-password"
WRONG = "not-the-password"


@pytest.fixture
def mina(broker: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[User]:
    monkeypatch.setattr("distributor.client_limits.time", lambda: 1_000_000.0)  # no span ends in a test
    yield world.make_colleague("mina", password=PASSWORD)
    broker.flushall()  # or the tests to come had failed too often, too


def try_to_log_in(client: Client, name: str, password: str, address: str = "198.51.100.7") -> Response:
    return client.post("/desk/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "distributor.desk.logins"]


def test_a_name_that_fails_ten_times_has_to_wait(mina: User, client: Client) -> None:
    for _ in range(9):
        assert try_to_log_in(client, "mina", WRONG).status_code == 200
    assert try_to_log_in(client, "mina", WRONG).status_code == 429
    answer = try_to_log_in(client, "mina", PASSWORD)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "Too many tries: wait 15 minutes, then try again." in html(answer)
    assert client.get("/desk/").status_code == 302
    # Nobody locks its owner out: from elsewhere the name still gets in.
    assert try_to_log_in(Client(), "mina", PASSWORD, "203.0.113.9").status_code == 302
    assert try_to_log_in(Client(), "mina", PASSWORD).status_code == 429


def test_a_login_that_succeeds_forgets_the_failures(mina: User, client: Client) -> None:
    for _ in range(2):
        for _ in range(9):
            assert try_to_log_in(client, "mina", WRONG).status_code == 200
        assert try_to_log_in(client, "mina", PASSWORD).status_code == 302


def test_passwords_tried_on_many_names_have_to_wait_too(mina: User, client: Client) -> None:
    for number in range(50):
        assert try_to_log_in(client, f"name-{number}", WRONG).status_code == 200
    answer = try_to_log_in(client, "mina", PASSWORD)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert try_to_log_in(Client(), "mina", PASSWORD, "203.0.113.9").status_code == 302


def test_a_name_longer_than_any_is_a_wrong_one(mina: User, client: Client) -> None:
    name = "m" * 100_000
    for _ in range(9):
        answer = try_to_log_in(client, name, WRONG)
        assert answer.status_code == 200
        assert "Please enter a correct username and password" in html(answer)
    assert try_to_log_in(client, name, WRONG).status_code == 429


def test_one_ipv6_site_is_one_client(mina: User, client: Client) -> None:
    for number in range(10):
        try_to_log_in(client, "mina", WRONG, f"2001:db8:1:2::{number}")
    assert try_to_log_in(client, "mina", PASSWORD, "2001:db8:1:2:ffff::1").status_code == 429
    assert try_to_log_in(client, "mina", PASSWORD, "2001:db8:1:3::1").status_code == 302


def test_without_redis_names_are_still_counted(mina: User, client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    for _ in range(10):
        answer = try_to_log_in(client, "mina", WRONG)
    logins.TRIES._asked_again_at = 0.0
    assert answer.status_code == 429


def test_the_log_tells_of_logins_without_what_was_typed(
    mina: User, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        try_to_log_in(client, "mina", WRONG)
        try_to_log_in(client, WRONG, WRONG)
        assert try_to_log_in(client, "nul\0name", WRONG).status_code == 200  # no name at all, so no login either
        try_to_log_in(client, "mina", PASSWORD)
        client.post("/desk/logout/")
    assert lines(caplog) == [
        "A login failed: mina",
        "A login failed: a name that nobody has",
        "mina logged in",
        "mina logged out",
    ]
    assert not re.search(f"{WRONG}|{PASSWORD}", caplog.text)
    assert all(WRONG not in f"{one.post_data}{one.get_data}" for one in AccessAttempt.objects.all())


def test_a_limit_ends_with_its_span(broker: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr("distributor.client_limits.time", lambda: now)
    limit = ClientLimit("of-a-test", count=2, seconds=10)
    assert [limit.add("a") for _ in range(3)] == [0, 0, 10]
    assert limit.wait("a") == 10
    assert limit.wait("b") == limit.add("b") == 0
    now += 10
    assert limit.add("a") == 0
    assert all(0 < broker.ttl(key) <= 11 for key in broker.keys("limit:*"))


@pytest.mark.parametrize(
    ("address", "client"),
    [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3::4", "2001:db8:1:2::"), ("", "")],
)
def test_who_a_client_is(address: str, client: str, rf: Any) -> None:
    assert client_of(rf.get("/", REMOTE_ADDR=address)) == client


# The same, as it runs for users


@pytest.fixture
def running(mina: User) -> Iterator[Web]:
    with web(DISTRIBUTOR_LOG_FORMAT="json") as server:
        yield server


def post_login(server: Web, name: str, password: str, cookie: str = "") -> Answer:
    page = server.get("/desk/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token
    form = urlencode({"csrfmiddlewaretoken": token[1], "username": name, "password": password})
    return server.get("/desk/login/", {"Cookie": page.headers["set-cookie"].split(";")[0]}, form.encode())


def test_sixty_wrong_passwords_on_the_real_server(running: Web) -> None:
    statuses = [post_login(running, "mina", WRONG).status for _ in range(60)]
    assert statuses == [200] * 9 + [429] * 51
    assert post_login(running, "mina", PASSWORD).status == 429
    written = [json.loads(line) for line in running.log().splitlines() if line.startswith("{")]
    failures = [line for line in written if line["event"] == "A login failed: mina"]
    assert len(failures) >= 10
    assert failures[0]["logger"] == "distributor.desk.logins"
    assert failures[0]["client"] == "127.0.0.1"
    assert any(line["event"] == "Locked out for now: mina" for line in written)
    assert WRONG not in running.log()
