"""How long a text is, as each network counts it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import regex

from distributor.domain import urls
from distributor.domain.capabilities import Capabilities, LengthUnit
from distributor.domain.scheme_links import mentions, scheme_links
from distributor.domain.urls import Span

# X, twitter-text configuration v3 (https://docs.x.com/fundamentals/counting-characters): every link counts 23, every
# emoji sequence 2, the code points below 1 each and all others 2, after NFC.
WEIGHTED_LINK = 23
WEIGHTED_EMOJI = 2
_HEAVY = regex.compile(r"[^\u0000-\u10FF\u2000-\u200D\u2010-\u201F\u2032-\u2037]")

# Emoji sequences by their grammar (UTS #51 §1.4.9) instead of a table, so that new ones count right. Digits, # and *
# are emoji as keycaps only; © and ® only where U+FE0F asks for the picture.
_ELEMENT = r"(?:\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|(?![0-9#*©®])[\p{Emoji}--\p{Regional_Indicator}]\uFE0F?)"
_EMOJI = regex.compile(
    rf"(?V1)[0-9\#*]\uFE0F?\u20E3|\p{{Regional_Indicator}}{{2}}|[©®]\uFE0F"
    rf"|{_ELEMENT}[\U000E0020-\U000E007E]+\U000E007F|{_ELEMENT}(?:\u200D{_ELEMENT}){{0,3}}+"
)
_CLUSTER = regex.compile(r"\X")
_PLAIN = regex.compile(r"[\u0000-\u10FF]*+\Z")  # no emoji sequence, nothing that counts 2


def length(
    text: str,
    counts: LengthUnit,
    *,
    link: int | None = None,
    bare_links: bool = True,
    short_mentions: bool = False,
) -> int:
    """Return how long `text` is in units of `counts`; any text has a length, also one with lone surrogates.

    `weighted` is X's way, in which a link counts 23; `emoji-bytes` is Threads', in which an emoji counts its UTF-8
    bytes and everything else one a character. `link` says what a link counts elsewhere, where that is not its own
    length; without `bare_links` only what begins with a scheme is one. With `short_mentions` the server of a person who
    is mentioned counts nothing.
    """
    if counts == "weighted":
        text = unicodedata.normalize("NFC", text)
        link = WEIGHTED_LINK if link is None else link
    sizes = {} if link is None else dict.fromkeys(_links(text, bare_links=bare_links), link)
    if short_mentions:
        sizes = {span: plain_length(user, counts) for span, user in mentions(text)} | sizes
    spans = _apart(sizes)
    return sum(sizes[span] for span in spans) + sum(plain_length(rest, counts) for rest in _between(text, spans))


def measure(text: str, capabilities: Capabilities) -> int:
    """Return how long `text` is on a channel with these capabilities."""
    return length(
        text,
        capabilities.counts,
        link=capabilities.link_length,
        bare_links=capabilities.bare_links,
        short_mentions=capabilities.short_mentions,
    )


def uncuttable(text: str, capabilities: Capabilities) -> list[Span]:
    """Return the links that may not be cut there: those that it counts as such, and all else with http(s)://."""
    return urls.merge([*urls.unbreakable(text), *_links(text, bare_links=capabilities.bare_links)])


def _links(text: str, *, bare_links: bool) -> list[Span]:
    return urls.links(text) if bare_links else scheme_links(text)


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Return stretches in order, of those that overlap the first."""
    apart: list[Span] = []
    for span in sorted(spans):
        if not apart or span.start >= apart[-1].end:
            apart.append(span)
    return apart


def capacity(capabilities: Capabilities) -> int | None:
    """Return what a post may cost (see `cost`); None for no limit."""
    if capabilities.bytes_limit is None:
        return capabilities.limit
    return capabilities.bytes_limit * (capabilities.limit or 1)


def cost(text: str, capabilities: Capabilities, *, size: int | None = None) -> int:
    """Return how much of a post a text takes: its length, or how near it is to the nearer one of two limits.

    A post's text is within both limits exactly where its cost is within `capacity`. The costs of a text's pieces add up
    to its cost or a little more, never to less. `size` is the text's length where that is known already.
    """
    return _cost(measure(text, capabilities) if size is None else size, text, capabilities)


def cluster_cost(cluster: str, capabilities: Capabilities) -> int:
    """Return the cost of one grapheme cluster."""
    return _cost(cluster_length(cluster, capabilities.counts), cluster, capabilities)


def _cost(size: int, text: str, capabilities: Capabilities) -> int:
    if capabilities.bytes_limit is None:
        return size
    byte_count = plain_length(text, "utf8-bytes")
    if capabilities.limit is None:
        return byte_count
    return max(size * capabilities.bytes_limit, byte_count * capabilities.limit)


def valid(text: str, capabilities: Capabilities) -> bool:
    """Whether a channel takes this text as one post: not empty, within its limits, nothing in it that X refuses."""
    if capabilities.counts == "weighted" and not _INVALID_CHARACTERS.isdisjoint(text):
        return False
    most = capacity(capabilities)
    return measure(text, capabilities) > 0 and (most is None or cost(text, capabilities) <= most)


_INVALID_CHARACTERS = frozenset("\ufffe\uffff\ufeff")  # twitter-text's invalid characters


def plain_length(text: str, counts: LengthUnit) -> int:
    """Return how long a text is that holds no link, or whose links count as text."""
    match counts:
        case "weighted":
            return _weight(text)
        case "characters":
            return len(text)
        case "graphemes":
            return len(_CLUSTER.findall(text))
        case "utf8-bytes":
            return len(text.encode("utf-8", "surrogatepass"))
        case "utf16-units":
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        case "emoji-bytes":
            return len(text) if _PLAIN.match(text) else len(_EMOJI.sub(_as_wide_as_its_bytes, text))


@lru_cache(maxsize=4096)
def cluster_length(cluster: str, counts: LengthUnit) -> int:
    """Return the length of one grapheme cluster. The lengths of a text's clusters add up to its length."""
    return plain_length(unicodedata.normalize("NFC", cluster) if counts == "weighted" else cluster, counts)


def _weight(text: str) -> int:
    text = text.replace("\r\n", "\n")
    if _PLAIN.match(text):
        return len(text)
    plain_text, emoji = _EMOJI.subn("", text)
    return WEIGHTED_EMOJI * emoji + len(plain_text) + len(_HEAVY.findall(plain_text))


def _as_wide_as_its_bytes(emoji: regex.Match[str]) -> str:
    return " " * len(emoji[0].encode("utf-8", "surrogatepass"))


def _between(text: str, spans: Sequence[Span]) -> list[str]:
    """Return what lies before, between and after the spans."""
    starts = [0, *(span.end for span in spans)]
    ends = [*(span.start for span in spans), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]
