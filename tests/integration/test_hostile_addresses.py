"""Addresses that nobody writes by accident: NULs and huge numbers are answered as what is not there, never with 500."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from distributor.domain.letters import Draft
from tests.integration import world

pytestmark = pytest.mark.django_db(transaction=True)

HUGE = 10**30
VALUES = {
    "publication": "lantern", "channel": "mail", "kind": "atom", "key": "ab", "colour": "112233", "token": "ab",
    "provider": "postmark", "code": "ab", "slug": "fog", "name": "approve",
}  # fmt: skip


def routes(rows: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    for row in rows:
        route = before + str(row.pattern)
        if isinstance(row, URLResolver):
            yield from routes(row.url_patterns, route)
        else:
            yield route, row.pattern.converters


def paths(text: str, number: int) -> list[str]:
    """Every address of ours with these in the places of its texts and numbers."""
    result = []
    for route, converters in _ALL:
        path = f"/{route}"
        for name, converter in converters.items():
            kind = type(converter).__name__
            value = str(number) if kind == "IntConverter" else text or VALUES.get(name, "x")
            path = path.replace(f"<{kind.removesuffix('Converter').lower().replace('string', 'str')}:{name}>", value)
        assert "<" not in path, path
        result.append(path)
    return result


_ALL = list(routes(get_resolver().url_patterns))


@pytest.fixture
def clients(draft: Draft) -> list[Client]:
    publication = world.make_publication()
    world.make_letter(draft, publication)
    editor = Client(raise_request_exception=False)
    editor.force_login(User.objects.create_user("mina", is_staff=True, is_superuser=True))
    return [Client(raise_request_exception=False), editor]


@pytest.mark.parametrize("number", [HUGE, 2**63, 2**31, 2**63 - 1])
def test_numbers_that_no_row_has(clients: list[Client], number: int) -> None:
    for path in paths("", number):
        if str(number) in path:
            for client in clients:
                assert client.get(path).status_code < 500, path
                assert client.post(path).status_code < 500, path


def test_a_nul_in_an_address_is_not_there(clients: list[Client]) -> None:
    for path in paths("%00", 1):
        if "%00" in path:
            for client in clients:
                assert client.get(path).status_code == 404, path
                assert client.post(path).status_code == 404, path


@pytest.mark.parametrize("value", ["\0", "a\0b", str(HUGE), "9" * 5000, "-1", "1e9", "²"])
def test_queries_that_no_page_of_ours_writes(clients: list[Client], value: str) -> None:
    names = ("page", "before", "find", "kind", "next", "publication", "state", "code", "list")
    query = "&".join(f"{name}={quote(value)}" for name in names)
    for path in paths("", 1):
        if path != "/readyz":  # no worker ticks here
            for client in clients:
                assert client.get(f"{path}?{query}").status_code < 500, path
