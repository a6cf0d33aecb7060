"""What the targets of links say: the share addresses of networks, told from profiles on the same hosts. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from distributor.letters.intake.share_signs import SIGNS
from distributor.letters.intake.share_words import CHANNEL_OF, ChannelName, from_code

# A host → how share addresses there begin, and the channel. Other pages of these hosts are profiles.
_SHARE_PATHS: dict[str, list[tuple[re.Pattern[str], str]]] = {}
for _channel, _signs in SIGNS.items():
    for _address in _signs.addresses:
        _SHARE_PATHS.setdefault(_address.host, []).append((re.compile(_address.path), _channel))
_SCHEMES = {scheme: channel for channel, signs in SIGNS.items() for scheme in signs.schemes}
_OPEN_SCHEMES = {scheme: channel for channel, signs in SIGNS.items() for scheme in signs.open_schemes}
_ENDINGS = r"\.(?:com|net|me|us|app|social|be)"  # of the hosts of networks that are named without theirs
_SITES = (site for signs in SIGNS.values() for site in signs.sites)
_HOSTS = (re.escape(site) if "." in site else f"{re.escape(site)}{_ENDINGS}" for site in _SITES)
_NETWORK_HOSTS = re.compile(rf"(?:^|\.)(?:{'|'.join(_HOSTS)})$")


# Jetpack's addresses lead to the letter's own page, which leads on: "/letters/7/?share=facebook&nb=1".
_OWN_ADDRESS = re.compile(r"[?&]share=(?:jetpack-)?([a-z0-9]{1,20})(?:&|$)", re.IGNORECASE)


def from_target(href: str) -> ChannelName | None:
    """Return the channel whose share address a link target is; None for profiles and all other targets."""
    href = href.strip()
    scheme = href.partition(":")[0].lower()
    if scheme in _OPEN_SCHEMES:
        # A share link leaves the recipient open; with a recipient it is somebody's address.
        recipient = href[len(scheme) + 1 :].partition("?")[0]
        return ChannelName(_OPEN_SCHEMES[scheme], True) if not recipient and "?" in href else None
    if scheme in _SCHEMES:
        return ChannelName(_SCHEMES[scheme], True)
    if scheme == "javascript":
        return from_code(href)
    host, path = _host_and_path(href)
    path_and_query = f"{path}?{href.partition('?')[2].lower()}"  # LinkedIn shares by a query of its feed's address
    while host:
        for pattern, channel in _SHARE_PATHS.get(host, ()):
            if pattern.match(path) or pattern.match(path_and_query):
                return ChannelName(channel, True)
        host = host.partition(".")[2]
    own_address = _OWN_ADDRESS.search(href)
    name = own_address[1].lower() if own_address else ""
    return ChannelName(CHANNEL_OF[name], True) if name in CHANNEL_OF else None


def is_profile(href: str) -> bool:
    """Return whether a target is a page on a social network that is no share address: "follow us", not "share"."""
    host, path = _host_and_path(href)
    return bool(_NETWORK_HOSTS.search(host)) and path.strip("/") != "" and from_target(href) is None


def _host_and_path(href: str) -> tuple[str, str]:
    try:
        parts = urlsplit(href if not href.startswith("//") else f"https:{href}")
        return (parts.hostname or "").lower(), parts.path.lower()
    except ValueError:
        return "", ""
