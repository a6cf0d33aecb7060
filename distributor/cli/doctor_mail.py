"""`distributor doctor --mail`: what receivers see of the domains that mail is sent from."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from distributor.cli.backing_services import database
from distributor.domain.errors import BadInput
from distributor.domain.findings import Finding


def examine(name: str, resolver: str, addresses: tuple[str, ...]) -> Iterator[Finding]:
    """Look at one publication's or domain's mail, or at everyone's. Raises BadInput for what can't be used."""
    from distributor.channels.mail.dns.checks import Sender
    from distributor.channels.mail.dns.checks import examine as check_sender
    from distributor.channels.mail.dns.resolver import Dns

    ips = tuple(_address(text) for text in addresses)
    dns = Dns(resolver)
    with database():
        from django.conf import settings

        from distributor.delivery.mail.sending_domains import senders

        results = list(senders(name, return_domain=settings.RETURN_DOMAIN, addresses=ips))
    if not results:
        yield Finding("mail", "note", "No publication sends mail yet: there is nothing to look at.")
    for result in results:
        if isinstance(result, Sender):
            yield from check_sender(result, dns)
        else:
            yield result


def _address(text: str) -> str:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        raise BadInput(f"“{text}” is no IP address: write one like 203.0.113.10.") from None
