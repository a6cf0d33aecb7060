"""Addresses that nobody writes by accident: NULs and huge numbers are answered as what is not there, never with 500."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client

from distributor.domain.letters import Draft
from tests.attacks.addresses import ADDRESSES
from tests.integration import world

# Redis begins empty: who asked too often in the same minute would see a refusal in place of each page.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

HUGE = 10**30


@pytest.fixture
def clients(draft: Draft) -> list[Client]:
    publication = world.make_publication()
    world.make_letter(draft, publication)
    editor = Client(raise_request_exception=False)
    editor.force_login(User.objects.create_user("mina", is_staff=True, is_superuser=True))
    return [Client(raise_request_exception=False), editor]


@pytest.mark.parametrize("number", [HUGE, 2**63, 2**31, 2**63 - 1])
def test_numbers_that_no_row_has(clients: list[Client], number: int) -> None:
    for path in (address.path(number=number) for address in ADDRESSES):
        if str(number) in path:
            for client in clients:
                assert client.get(path).status_code < 500, path
                assert client.post(path).status_code < 500, path


def test_a_nul_in_an_address_is_not_there(clients: list[Client]) -> None:
    for path in (address.path(text="%00") for address in ADDRESSES):
        if "%00" in path:
            for client in clients:
                assert client.get(path).status_code == 404, path
                assert client.post(path).status_code == 404, path


@pytest.mark.parametrize("value", ["\0", "a\0b", str(HUGE), "9" * 5000, "-1", "1e9", "²"])
def test_queries_that_no_page_of_ours_writes(clients: list[Client], value: str) -> None:
    names = ("page", "before", "find", "kind", "next", "publication", "state", "code", "list")
    query = "&".join(f"{name}={quote(value)}" for name in names)
    for path in (address.path() for address in ADDRESSES):
        if path != "/readyz":  # no worker ticks here
            for client in clients:
                assert client.get(f"{path}?{query}").status_code < 500, path
