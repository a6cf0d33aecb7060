"""The addresses of links and pictures, read as browsers read them (https://url.spec.whatwg.org/#concept-basic-url-parser).

A line break within one is nothing, a blank around it too, a blank within it is `%20`, a quotation mark `%22`, a
backslash a slash, and a host is a name, however it was encoded.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from distributor.domain.host_names import ascii_host

LONGEST = 8_000  # characters: servers take no more, and mail programs cut lines

_BREAKS = re.compile(r"[\t\r\n]")
_AROUND = re.compile(r"^[\x00-\x20\u00a0\u200b\ufeff]+|[\x00-\x20\u00a0\u200b\ufeff]+$")
_QUOTES = '"“”«»'
_CODES = {" ": "%20", '"': "%22", "<": "%3C", ">": "%3E", "`": "%60", "\u200b": "%E2%80%8B", "\u00a0": "%C2%A0"}
_UNSAFE = re.compile("[" + re.escape("".join(_CODES)) + "]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PHONE = re.compile(r"(tel|sms):([+\d().\-\s*#;,=a-z/]+)(\?[^\"<>]*)?", re.IGNORECASE)


def plain(url: str) -> str:
    """Return an address without what browsers pass over, and encoded where they encode it."""
    text = _BREAKS.sub("", _AROUND.sub("", url))
    # One quotation mark at an end was meant to close the attribute; two of them are the address's own.
    if text.endswith(tuple(_QUOTES)) and sum(text.count(quote) for quote in _QUOTES) % 2:
        text = _AROUND.sub("", text[:-1])
    scheme = _SCHEME.match(text)
    if scheme is None or scheme[1].lower() in ("http", "https"):
        before, mark, behind = _split_query(text)
        text = f"{before.replace(chr(92), '/')}{mark}{behind}"
    return _UNSAFE.sub(lambda match: _CODES[match[0]], text)


def absolute(url: str, base: str) -> str:
    """Return an absolute http(s) address, relative ones by `base`; "" for one that can't be made so."""
    text = plain(url)
    if not text:
        return ""
    try:
        address = urljoin(base, text)
        parts = urlsplit(address)
        host = _host(parts.hostname or "")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or parts.username:
        return ""
    address = urlunsplit((parts.scheme, f"{host}{port}", *parts[2:]))
    # urlunsplit leaves out what is empty, and "?" alone is another address to some servers.
    if text.endswith("?") and not address.endswith("?"):
        address += "?"
    return "" if len(address) > LONGEST else address


def phone(url: str) -> str:
    """Return a `tel:` or `sms:` address; "" for what is none."""
    match = _PHONE.fullmatch(_AROUND.sub("", unquote(url)))
    if match is None or not re.search(r"\d", match[2]):
        return ""
    return f"{match[1].lower()}:{''.join(match[2].split())}{match[3] or ''}"


def is_relative(url: str) -> bool:
    """Return whether an address is a path: one that hangs on where it was read."""
    text = plain(url)
    return bool(text) and not _SCHEME.match(text) and not text.startswith(("//", "#"))


def _split_query(text: str) -> tuple[str, str, str]:
    """Return an address's path, and what begins with “?” or “#”, where a backslash is a backslash."""
    match = re.search(r"[?#]", text)
    return (text[: match.start()], match[0], text[match.end() :]) if match else (text, "", "")


def _host(name: str) -> str:
    """Return a host as servers are asked for it. Raises ValueError for what can't be one."""
    if ":" in name:  # IPv6: urlsplit has checked it
        return f"[{name}]"
    plain = unquote(name)
    if re.search(r"[\s<>\"\\/@?#%]", plain):
        raise ValueError(plain)
    return plain if plain.isascii() else ascii_host(plain)
