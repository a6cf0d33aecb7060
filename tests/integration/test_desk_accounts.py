"""Accounts on the desk: how they are, and connecting them as an editor does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from distributor import paths
from distributor.channels.base import AccountField
from distributor.delivery.accounts import accounts, health, network_apps
from distributor.delivery.models import Account
from distributor.domain.letters import Draft
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import errors, html, said
from tests.integration.network import Network

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/desk/accounts/"


@pytest.fixture
def network(post_channel: ScriptedChannel) -> Network:
    made = Network()
    post_channel.connect_flow = post_channel.token_renewal = made
    return made


@pytest.fixture
def brand(network: Network) -> Publication:
    return world.make_publication()


@pytest.fixture
def practice_world() -> Iterator[None]:
    """Say that a practice world plays the channel; nothing in these tests calls it."""
    card = paths.practice_description()
    url = "http://127.0.0.1:1"
    card.write_text(json.dumps({"url": url, "endpoints": {"scripted": f"{url}/scripted"}}))
    yield
    card.unlink()


def section(page: str, channel: str) -> str:
    """Return the part of the accounts page that is about a channel."""
    return page.partition(f'aria-labelledby="channel-{channel}"')[2].partition("</section>")[0]


def gone(editor: Client, brand: Publication, query: str = "") -> str:
    """Press “Go to …” and return the state that the network gets."""
    answer = editor.post(f"{PAGE}scripted/connect/{query}", {"publication": brand.pk})
    found = re.search(r'content="0; url=([^"]+)"', html(answer))
    assert found, html(answer)
    return parse_qs(urlsplit(found[1]).query)["state"][0]


def test_an_editor_sets_up_the_app_and_connects_two_accounts(editor: Client, brand: Publication) -> None:
    answer = editor.get(f"{PAGE}scripted/connect/")
    assert answer.headers["location"] == f"{PAGE}scripted/app/"
    page = html(editor.get(f"{PAGE}scripted/app/"))
    assert f"{settings.SITE_URL}{PAGE}scripted/back/" in page
    assert errors(editor.post(f"{PAGE}scripted/app/", {"client_id": "c-1"})) == ["Give it: Secret."]
    editor.post(f"{PAGE}scripted/app/", {"client_id": "c-1", "client_secret": "s-secret"})
    state = gone(editor, brand)
    answer = editor.get(f"{PAGE}scripted/back/", {"state": state, "code": "code-1"})
    assert answer.headers["location"] == f"{PAGE}choose/"  # and the code is in no address any more
    page = html(editor.get(f"{PAGE}choose/"))
    assert "@lantern" in page
    assert "@harbour" in page
    answer = editor.post(f"{PAGE}choose/", {"identity": ["1", "2"]})
    assert said(answer).endswith("@lantern, @harbour are connected.")
    page = html(editor.get(PAGE))
    assert page.count(">Connected<") == 2
    assert not re.search("t-1|r-1|s-secret", page)
    page = html(editor.get(f"{PAGE}scripted/app/"))
    assert "c-1" in page
    assert "s-secret" not in page


def test_one_identity_needs_no_choice_and_what_waited_goes_on(
    editor: Client, brand: Publication, network: Network, draft: Draft
) -> None:
    network_apps.save("scripted", {"client_id": "c-1", "client_secret": "s-secret"})
    network.identities = network.identities[:1]
    [dispatch] = world.queue(world.make_letter(draft, brand), "scripted")
    state = gone(editor, brand)
    editor.get(f"{PAGE}scripted/back/", {"state": state, "code": "code-1"})
    answer = editor.get(f"{PAGE}choose/")
    assert said(answer) == "@lantern is connected. 1 dispatch that waited for it goes on now."
    dispatch.refresh_from_db()
    assert dispatch.state == "scheduled"


def test_a_practice_account_is_connected_again_with_the_practice_app(
    editor: Client, brand: Publication, practice_world: None
) -> None:
    network_apps.save("scripted", {"client_id": "c-p", "client_secret": "s-secret"}, practice=True)
    account = accounts.connect(brand, "scripted", "main", {"token": "t-old"}, practice=True)
    Account.objects.update(remote_id="1")
    state = gone(editor, brand, f"?account={account.pk}")
    editor.get(f"{PAGE}scripted/back/", {"state": state, "code": "code-1"})
    editor.post(f"{PAGE}choose/", {"identity": ["1"]})
    account.refresh_from_db()
    assert accounts.credentials(account).values["token"] == "t-1-of-the-lantern"


def test_practising_needs_the_practice_app_and_never_asks_for_the_real_one(
    editor: Client, brand: Publication, practice_world: None
) -> None:
    network_apps.save("scripted", {"client_id": "c-1", "client_secret": "s-secret"})
    assert "Connect a practice account" not in section(html(editor.get(PAGE)), "scripted")
    answer = editor.get(f"{PAGE}scripted/connect/?practice")
    assert said(answer) == "The practice world has no app at Scripted: start “distributor up --practice”."
    assert answer.headers["location"] == PAGE
    network_apps.save("scripted", {"client_id": "c-p", "client_secret": "s-secret"}, practice=True)
    assert "Connect a practice account" in section(html(editor.get(PAGE)), "scripted")


def test_only_the_browser_that_went_there_may_come_back(editor: Client, brand: Publication) -> None:
    network_apps.save("scripted", {"client_id": "c-1", "client_secret": "s-secret"})
    state = gone(editor, brand)
    session = editor.session
    session["connecting"] = []
    session.save()
    answer = editor.get(f"{PAGE}scripted/back/", {"state": state, "code": "code-1"})
    assert said(answer) == "This connection was not begun in this browser: start again."
    assert said(editor.get(f"{PAGE}choose/")).endswith("start again from the accounts page.")
    assert not Account.objects.exists()


def test_a_network_that_refuses_says_why(editor: Client, brand: Publication) -> None:
    network_apps.save("scripted", {"client_id": "c-1", "client_secret": "s-secret"})
    state = gone(editor, brand)
    answer = editor.get(f"{PAGE}scripted/back/", {"state": state, "error": "access_denied"})
    assert said(answer) == "You declined: start again."


def test_values_are_typed_in_and_never_shown_again(editor: Client, brand: Publication) -> None:
    answer = editor.post(f"{PAGE}scripted/add/", {"publication": brand.pk, "name": "main"})
    assert errors(answer) == ["Give it: Token."]
    answer = editor.post(f"{PAGE}scripted/add/", {"publication": brand.pk, "name": "", "token": "t-typed"})
    assert "t-typed" not in html(answer)
    answer = editor.post(f"{PAGE}scripted/add/", {"publication": brand.pk, "name": "main", "token": "t-typed"})
    assert said(answer) == "main is connected."
    account = Account.objects.get()
    assert accounts.credentials(account).values == {"token": "t-typed"}
    assert "t-typed" not in html(editor.get(f"{PAGE}scripted/add/?account={account.pk}"))
    answer = editor.post(f"{PAGE}{account.pk}/check/")
    assert said(answer).endswith("main works: its network knows it as Scripted.")


def test_a_value_of_several_lines_keeps_them_and_is_not_shown_again_where_it_is_secret(
    editor: Client, brand: Publication, post_channel: ScriptedChannel
) -> None:
    post_channel.fields = (*post_channel.fields, AccountField("numbers", "Numbers", secret=True, lines=True))
    typed = {"publication": brand.pk, "name": "", "token": "t-typed", "numbers": "010-1\r\n010-2"}
    page = html(editor.post(f"{PAGE}scripted/add/", typed))
    assert '<textarea id="id_numbers"' in page
    assert "010-1" not in page
    editor.post(f"{PAGE}scripted/add/", {**typed, "name": "main"})
    assert accounts.credentials(Account.objects.get()).values["numbers"].split() == ["010-1", "010-2"]


def test_a_value_that_was_made_is_shown_once(editor: Client, brand: Publication) -> None:
    address = {"publication": brand.pk, "name": "the app", "url": "https://receiver.example/letters"}
    page = html(editor.post(f"{PAGE}webhook/add/", address))
    secret = accounts.credentials(Account.objects.get()).values["secret"]
    assert secret.startswith("whsec_")
    assert secret in page
    assert secret not in html(editor.get(PAGE))


@pytest.mark.parametrize(
    ("state", "level", "words"),
    [
        ({}, "good", ""),
        ({"needs_reconnect": "It was revoked."}, "bad", "It was revoked."),
        ({"ends_at": timedelta(days=3, hours=1)}, "care", "ends in 3 days"),
        ({"ends_at": timedelta(days=8)}, "good", ""),
        ({"ends_at": timedelta(hours=-1)}, "bad", "has ended"),
        ({"expires_at": timedelta(hours=-2), "renew_at": timedelta(minutes=1)}, "care", "could not be renewed"),
        ({"rests_until": timedelta(minutes=5), "rests_because": "Too many."}, "care", "Too many."),
        ({"allowance": 0, "allowance_until": timedelta(minutes=5)}, "care", "is used up"),
    ],
)
def test_how_an_account_is_shows_on_its_page(
    state: dict[str, Any], level: str, words: str, editor: Client, brand: Publication
) -> None:
    world.connect(brand, "scripted")
    now = timezone.now()
    Account.objects.update(
        **{name: now + value if isinstance(value, timedelta) else value for name, value in state.items()}
    )
    told = health.of(Account.objects.get(), now)
    assert told.level == level
    assert words in told.sentence
    assert words in html(editor.get(PAGE))
    if words:
        assert (words in html(editor.get("/desk/"))) == (told.remedy == "reconnect")


def test_an_editor_takes_a_post_back(editor: Client, brand: Publication, draft: Draft) -> None:
    world.connect(brand, "scripted")
    letter = world.make_letter(replace(draft), brand)
    [dispatch] = world.queue(letter, "scripted")
    world.work(dispatch)
    assert "Delete post" in html(editor.get(f"/desk/letters/{letter.pk}/"))
    editor.post(f"/desk/dispatches/{dispatch.pk}/recall/", {"confirmed": "yes"})
    dispatch.refresh_from_db()
    assert dispatch.recall_at is not None
    assert "It is being deleted there." in html(editor.get(f"/desk/letters/{letter.pk}/"))


def test_the_page_is_for_editors(client: Client) -> None:
    for address in (PAGE, f"{PAGE}scripted/connect/", f"{PAGE}scripted/back/?state=x", f"{PAGE}choose/"):
        assert client.get(address).headers["location"].startswith("/desk/login/")
