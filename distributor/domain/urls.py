"""Where the links are in a text, by the rules that X counts by: also `example.com` without https:// is one.

The rules are those of twitter-text (https://github.com/twitter/twitter-text, its conformance suite is the reference);
one pass over the text, whatever is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from distributor.domain import tlds

_LONGEST_URL = 4096
_LONGEST_LABEL = 63  # RFC 1035 §2.3.4
_MOST_LABELS = 127  # RFC 1035 §2.3.4: a name has at most 255 octets
_LONGEST_SHORT_LINK = 40

_LATIN = "À-ÖØ-öø-ÿĀ-ɏɓɔɖɗəɛɣɨɯɲʉʋʻ\u0300-\u036fḀ-ỿ"
_CYRILLIC = "\u0400-\u04ff"
_SPACES = "\x09-\x0d\x20\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_MARKERS = "\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"  # for the direction of writing
_INVALID = "\ufffe\ufeff\uffff"

# What may stand in a host name between its dots, in any script, and what does not; a run has a dot within it.
_OUTSIDE = rf"!#%&'()*+,/:;<=>?@\[\]^{{|}}~$\\{_SPACES}{_INVALID}{_MARKERS}"
_RUN = re.compile(rf"(?<![^{_OUTSIDE}])[^.{_OUTSIDE}]*+\.++(?=[^{_OUTSIDE}])[^{_OUTSIDE}]++")
_NOT_BEFORE = frozenset("@＠$#＃\ufffe\ufeff\uffff")  # a mention, a cashtag, a hashtag
_FOREIGN = re.compile(r"[^A-Za-z0-9]")
_PROTOCOL = re.compile(r"https?://\Z", re.IGNORECASE)
_ASCII_WORD = re.compile(r"[0-9A-Za-z]+")
_PUNYCODE = re.compile(r"xn--[-0-9a-z]+", re.IGNORECASE)
_PLAIN_HOST = re.compile(rf"(?:[-a-z0-9{_LATIN}]++\.)+", re.IGNORECASE)
_IDNA_DOTS = re.compile("[.。．｡]")  # RFC 3490 §3.1

_PORT = re.compile(r":[0-9]+")
_IN_PATH = rf"[a-z{_CYRILLIC}0-9!*';:=+,.$/%#\[\]\-–_~@|&{_LATIN}]"
_PATH = re.compile(rf"/(?:{_IN_PATH}++|\({_IN_PATH}+\)|\({_IN_PATH}*\({_IN_PATH}+\){_IN_PATH}*\))*+", re.IGNORECASE)
_NOT_LAST_IN_PATH = "!*';:,.$%[]–~@|&"
_QUERY = re.compile(r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*", re.IGNORECASE)
_NOT_LAST_IN_QUERY = "!?*'@();:+$%[].,~|"
_SHORT_LINK = re.compile(r"https?://t\.co/([a-z0-9]+)", re.IGNORECASE)

# Links that X does not know as such (a bare address, a name without a known ending): still nothing to cut into.
_ANY_LINK = re.compile(r"https?://[!-~]+", re.IGNORECASE)

_BY_FIRST: dict[str, list[str]] = {}
for _name in sorted(tlds.INTERNATIONAL, key=len, reverse=True):
    _BY_FIRST.setdefault(_name[0], []).append(_name)


class Span(NamedTuple):
    """A stretch of a text, as `text[start:end]`."""

    start: int
    end: int


def links(text: str) -> list[Span]:
    """Return the links that X counts as such, in order and apart from each other."""
    if "." not in text:
        return []
    return list(_links(text))


def unbreakable(text: str) -> list[Span]:
    """Return the links that may not be cut: X's and everything else that begins with http(s)://."""
    other_links = (
        Span(match.start(), match.start() + len(match[0].rstrip(".,;:!?\"')]"))) for match in _ANY_LINK.finditer(text)
    )
    return merge([*links(text), *other_links])


def host_at(text: str, start: int) -> Span | None:
    """Return the host name that begins there and ends in a top-level domain that there is, None for none."""
    run = _RUN.match(text, start)
    return _domain(text, start, run.end()) if run else None


def merge(stretches: Iterable[Span]) -> list[Span]:
    """Return stretches in order, those that overlap as one."""
    spans: list[Span] = []
    for span in sorted(stretches):
        if spans and span.start < spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(span.end, spans[-1].end))
        else:
            spans.append(span)
    return spans


def _links(text: str) -> Iterator[Span]:
    scan_end = 0  # nothing before it can be part of a link any more
    for run in _RUN.finditer(text):
        begin = max(run.start(), scan_end)
        while begin < run.end():
            protocol = _protocol_before(text, begin, scan_end)
            first = begin if protocol is not None else _first_start(text, begin, run.end(), scan_end)
            domain = None if first is None else _domain(text, first, run.end())
            if domain is None:
                break
            begin = scan_end = _tail_end(text, domain.end)
            if protocol is not None:
                if with_protocol := whole_link(text, protocol, domain, scan_end):
                    yield with_protocol
            elif _wanted(text, domain) and (plain := list(_plain_domains(text, domain))):
                yield from plain[:-1]
                # Port and query belong to a link without https:// only where it has a path.
                has_path = text.startswith("/", port_end(text, domain.end))
                yield Span(plain[-1].start, scan_end if has_path else plain[-1].end)


