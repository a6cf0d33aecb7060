"""`REDIS_URL` as Celery and as redis-py have it: TLS that is checked, Sentinels, a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

from distributor.domain.errors import BadSettings

SCHEMES = ("redis", "rediss", "redis+socket", "sentinel")
SENTINEL_PORT = 26379
_WRONG = (
    "REDIS_URL has to be redis://host:6379/0, rediss://host:6379/0 (TLS) or sentinel://host:26379,host:26379/NAME, no "
    "other broker will do."
)
_WRONG_SENTINEL = (
    "REDIS_URL can't be understood: write sentinel://user:pass@host:26379,host:26379/NAME/0, where NAME is the "
    "Sentinels' name for their Redis."
)


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where Celery finds its broker: kombu's URL, and what belongs into its transport options."""

    url: str = field(repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """Sentinels, their name for a Redis, and how to log in: to that Redis, and to them (`sentinel_login`)."""

    hosts: tuple[tuple[str, int], ...]
    name: str
    database: int
    login: Mapping[str, str] = field(repr=False)
    sentinel_login: Mapping[str, str] = field(repr=False)


def broker_address(url: str) -> BrokerAddress:
    """Return where Celery finds the Redis of a REDIS_URL. Raises BadSettings; the message has no password."""
    scheme = url.partition("://")[0].lower()
    if scheme not in SCHEMES:
        raise BadSettings(_WRONG)
    if (address := sentinel_address(url)) is not None:
        return _of_sentinels(address)
    return BrokerAddress(_checking(url) if scheme == "rediss" else url)


def redis_py_url(url: str) -> str:
    """Return a broker's URL as redis-py has it: it writes a socket in another way than Celery does."""
    parts = urlsplit(url)
    if parts.scheme == "rediss":
        return _checking(url)
    if parts.scheme != "redis+socket":
        return url
    database = parse_qs(parts.query).get("virtual_host", ["0"])[-1]
    login = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return f"unix://{login}{unquote(parts.path)}?db={database}"


def sentinel_address(url: str) -> SentinelAddress | None:
    """Return what a Sentinel URL says, None for any other one. Raises BadSettings."""
    scheme, _, rest = url.partition("://")
    if scheme.lower() != "sentinel":
        return None
    # By hand: urlsplit takes no host behind a comma that is in brackets, or does, by the version of Python.
    place, _, query_text = rest.partition("?")
    netloc, _, path = place.partition("/")
    login, _, hosts = netloc.rpartition("@")
    user, _, password = login.partition(":")
    name, _, database = path.strip("/").partition("/")
    query = dict(parse_qsl(query_text))
    try:
        addresses = tuple(_host(host) for host in hosts.split(",") if host)
        number = int(database or 0)
    except ValueError:
        raise BadSettings(_WRONG_SENTINEL) from None
    if not addresses or not name or set(query) - {"sentinel_username", "sentinel_password"}:
        raise BadSettings(_WRONG_SENTINEL)
    return SentinelAddress(
        addresses,
        unquote(name),
        number,
        _given(username=unquote(user), password=unquote(password)),
        _given(username=query.get("sentinel_username", ""), password=query.get("sentinel_password", "")),
    )


def _host(text: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    return parts.hostname or "", parts.port or SENTINEL_PORT


def _given(**texts: str) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}


def _checking(url: str) -> str:
    """Return a URL with TLS that says that certificates are checked: without a word kombu takes any."""
    parts = urlsplit(url)
    query = {"ssl_cert_reqs": "required", **dict(parse_qsl(parts.query))}
    return parts._replace(query=urlencode(query, safe="/")).geturl()


def sentinel_options() -> dict[str, Any]:
    """Return how a Sentinel is asked: once and briefly, since each connection asks, and there are others."""
    from redis.backoff import NoBackoff  # noqa: PLC0415 - settings are read by commands that ask no Redis
    from redis.retry import Retry  # noqa: PLC0415

    return {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)}


def _of_sentinels(address: SentinelAddress) -> BrokerAddress:
    words = [quote(address.login.get(name, ""), safe="") for name in ("username", "password")]
    login = f"{':'.join(words)}@" if address.login else ""
    urls = (f"sentinel://{login}{_with_brackets(host)}:{port}/{address.database}" for host, port in address.hosts)
    options = {"master_name": address.name, "sentinel_kwargs": {**address.sentinel_login, **sentinel_options()}}
    return BrokerAddress(";".join(urls), options)


def _with_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host
