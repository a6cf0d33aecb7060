"""What the web server takes in, asked over real sockets: bodies, and crowds."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import psycopg
import pytest
from django.test import Client

from distributor.request_bodies import MEGABYTE, SMALL, limit_of
from tests.attacks import addresses
from tests.integration import world
from tests.integration.processes import environment, wait_for
from tests.integration.web import Web, read_answer, web

# Redis begins empty: another test may have asked too often from this address in the same minute.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

GIGABYTE = 1000 * MEGABYTE
CHUNK = b"%x\r\n%s\r\n" % (64 * 1024, b"x" * 64 * 1024)
TOO_LARGE = "That is too large: at most {} can be sent to this address.\n"
# One address of each kind, and how much it takes.
ADDRESSES = {
    "/healthz": "1 MB",
    "/u/any-token/": "1 MB",
    "/nothing/of/the/kind": "1 MB",
    "/desk/login/": "1 MB",
    "/webhooks/mail/postmark/1/secret": "5 MB",
}


@pytest.fixture(scope="module")
def running(django_db_setup: None, services: None) -> Iterator[Web]:
    with web(DISTRIBUTOR_WEB_CONNECTIONS="4") as server:
        yield server


def stored_bytes(server: Web) -> int:
    """How much the server keeps in files that have no name any more, as spooled bodies are kept."""
    process = psutil.Process(server.process.pid)
    return sum(one.position for one in process.open_files() if "deleted" in one.path)


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_body_that_says_it_is_large_is_refused_before_it_comes(running: Web, path: str) -> None:
    answer = running.say(f"POST {path} HTTP/1.1\nHost: localhost\nContent-Length: {GIGABYTE}")
    assert (answer.status, answer.text) == (413, TOO_LARGE.format(ADDRESSES[path]))
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_body_that_says_nothing_of_its_size_is_refused_on_the_way(running: Web, path: str) -> None:
    head = f"POST {path} HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked"
    parts = [CHUNK] * (int(ADDRESSES[path].split()[0]) * 16 + 1)  # and no end
    answer = running.say(head, parts)
    assert (answer.status, answer.text) == (413, TOO_LARGE.format(ADDRESSES[path]))
    assert stored_bytes(running) == 0


@pytest.mark.parametrize("path", ["/desk/imports/", "/desk/letters/new/", "/desk/settings/lantern/"])
def test_only_who_is_logged_in_may_upload(running: Web, path: str) -> None:
    head = f"POST {path} HTTP/1.1\nHost: localhost\nContent-Length: {2 * MEGABYTE}"
    for cookie in ("", "\nCookie: sessionid=made-up"):
        answer = running.say(head + cookie)
        assert answer.status == 403
        assert answer.text == "You are not logged in: log in to the desk, then send the file again.\n"


def test_an_editor_uploads_up_to_the_limit(running: Web) -> None:
    client = Client()
    client.force_login(world.make_colleague("mina"))
    cookie = f"Cookie: sessionid={client.cookies['sessionid'].value}"
    head = f"POST /desk/imports/ HTTP/1.1\nHost: localhost\n{cookie}\nContent-Length: "
    size = 3 * MEGABYTE
    taken = running.say(f"{head}{size}", [b"x" * size])
    assert taken.status == 403
    assert "<!doctype html>" in taken.text  # Django's word on the CSRF token: the body was read
    answer = running.say(f"{head}{GIGABYTE}")
    assert (answer.status, answer.text) == (413, TOO_LARGE.format("65 MB"))


def test_views_with_large_bodies_are_few_and_behind_the_login() -> None:
    limits = {address.route: limit_of(address.view) for address in addresses.ADDRESSES}
    large = {route: limit.editors_only for route, limit in limits.items() if limit != SMALL}
    assert large == {
        "desk/imports/": True,
        "desk/letters/<int:letter_id>/autosave/": True,
        "desk/letters/<int:letter_id>/edit/": True,
        "desk/letters/autosave/": True,
        "desk/letters/new/": True,
        "desk/letters/pictures/": True,
        "desk/letters/preview/": True,
        "desk/letters/write/": True,
        "desk/look/": True,
        "desk/look/<slug:publication>/": True,
        "desk/look/<slug:publication>/preview/": True,
        "desk/settings/": True,
        "desk/settings/<slug:publication>/": True,
        "desk/templates/<slug:publication>/<slug:kind>/<str:file>/": True,
        "desk/templates/<slug:publication>/<slug:kind>/<str:file>/preview/": True,
        "webhooks/feeds/<str:key>": False,
        "webhooks/letters/<str:key>": False,
        "webhooks/mail/<slug:provider>/<int:account_id>": False,
        "webhooks/mail/<slug:provider>/<int:account_id>/<str:token>": False,
        "api/v1/imports": True,
        "api/v1/imports/problems": True,
        "api/v1/letters": True,
        "api/v1/letters/bulk": True,
        "api/v1/letters/<letter_id>": True,
        "api/v1/media": True,
        "api/v1/publications/<slug>/template": True,
        "api/v1/publications/<slug>/template/check": True,
        "api/v1/people/bulk": True,
        "api/v1/people/bulk-unsubscribe": True,
    }


def connections_of(application: str) -> int:
    with psycopg.connect(environment()["DATABASE_URL"], autocommit=True) as server:
        row = server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [application]
        ).fetchone()
    assert row
    return int(row[0])


def test_a_crowd_gets_pages_or_a_word_to_come_again_and_leaves_workers_their_connections() -> None:
    world.make_publication()
    url = environment()["DATABASE_URL"]
    with (
        web(DATABASE_URL=f"{url}&application_name=crowd", DISTRIBUTOR_WEB_CONNECTIONS="4") as server,
        psycopg.connect(url) as lock,
    ):
        # Every page waits for this table, so the crowd is there all at once.
        lock.execute("LOCK TABLE letters_publication IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(300) as people:
            answers = [people.submit(server.get, "/") for _ in range(300)]
            wait_for(lambda: connections_of("crowd") == 4)
            wait_for(lambda: sum(one.done() for one in answers) >= 260)  # 40 wait, 4 of them at the database
            assert connections_of("crowd") == 4  # so a worker gets its own
            assert server.get("/healthz").status == 200
            lock.rollback()
            results = [one.result() for one in answers]
    assert {one.status for one in results} == {302, 503}
    refused = [one for one in results if one.status == 503]
    assert all(one.headers["retry-after"] == "2" for one in refused)
    assert {one.text for one in refused} == {"Too many people are here at once: try again in a moment.\n"}
    assert server.log().count("requests wait for an answer") == 1


def test_who_hangs_up_keeps_the_turn_until_the_view_is_done() -> None:
    world.make_publication()
    url = environment()["DATABASE_URL"]
    with (
        web(DATABASE_URL=f"{url}&application_name=hasty", DISTRIBUTOR_WEB_CONNECTIONS="2") as server,
        psycopg.connect(url) as lock,
    ):
        lock.execute("LOCK TABLE letters_publication IN ACCESS EXCLUSIVE MODE")
        for _ in range(12):
            with socket.create_connection(("127.0.0.1", server.port)) as hasty:
                hasty.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                wait_for(lambda: connections_of("hasty") >= 1)
        assert connections_of("hasty") <= 2
        lock.rollback()
        assert server.get("/").status == 302
        assert connections_of("hasty") <= 2


def test_a_connection_serves_one_request_after_the_other() -> None:
    world.make_publication()
    url = environment()["DATABASE_URL"]
    with web(DATABASE_URL=f"{url}&application_name=lasting") as server, psycopg.connect(url, autocommit=True) as other:
        sessions = []
        for _ in range(3):
            assert server.get("/").status == 302
            sessions.append(sessions_of(other, "lasting"))
        assert len(sessions[0]) == 1
        assert sessions == sessions[:1] * 3
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", ["lasting"])
        wait_for(lambda: not sessions_of(other, "lasting"))
        assert server.get("/").status == 302  # as after a restart of PostgreSQL
        assert len(sessions_of(other, "lasting")) == 1


def sessions_of(server: psycopg.Connection[Any], application: str) -> list[int]:
    rows = server.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [application])
    return [pid for (pid,) in rows]


def test_a_slow_sender_takes_no_turn() -> None:
    world.make_publication()
    with web(DISTRIBUTOR_WEB_CONNECTIONS="1") as server:
        slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(30)]
        try:
            for connection in slow:
                connection.sendall(b"POST /u/any/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1")
            assert server.get("/").status == 302
            slow[0].sendall(b"23456789")
            assert read_answer(slow[0]).status == 404
        finally:
            for connection in slow:
                connection.close()
