"""A provider account's `url`, read into what anymail's backend is made with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote

from distributor.channels.mail.providers.features import PROVIDERS
from distributor.channels.mail.providers.provider import Provider
from distributor.channels.responses import is_token
from distributor.domain.errors import BadSettings

CONNECTIONS = 8  # calls at a time, where each carries one mail
BATCH_CONNECTIONS = 2  # where each carries many: what is in flight may arrive twice after a kill
_MOST_CONNECTIONS = 64

# By hand and not by urlsplit: secrets hold “/” and “+” (Amazon's do), and are pasted as they are.
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:(?P<login>.*)@)?(?P<host>[^@?/]*)/?(?:\?(?P<query>[^@]*))?"
)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """One account at a provider. `settings` are the backend's own names; no secret is in its `repr`.

    `connections`: calls at a time in one worker process. `batch`: mails a call, at most.
    """

    provider: Provider
    settings: Mapping[str, object] = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    connections: int = CONNECTIONS
    batch: int = 1


def scheme_of(url: str) -> str:
    """Return what stands before `://`, in lower case; "" where nothing does."""
    before, separator, _ = url.strip().partition("://")
    return before.lower() if separator else ""


def is_provider(url: str) -> bool:
    """Whether an account's address names a provider and not an SMTP relay."""
    return scheme_of(url) in PROVIDERS


def read(url: str) -> ProviderAccount:
    """Read `postmark://SERVER-TOKEN@`, `mailgun://KEY@DOMAIN?region=eu` and the like (see features.py).

    Every address takes `connections` and `batch`. Raises BadSettings with what is wrong, without repeating the URL.
    """
    match = _URL.fullmatch(url.strip())
    provider = PROVIDERS.get(match["scheme"].lower()) if match else None
    if match is None or provider is None:
        raise BadSettings(f"The mail account’s address names no provider: choose from {', '.join(PROVIDERS)}.")
    user, _, password = (match["login"] or "").partition(":")
    values = {"user": _decode(user), "password": _decode(password), "host": match["host"]}
    settings: dict[str, object] = dict(provider.fixed_options)
    for part, name in provider.parts.items():
        _check(provider, part, values[part])
        settings[name] = values[part]
    options = _options(provider, match["query"] or "")
    settings.update({name: options[word] for word, name in provider.options.items() if word in options})
    settings.update(_api(provider, values["host"], options))
    secrets = tuple(values[part] for part in ("user", "password") if part in provider.parts)
    many = provider.batch > 1
    return ProviderAccount(
        provider,
        settings,
        secrets,
        connections=_number(options, "connections", BATCH_CONNECTIONS if many else CONNECTIONS, _MOST_CONNECTIONS),
        batch=_number(options, "batch", provider.batch, provider.batch),
    )


def _check(provider: Provider, part: str, value: str) -> None:
    good = _HOST.fullmatch(value) if part == "host" else is_token(value)
    if not good:
        raise BadSettings(f"The mail account’s address is not complete: write it as {provider.url}.")


def _options(provider: Provider, query: str) -> dict[str, str]:
    options = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    option_names = {*provider.options, "connections", "batch", *(("region",) if provider.regions else ())}
    if options.keys() - option_names:  # not repeated: it may be a part of a key
        names = ", ".join(sorted(option_names))
        raise BadSettings(f"A {provider.label} address has an option that does not exist: there are {names}.")
    return options


def _api(provider: Provider, host: str, options: Mapping[str, str]) -> dict[str, object]:
    """Return where the API is: fixed here or in anymail. Only a Postal server is at an address of its own."""
    if provider.scheme == "postal":
        return {"api_url": f"https://{host}/"}
    if not provider.regions:
        return {}
    own_host = "" if "host" in provider.parts else host
    region = options.get("region", "") or own_host or next(iter(provider.regions))
    if region not in provider.regions:
        raise BadSettings(f"{provider.label} has the regions {', '.join(provider.regions)}: write one of them.")
    return {"api_url": provider.regions[region]}


def _number(options: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = options.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise BadSettings(f"In the mail account’s address {name} has to be a number from 1 to {most}.")
    return int(text)


def _decode(value: str) -> str:
    try:
        return unquote(value, errors="strict")
    except UnicodeError:
        raise BadSettings("The mail account’s keys have to be percent-encoded as UTF-8.") from None
