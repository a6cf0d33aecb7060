"""Mail to hosts that an editor names: relays and Postal servers only at addresses that may be called."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from distributor.channels.base import Credentials
from distributor.channels.mail.adapter import MailChannel
from distributor.channels.mail.providers import guarded_adapter
from distributor.channels.mail.providers.guarded_adapter import GuardedAdapter
from distributor.channels.mail.smtp import keeper
from distributor.domain.errors import AddressRefused
from distributor.domain.outcomes import Accepted, Outcome, Reconnect
from tests.contract.cases.mail import mail_of
from tests.contract.conftest import new_intent, reader
from tests.contract.scripted_smtp import in_order, scripted, url_of

REFUSED = "which is not a public internet address: use one that everybody can reach, or have its network allowed"
METADATA = "keeps its machines’ secrets: that is never called."


@pytest.fixture(autouse=True)
def _no_connection_is_kept() -> Iterator[None]:
    yield
    keeper.close()


def deliver(url: str, *, from_operator: bool = False) -> Outcome:
    account = Credentials(1, "relay", {"url": url}, from_operator=from_operator)
    with MailChannel(timeout=2).open(account, mail_of("Hello"), new_intent()) as session:
        return in_order(session, [reader("kim")])[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]"])
def test_an_editors_relay_is_never_on_this_machine(host: str) -> None:
    with scripted() as server:
        outcome = deliver(f"smtp://{host}:{server.server_address[1]}?starttls=off")
        assert isinstance(outcome, Reconnect)
        assert REFUSED in outcome.reason
        assert server.connections == 0


@pytest.mark.parametrize("host", ["169.254.169.254", "168.63.129.16", "[fd00:ec2::254]", "192.0.0.192"])
def test_a_clouds_metadata_service_is_refused_by_name_even_where_it_is_allowed(host: str) -> None:
    outcome = deliver(f"smtp://{host}:80?starttls=off")
    assert isinstance(outcome, Reconnect)
    assert METADATA in outcome.reason


def test_the_operators_own_relay_may_be_anywhere() -> None:
    with scripted() as server:
        assert isinstance(deliver(url_of(server), from_operator=True), Accepted)


@pytest.mark.usefixtures("loopback_allowed")
def test_a_relay_in_a_network_that_the_operator_allows_gets_mail() -> None:
    with scripted() as server:
        assert isinstance(deliver(url_of(server)), Accepted)


class Names:
    """A resolver that says something else each time that it is asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0)


@pytest.mark.usefixtures("loopback_allowed")
def test_the_relays_name_is_resolved_once_and_the_connection_goes_where_that_led(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = Names(["127.0.0.1"], ["169.254.169.254"])

    async def getaddrinfo(_loop: Any, host: str, port: int, **_options: Any) -> list[Any]:
        return [
            (2, 1, 6, "", (address, port)) for address in (names(host, port) if host == "relay.example" else [host])
        ]

    with scripted() as server:
        monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)
        url = f"smtp://relay.example:{server.server_address[1]}?starttls=off"
        assert isinstance(deliver(url), Accepted)
        assert names.asked == ["relay.example"]
        keeper.close()
        rebound = deliver(url)
        assert isinstance(rebound, Reconnect)
        assert rebound.reason.startswith("“relay.example” leads to 169.254.169.254, where a cloud (")


def test_one_private_address_of_a_relay_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async def getaddrinfo(_loop: Any, _host: str, port: int, **_options: Any) -> list[Any]:
        return [(2, 1, 6, "", (address, port)) for address in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)
    outcome = deliver("smtp://relay.example:2525?starttls=off")
    assert isinstance(outcome, Reconnect)
    assert outcome.reason.startswith("“relay.example” leads to 10.0.0.1, which is not a public internet address")


@pytest.mark.parametrize(
    ("host", "words"), [("127.0.0.1", REFUSED), ("localhost", REFUSED), ("169.254.169.254", METADATA)]
)
def test_a_postal_server_is_held_to_the_same(host: str, words: str) -> None:
    outcome = deliver(f"postal://K3Y@{host}")
    assert isinstance(outcome, Reconnect)
    assert words in outcome.reason


def prepared(url: str) -> requests.PreparedRequest:
    return requests.Request("POST", url).prepare()


def test_a_providers_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(["93.184.216.34"], ["127.0.0.1"])
    monkeypatch.setattr(guarded_adapter, "system_addresses", names)
    request = prepared("https://user@postal.example:8443/api/")
    host, tls = GuardedAdapter().build_connection_pool_key_attributes(request, verify=True)
    assert (host["host"], host["port"]) == ("93.184.216.34", 8443)
    assert (tls["server_hostname"], tls["assert_hostname"]) == ("postal.example", "postal.example")
    assert request.headers["Host"] == "postal.example:8443"
    with pytest.raises(requests.exceptions.InvalidURL) as caught:
        GuardedAdapter().build_connection_pool_key_attributes(request, verify=True)
    assert isinstance(caught.value.__cause__, AddressRefused)
