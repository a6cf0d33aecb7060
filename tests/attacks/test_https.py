"""A site whose address is https, through the real web server: who is sent there, cookies, hosts and redirects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.integration import world
from tests.integration.web import Web, web

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "https://letters.example"
HOST = {"Host": "letters.example"}
HTTPS = {**HOST, "X-Forwarded-Proto": "https"}
HTTP = {**HOST, "X-Forwarded-Proto": "http"}
HSTS = "max-age=31536000"


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Web]:
    with web(DISTRIBUTOR_SITE_URL=SITE) as running:
        yield running


@pytest.fixture
def site(server: Web) -> Web:
    world.make_publication()
    return server


def test_who_comes_by_http_is_sent_on(site: Web) -> None:
    answer = site.get("/lantern/?page=2", HTTP)
    assert (answer.status, answer.headers["location"]) == (301, f"{SITE}/lantern/?page=2")
    assert answer.headers["strict-transport-security"] == HSTS
    answer = site.get("/u/token/", HTTP, b"List-Unsubscribe=One-Click")
    assert (answer.status, answer.headers["location"]) == (308, f"{SITE}/u/token/")  # which keeps it a POST
    # Not from a public address, and no word of a proxy: it would go in circles where there is one that says nothing.
    assert site.get("/lantern/", HOST).status == 200
    assert site.get("/lantern/", {**HOST, "X-Forwarded-For": "203.0.113.9"}).status == 200


def test_who_comes_by_https_or_from_this_machine_is_let_in(site: Web) -> None:
    answer = site.get("/lantern/", HTTPS)
    assert answer.status == 200
    assert answer.headers["strict-transport-security"] == HSTS
    assert "*" not in answer.headers["content-security-policy"]
    assert site.get("/healthz", HTTP).status == 200
    assert site.get("/lantern/", {"Host": f"127.0.0.1:{site.port}"}).status == 200


def test_a_direct_client_by_http_is_sent_on(site: Web) -> None:
    answer = site.get("/lantern/", {**HOST, "X-Forwarded-For": "8.8.8.8"})
    assert (answer.status, answer.headers["location"]) == (301, f"{SITE}/lantern/")


def test_cookies_belong_to_this_host_and_to_https_alone(site: Web) -> None:
    user = world.make_colleague("mina")
    user.set_password("a-long-password")
    page = site.get("/desk/login/", HTTPS)
    cookie = page.headers["set-cookie"]
    assert cookie.startswith("__Host-csrftoken=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token
    form = urlencode({"csrfmiddlewaretoken": token[1], "username": "mina", "password": "no"}).encode()
    headers = {**HTTPS, "Cookie": cookie.split(";")[0], "Origin": SITE}
    assert site.get("/desk/login/", headers, form).status == 200
    assert site.get("/desk/login/", {**headers, "Origin": "https://evil.example"}, form).status == 403
    # As behind a proxy whose word is not believed.
    assert site.get("/desk/login/", {**HOST, "Cookie": cookie.split(";")[0], "Origin": SITE}, form).status == 200


@pytest.mark.parametrize("host", ["evil.example", "letters.example.evil.example", "letters.example@evil.example", ""])
def test_other_host_names_are_refused(site: Web, host: str) -> None:
    for headers in ({"Host": host}, {"Host": host, "X-Forwarded-Proto": "http"}):
        answer = site.get("/lantern/", headers)
        assert answer.status == 400
        assert "location" not in answer.headers
    assert site.get("/lantern/", {**HTTPS, "X-Forwarded-Host": "evil.example"}).status == 200


@pytest.mark.parametrize("path", ["//evil.example/", "/%5Cevil.example", "//evil.example/lantern", "/\\evil.example"])
def test_no_address_leads_away(site: Web, path: str) -> None:
    for headers in (HTTP, HTTPS):
        location = site.get(path, headers).headers.get("location", SITE)
        assert re.match(rf"{re.escape(SITE)}(/|$)|/[^/\\]", location), location


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_login_leads_nowhere_else(address: str) -> None:
    world.make_colleague("mina", password="a-long-password")
    form = {"username": "mina", "password": "a-long-password", "next": address}
    assert Client().post(f"/desk/login/?{urlencode({'next': address})}", form).headers["Location"] == "/desk/"
