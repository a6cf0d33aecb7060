"""Every setting that comes from the environment: one table, read here and nowhere else.

Each secret can also be given as `NAME_FILE`, the path of a file that holds it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from distributor import paths
from distributor.domain.errors import BadSettings
from distributor.domain.host_names import ascii_host

SHORTEST_TOKEN = 16  # characters


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its name, what it means, and its default as docs/operators/settings.md shows it."""

    name: str
    meaning: str
    default: str = ""
    secret: bool = False


VARIABLES = (
    Variable(
        "DATABASE_URL",
        "PostgreSQL, `postgresql://user:pass@host:5432/name`",
        "an embedded server in the data folder",
        secret=True,
    ),
    Variable(
        "REDIS_URL",
        "Redis or Valkey, `redis://user:pass@host:6379/0`, by TLS `rediss://…?ssl_ca_certs=/path/ca.pem`, by Sentinels "
        "`sentinel://user:pass@host:26379,host:26379/NAME/0`",
        "an embedded server in the data folder",
        secret=True,
    ),
    Variable(
        "DISTRIBUTOR_PREPARED_STATEMENTS",
        "`auto`: statements are prepared on PostgreSQL unless a pooler stands in front of it; `always`: also behind "
        "one, for PgBouncer that pools by session, or since 1.21 with `max_prepared_statements`; `never`",
        "`auto`",
    ),
    Variable("DISTRIBUTOR_HOME", "the data folder", "`.distributor` in the working directory"),
    Variable(
        "DISTRIBUTOR_SITE_URL",
        "where readers and the desk reach this installation; links in letters start with it",
        "where `distributor up` last listened in this data folder, else `http://127.0.0.1:8000`",
    ),
    Variable(
        "DISTRIBUTOR_SECRET_KEY",
        "signs links and encrypts credentials; several, separated by commas, to rotate: the first one is used for "
        "new things, the others still open old ones",
        "made once and kept in the data folder",
        secret=True,
    ),
    Variable(
        "DISTRIBUTOR_MEDIA_URL",
        "the S3-compatible service that stores the pictures of letters, `s3://KEY:SECRET@host/bucket/folder?region=…`, "
        "`s3+http://…` for one of this machine’s network; without a key it is boto3’s own; needs "
        "`pip install distributor[s3]`",
        "the folder `media` of the data folder",
        secret=True,
    ),
    Variable(
        "DISTRIBUTOR_MAIL_URL",
        "the relay for real mail, `smtp://user:pass@host:587?starttls=required` or `smtps://…:465`, or a provider's "
        "address, such as `postmark://TOKEN@`",
        "none: mail is blocked until there is one",
        secret=True,
    ),
    Variable(
        "DISTRIBUTOR_RETURN_DOMAIN",
        "the domain that bounces come back to, `bounces+…@DOMAIN`, where its mail reaches `distributor returns` or a "
        "mailbox that is fetched",
        "none: bounces go to the sender’s address",
    ),
    Variable(
        "DISTRIBUTOR_RETURNS_URL",
        "mailboxes that bounces and complaints come to, read each minute: "
        "`imaps://user:pass@host/INBOX?done=Processed`, several separated by spaces; `done=delete` deletes what was "
        "taken in",
        "none",
        secret=True,
    ),
    Variable(
        "DISTRIBUTOR_RETURNS_DAYS",
        "for how many days what came back is kept, at least 180, since bounces count so far back; suppressions and who "
        "left stay for good",
        "`400`",
    ),
    Variable(
        "DISTRIBUTOR_LETTERS_URL",
        "mailboxes in which letters for mail doors arrive, read each minute, written as those of "
        "`DISTRIBUTOR_RETURNS_URL`",
        "none",
        secret=True,
    ),
    Variable(
        "DISTRIBUTOR_WEBSUB_HUB",
        "the WebSub hub that is told when a letter is published, changed or taken down, and that feeds name: "
        "`https://hub.example/`",
        "none: feed readers come by themselves",
    ),
    Variable(
        "DISTRIBUTOR_INDEXNOW_KEY",
        "8 to 128 letters, digits or dashes of your own: search engines are told of new, changed and removed letters "
        "by IndexNow, and find the key at `/KEY.txt`",
        "none: search engines come by themselves",
    ),
    Variable(
        "DISTRIBUTOR_INDEXNOW_URL",
        "where IndexNow is told; it passes on what it hears to all engines that take part",
        "`https://api.indexnow.org/indexnow`",
    ),
    Variable(
        "DISTRIBUTOR_LEASE_SECONDS",
        "after how long without a sign of life a mail worker's batch goes to another one",
        "`60`",
    ),
    Variable(
        "DISTRIBUTOR_LOG_FORMAT",
        "`console` for people, `json` for a log collector: one object a line; no line has an address or a secret",
        "`console`",
    ),
    Variable(
        "DISTRIBUTOR_LOG_LEVEL",
        "from when on a line is written: `debug`, `info`, `warning` or `error`; web, workers and beat all keep it",
        "`info`",
    ),
    Variable(
        "DISTRIBUTOR_TWO_FACTOR",
        "of whom a second factor is wanted beside the password: `optional`, `admins` or `everyone`. Who lacks one is "
        "led to set it up, and gets no further before",
        "`optional`",
    ),
    Variable(
        "DISTRIBUTOR_TOKEN",
        "with what `distributor mcp` asks the API, made by `distributor api token create`",
        "none: `distributor mcp` does not start",
        secret=True,
    ),
    Variable(
        "DISTRIBUTOR_METRICS_TOKEN",
        "16 characters or more: Prometheus gets `/metrics` with it as a bearer token "
        "(`distributor metrics --bind ADDRESS:PORT` needs none)",
        "none: `/metrics` is not there",
        secret=True,
    ),
    Variable(
        "DISTRIBUTOR_SENTRY_DSN",
        "errors are told to this Sentry server, without addresses and secrets; needs `pip install distributor[sentry]`",
        "none: errors are in the logs only",
        secret=True,
    ),
    Variable(
        "DISTRIBUTOR_ALLOWED_NETWORKS",
        "networks that editors’ relays, servers and webhooks may be in though not everybody reaches them, by commas: "
        "`10.1.0.0/16, fd12::/16`, `127.0.0.0/8` for this machine",
        "none: only public addresses",
    ),
    Variable(
        "DISTRIBUTOR_WEB_CONNECTIONS",
        "how many connections to PostgreSQL one web process takes at most; further requests wait, and with ten times "
        "as many waiting they get 503. All web processes together have to leave room for workers in `max_connections`",
        "`20`",
    ),
    Variable("DISTRIBUTOR_ALLOWED_HOSTS", "further host names that the web server answers to, by commas", "none"),
    Variable("DISTRIBUTOR_DEBUG", "`1` shows errors in the browser; never on a public machine", "`0`"),
)

