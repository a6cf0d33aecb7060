"""The guard: what is checked is what is connected to, for each name and each hop."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from ipaddress import ip_network

import httpcore
import httpx
import pytest

from distributor.channels.addresses import ALLOWED_NETWORKS, Resolve
from distributor.channels.guard import GuardedTransport
from distributor.channels.http import NEVER_SENT, client, without_secrets
from distributor.domain.errors import AddressRefused
from tests.ports import added


class Network(httpcore.NetworkBackend):
    """Notes where connections go, and answers each with what it was given."""

    def __init__(self, *answers: bytes) -> None:
        self.connected: list[tuple[str, int]] = []
        self._answers = list(answers)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[object] | None = None,
    ) -> httpcore.NetworkStream:
        self.connected.append((host, port))
        answer = self._answers.pop(0)
        if not answer:
            raise httpcore.ConnectError("refused")
        return httpcore.MockStream([answer])


class Names:
    """A resolver that answers each question with the next of its answers, and the last one again."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def get(url: str, names: Resolve, network: Network, *, allow: tuple[str, ...] = ()) -> httpx.Response:
    transport = GuardedTransport(resolve=names, network=network, allow=allow)
    with client(transport=transport) as http:
        return http.get(url, follow_redirects=True)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    names, network = Names(["93.184.216.34"], ["127.0.0.1"]), Network(OK)
    assert get("http://letters.example/a", names, network).text == "hi"
    assert network.connected == [("93.184.216.34", 80)]
    assert names.asked == ["letters.example"]  # once: a second question might get another answer


def test_a_name_that_changes_between_two_hops_is_refused() -> None:
    names, network = Names(["93.184.216.34"], ["127.0.0.1"]), Network(moved("/b"), OK)
    with pytest.raises(AddressRefused, match=r"“letters\.example” leads to 127\.0\.0\.1"):
        get("http://letters.example/a", names, network)
    assert len(network.connected) == 1


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://[64:ff9b::a9fe:a9fe]/"]
)
def test_a_redirect_to_a_clouds_metadata_is_refused(target: str) -> None:
    network = Network(moved(target), OK)

    def names(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34"] if host == "letters.example" else [host]

    with pytest.raises(AddressRefused, match="keeps its machines’ secrets: that is never called"):
        get("http://letters.example/a", names, network)
    assert network.connected == [("93.184.216.34", 80)]


def test_what_the_operator_allows_is_connected_to() -> None:
    network = Network(OK)
    with added(ALLOWED_NETWORKS, "test", (ip_network("10.0.0.0/8"),)):
        assert get("http://hub.example/", Names(["10.0.0.1"]), network).text == "hi"
    assert network.connected == [("10.0.0.1", 80)]


def test_one_private_address_among_public_ones_is_refused() -> None:
    network = Network(OK)
    with pytest.raises(AddressRefused):
        get("http://letters.example/", Names(["93.184.216.34", "10.0.0.1"]), network)
    assert network.connected == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "017700000001", "127.1", "[::1]", "[::ffff:7f00:1]", "localhost", "0"],
)
def test_local_hosts_however_they_are_written(host: str) -> None:
    with client() as http, pytest.raises(AddressRefused):
        http.get(f"http://{host}:9/")


def test_the_next_address_is_tried() -> None:
    network = Network(b"", OK)
    assert get("http://letters.example/", Names(["2606:4700::1", "93.184.216.34"]), network).status_code == 200
    assert [address for address, _ in network.connected] == ["2606:4700::1", "93.184.216.34"]


@pytest.mark.parametrize(
    "url", ["http://practice.example:8001/", "https://practice.example:8000/", "http://other.example:8000/"]
)
def test_only_exactly_the_allowed_origin_may_be_local(url: str) -> None:
    allow = ("http://practice.example:8000",)
    with pytest.raises(AddressRefused):
        get(url, Names(["127.0.0.1"]), Network(OK), allow=allow)
    assert get("http://practice.example:8000/x", Names(["127.0.0.1"]), Network(OK), allow=allow).status_code == 200


def test_an_allowed_origin_can_not_send_elsewhere() -> None:
    with pytest.raises(AddressRefused):
        get(
            "http://practice.example/",
            Names(["10.0.0.1"]),
            Network(moved("http://other.example/")),
            allow=("http://practice.example",),
        )


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    network = Network(OK)
    get("http://letters.example/", Names(["93.184.216.34"]), network)
    assert network.connected == [("93.184.216.34", 80)]


def test_a_name_without_an_address_was_never_sent_to() -> None:
    def nowhere(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with client(resolve=nowhere) as http, pytest.raises(httpx.ConnectError) as caught:
        http.get("http://nowhere.example/")
    assert isinstance(caught.value, NEVER_SENT)


def test_an_answer_that_breaks_off_may_have_been_carried_out() -> None:
    with pytest.raises(httpx.TransportError) as caught:
        get("http://letters.example/", Names(["93.184.216.34"]), Network(b"HTTP/1.1 200 OK\r\nContent-Le"))
    assert not isinstance(caught.value, NEVER_SENT)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ann:secret@x.example:8443/a?token=1#f", "https://x.example:8443/a"),
        ("http://x.example/letters/1", "http://x.example/letters/1"),
        ("http://[::1", "The address"),
    ],
)
def test_messages_show_no_secrets(url: str, shown: str) -> None:
    assert without_secrets(url) == shown
