"""Texts for logs without what must not be there: mail addresses, passwords, tokens, keys.

The rules err on the side of blotting out too much. What a rule can't know by its shape, such as the relay's password in
an answer of the relay, is found by its value: every secret of the environment is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from config import environment, secrets
from distributor.domain.errors import BadSettings

BLOT = "…"
SHORTEST = 6  # characters of a secret that is looked for by its value: shorter ones are in ordinary words too
DEEPEST = 6  # levels of nested values in a line; what is further down is named by its type

_NAMES = r"token|secret|passw|passphrase|api_?key|access_?key|private_?key|signature|credential|cookie|session_?id|dsn"
_SECRET_KEY = rf"(?:{_NAMES})[\w-]{{0,40}}"  # or any name that ends so
_VALUE = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"'&,;)\]}]+"""
# The local part of an address has 64 characters at most (RFC 5321 §4.5.3.1.1), which also keeps the search linear.
_ADDRESS = (
    r"""(?:"[^"\n]{1,64}"|[^\s<>"'(),:;@…\[\]{}|=/?&\\]{1,64})(?:@|%(?:25)*40)"""
    r"""(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|localhost\b|\[[\w.:]{2,60}\])"""
)

# In this order: a URL's password looks like an address.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, flags), replacement)
    for pattern, replacement, flags in (
        (r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)", BLOT, re.DOTALL),
        (r"(://)[^\s/\"'<>]{1,2000}@", rf"\1{BLOT}@", 0),  # up to the last @: some passwords hold one
        # Whoever has one of a reader's signed tokens can unsubscribe them; whoever has a webhook's, report bounces.
        (r"(/webhooks/mail/[^/\s]+/[^/\s]+/)[^\s/?\"')]+", rf"\1{BLOT}", 0),
        (r"(/[uco]/)[0-9a-f]{28,56}", rf"\1{BLOT}", 0),
        # Whoever has an editor's link can set their password, or their address.
        (r"(/desk/(?:password/reset/[^/\s]+|account/address)/)[^\s/?\"')]+", rf"\1{BLOT}", 0),
        (r"(/bot)\d+:[\w-]+", rf"\1{BLOT}", 0),  # Telegram's tokens are in its addresses
        (
            (
                r"\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]{0,40}(?:key|token|signature))"
                r"(\\?[\"']?\s*[:,=]\s*b?\\?[\"']?)[^\n\"'\\]+"
            ),
            rf"\1\2{BLOT}",
            re.IGNORECASE,
        ),
        (r"\b(bearer|basic|oauth)(\s+)[\w.~+/=-]{16,}", rf"\1\2{BLOT}", re.IGNORECASE),
        (rf"({_SECRET_KEY}[\"']?\s*=\s*)(?:{_VALUE})", rf"\1{BLOT}", re.IGNORECASE),
        (rf"({_SECRET_KEY}%(?:25)*3D)[^\s&\"']+", rf"\1{BLOT}", re.IGNORECASE),  # a form within a form
        # JSON within JSON: its quotes are escaped.
        (rf"({_SECRET_KEY}(?:\\)+[\"']\s*:\s*(?:\\)+[\"'])[^\"'\\]*", rf"\1{BLOT}", re.IGNORECASE),
        (rf"({_SECRET_KEY}[\"']\s*:\s*)b?(?:{_VALUE})", rf"\1{BLOT}", re.IGNORECASE),
        # As YAML has it: a name that is joined with _ or - or ends with "password", so that no sentence is meant.
        (
            rf"(\b(?:\w{{1,40}}[_-](?:{_NAMES})|pass(?:word|wd|phrase)|api_?key)\s*:\s+)(?:{_VALUE})",
            rf"\1{BLOT}",
            re.IGNORECASE,
        ),
        (r"([?&](?:key|code|sig|state|auth|email|mail)=)[^&\s\"'#]+", rf"\1{BLOT}", re.IGNORECASE),
        (r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?", BLOT, 0),  # a JSON Web Token
        (r"\b(dtk_[0-9a-f]{12}_)[\w-]+", rf"\1{BLOT}", 0),  # a token of the API: which one it is may be told
        (r"\bgAAAAA[\w=-]{20,}", BLOT, 0),  # a Fernet token: credentials as they are stored
        (_ADDRESS, BLOT, 0),
    )
)
_SECRET_KEY_RULE = re.compile(rf"(?:{_NAMES}|authorization)", re.IGNORECASE)


def redact(text: str) -> str:
    """Return the text with an ellipsis in the place of each mail address and each secret."""
    for secret in _own_secrets():
        text = text.replace(secret, BLOT)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def redact_value(value: Any, *, name: str = "", deepest: int = DEEPEST) -> Any:
    """Return a value made of JSON's types, without addresses and secrets.

    What has the name of a secret is blotted out whatever it is. An object of another type is named by its type: nobody
    knows what its text would tell.
    """
    if name and _SECRET_KEY_RULE.search(name) and value is not None:
        return BLOT
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return redact(value)
        case date():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case bytes():
            return redact(value.decode(errors="replace"))
        case BaseException():
            return redact(f"{type(value).__name__}: {value}")
        case _ if deepest <= 0:
            return f"<{type(value).__name__}>"
        case Mapping():
            return {
                redact(str(key)): redact_value(inner, name=str(key), deepest=deepest - 1)
                for key, inner in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [redact_value(inner, deepest=deepest - 1) for inner in value]
        case _:
            return f"<{type(value).__name__}>"


@cache
def _own_secrets() -> tuple[str, ...]:
    """Return the secrets of this installation, longest first: each value, and each password in one."""
    values = set(secrets.existing_keys())
    for variable in environment.VARIABLES:
        if not variable.secret:
            continue
        try:
            values.update(_secrets_in(environment.read(variable.name)))
        except BadSettings:
            continue  # its file can't be read, so its secret is not known to us and in none of our texts
    return tuple(sorted((value for value in values if len(value) >= SHORTEST), key=len, reverse=True))


def _secrets_in(value: str) -> set[str]:
    """Return what is secret of a variable's value: all of what is no URL, of a URL its user's password."""
    secret_values = set()
    for part in value.split():
        if "://" not in part:
            secret_values.add(part)
            continue
        try:
            url = urlsplit(part)
        except ValueError:
            secret_values.add(part)
            continue
        # In a provider's URL, such as postmark://TOKEN@, the user is the secret.
        for secret in (url.password, url.username if not url.password else None):
            if secret:
                secret_values |= {secret, unquote(secret)}
    return secret_values
