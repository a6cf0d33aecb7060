"""Everything that receivers look at before they take a domain's mail, one finding after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from distributor.channels.addresses import is_public
from distributor.channels.mail.dkim import DnsRecord
from distributor.channels.mail.dns import dmarc, hosts, keys
from distributor.channels.mail.dns.resolver import Dns
from distributor.channels.mail.dns.spf import MOST_EMPTY, MOST_LOOKUPS, Policy, SpfReader, mechanism, records
from distributor.channels.mail.relay import Relay
from distributor.domain.errors import ServiceAway
from distributor.domain.findings import Finding


@dataclass(frozen=True, slots=True)
class Sender:
    """One domain that mail comes from, with what we know of how.

    - `relays`: the SMTP servers that its mail is handed to.
    - `addresses`: where mail leaves from, if that is known; else the relays' own addresses are looked at.
    - `signing_records`, `waiting_records`: the records of its DKIM keys.
    - `return_domain`: the return path's domain, "" for the sender's own.
    """

    domain: str
    relays: tuple[Relay, ...] = ()
    addresses: tuple[str, ...] = ()
    signing_records: tuple[DnsRecord, ...] = ()
    waiting_records: tuple[DnsRecord, ...] = ()
    return_domain: str = ""


@dataclass(frozen=True, slots=True)
class _Places:
    """The addresses that mail leaves from; not `certain` where they are only those at which the relays are reached."""

    addresses: tuple[str, ...]
    certain: bool


def examine(sender: Sender, dns: Dns, *, connect: bool = True) -> Iterator[Finding]:
    """Look at everything; what DNS does not answer is a finding like the others.

    Without `connect` DNS alone is asked, and not whether the relays speak TLS.
    """
    returns = sender.return_domain or sender.domain
    places = _Places(sender.addresses, certain=True)
    if not sender.addresses:
        problems: list[str] = []
        yield from _safely(sender.domain, lambda: _outside(sender.relays, dns, problems))
        places = _Places(tuple(problems), certain=False)
    looks: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        ("MX", lambda: hosts.check_exchanges(dns, sender.domain)),
        ("SPF", lambda: check_spf(dns, returns, places)),
        ("DKIM", lambda: keys.check(dns, sender.domain, sender.signing_records, sender.waiting_records)),
        ("DMARC", lambda: dmarc.check(dns, sender.domain, return_domain=returns, signed=bool(sender.signing_records))),
        ("PTR", lambda: (hosts.check_name(dns, host, certain=places.certain) for host in places.addresses)),
        ("TLS", lambda: (hosts.check_encryption(host, _hosts_of(host, dns)) for host in sender.relays if connect)),
        ("MTA-STS", lambda: hosts.check_reports(dns, sender.domain)),
    ]
    if returns != sender.domain:
        looks.insert(1, ("return path", lambda: hosts.check_exchanges(dns, returns)))
    for name, look in looks:
        yield from _safely(f"{sender.domain} {name}", look)


def _safely(name: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except ServiceAway as error:
        yield Finding(name, "wrong", str(error))


def _hosts_of(relay: Relay, dns: Dns) -> list[str]:
    try:
        return [str(ip_address(relay.host))]
    except ValueError:
        return dns.addresses(relay.host) or (["127.0.0.1"] if relay.is_local else [])


def _outside(relays: Iterable[Relay], dns: Dns, problems: list[str]) -> Iterator[Finding]:
    """Put the relays' addresses that the world can see into `problems`, and say where there are none."""
    for relay in relays:
        addresses = _hosts_of(relay, dns)
        public = [host for host in addresses if is_public(host)]
        problems.extend(host for host in public if host not in problems)
        if addresses and not public:
            yield Finding(
                f"{relay.host} address",
                "note",
                f"The world does not see {addresses[0]}: name what mail leaves from with --address, for SPF and PTR.",
            )


def check_spf(dns: Dns, domain: str, places: _Places) -> Iterator[Finding]:
    """Judge a return path's SPF record, and whether it covers the addresses. Raises ServiceAway."""
    name = f"{domain} SPF"
    spf_records = records(dns, domain)
    if not spf_records:
        text = " ".join(("v=spf1", *map(mechanism, places.addresses), "~all")) if places.addresses else "v=spf1 mx ~all"
        yield Finding(name, "wrong", f"There is no record: publish the TXT record {domain} with: {text}")
        return
    if len(spf_records) > 1:
        yield Finding(
            name,
            "wrong",
            f"There are {len(spf_records)} records, so none of them counts: leave one TXT record, "
            f"with: {_one_record(spf_records)}",
        )
        return
    reader = SpfReader(dns)
    policy = reader.read(domain)
    assert policy is not None
    wrong = False
    for finding in (*_lookup_count(name, reader), *_policy_end(name, policy)):
        wrong = wrong or finding.state == "wrong"
        yield finding
    addresses_left_out = [host for host in places.addresses if reader.judge(policy, host) != "+"]
    if addresses_left_out:
        perhaps = "" if places.certain else "If mail leaves from there (else name its address with --address): "
        yield Finding(
            name,
            "wrong" if places.certain else "note",
            f"{perhaps}it does not cover {', '.join(addresses_left_out)}: publish the TXT record {domain} with: "
            f"{_wider_record(policy.text, addresses_left_out)}",
        )
    elif not wrong:
        covers = f", covers {', '.join(places.addresses)}" if places.addresses else ""
        yield Finding(
            name,
            "fine",
            f"One record, {reader.lookups} of {MOST_LOOKUPS} look-ups{covers}, ends in {policy.all_term or '?all'}.",
        )


def _lookup_count(name: str, reader: SpfReader) -> Iterator[Finding]:
    for problem in reader.problems:
        yield Finding(name, "wrong", f"{problem}, so receivers take no part of it: correct it or take it out.")
    if reader.lookups > MOST_LOOKUPS:
        yield Finding(
            name,
            "wrong",
            f"It needs {reader.lookups} DNS look-ups, and after {MOST_LOOKUPS} receivers take no part of it: take out "
            "what no longer sends, or name addresses (ip4:, ip6:) in place of include:, a and mx.",
        )
    if reader.empty > MOST_EMPTY:
        yield Finding(
            name, "wrong", f"{reader.empty} of its look-ups find nothing, and {MOST_EMPTY} may be: take them out."
        )


def _policy_end(name: str, policy: Policy) -> Iterator[Finding]:
    if policy.all_term == "+all":
        yield Finding(name, "wrong", "It ends in +all, so everybody may send in its name: end it in ~all.")
    elif policy.all_term in ("", "?all"):
        yield Finding(
            name, "note", f"It says nothing of other senders: end it in ~all: {_wider_record(policy.text, [])}"
        )


def _wider_record(record: str, addresses: Iterable[str]) -> str:
    """Return a record that also covers these addresses and says what becomes of others."""
    words = [word for word in record.split()[1:] if word.lower().lstrip("+?~-") != "all"]
    ends = sorted((word.lower() for word in record.split() if word.lower() in ("-all", "~all")), reverse=True)
    redirected = any(word.lower().startswith("redirect=") for word in words)
    return " ".join(["v=spf1", *map(mechanism, addresses), *words, *(ends[:1] or ([] if redirected else ["~all"]))])


def _one_record(texts: Iterable[str]) -> str:
    words = dict.fromkeys(word for record in texts for word in record.split()[1:])
    return _wider_record(" ".join(["v=spf1", *words]), [])
