"""SPF (RFC 7208): who may send for a domain, read with all that it includes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from distributor.channels.mail.dns.resolver import Dns

MOST_LOOKUPS = 10  # §4.6.4; beyond them receivers answer “permerror”, as if there were no record
MOST_EMPTY = 2  # §4.6.4: look-ups that find nothing
_STOP_LOOKUPS = 50  # records that include each other would never end

_MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(.*)", re.IGNORECASE)
_MECHANISM = re.compile(
    r"([+?~-]?)(?:(all)|(ip4):([0-9.]+(?:/\d{1,2})?)|(ip6):([0-9a-f:.]+(?:/\d{1,3})?)|(include|exists):([^\s/:]\S*)"
    r"|(ptr)(?::([^\s/:]+))?|(a|mx)(?::([^\s/:]+))?(?:/(\d{1,2}))?(?://(\d{1,3}))?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """One mechanism: what it does on a match (`+ - ~ ?`), its kind, its domain or network, its prefix lengths."""

    qualifier: str
    kind: str
    value: str = ""
    prefixes: tuple[int, int] = (32, 128)


@dataclass(slots=True)
class Policy:
    """One domain's record. `included_policies` is what its include terms lead to, by their domain."""

    domain: str
    text: str
    terms: list[Term] = field(default_factory=list)
    included_policies: dict[str, Policy] = field(default_factory=dict)
    redirect: Policy | None = None

    @property
    def all_term(self) -> str:
        """What happens to everyone else: `-all`, `~all`, `?all` or `+all`, "" where it is not said."""
        last = next((f"{term.qualifier}all" for term in self.terms if term.kind == "all"), "")
        return last or (self.redirect.all_term if self.redirect else "")


class SpfReader:
    """Reads a domain's record and what it includes, and counts as receivers do.

    After `read`, `lookups` and `empty` are the counted questions in the worst case, those that found nothing among
    them, and `problems` says what makes receivers ignore the record.
    """

    def __init__(self, dns: Dns) -> None:
        self._dns = dns
        self.lookups = 0
        self.empty = 0
        self.problems: list[str] = []

    def read(self, domain: str) -> Policy | None:
        """Return a domain's policy, None where it has not exactly one record. Raises ServiceAway."""
        spf_records = records(self._dns, domain)
        if len(spf_records) != 1:
            return None
        policy = Policy(domain, spf_records[0])
        redirect = ""
        for word in spf_records[0].split()[1:]:
            modifier = _MODIFIER.fullmatch(word)
            if modifier:
                redirect = modifier[2] if modifier[1].lower() == "redirect" else redirect
                continue
            term = _term(word)
            if term is None:
                self.problems.append(f"“{word}” in the record of {domain} can’t be read")
                continue
            policy.terms.append(term)
            self._count(term, policy)
            if term.kind == "all":
                return policy  # §5.1: what comes after it is never looked at, a redirect neither
        if redirect:
            policy.redirect = self._follow(redirect, domain)
        return policy

    def _count(self, term: Term, policy: Policy) -> None:
        if term.kind == "include":
            target_policy = self._follow(term.value, policy.domain)
            if target_policy:
                policy.included_policies[term.value] = target_policy
        elif term.kind in ("a", "mx", "ptr", "exists"):
            self.lookups += 1
            if term.kind in ("a", "mx") and "%" not in term.value:
                name = term.value or policy.domain
                names = self._dns.addresses(name) if term.kind == "a" else self._dns.exchanges(name)
                self.empty += not names

    def _follow(self, domain: str, by: str) -> Policy | None:
        self.lookups += 1
        if self.lookups > _STOP_LOOKUPS or "%" in domain:
            return None
        target_policy = self.read(domain)
        if target_policy is None:
            self.problems.append(f"{by} includes {domain}, which has not exactly one SPF record")
        return target_policy

    def judge(self, policy: Policy, address: str) -> str:
        """Return what the policy says of an address: `+` pass, `-` fail, `~` softfail, `?` neutral or not said."""
        for term in policy.terms:
            if self._matches(term, policy, address):
                return term.qualifier
        return self.judge(policy.redirect, address) if policy.redirect else "?"

    def _matches(self, term: Term, policy: Policy, address: str) -> bool:
        if term.kind == "all":
            return True
        if term.kind in ("ip4", "ip6"):
            return _within(address, term.value)
        if term.kind == "include":
            included_policy = policy.included_policies.get(term.value)
            return included_policy is not None and self.judge(included_policy, address) == "+"
        if term.kind in ("a", "mx") and "%" not in term.value:
            prefix = term.prefixes[ip_address(address).version == 6]
            return any(_within(address, f"{host}/{prefix}") for host in self._hosts(term, policy.domain))
        return False  # ptr and exists depend on who asks

    def _hosts(self, term: Term, domain: str) -> Iterator[str]:
        """Yield the addresses that an `a` or `mx` term names, of the family that fits its prefix or not."""
        name = term.value or domain
        hosts = [name] if term.kind == "a" else self._dns.exchanges(name)
        for host in hosts[:MOST_LOOKUPS]:
            yield from self._dns.addresses(host)


def records(dns: Dns, domain: str) -> list[str]:
    """Return a domain's SPF records: there should be exactly one (§4.5). Raises ServiceAway."""
    return [text for text in dns.texts(domain) if text.split(" ")[0].lower() == "v=spf1"]


def mechanism(address: str) -> str:
    """Return the term that lets one address send."""
    return f"ip{ip_address(address).version}:{address}"


def _term(word: str) -> Term | None:
    match = _MECHANISM.fullmatch(word)
    if match is None:
        return None
    qualifier = match[1] or "+"
    if match[2]:
        return Term(qualifier, "all")
    for kind, value in ((match[3], match[4]), (match[5], match[6]), (match[7], match[8]), (match[9], match[10])):
        if kind:
            good = not kind.lower().startswith("ip") or _network(value) is not None
            return Term(qualifier, kind.lower(), (value or "").lower()) if good else None
    prefixes = (int(match[13] or 32), int(match[14] or 128))
    if prefixes[0] > 32 or prefixes[1] > 128:
        return None
    return Term(qualifier, match[11].lower(), (match[12] or "").lower(), prefixes)


def _network(text: str) -> object | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _within(address: str, network: str) -> bool:
    ip = ip_address(address)
    try:
        network_range = ip_network(network, strict=False)
    except ValueError:  # a prefix of the other family
        return False
    return ip.version == network_range.version and ip in network_range