_BY_NAME = {variable.name: variable for variable in VARIABLES}


def read(name: str) -> str:
    """Return the value of one listed variable, or "" when it is not set.

    A secret's `NAME_FILE` is read when `NAME` itself is not set. Raises BadSettings when that file can't be read and
    KeyError for a name that is not listed.
    """
    variable = _BY_NAME[name]
    value = os.environ.get(name, "").strip()
    if value or not variable.secret:
        return value
    file = os.environ.get(f"{name}_FILE", "").strip()
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{name}_FILE names “{file}”, which can't be read: check the path and its rights.") from error


def site_url() -> str:
    """Return where this installation is reached, without a trailing slash.

    Where it is not set, that is where `distributor up` last listened: other commands write the same links as it does.
    """
    setting = read("DISTRIBUTOR_SITE_URL")
    try:
        stored_url = "" if setting else paths.kept_site_url().read_text(encoding="utf-8").strip()
    except OSError:
        stored_url = ""
    return (setting or stored_url or "http://127.0.0.1:8000").rstrip("/")


def return_domain() -> str:
    """Return the domain of return paths in ASCII and lower case, "" where there is none. Raises BadSettings."""
    setting = read("DISTRIBUTOR_RETURN_DOMAIN")
    try:
        domain = ascii_host(setting)
    except ValueError:
        domain = "?"
    if domain and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain):
        raise BadSettings(
            f"DISTRIBUTOR_RETURN_DOMAIN is “{setting}”: it has to be a domain such as return.example.com."
        )
    return domain


def web_address(name: str, default: str = "") -> str:
    """Return a listed variable as an http(s) address that everybody may see: no password in it. Raises BadSettings."""
    address = read(name) or default
    try:
        parts = urlsplit(address)
        right = not address or (parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc)
    except ValueError:
        right = False
    if not right or not address.isascii() or any(sign in address for sign in ' <>"'):
        raise BadSettings(f"{name} has to be a whole web address, such as https://hub.example/.")
    return address


def allowed_networks() -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks that may be called though they are not public. Raises BadSettings."""
    entries = [entry.strip() for entry in read("DISTRIBUTOR_ALLOWED_NETWORKS").split(",")]
    try:
        return tuple(ip_network(entry) for entry in entries if entry)
    except ValueError as error:
        raise BadSettings(
            f"DISTRIBUTOR_ALLOWED_NETWORKS has to be networks such as 10.1.0.0/16, separated by commas: {error}."
        ) from None


def indexnow_key() -> str:
    """Return the key for IndexNow (https://www.indexnow.org/documentation), "" for none. Raises BadSettings."""
    key = read("DISTRIBUTOR_INDEXNOW_KEY")
    if key and not re.fullmatch(r"[A-Za-z0-9-]{8,128}", key):
        raise BadSettings("DISTRIBUTOR_INDEXNOW_KEY has to be 8 to 128 letters, digits or dashes: make up another.")
    return key


def read_number(name: str, default: int, *, least: int = 1) -> int:
    """Return a listed variable as a whole number, at least `least`. Raises BadSettings for anything else."""
    value = read(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise BadSettings(f"{name} has to be a whole number, {least} or more.")
    return int(value)


def choice(name: str, options: Sequence[str]) -> str:
    """Return a listed variable that has to be one of the options, the first where it is not set. Raises BadSettings."""
    value = read(name).lower() or options[0]
    if value not in options:
        raise BadSettings(f"{name} is “{value}”: it has to be {', '.join(options[:-1])} or {options[-1]}.")
    return value


def metrics_token() -> str:
    """Return what Prometheus has to know, "" where metrics are off. Raises BadSettings for one that can be guessed."""
    value = read("DISTRIBUTOR_METRICS_TOKEN")
    if value and len(value) < SHORTEST_TOKEN:
        raise BadSettings(f"DISTRIBUTOR_METRICS_TOKEN has to have {SHORTEST_TOKEN} characters or more.")
    return value
