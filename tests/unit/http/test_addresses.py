"""Which addresses are public."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest

from distributor.channels.addresses import ALLOWED_NETWORKS, checked_addresses, is_public, refusal
from distributor.channels.special_addresses import METADATA_SERVICES, SPECIAL_BLOCKS, SpecialBlock
from distributor.domain.errors import AddressRefused
from tests.ports import added

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
PUBLIC += ["192.0.0.9", "192.0.0.10", "192.31.196.1", "2001:1::1", "2001:20::1", "2001:30::1", "2620:4f:8000::1"]
REFUSED = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "224.0.1.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "192.88.99.1", "192.0.0.1"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1", "3fff::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1"),
    *("2002:7f00:1::", "2002:a00:1::1", "2001::1", "5f00::1", "100::1"),
    *(
        "192.0.0.8",
        "192.0.0.11",
        "192.88.99.2",
        "2001:1::4",
        "2001:10::1",
        "100:0:0:1::1",
        "4000::1",
        "::ffff:0:808:808",
    ),
    *("", "localhost", "2130706433", "0x7f.1", "127.1"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", REFUSED)
def test_refused(address: str) -> None:
    assert not is_public(address)


_CARRYING = {"::ffff:0:0/96", "64:ff9b::/96", "2002::/16"}


@pytest.mark.parametrize(
    "block",
    [block for block in SPECIAL_BLOCKS if str(block.network) not in _CARRYING],
    ids=lambda block: str(block.network),
)
def test_the_first_and_last_address_of_each_block_are_as_the_registry_says(block: SpecialBlock) -> None:
    assert is_public(str(block.network[0])) is block.reachable
    assert is_public(str(block.network[-1])) is block.reachable


def test_no_block_stands_twice() -> None:
    networks = [block.network for block in SPECIAL_BLOCKS]
    assert len(set(networks)) == len(networks)


def carriers(ip: IPv4Address) -> list[str]:
    """Return an IPv4 address in each of the IPv6 addresses that can carry it."""
    number = int(ip)
    return [
        f"::ffff:{ip}",
        str(IPv6Address((0x64FF9B << 96) | number)),
        str(IPv6Address((0x64FF9B0001 << 80) | number)),
        str(IPv6Address((0x2002 << 112) | (number << 80) | 1)),
        str(IPv6Address((0x20010000 << 96) | (0x08080808 << 64) | (number ^ 0xFFFFFFFF))),  # the client's, inverted
        str(IPv6Address((0x20010000 << 96) | (number << 64) | (0x08080808 ^ 0xFFFFFFFF))),  # the server's
    ]


@pytest.mark.parametrize("service", METADATA_SERVICES, ids=str)
def test_metadata_services_are_refused_by_name_however_they_are_written_and_allowed(
    service: IPv4Address | IPv6Address,
) -> None:
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    forms = [str(service), *(carriers(service) if isinstance(service, IPv4Address) else [])]
    with added(ALLOWED_NETWORKS, "test", everything):
        for form in forms:
            assert not is_public(form)
            assert refusal("rebound.example", form) == (
                f"“rebound.example” leads to {form}, where a cloud ({METADATA_SERVICES[service]}) keeps its machines’ "
                "secrets: that is never called."
            )


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.0.9", "100.64.0.1", "203.0.113.9"])
def test_what_an_address_carries_is_judged_too(address: str) -> None:
    ip = ip_address(address)
    assert isinstance(ip, IPv4Address)
    assert [form for form in carriers(ip) if is_public(form)] == []


def test_networks_that_the_operator_allows_can_be_called_and_only_those() -> None:
    with added(ALLOWED_NETWORKS, "test", (ip_network("10.1.0.0/16"), ip_network("fd12::/16"))):
        assert refusal("relay.example", "10.1.2.3") == ""
        assert refusal("relay.example", "::ffff:10.1.2.3") == ""
        assert refusal("relay.example", "fd12::25") == ""
        assert "not a public internet address" in refusal("relay.example", "10.2.2.3")
        assert "not a public internet address" in refusal("relay.example", "127.0.0.1")
        assert not is_public("10.1.2.3")  # the world does not see it all the same
    assert "DISTRIBUTOR_ALLOWED_NETWORKS" in refusal("relay.example", "10.1.2.3")


def test_one_address_that_is_refused_is_enough() -> None:
    assert checked_addresses("a.example", ["8.8.8.8", "2606:4700::1111"]) == ["8.8.8.8", "2606:4700::1111"]
    with pytest.raises(AddressRefused, match=r"“a\.example” leads to 10\.0\.0\.1"):
        checked_addresses("a.example", ["8.8.8.8", "10.0.0.1"])
