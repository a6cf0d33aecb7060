"""Where mail is handed over: an account's URL, read into a value."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import parse_qs, unquote, urlsplit

from distributor.channels.base import Credentials
from distributor.domain.errors import BadSettings

Encryption = Literal["required", "optional", "off", "implicit"]
PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Relay:
    """One SMTP server and how to log in. With `implicit` the first byte is encrypted, the others speak of STARTTLS."""

    host: str
    port: int
    encryption: Encryption
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """What sentences call it."""
        return f"The mail relay {self.host}"

    @property
    def is_local(self) -> bool:
        """Whether what is sent never leaves this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def read(url: str) -> Relay:
    """Read `smtp://user:pass@host:587?starttls=required|optional|off` or `smtps://user:pass@host:465`.

    User and password are percent-encoded where they hold signs that mean something in a URL. STARTTLS is required
    unless the URL says otherwise. Raises BadSettings with what is wrong, without repeating the URL.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise BadSettings("The mail relay’s address can’t be read: write it as smtp://user:pass@host:587.") from None
    if parts.scheme not in PORTS or not host:
        raise BadSettings("The mail relay’s address has to begin with smtp:// or smtps:// and name a host.")
    if not _is_name(host):
        raise BadSettings("The mail relay’s host is no name that a server can have: correct it in the address.")
    wished = parse_qs(parts.query).get("starttls", ["required"])[-1]
    encryption: Encryption = "implicit" if parts.scheme == "smtps" else _starttls(wished)
    return Relay(
        host=host,
        port=port or PORTS[parts.scheme],
        encryption=encryption,
        user=_decoded(parts.username),
        password=_decoded(parts.password),
    )


def _is_name(host: str) -> bool:
    """Whether a host can be looked up at all: no empty label, and none above 63 characters."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return host.isprintable()


def _decoded(value: str | None) -> str:
    try:
        decoded = unquote(value or "", errors="strict")
        decoded.encode("utf-8")
    except UnicodeError:
        raise BadSettings("The mail relay’s user and password have to be percent-encoded as UTF-8.") from None
    return decoded


def _starttls(wished: str) -> Encryption:
    for known in get_args(Encryption):
        if known == wished and known != "implicit":
            return known  # type: ignore[no-any-return] # get_args does not carry the literal's type
    raise BadSettings("The mail relay’s starttls has to be required, optional or off.")


def of(account: Credentials) -> Relay:
    """Return an account's relay. Raises BadSettings.

    A practice account's own host is never called: it keeps its login and meets the practice world.
    """
    own = read(account.values.get("url", ""))
    if not account.practice:
        return own
    there = read(account.endpoint)
    return Relay(there.host, there.port, there.encryption, own.user, own.password)
