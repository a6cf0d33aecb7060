"""The letter's address as networks want it."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

from distributor.domain.host_names import ascii_host

# Everything that may stand in a URL as it is (RFC 3986 §2), and %, so that nothing is encoded twice.
_AS_IT_IS = "!#$%&'()*+,/:;=?@[]~"


def ascii_url(url: str) -> str:
    """Return a URL in ASCII: X, for one, takes a link to end at the first letter of another script.

    What is no http(s) URL is returned with its other characters percent-encoded.
    """
    if url.isascii():
        return url.strip()
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc if parts.netloc.isascii() else ascii_host(parts.netloc)
    except ValueError:  # an impossible address or host name
        return quote(url.strip(), safe=_AS_IT_IS, errors="replace")
    return urlunsplit((parts.scheme, host, *(quote(part, safe=_AS_IT_IS, errors="replace") for part in parts[2:])))
