"""How long X says a text is: the practice world's own count, by X's published rules, made without the product's.

Source: https://docs.x.com/fundamentals/counting-characters and the public twitter-text configuration v3.
"""

from __future__ import annotations

import unicodedata

import regex

LIMIT = 280
URL_LENGTH = 23
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # these weigh 1, everything else 2

# What X links: anything with a scheme, and bare domains. Of X's long list of endings, the ones that letters use.
_TOP_LEVEL = "com|org|net|edu|gov|info|io|dev|news|kr|jp|uk|de|fr|eu|example|invalid|test"
URL = regex.compile(
    r"""(?ix)
    (?<![\w@/.\-])
    (?: https?://[^\s<>"“”]*[^\s<>"“”.,;:!?'’)\]}»]
      | (?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:"""
    + _TOP_LEVEL
    + r""")(?![\w.-]*\w) (?:/[^\s<>"“”]*[^\s<>"“”.,;:!?'’)\]}»])?
    )"""
)
_EMOJI = regex.compile(
    r"(?:\p{RI}\p{RI}|[0-9#*]\ufe0f?\u20e3"
    r"|(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Extended_Pictographic}(?=\p{EMod}|\u200d))"
    r"(?:\p{EMod}|\ufe0f)?(?:\u200d\p{Extended_Pictographic}(?:\p{EMod}|\ufe0f)?)*)"
)


def weighted_length(text: str) -> int:
    """Return the length of a text as X counts it."""
    text = unicodedata.normalize("NFC", text)
    rest, urls = URL.subn("", text)
    rest, emoji = _EMOJI.subn("", rest)
    return urls * URL_LENGTH + emoji * 2 + sum(1 if _is_light(ord(char)) else 2 for char in rest)


def _is_light(code_point: int) -> bool:
    return any(first <= code_point <= last for first, last in _LIGHT)
