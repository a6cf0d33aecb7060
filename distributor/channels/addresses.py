"""Which network addresses are public: the only ones that a URL from outside may lead to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

# RFC 6052: the prefix through which an IPv6-only network reaches IPv4; the last 32 bits are the IPv4 address.
_NAT64 = IPv6Network("64:ff9b::/96")
# RFC 4291: all that is handed out for hosts on the internet. What lies outside (loopback, unique local, link-local,
# multicast, IPv4-compatible, local NAT64, segment routing) is never a web server for us.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Not yet, or no longer, told apart by `ipaddress` in Python 3.11: RFC 4380 (Teredo), RFC 9637 (documentation), RFC 7526
# (the 6to4 relays).
_PRIVATE_NETWORKS = (IPv6Network("2001::/32"), IPv6Network("3fff::/20"), ip_network("192.88.99.0/24"))


def is_public(address: str) -> bool:
    """Return whether a literal IPv4 or IPv6 address is reachable for everyone on the internet.

    An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is as public as the one it carries. What is no
    literal address is not public. Ranges: the IANA special-purpose registries (RFC 6890) as `ipaddress` knows them.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        embedded_ip = _embedded_ip(ip)
        if embedded_ip is not None:
            return is_public(str(embedded_ip))
        if ip not in _GLOBAL_UNICAST:
            return False
    if any(ip.version == network.version and ip in network for network in _PRIVATE_NETWORKS):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _embedded_ip(ip: IPv6Address) -> IPv4Address | None:
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour
