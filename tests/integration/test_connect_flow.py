"""Connecting accounts in the browser: nothing is lost on a reconnect, and no secret is left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from distributor.channels.base import Credentials
from distributor.channels.connect_flow import ConnectRefused, Identity
from distributor.delivery.accounts import accounts, connect_flow, encryption, network_apps
from distributor.delivery.models import Account, Dispatch, PendingConnection
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.errors import BadInput, BadSettings, ServiceAway
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Reconnect
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.network import Network

pytestmark = pytest.mark.django_db(transaction=True)

BACK = "https://desk.example/desk/accounts/back/scripted/"


@pytest.fixture
def network(post_channel: ScriptedChannel) -> Network:
    made = Network()
    post_channel.connect_flow = post_channel.token_renewal = made
    network_apps.save("scripted", {"client_id": "c-1", "client_secret": "s-secret"})
    return made


@pytest.fixture
def brand(network: Network) -> Publication:
    return world.make_publication()


def gone(brand: Publication, account: Account | None = None) -> str:
    """Go to the network and return the state that comes back."""
    url = connect_flow.begin(brand, "scripted", redirect_uri=BACK, account=account)
    return parse_qs(urlsplit(url).query)["state"][0]


def back(state: str, **query: str) -> PendingConnection:
    return connect_flow.come_back("scripted", {"state": state, **(query or {"code": "code-1"})}, redirect_uri=BACK)


def test_an_editor_chooses_which_identities_become_accounts(brand: Publication) -> None:
    state = gone(brand)
    offered = connect_flow.choices(back(state))
    assert [(one.name, one.kind, one.account_name) for one in offered] == [
        ("@lantern", "", ""),
        ("@harbour", "page", ""),
    ]
    [made] = connect_flow.choose(state, ["2"])
    assert (made.name, made.remote_id, made.kind) == ("@harbour", "2", "page")
    assert accounts.credentials(made).values["token"] == "t-2"
    assert not PendingConnection.objects.exists()
    with pytest.raises(BadInput, match="start again"):
        connect_flow.choose(state, ["1"])


def test_an_account_that_was_typed_in_is_known_again(brand: Publication, network: Network) -> None:
    world.connect(brand, "scripted")
    network.identities = (Identity("7", "@lantern", {"token": "t-new"}), *network.identities)
    state = gone(brand)
    assert [one.account_name for one in connect_flow.choices(back(state))] == ["main", "", ""]
    connect_flow.choose(state, ["7"])
    account = Account.objects.get()
    assert (account.name, accounts.credentials(account).values["token"]) == ("main", "t-new")


def test_of_two_accounts_that_are_the_same_one_there_the_first_gets_the_token(
    brand: Publication, network: Network
) -> None:
    world.connect(brand, "scripted", "first")
    world.connect(brand, "scripted", "second")
    network.identities = (Identity("7", "@lantern", {"token": "t-new"}),)
    state = gone(brand)
    back(state)
    [made] = connect_flow.choose(state, ["7"])
    assert made.name == "first"
    assert Account.objects.count() == 2


def test_an_account_whose_network_does_not_say_whose_it_is_stays_one_of_its_own(
    brand: Publication, network: Network, post_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(credentials: Credentials) -> Identity:
        raise ConnectRefused("This token is no use.")

    monkeypatch.setattr(post_channel, "identify", refuse)
    world.connect(brand, "scripted")
    state = gone(brand)
    assert [one.account_name for one in connect_flow.choices(back(state))] == ["", ""]


def test_the_page_that_the_network_leads_to_may_be_loaded_again(brand: Publication, network: Network) -> None:
    state = gone(brand)
    assert back(state).pk == back(state).pk
    assert (network.codes, network.redirects) == (["code-1"], [BACK])


def test_a_state_that_was_not_begun_here_is_refused(brand: Publication) -> None:
    with pytest.raises(BadInput, match="not begun here"):
        back("made-up")
    state = gone(brand)
    PendingConnection.objects.update(started_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(BadInput, match="too long ago"):
        back(state)


def test_a_refusal_and_an_absence_leave_everything_as_it_was(brand: Publication, network: Network) -> None:
    state = gone(brand)
    with pytest.raises(connect_flow.CantConnect, match="You declined"):
        back(state, error="access_denied")
    network.away = True
    with pytest.raises(ServiceAway):
        back(state)
    network.away = False
    assert connect_flow.choices(back(state))
    assert not Account.objects.exists()


def test_nothing_is_readable_in_the_rows(brand: Publication) -> None:
    state = gone(brand)
    back(state)
    row = PendingConnection.objects.get()
    assert b"t-1-of-the-lantern" not in bytes(row.sealed)
    assert b"secret" not in bytes(row.sealed)


def test_without_its_app_the_network_cant_be_gone_to(brand: Publication, network: Network) -> None:
    with pytest.raises(BadSettings, match="also needs: Secret"):
        network_apps.save("scripted", {"client_id": "c-2"}, practice=True)
    with pytest.raises(BadSettings, match="has no “colour”"):
        network_apps.save("scripted", {"colour": "red"})
    network_apps.save("scripted", {"client_id": "c-3"})  # the secret stays
    assert network_apps.keys("scripted").values == {"client_id": "c-3", "client_secret": "s-secret"}
    assert network_apps.public_values("scripted") == {"client_id": "c-3"}


def test_a_reconnect_keeps_scheduled_posts_and_the_old_refresh_token(
    brand: Publication, network: Network, draft: Draft, post_channel: ScriptedChannel
) -> None:
    state = gone(brand)
    back(state)
    [account] = connect_flow.choose(state, ["1"])
    letter = world.make_letter(draft, brand)
    [waiting] = queue_letter(letter, channels=["scripted"], at=timezone.now() + timedelta(days=2)).dispatches
    network.identities = (replace(network.identities[0], values={"token": "t-new"}),)
    state = gone(brand, account)
    back(state)
    [again] = connect_flow.choose(state, ["1"])
    assert again.pk == account.pk
    assert accounts.credentials(again).values == {"token": "t-new", "refresh_token": "r-1"}
    waiting.refresh_from_db()
    assert (waiting.state, waiting.account_id) == ("scheduled", account.pk)


def test_a_reconnect_goes_on_with_what_was_blocked(
    brand: Publication, draft: Draft, post_channel: ScriptedChannel
) -> None:
    state = gone(brand)
    back(state)
    [account] = connect_flow.choose(state, ["1"])
    post_channel.answer = lambda _: Reconnect("It was revoked.")
    old, new = (
        world.queue(
            world.make_letter(replace(draft, title=title, source=f"https://l.example/{title}"), brand), "scripted"
        )[0]
        for title in ("old", "new")
    )
    world.work(old, new)
    Dispatch.objects.filter(pk=old.pk).update(due_at=timezone.now() - timedelta(days=3))
    state = gone(brand, account)
    back(state)
    connect_flow.choose(state, ["1"])
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state) == ("blocked", "scheduled")  # what is three days late waits for a person


def test_a_first_connection_goes_on_with_what_had_no_account(brand: Publication, draft: Draft) -> None:
    [dispatch] = world.queue(world.make_letter(draft, brand), "scripted")
    assert dispatch.state == "blocked"
    state = gone(brand)
    back(state)
    [account] = connect_flow.choose(state, ["1"])
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.account_id) == ("scheduled", account.pk)


def test_another_identity_never_takes_an_accounts_place(brand: Publication, network: Network) -> None:
    state = gone(brand)
    back(state)
    [account] = connect_flow.choose(state, ["1"])
    network.identities = (network.identities[1],)
    state = gone(brand, account)
    back(state)
    with pytest.raises(connect_flow.CantConnect, match="signed in as @harbour there, not as @lantern"):
        connect_flow.choose(state, ["2"])
    account.refresh_from_db()
    assert encryption.unseal(bytes(account.sealed))["token"] == "t-1-of-the-lantern"


def test_a_first_connection_makes_a_blocked_draft_a_draft(brand: Publication, draft: Draft) -> None:
    [dispatch] = queue_letter(world.make_letter(draft, brand), channels=["scripted"], approve=False).dispatches
    assert dispatch.state == "blocked"
    Dispatch.objects.update(due_at=timezone.now() - timedelta(days=3))  # a draft goes out by nobody's old word
    state = gone(brand)
    back(state)
    [account] = connect_flow.choose(state, ["1"])
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.account_id, dispatch.reason) == ("draft", account.pk, "")
