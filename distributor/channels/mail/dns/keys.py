"""Whether the DKIM records that DNS has are those of our keys (RFC 6376 §3.6.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from distributor.channels.mail.dkim import DnsRecord
from distributor.channels.mail.dns.resolver import Dns, tags
from distributor.domain.findings import Finding


def check(
    dns: Dns, domain: str, signing_records: Iterable[DnsRecord], waiting_records: Iterable[DnsRecord]
) -> Iterator[Finding]:
    """Judge the records of the keys that sign and of those that wait to. Raises ServiceAway."""
    name = f"{domain} DKIM"
    count = 0
    for record in signing_records:
        count += 1
        problem = _problem(dns, record)
        if problem:
            yield Finding(name, "wrong", f"{problem}: {_publish(domain, record)}")
        else:
            yield Finding(name, "fine", f"{record.name} is published, and is our key’s.")
    for record in waiting_records:
        problem = _problem(dns, record)
        ready = f"“distributor dkim use {domain} {record.name.partition('.')[0]}” changes to it"
        if problem:
            yield Finding(name, "note", f"{problem}, and waits for it: {_publish(domain, record)}")
        else:
            yield Finding(name, "note", f"{record.name} is published, and its key does not sign yet: {ready}.")
    if not count:
        yield Finding(
            name, "note", f"No key signs here: unless the relay does it, make one with “distributor dkim add {domain}”."
        )


def _publish(domain: str, record: DnsRecord) -> str:
    whole = f"“distributor dkim list {domain}” shows it for copying"
    return f"publish the TXT record {record.name} ({whole}) with: {record.value}"


def _problem(dns: Dns, record: DnsRecord) -> str:
    """Return why receivers can't verify with what is published, "" where they can."""
    selector = record.name.partition(".")[0]
    records_published = [tags(text) for text in dns.texts(record.name) if "p=" in text]
    if not records_published:
        return f"The key {selector} is not published"
    if len(records_published) > 1:
        return f"There are {len(records_published)} records for the key {selector}, and only one may be"
    (record_tags,) = records_published
    own_tags = tags(record.value)
    if not record_tags["p"]:
        return f"The published key {selector} is revoked"
    if (record_tags["p"], record_tags.get("k", "rsa")) != (own_tags["p"], own_tags["k"]):
        return f"The published key {selector} is not ours"
    if record_tags.get("v", "DKIM1") != "DKIM1" or "sha256" not in record_tags.get("h", "sha256").split(":"):
        return f"The record of the key {selector} says what receivers can’t use"
    if not {"*", "email"} & set(record_tags.get("s", "*").split(":")):
        return f"The record of the key {selector} is not meant for mail"
    return ""
