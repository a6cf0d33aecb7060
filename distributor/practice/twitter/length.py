"""How long X says a text is: the practice world's own count, by X's published rules, made without the product's.

Source: https://docs.x.com/fundamentals/counting-characters and the public twitter-text configuration v3.
"""

from __future__ import annotations

import unicodedata

import regex

LIMIT = 280
URL_LENGTH = 23
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # these weigh 1, everything else 2

# What X links: domain names that end in a real top-level domain. No bare IP addresses, no “localhost”, none of the
# endings that RFC 2606 reserves. Without a scheme, of X's long list, the endings that letters use, in ASCII.
_RESERVED_DOMAINS = "example|invalid|test|localhost|local|internal"
_COMMON = "com|org|net|edu|gov|info|io|dev|news|kr|jp|uk|de|fr|eu"
_BEFORE = r"(?<![A-Za-z0-9@＠$#＃])"
_PATH = r"""(?::\d+)?(?:[/?\#](?:[^\s<>"“”]*[^\s<>"“”.,;:!?'’)\]}»])?)?"""
_ANY_LABELS = r"(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+"
_ASCII_LABELS = r"(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+"
URL = regex.compile(
    rf"(?i){_BEFORE}(?:https?://{_ANY_LABELS}(?!(?:{_RESERVED_DOMAINS})\b)\p{{L}}{{2,}}(?![\w-])"
    rf"|(?<![/._-]){_ASCII_LABELS}(?:{_COMMON})(?![a-z0-9_-]|\.[a-z0-9])){_PATH}"
)
_EMOJI = regex.compile(
    r"(?:\p{RI}\p{RI}|[0-9#*]\ufe0f?\u20e3"
    r"|\U0001F3F4[\U000E0020-\U000E007E]+\U000E007F"  # the flags of England, Scotland, Wales
    r"|(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Extended_Pictographic}(?=\p{EMod}|\u200d))"
    r"(?:\p{EMod}|\ufe0f)?(?:\u200d\p{Extended_Pictographic}(?:\p{EMod}|\ufe0f)?)*)"
)


def weighted_length(text: str) -> int:
    """Return the length of a text as X counts it."""
    text = unicodedata.normalize("NFC", text)
    remainder, urls = URL.subn("", text)
    remainder, emoji = _EMOJI.subn("", remainder)
    return urls * URL_LENGTH + emoji * 2 + sum(1 if _is_light(ord(char)) else 2 for char in remainder)


def _is_light(code_point: int) -> bool:
    return any(first <= code_point <= last for first, last in _LIGHT)
