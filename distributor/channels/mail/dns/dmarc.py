"""DMARC (RFC 9989): what receivers do with mail that nobody vouches for, and whether ours is vouched for."""

from __future__ import annotations

from collections.abc import Iterator

from distributor.channels.mail.dns.resolver import Dns, tags
from distributor.domain.findings import Finding

POLICIES = ("none", "quarantine", "reject")
_MOST_LABELS = 8  # §4.10: longer names are cut to seven labels after the first question


def check(dns: Dns, domain: str, *, return_domain: str, signed: bool) -> Iterator[Finding]:
    """Judge a From domain's policy, and whether what we send is aligned with it. Raises ServiceAway.

    `return_domain` is the domain of the return path, which SPF vouches for; `signed` says whether mail carries a
    signature of the From domain itself.
    """
    name = f"{domain} DMARC"
    advice = f"publish the TXT record _dmarc.{domain} with: v=DMARC1; p=none; rua=mailto:dmarc@{domain}"
    own_records = _records(dns, domain)
    if len(own_records) > 1:
        yield Finding(
            name, "wrong", f"There are {len(own_records)} records, so receivers take none: leave one of them."
        )
        return
    home = domain if own_records else organization(dns, domain)
    record = own_records[0] if own_records else next(iter(_records(dns, home)), "")
    if not record:
        yield Finding(name, "wrong", f"There is no policy, and Gmail and Yahoo want one of who sends much: {advice}")
        return
    values = tags(record)
    policy = values.get("p", "none") if own_records else values.get("sp", values.get("p", "none"))
    place = "" if own_records else f" (of {home})"
    clause = f"p={policy}"  # a word of DNS, in every language
    if policy not in POLICIES or "p" not in values:
        yield Finding(name, "wrong", f"The record{place} says no p= that receivers know: {advice}")
    elif "rua" not in values:
        yield Finding(
            name, "note", f"The policy{place} is {clause}, but no report comes back: add rua=mailto:dmarc@{domain}"
        )
    else:
        yield Finding(name, "fine", f"The policy{place} is {clause}, and reports are asked for.")
    yield _alignment(dns, domain, return_domain, strict=values.get("aspf") == "s", signed=signed)


def _alignment(dns: Dns, domain: str, return_domain: str, *, strict: bool, signed: bool) -> Finding:
    """Judge whether SPF or DKIM vouches for the domain in From itself (§4.4). One of them is enough."""
    name = f"{domain} alignment"
    # §4.4.2
    by_spf = return_domain == domain or (not strict and organization(dns, return_domain) == organization(dns, domain))
    ways = [way for way, holds in (("DKIM", signed), ("SPF", by_spf)) if holds]
    if signed:
        return Finding(name, "fine", f"Mail is aligned with its From by {' and '.join(ways)}.")
    need = f"a DKIM key: “distributor dkim add {domain}”"
    if by_spf:
        return Finding(name, "note", f"Only SPF is aligned with From, which ends where mail is forwarded: add {need}")
    return Finding(
        name,
        "wrong",
        f"The return path’s domain {return_domain} does not belong to From’s, so nothing is aligned: add {need}",
    )


def organization(dns: Dns, domain: str) -> str:
    """Return the domain that stands for a whole organisation, found by the tree walk of §4.10.2. Raises ServiceAway."""
    problems: list[str] = []
    for name in _walk(domain):
        records = _records(dns, name)
        if len(records) != 1:
            continue
        psd = tags(records[0]).get("psd", "u").lower()
        if psd == "n":
            return name
        if psd == "y":
            labels = domain.split(".")
            below = ".".join(labels[-(name.count(".") + 2) :])
            return below if name != domain else domain
        problems.append(name)
    return problems[-1] if problems else domain


def _walk(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    yield domain
    parent_labels = labels[-7:] if len(labels) >= _MOST_LABELS else labels[1:]
    while parent_labels:
        yield ".".join(parent_labels)
        parent_labels = parent_labels[1:]


def _records(dns: Dns, domain: str) -> list[str]:
    return dns.tagged_texts(f"_dmarc.{domain}", "v=DMARC1")
