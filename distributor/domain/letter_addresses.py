"""When two addresses on the web are one letter's: what is added to links on their way, and what never tells two apart.

What is left out are click identifiers and campaign parameters (the lists of Firefox and Brave: mozilla.org/firefox
“query stripping”, github.com/brave/brave-core `query_filter`; those of Google Analytics, Matomo, HubSpot, Mailchimp,
Marketo, AT Internet), the scheme, `www.`, a default port, a slash or `index.html` at the end, a session's name and the
fragment. What may be a letter's own name stays: any other parameter, the letter case of the path.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from distributor.domain.host_names import ascii_host

_TRACKING_PREFIXES = ("utm_", "mtm_", "matomo_", "pk_", "piwik_", "itm_", "hsa_", "__hs", "at_", "ns_")
# fmt: off
_TRACKING_NAMES = frozenset((
    "_ga", "_gl", "_hsenc", "_hsmi", "_ke", "_kx", "_openstat", "cmp", "cmpid", "dclid", "epik", "fb_action_ids",
    "fb_action_types", "fb_ref", "fb_source", "fbclid", "gad_campaignid", "gad_source", "gbraid", "gclid", "gclsrc",
    "guccounter", "hsctatracking", "igsh", "igshid", "jsessionid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok",
    "ml_subscriber", "ml_subscriber_hash", "msclkid", "ncid", "oly_anon_id", "oly_enc_id", "phpsessid", "rb_clickid",
    "ref_src", "ref_url", "s_cid", "sc_cid", "smid", "srsltid", "ttclid", "twclid", "vero_conv", "vero_id", "wbraid",
    "wickedid", "yclid", "ysclid",
))
# fmt: on
# Medium and others name the way on which somebody came in parameters that elsewhere name what is shown.
_WAY_NAMES = frozenset({"from", "ref", "source", "src", "via"})
_WAY = re.compile(r"(?:rss|atom|feeds?|news-?letters?|e?mail|share|social)(?:[-_.].*)?", re.IGNORECASE | re.DOTALL)
# In these a word is always who sent somebody, while a number may be what is shown.
_REFERRER_NAMES = frozenset({"ref", "via"})
_WORD = re.compile(r"[^\W\d_]+(?:[-_.][^\W\d_]+)*")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/]*", re.IGNORECASE)
_INDEX = re.compile(r"/index\.html?\Z", re.IGNORECASE)
_APP_FRAGMENT = re.compile(r"!?/\S")  # where a page's script shows what the fragment names
_DEFAULT_PORTS = (None, 80, 443)
_PLAIN_IN_PATH = "!$&'()*+,;=:@~"
_PLAIN_IN_QUERY = "!$'()*,;:@~/"


def canonical_address(url: str) -> str:
    """Return what stays the same in an http(s) address however one came to it; "" for what is no such address.

    It is a name and no address to call: without its scheme, percent-encoded in one way only.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError:  # an impossible host or port
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    bare_host = host.removeprefix("www.")
    host = bare_host if "." in bare_host else host
    place = host if port in _DEFAULT_PORTS else f"{host}:{port}"
    fragment = f"#{parts.fragment}" if _APP_FRAGMENT.match(parts.fragment) else ""
    tail = f"{_query(parts.query)}{fragment}"
    path = _path(parts.path) or ("/" if tail else "")
    return f"{place}{path}{tail}"


def letter_address(url: str) -> str:
    """Return the canonical address of a letter; "" for a site's own front page: whatever stands there, it changes."""
    address = canonical_address(url)
    return address if "/" in address else ""


def without_tracking(url: str) -> str:
    """Return a URL without what only says how somebody came to it; everything else to the letter."""
    address, mark, fragment = url.partition("#")
    place, sign, query = address.partition("?")
    parameters = [part for part in query.split("&") if not _is_tracking(part)]
    if not sign or len(parameters) == len(query.split("&")):
        return url
    return f"{place}{'?' if parameters else ''}{'&'.join(parameters)}{mark}{fragment}"


def same_path(url: str, second_url: str) -> bool:
    """Whether two letters' addresses differ in their hosts at most, as after a move of the site."""
    paths = [letter_address(address).partition("/")[2] for address in (url, second_url)]
    return bool(paths[0]) and paths[0] == paths[1]


def _path(path: str) -> str:
    plain_path = _INDEX.sub("/", _SESSION.sub("", path))
    segments = [_percent_code(segment, _PLAIN_IN_PATH) for segment in plain_path.split("/") if segment]
    return "".join(f"/{segment}" for segment in segments)


def _query(query: str) -> str:
    parameters = []
    for parameter in query.split("&"):
        name, sign, value = parameter.partition("=")
        if parameter and not _is_tracking(parameter):
            parameters.append(_query_part(name) + sign + _query_part(value))
    return f"?{'&'.join(sorted(parameters))}" if parameters else ""


def _query_part(text: str) -> str:
    return _percent_code(text.replace("+", " "), _PLAIN_IN_QUERY)


def _is_tracking(parameter: str) -> bool:
    """Whether a query's parameter, as it stands there, only says how somebody came."""
    name, _, value = parameter.partition("=")
    name, value = unquote_plus(name).lower(), unquote_plus(value)
    if name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES):
        return True
    is_referrer = name in _REFERRER_NAMES and bool(_WORD.fullmatch(value))
    return is_referrer or (name in _WAY_NAMES and bool(_WAY.fullmatch(value)))


def _percent_code(text: str, plain: str) -> str:
    """Return a part of an address percent-encoded in one way; one in another encoding than UTF-8 as it is."""
    try:
        plain_text = unquote(text, errors="strict")
    except UnicodeDecodeError:
        return re.sub(r"%[0-9a-fA-F]{2}", lambda match: match[0].upper(), text)
    return quote(unicodedata.normalize("NFC", plain_text), safe=plain, errors="replace")
