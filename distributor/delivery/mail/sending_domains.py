"""The domains that publications send mail from, with all that is known of how: for examining them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from distributor.channels.base import Credentials
from distributor.channels.mail import relay
from distributor.channels.mail.dkim import DnsRecord
from distributor.channels.mail.dns.checks import Sender, examine
from distributor.channels.mail.dns.resolver import Dns
from distributor.channels.mail.providers.addresses import is_provider
from distributor.delivery.accounts import accounts, dkim_keys
from distributor.delivery.models import SigningKey
from distributor.domain.errors import BadInput, CredentialsError, DistributorError
from distributor.domain.findings import Finding
from distributor.letters.models import Publication

RETURN_DOMAIN = "return_domain"  # under this name an account's values may carry the return path's domain


def senders(name: str = "", *, return_domain: str = "", addresses: tuple[str, ...] = ()) -> Iterator[Sender | Finding]:
    """Yield each sending domain once, and a finding for each publication that has none to look at.

    `name` is a publication's slug or a domain, which need not be one of ours; "" takes every publication with a real
    mail account. `return_domain` is that of return paths, "" for the sender's own; `addresses` is where mail leaves
    from, if that is known. Raises BadInput for a `name` that is neither.
    """
    publications = _publications(name)
    by_domain = {} if publications or not name else {name: Sender(dkim_keys.domain_name(name))}
    for publication in publications:
        domain = dkim_keys.sender_domain(publication)
        if not domain:
            yield Finding(publication.slug, "note", "It has no sender address, so it can’t send mail.")
            continue
        sender = by_domain.get(domain) or Sender(domain)
        for account in accounts.for_channel(publication, accounts.MAIL):
            if account.practice:
                continue
            try:
                sender = _with(sender, accounts.credentials(account))
            except DistributorError as error:
                yield Finding(publication.slug, "wrong", f"{account}: {error}")
            by_domain[domain] = sender
        if domain in by_domain:
            continue
        if name:
            by_domain[domain] = sender
        else:
            yield Finding(
                publication.slug, "note", f"It has no real mail account: name it to look at {domain} all the same."
            )
    for sender in by_domain.values():
        complete_sender = replace(sender, addresses=addresses, return_domain=sender.return_domain or return_domain)
        try:
            yield _with_keys(complete_sender)
        except DistributorError as error:
            yield Finding(f"{sender.domain} DKIM", "wrong", str(error))
            yield complete_sender


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A domain's key with its record; where it can't be opened, `problem` says so, and there is no record."""

    key: SigningKey
    record: DnsRecord | None
    problem: str = ""


def published_keys(domain: str) -> list[PublishedKey]:
    """Return a domain's keys with the records to publish for them, those that sign first."""
    return [_published(key) for key in SigningKey.objects.filter(domain=domain).order_by("-active", "-pk")]


def _published(key: SigningKey) -> PublishedKey:
    try:
        return PublishedKey(key, dkim_keys.dns_record(key))
    except CredentialsError as error:
        return PublishedKey(key, None, str(error))


def findings(publication: Publication, *, dns: Dns, return_domain: str) -> list[Finding]:
    """Return what DNS says of a publication's domain; no mail server is called for it."""
    results: list[Finding] = []
    for result in senders(publication.slug, return_domain=return_domain):
        results.extend(examine(result, dns, connect=False) if isinstance(result, Sender) else [result])
    return results


def _with_keys(sender: Sender) -> Sender:
    return replace(
        sender,
        signing_records=tuple(map(dkim_keys.dns_record, dkim_keys.keys_for(sender.domain))),
        waiting_records=tuple(map(dkim_keys.dns_record, dkim_keys.newer_keys(sender.domain))),
    )


def _publications(name: str) -> list[Publication]:
    publications = list(Publication.objects.order_by("slug"))
    if not name:
        return publications
    by_slug = [publication for publication in publications if publication.slug == name]
    if by_slug:
        return by_slug
    if "." not in name:
        raise BadInput(f"“{name}” is neither a publication nor a domain: “distributor publications list” shows yours.")
    domain = dkim_keys.domain_name(name)
    return [publication for publication in publications if dkim_keys.sender_domain(publication) == domain]


def _with(sender: Sender, credentials: Credentials) -> Sender:
    """Return the sender with what an account adds: a relay, where it has one and not a provider's interface."""
    relays: Iterable[relay.Relay] = sender.relays
    if "url" in credentials.values and not is_provider(credentials.values["url"]):
        relays = dict.fromkeys((*sender.relays, *relay.of(credentials)))
    return replace(
        sender, relays=tuple(relays), return_domain=sender.return_domain or credentials.values.get(RETURN_DOMAIN, "")
    )
