"""The addresses that are not like others, as data: what the IANA registers, and where clouds answer their machines.

Sources, as of 2025-10-09:

- https://www.iana.org/assignments/iana-ipv4-special-registry/
- https://www.iana.org/assignments/iana-ipv6-special-registry/

`reachable` is the registries' column “Globally Reachable”; what they leave open there (N/A, or a block that is given
up) is False. Where a block lies within another one, the smaller one counts. Multicast (RFC 5771, RFC 4291) has
registries of its own. Kept here because each version of Python's `ipaddress` knows another state of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class SpecialBlock:
    """A block of addresses, what it is for, and whether what is in it can be reached by everyone."""

    network: Network
    purpose: str
    reachable: bool = False


def _block(network: str, purpose: str, *, reachable: bool = False) -> SpecialBlock:
    return SpecialBlock(ip_network(network), purpose, reachable)


SPECIAL_BLOCKS = (
    _block("0.0.0.0/8", "this network"),
    _block("0.0.0.0/32", "this host on this network"),
    _block("10.0.0.0/8", "private use"),
    _block("100.64.0.0/10", "shared address space"),
    _block("127.0.0.0/8", "loopback"),
    _block("169.254.0.0/16", "link-local"),
    _block("172.16.0.0/12", "private use"),
    _block("192.0.0.0/24", "IETF protocol assignments"),
    _block("192.0.0.0/29", "IPv4 service continuity"),
    _block("192.0.0.8/32", "IPv4 dummy address"),
    _block("192.0.0.9/32", "port control protocol", reachable=True),
    _block("192.0.0.10/32", "relays around NAT", reachable=True),
    _block("192.0.0.170/32", "NAT64 discovery"),
    _block("192.0.0.171/32", "NAT64 discovery"),
    _block("192.0.2.0/24", "documentation"),
    _block("192.31.196.0/24", "AS112", reachable=True),
    _block("192.52.193.0/24", "AMT", reachable=True),
    _block("192.88.99.0/24", "6to4 relays, given up"),
    _block("192.88.99.2/32", "6a44 relays"),
    _block("192.168.0.0/16", "private use"),
    _block("192.175.48.0/24", "AS112", reachable=True),
    _block("198.18.0.0/15", "benchmarks"),
    _block("198.51.100.0/24", "documentation"),
    _block("203.0.113.0/24", "documentation"),
    _block("224.0.0.0/4", "multicast"),
    _block("240.0.0.0/4", "reserved"),
    _block("255.255.255.255/32", "broadcast"),
    _block("::/128", "unspecified"),
    _block("::1/128", "loopback"),
    _block("::ffff:0:0/96", "IPv4-mapped"),
    _block("64:ff9b::/96", "NAT64", reachable=True),
    _block("64:ff9b:1::/48", "local NAT64"),
    _block("100::/64", "discarded"),
    _block("100:0:0:1::/64", "IPv6 dummy prefix"),
    _block("2001::/23", "IETF protocol assignments"),
    _block("2001::/32", "Teredo"),
    _block("2001:1::1/128", "port control protocol", reachable=True),
    _block("2001:1::2/128", "relays around NAT", reachable=True),
    _block("2001:1::3/128", "DNS-SD registration", reachable=True),
    _block("2001:2::/48", "benchmarks"),
    _block("2001:3::/32", "AMT", reachable=True),
    _block("2001:4:112::/48", "AS112", reachable=True),
    _block("2001:10::/28", "ORCHID, given up"),
    _block("2001:20::/28", "ORCHIDv2", reachable=True),
    _block("2001:30::/28", "drone identities", reachable=True),
    _block("2001:db8::/32", "documentation"),
    _block("2002::/16", "6to4"),
    _block("2620:4f:8000::/48", "AS112", reachable=True),
    _block("3fff::/20", "documentation"),
    _block("5f00::/16", "segment routing"),
    _block("fc00::/7", "unique local"),
    _block("fe80::/10", "link-local"),
    _block("ff00::/8", "multicast"),
)

# Where a cloud answers any program on its machines, with their keys among other things. Some lie in no special block.
METADATA_SERVICES: dict[Address, str] = {
    ip_address("169.254.169.254"): "AWS, Azure, Google Cloud and others",
    ip_address("169.254.170.2"): "AWS containers",
    ip_address("169.254.170.23"): "AWS pods",
    ip_address("fd00:ec2::254"): "AWS",
    ip_address("fd00:ec2::23"): "AWS pods",
    ip_address("168.63.129.16"): "Azure",
    ip_address("fd20:ce::254"): "Google Cloud",
    ip_address("100.100.100.200"): "Alibaba Cloud",
    ip_address("192.0.0.192"): "Oracle Cloud",
    ip_address("169.254.0.23"): "Tencent Cloud",
    ip_address("169.254.42.42"): "Scaleway",
    ip_address("fd00:42::42"): "Scaleway",
}
