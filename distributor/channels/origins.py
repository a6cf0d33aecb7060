"""The address of a server that an editor typed in: a Mastodon server, a Bluesky service."""

from __future__ import annotations

from urllib.parse import urlsplit

from distributor.domain.host_names import ascii_host


class NoServer(ValueError):
    """What was typed is no address of a server; `str(error)` is a sentence for an editor."""


def origin(address: str) -> str:
    """Return `https://host[:port]` of what was typed: a name, an address with a path, or “@name@host”.

    Only https: a password or token goes there. Whether the host is a public one is seen when it is connected to
    (`channels.http`). Raises NoServer.
    """
    text = "".join(address.split())
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = ascii_host(parts.hostname or "")
        port = f":{parts.port}" if parts.port not in (None, 443) else ""
    except ValueError:  # also UnicodeError: a name that can't exist
        raise NoServer(f"“{text[:100]}” is not a server’s address: give one like example.social.") from None
    if parts.scheme.lower() != "https":
        raise NoServer("The server’s address has to begin with https://.")
    if "." not in host.strip("."):
        raise NoServer(f"“{text[:100]}” is not a server’s address: give one like example.social.")
    return f"https://{host}{port}"