def _protocol_before(text: str, start: int, earliest: int) -> int | None:
    """Return where the http(s):// just before `start` begins, if there is one that may begin a link."""
    match = _PROTOCOL.search(text, max(earliest, start - 8), start)
    if match is None:
        return None
    begin = match.start()
    return begin if begin == 0 or may_precede(text[begin - 1]) else None


def _first_start(text: str, start: int, end: int, earliest: int) -> int | None:
    """Return where a link without protocol may begin in a run.

    It may not begin in a mention, in the middle of a word, or right where the last link ended: there has to be a
    character between them.
    """
    if start == 0:
        # The very first character may be the one before the link, when a link follows.
        return 1 if _FOREIGN.match(text) and _domain(text, 1, end) else 0
    if start > earliest and may_precede(text[start - 1]):
        return start
    foreign = _FOREIGN.search(text, start, end)
    return foreign.end() if foreign and foreign.end() < end else None


def may_precede(character: str) -> bool:
    """Return whether a link may begin behind a character."""
    return character not in _NOT_BEFORE and not (character.isascii() and character.isalnum())


def _wanted(text: str, domain: Span) -> bool:
    if domain.start and text[domain.start - 1] in "-_./":
        return False
    return _encodable(text[domain.start : domain.end]) is not None


def whole_link(text: str, protocol: int, domain: Span, stop: int) -> Span | None:
    """Return the link with its protocol, unless its name can't exist or it is too long."""
    host_name = _encodable(text[domain.start : domain.end])
    if host_name is None or len(host_name) + stop - domain.end + 2 * (domain.start - protocol) > _LONGEST_URL:
        return None
    short = _SHORT_LINK.match(text, protocol, stop)
    if short is None:
        return Span(protocol, stop)
    return Span(protocol, _query_end(text, short.end())) if len(short[1]) <= _LONGEST_SHORT_LINK else None


def _domain(text: str, start: int, end: int) -> Span | None:
    """Return the longest host name that begins at `start` and ends in a known top-level domain."""
    domain_end: int | None = None
    position = start
    for _ in range(_MOST_LABELS):
        dot = text.find(".", position, end)
        if dot < 0:
            break
        label = text[position:dot]
        if not label or label[0] in "-_" or label[-1] in "-_":
            break
        position = dot + 1
        if "_" not in label:  # fine in the name of a subdomain only
            domain_end = _top_level_end(text, position, end) or domain_end
    return None if domain_end is None else Span(start, domain_end)


def _plain_domains(text: str, domain: Span) -> Iterator[Span]:
    """Return the names in Latin letters within a host name: without https:// only these are links."""
    position = domain.start
    while match := _PLAIN_HOST.search(text, position, domain.end):
        start, position = match.span()
        label = position
        while label > start:
            if stop := _top_level_end(text, label, domain.end):
                yield Span(start, stop)
                position = stop
                break
            label = text.rfind(".", start, label - 1) + 1


def _top_level_end(text: str, start: int, end: int) -> int:
    """Return where the top-level domain that begins at `start` ends, or 0 when none does."""
    for name in _BY_FIRST.get(text[start : start + 1].lower(), ()):
        stop = start + len(name)
        if stop <= end and text[start:stop].lower() == name and not _goes_on(text, stop):
            return stop
    word = _ASCII_WORD.match(text, start, end)
    if word is None:
        return 0
    if word[0].lower() in tlds.ASCII and not _goes_on(text, word.end()):
        return word.end()
    punycode = _PUNYCODE.match(text, start, end)
    return punycode.end() if punycode else 0


def _goes_on(text: str, stop: int) -> bool:
    next_character = text[stop : stop + 1]
    return next_character.isascii() and (next_character.isalnum() or next_character in tuple("@+-"))


def _tail_end(text: str, position: int) -> int:
    """Return where port, path and query after a host name end."""
    position = port_end(text, position)
    if path := _PATH.match(text, position):
        position += len(_trim_path(path[0]))
    return _query_end(text, position)


def port_end(text: str, position: int) -> int:
    """Return where the port that begins at a position ends; the position itself for none."""
    port = _PORT.match(text, position)
    return port.end() if port else position


def _trim_path(path: str) -> str:
    """Return a path without the punctuation that belongs to the sentence around it.

    Parentheses count as its end only where they follow a character that could be the end as well.
    """
    while True:
        path = path.rstrip(_NOT_LAST_IN_PATH)
        before = path
        while before.endswith(")"):
            before = before[: _opening(before)]
        if before == before.rstrip(_NOT_LAST_IN_PATH):
            return path
        path = before


def _opening(path: str) -> int:
    """Return where the parenthesis that closes at the end of `path` opens."""
    depth = 0
    for index in range(len(path) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(path[index], 0)
        if depth == 0:
            return index
    return 0


def _query_end(text: str, position: int) -> int:
    query = _QUERY.match(text, position)
    length = len(query[0].rstrip(_NOT_LAST_IN_QUERY)) if query else 0
    return position + length if length > 1 else position


def _encodable(domain: str) -> str | None:
    """Return a host name as it is looked up (IDNA 2003, as twitter-text has it), or None when it can't be."""
    if any(len(label) > _LONGEST_LABEL for label in _IDNA_DOTS.split(domain)):
        return None
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
