"""Where mail is handed over: an account's URLs, read into values."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, get_args
from urllib.parse import parse_qs, unquote, urlsplit

from distributor.channels.base import Credentials
from distributor.domain.errors import BadSettings
from distributor.domain.host_names import ascii_host
from distributor.domain.text_lines import is_line

Encryption = Literal["required", "optional", "off", "implicit"]
Login = Literal["", "plain", "login", "xoauth2", "cram-md5"]
PORTS = {"smtp": 587, "smtps": 465}

CONNECTIONS: Final = 10  # of one worker process: what large receivers and providers let one sender have
MESSAGES: Final = 500  # many servers close after some hundreds or thousands; ending it ourselves costs less
_OPTIONS = frozenset(
    {"starttls", "ca", "auth", "connections", "connections_in_all", "messages", "weight", "rate", "domain_start"}
)


@dataclass(frozen=True, slots=True)
class Relay:
    """One SMTP server and how to use it. With `implicit` the first byte is encrypted, the others speak of STARTTLS.

    - `ca`: a file (PEM) with the authorities that its certificate is checked against, "" for the system's.
    - `auth`: how to log in, "" for what the server offers; with `xoauth2` the password is an access token.
    - `connections`: at most, in one worker process. `connections_in_all`: at most, in all workers together, whichever
      account they send for; 0 for no word about it. `messages`: at most, over one connection.
    - `weight`: its share of the connections where an account has several relays.
    - `rate`, `domain_start`: messages a second in all, and to a recipient domain that is new; 0 for no word about it.
      They are kept by pacing, not here.
    - `guarded`: only an address that may be called is connected to (`channels.addresses`), as an editor named the host.
    """

    host: str
    port: int
    encryption: Encryption
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""
    auth: Login = ""
    connections: int = CONNECTIONS
    connections_in_all: int = 0
    messages: int = MESSAGES
    weight: int = 1
    rate: float = 0.0
    domain_start: float = 0.0
    guarded: bool = True

    @property
    def label(self) -> str:
        """What sentences call it."""
        return f"The mail relay {self.host}"

    @property
    def key(self) -> str:
        """Names the server and the login among all workers. No secret: with some services the user is a token."""
        return f"{self.host}:{self.port}:{hashlib.sha256(self.user.encode()).hexdigest()[:16]}"

    @property
    def is_local(self) -> bool:
        """Whether what is sent never leaves this machine."""
        return is_this_machine(self.host)


def is_this_machine(host: str) -> bool:
    """Whether a host's name or address is the loopback's: there a password may go unencrypted."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def of(credentials: Credentials) -> tuple[Relay, ...]:
    """Return an account's relays. Raises BadSettings.

    A practice account's own host is never called: it keeps its login and options, and meets the practice world.
    """
    relays = read_all(credentials.values.get("url", ""))
    if not credentials.practice:
        return tuple(replace(relay, guarded=not credentials.from_operator) for relay in relays)
    practice_relay = read(credentials.endpoint)
    return (
        replace(
            relays[0],
            host=practice_relay.host,
            port=practice_relay.port,
            encryption=practice_relay.encryption,
            guarded=False,
        ),
    )


def read_all(urls: str) -> tuple[Relay, ...]:
    """Read one or several addresses, separated by blanks or line breaks. Raises BadSettings."""
    return tuple(read(url) for url in urls.split() or ("",))


def read(url: str) -> Relay:
    """Read `smtp://user:pass@host:587?starttls=required|optional|off` or `smtps://user:pass@host:465`.

    User and password are percent-encoded where they hold signs that mean something in a URL. STARTTLS is required
    unless the URL says otherwise. Further options: `Relay`. Raises BadSettings with what is wrong, without repeating
    the URL.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise BadSettings("The mail relay’s address can’t be read: write it as smtp://user:pass@host:587.") from None
    if parts.scheme not in PORTS or not host:
        raise BadSettings("The mail relay’s address has to begin with smtp:// or smtps:// and name a host.")
    if not _is_name(host):
        raise BadSettings("The mail relay’s host is not a name that a server can have: correct it in the address.")
    options = _options(parts.query)
    return Relay(
        host=host,
        port=port or PORTS[parts.scheme],
        encryption="implicit" if parts.scheme == "smtps" else _starttls(options.get("starttls", "required")),
        user=_decode(parts.username),
        password=_decode(parts.password),
        ca=_file(options.get("ca", "")),
        auth=_auth(options.get("auth", "")),
        connections=int(_number(options, "connections", CONNECTIONS, whole=True)),
        connections_in_all=int(_number(options, "connections_in_all", 0, whole=True)),
        messages=int(_number(options, "messages", MESSAGES, whole=True)),
        weight=int(_number(options, "weight", 1, whole=True)),
        rate=_number(options, "rate", 0),
        domain_start=_number(options, "domain_start", 0),
    )


def _options(query: str) -> dict[str, str]:
    options = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    if options.keys() - _OPTIONS:  # not repeated: it may be what stands behind a “?” in a password
        names = ", ".join(sorted(_OPTIONS))
        raise BadSettings(f"The mail relay’s address has an option that does not exist: there are {names}.")
    return options


def _is_name(host: str) -> bool:
    """Whether a host can be looked up at all: no empty label, and none above 63 characters."""
    try:
        ascii_host(host)
    except ValueError:
        return False
    return is_line(host)


def _decode(value: str | None) -> str:
    try:
        text = unquote(value or "", errors="strict")
        text.encode("utf-8")
    except UnicodeError:
        raise BadSettings("The mail relay’s user and password have to be percent-encoded as UTF-8.") from None
    return text


def _starttls(option: str) -> Encryption:
    for encryption in get_args(Encryption):
        if encryption == option and encryption != "implicit":
            return encryption  # type: ignore[no-any-return] # get_args does not carry the literal's type
    raise BadSettings("The mail relay’s starttls has to be required, optional or off.")


def _auth(option: str) -> Login:
    for login in get_args(Login):
        if login == option.lower():
            return login  # type: ignore[no-any-return] # the same
    raise BadSettings("The mail relay’s auth has to be plain, login, xoauth2 or cram-md5.")


def _file(option: str) -> str:
    if option and not Path(option).is_file():
        raise BadSettings("The mail relay’s ca has to be a file that is there, with certificates (PEM).")
    return option


def _number(options: dict[str, str], name: str, otherwise: float, *, whole: bool = False) -> float:
    """Return an option that has to be above zero, or what counts otherwise."""
    if name not in options:
        return otherwise
    try:
        number = float(int(options[name]) if whole else options[name])
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:
        raise BadSettings(f"The mail relay’s {name} has to be a {'whole ' if whole else ''}number above 0.")
    return number
