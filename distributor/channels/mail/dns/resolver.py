"""Asking DNS, each question once."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import dns.exception
import dns.name
import dns.resolver
import dns.reversename

from distributor.domain.errors import BadInput, ServiceAway

SECONDS = 5.0  # for one answer, further tries included
PORT = 53
_NO_SUCH_NAME = (
    dns.resolver.NXDOMAIN,
    dns.resolver.YXDOMAIN,
    dns.name.LabelTooLong,
    dns.name.EmptyLabel,
    dns.name.NameTooLong,
)


class Dns:
    """A resolver that keeps its answers, and waits `seconds` for each.

    A name that is not there, and one that can't be one, has none.
    `server` is `192.0.2.53`, `192.0.2.53:5353` or `[2001:db8::53]:5353`, "" for the system's own. Every method raises
    ServiceAway where DNS does not answer, which says nothing about the name. DNS keeps no order, so answers are sorted;
    names come back in lower case, without the dot at their end. Raises BadInput for a server that can't be used, and
    ServiceAway where the system has none.
    """

    def __init__(self, server: str = "", *, seconds: float = SECONDS) -> None:
        try:
            self._resolver = dns.resolver.Resolver(configure=not server)
        except dns.resolver.NoResolverConfiguration:
            raise ServiceAway("This system names no DNS resolver: name one with --resolver.") from None
        if server:
            host, port = _server(server)
            self._resolver.nameservers = [host]
            self._resolver.port = port
        self._resolver.lifetime = seconds
        self._cache: dict[tuple[str, str], list[Any]] = {}

    def texts(self, name: str) -> list[str]:
        """Return a name's TXT records, the strings of each joined (RFC 7208 §3.3)."""
        return sorted(b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT"))

    def tagged_texts(self, name: str, version: str) -> list[str]:
        """Return those TXT records that begin with a version tag, such as `v=DMARC1`."""
        return [text for text in self.texts(name) if text.partition(";")[0].replace(" ", "").lower() == version.lower()]

    def addresses(self, name: str) -> list[str]:
        """Return a name's IPv4 and IPv6 addresses."""
        return [
            address for kind in ("A", "AAAA") for address in sorted(record.address for record in self._ask(name, kind))
        ]

    def exchanges(self, name: str) -> list[str]:
        """Return where a domain takes its mail, best first; [""] where it says that it takes none (RFC 7505)."""
        exchanges = sorted((int(record.preference), _plain(record.exchange)) for record in self._ask(name, "MX"))
        return [host for _, host in exchanges]

    def names(self, address: str) -> list[str]:
        """Return the names that an address says it has (PTR)."""
        return sorted(
            _plain(record.target) for record in self._ask(dns.reversename.from_address(address).to_text(), "PTR")
        )

    def _ask(self, name: str, kind: str) -> list[Any]:
        key = (name.rstrip(".").lower(), kind)
        if key not in self._cache:
            self._cache[key] = self._answers(*key)
        return self._cache[key]

    def _answers(self, name: str, kind: str) -> list[Any]:
        try:
            return list(self._resolver.resolve(f"{name}.", kind, search=False, raise_on_no_answer=False))
        except _NO_SUCH_NAME:
            return []
        except (dns.exception.DNSException, OSError):
            raise ServiceAway(
                f"DNS did not say what {name} has ({kind}): try again later, or ask another one with --resolver."
            ) from None


def tags(record: str) -> dict[str, str]:
    """Return the tags of a record such as `v=DMARC1; p=none`, their names in lower case (RFC 6376 §3.2)."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs if name.strip()}


def _plain(name: Any) -> str:
    return str(name.to_text(omit_final_dot=True)).lower().removesuffix(".")


def _server(text: str) -> tuple[str, int]:
    try:
        bare = f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text
        parts = urlsplit(f"//{bare}")
        return str(ipaddress.ip_address(parts.hostname or "")), parts.port or PORT
    except ValueError:
        raise BadInput(f"“{text}” is no DNS resolver: write its address, like 9.9.9.9 or 127.0.0.1:5353.") from None
