"""Which network addresses may be called: what everybody can reach, and what the operator allows beside it.

An address that an editor types, or that a page, a redirect or DNS leads to, could be one that only our machine reaches:
a database, a router, a cloud's keys. `checked_addresses` is asked for every connection to such a host, and the
connection then goes to an address that it returned.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from distributor.channels.special_addresses import METADATA_SERVICES, SPECIAL_BLOCKS, Address, Network
from distributor.domain.errors import AddressRefused
from distributor.ports import NamedPort

Resolve = Callable[[str, int], Sequence[str]]

# Networks that may be called though not everybody reaches them: DISTRIBUTOR_ALLOWED_NETWORKS.
ALLOWED_NETWORKS: NamedPort[tuple[Network, ...]] = NamedPort()

# RFC 4291: all that is handed out for hosts on the internet. What lies outside is never a server for us.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# RFC 6052: the prefix through which an IPv6-only network reaches IPv4; the last 32 bits are the IPv4 address.
_NAT64 = IPv6Network("64:ff9b::/96")
# RFC 8215: the same, for one network's own use.
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
_LOOPBACK = "127.0.0.1"
_OWN_NAMES = frozenset(("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"))
# The smallest first: it says more than the one that it lies in.
_BLOCKS = sorted(SPECIAL_BLOCKS, key=lambda block: -block.network.prefixlen)


def system_addresses(host: str, port: int) -> Sequence[str]:
    """Return the addresses that the system resolves a host name to, best first. Raises OSError or UnicodeError."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in addresses))


def checked_addresses(host: str, addresses: Sequence[str]) -> Sequence[str]:
    """Return what a host's name was resolved to, if each of it may be called. Raises AddressRefused with a sentence.

    One private address among public ones is as bad: which of them would be used is left to chance.
    """
    for address in addresses:
        if problem := refusal(host, address):
            raise AddressRefused(problem)
    return addresses


def refusal(host: str, address: str) -> str:
    """Return why a connection to `address`, at which `host` is, is refused: a sentence for people, "" where it is not.

    What the operator allows (`ALLOWED_NETWORKS`) is not refused, except where a cloud keeps its machines' secrets.
    """
    ip = _read(address)
    service = _metadata_service(ip) if ip is not None else ""
    if service:
        return (
            f"“{host}” leads to {address}, where a cloud ({service}) keeps its machines’ secrets: that is never called."
        )
    if is_public(address) or (ip is not None and _is_allowed(ip)):
        return ""
    return (
        f"“{host}” leads to {address}, which is not a public internet address: use one that everybody can reach, or "
        "have its network allowed (DISTRIBUTOR_ALLOWED_NETWORKS)."
    )


def is_public(address: str) -> bool:
    """Return whether a literal IPv4 or IPv6 address is reachable for everyone on the internet.

    An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is as public as the one it carries. What is no
    literal address is not public, and neither is a cloud's metadata service. Ranges: `special_addresses`.
    """
    ip = _read(address)
    if ip is None or _metadata_service(ip):
        return False
    inner = _inner_ip(ip)
    if inner is not None:
        return is_public(str(inner))
    if isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST:
        return False
    return next((block.reachable for block in _BLOCKS if ip in block.network), True)


def refusal_of_host(host: str) -> str:
    """Return why connections to a host are refused whatever DNS says, as `refusal` does; "" where that can't be told.

    It is told of addresses, in every spelling that systems read (“0x7f.1”), and of the names of this machine.
    """
    address = _literal(host) or (_LOOPBACK if _is_this_machine(host) else "")
    return refusal(host, address) if address else ""


def _literal(host: str) -> str:
    """Return the address that a host is itself, as it is usually written; "" for a name."""
    name = host.rstrip(".")
    if _read(name) is not None:
        return name
    try:
        return socket.inet_ntoa(socket.inet_aton(name))  # one to four numbers, decimal, octal or hexadecimal
    except (OSError, ValueError):
        return ""


def _is_this_machine(host: str) -> bool:
    """Whether a name is this machine's by RFC 6761 §6.3, or as systems have it in their table of hosts."""
    name = host.lower().rstrip(".")
    return name in _OWN_NAMES or name.endswith(".localhost")


def _read(address: str) -> Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


def _metadata_service(ip: Address) -> str:
    """Return whose metadata service an address leads to, "" for none."""
    return next((METADATA_SERVICES[entry] for entry in _carried(ip) if entry in METADATA_SERVICES), "")


def _is_allowed(ip: Address) -> bool:
    """Whether the operator allows where a packet for this address goes in the end."""
    end = _inner_ip(ip) or ip
    return any(end in network for networks in ALLOWED_NETWORKS.get().values() for network in networks)


def _inner_ip(ip: Address) -> IPv4Address | None:
    """Return the IPv4 address to which a packet for this one goes in the end."""
    if isinstance(ip, IPv4Address):
        return None
    if ip in _NAT64:
        return _last_bits(ip)
    return ip.ipv4_mapped or ip.sixtofour


def _carried(ip: Address) -> tuple[Address, ...]:
    """Return an address and all that it carries, by whatever way of putting one into another."""
    if isinstance(ip, IPv4Address):
        return (ip,)
    if (inner := _inner_ip(ip)) is not None:
        return ip, inner
    if ip.teredo is not None:
        return ip, *ip.teredo
    if ip in _LOCAL_NAT64:  # as translators are set up: the last 32 bits, as above
        return ip, _last_bits(ip)
    return (ip,)


def _last_bits(ip: IPv6Address) -> IPv4Address:
    return IPv4Address(int(ip) & 0xFFFFFFFF)
