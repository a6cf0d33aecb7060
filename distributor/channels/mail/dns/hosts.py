"""Hosts: where a domain takes its mail, what an address is called, and whether a relay's encryption holds."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from distributor.channels.mail.dns.resolver import Dns
from distributor.channels.mail.relay import Relay
from distributor.domain.findings import Finding, State

SECONDS = 10.0  # for a relay's answer
SOON_DAYS = 14  # a certificate that is renewed by itself has been, by then
_DAY = 86_400


def check_exchanges(dns: Dns, domain: str) -> Iterator[Finding]:
    """Judge whether mail can come back to a domain: receivers refuse senders that can't be answered.

    RFC 5321 §5.1: without MX the domain's own address counts. Raises ServiceAway.
    """
    name = f"{domain} MX"
    exchanges = dns.exchanges(domain)
    unresolved_hosts = [host for host in exchanges if host and not dns.addresses(host)]
    if exchanges == [""]:
        yield Finding(
            name, "wrong", f"It says that it takes no mail (MX “.”): publish {domain}. MX 10 and your server."
        )
    elif unresolved_hosts:
        yield Finding(
            name, "wrong", f"Its mail server {unresolved_hosts[0]} has no address: publish one, or take it out of MX."
        )
    elif exchanges:
        yield Finding(name, "fine", f"Mail to it goes to {', '.join(exchanges)}.")
    elif dns.addresses(domain):
        yield Finding(name, "fine", "It has no MX, and mail to it goes to its own address.")
    else:
        yield Finding(name, "wrong", f"Neither MX nor address is there: publish {domain}. MX 10 and your mail server.")


def check_reports(dns: Dns, domain: str) -> Iterator[Finding]:
    """Say whether a domain that takes mail asks for encryption (RFC 8461) and for reports on it (RFC 8460)."""
    if not any(dns.exchanges(domain)):
        return
    sts = bool(dns.tagged_texts(f"_mta-sts.{domain}", "v=STSv1"))
    reports = bool(dns.tagged_texts(f"_smtp._tls.{domain}", "v=TLSRPTv1"))
    name = f"{domain} MTA-STS"
    if sts and reports:
        yield Finding(name, "fine", "Encryption on the way to it is asked for, and reports on it (TLS-RPT).")
        return
    addresses_without_name = [
        *([] if sts else [f"_mta-sts.{domain} with: v=STSv1; id=1 (and a policy on the web)"]),
        *([] if reports else [f"_smtp._tls.{domain} with: v=TLSRPTv1; rua=mailto:tls@{domain}"]),
    ]
    yield Finding(
        name,
        "note",
        f"Not needed, for mail that comes in: publish the TXT record {', and '.join(addresses_without_name)}",
    )


def check_name(dns: Dns, address: str, *, certain: bool) -> Finding:
    """Judge whether an address has a name that leads back to it, as Gmail wants (RFC 1912 §2.1). Raises ServiceAway.

    `certain`: mail is known to leave from there.
    """
    name = f"{address} PTR"
    names = dns.names(address)
    names_confirmed = [name for name in names if address in dns.addresses(name)]
    if names_confirmed:
        return Finding(name, "fine", f"It is called {names_confirmed[0]}, which leads back to it.")
    state: State = "wrong" if certain else "note"
    condition = "" if certain else "If mail leaves from here: "
    if not names:
        ask = "ask whoever gave you the address to name it (PTR) as the server that it is."
        return Finding(name, state, f"{condition}it has no name, and Gmail refuses such senders: {ask}")
    return Finding(
        name, state, f"{condition}its name {names[0]} does not lead back to it: publish {names[0]}. with this address."
    )


def check_encryption(relay: Relay, addresses: Sequence[str], *, now: float | None = None) -> Finding:
    """Connect to a relay at one of its addresses and judge encryption and certificate. Sends no mail, logs in nowhere.

    `now` is in seconds since 1970.
    """
    name = f"{relay.host} TLS"
    if relay.encryption == "off":
        if relay.is_local:
            return Finding(name, "fine", "It is on this machine, and needs no encryption.")
        return Finding(name, "wrong", "Mail goes to it unencrypted: take “starttls=off” out of its address.")
    if not addresses:
        return Finding(name, "wrong", f"{relay.label} has no address in DNS: correct its name.")
    problem: OSError | smtplib.SMTPException = OSError()
    for address in addresses:
        try:
            with socket.create_connection((address, relay.port), timeout=SECONDS) as plain:
                return _judgement(name, relay, plain, time.time() if now is None else now)
        except ssl.SSLCertVerificationError as error:
            reason = error.verify_message.rstrip(".")
            return Finding(name, "wrong", f"{relay.label} has a certificate that does not hold ({reason}): renew it.")
        except (OSError, smtplib.SMTPException) as error:
            problem = error
    return Finding(
        name,
        "wrong",
        f"{relay.label} can’t be reached at {', '.join(addresses)}, port {relay.port}: {_reason(problem)}.",
    )


def _judgement(name: str, relay: Relay, plain: socket.socket, now: float) -> Finding:
    tls = _start_tls(relay, plain)
    if tls is None:
        if relay.encryption == "optional":
            return Finding(name, "note", "It offers no encryption (STARTTLS), so mail goes to it as it is.")
        return Finding(name, "wrong", f"{relay.label} offers no encryption (STARTTLS): turn it on there.")
    with tls:
        certificate = tls.getpeercert() or {}
        ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
        until = f"until {datetime.fromtimestamp(ends, UTC):%Y-%m-%d}"
        days = int((ends - now) // _DAY)
        if days < SOON_DAYS:
            return Finding(name, "note", f"Its certificate only holds {until}, {days} days more: renew it.")
        return Finding(name, "fine", f"It speaks {tls.version()}, and its certificate holds {until}.")


def _start_tls(relay: Relay, plain: socket.socket) -> ssl.SSLSocket | None:
    """Return the encrypted connection, None where the relay offers none."""
    context = ssl.create_default_context(cafile=relay.ca or None)
    if relay.encryption != "implicit":
        # Only the conversation is smtplib's: it would look up the relay's name by itself, at another resolver.
        client = smtplib.SMTP(local_hostname="[127.0.0.1]")
        client.sock = plain
        code, text = client.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        client.ehlo()
        if not client.has_extn("starttls"):
            return None
        code, text = client.docmd("STARTTLS")
        if code != 220:
            raise smtplib.SMTPResponseException(code, text)
    return context.wrap_socket(plain, server_hostname=relay.host)


def _reason(problem: OSError | smtplib.SMTPException) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        text = problem.smtp_error
        return f"it said {problem.smtp_code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
    if isinstance(problem, ssl.SSLError):
        return f"it does not speak TLS as it should ({problem.reason or 'no reason given'})"
    return (getattr(problem, "strerror", None) or str(problem) or type(problem).__name__).lower().rstrip(".")
