"""What other rooms say, in the language of the desk.

Domain, channels and apps write English and store it, and know nothing of languages. Their sentences are in the
catalogs like the desk's own, with `{name}` where a value stands (scripts/sentences.py), and are looked up when they are
shown: word for word, then with values, then sentence by sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from babel.messages.mofile import read_mo
from django.utils.translation import get_language

from distributor import paths

_PLACE = re.compile(r"\{(\w+)\}")
_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z“])")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence with values: its longest `landmark` without one, what it matches, and its translation."""

    landmark: str
    regex: re.Pattern[str]
    quotes: frozenset[str]
    text: str

    def fill(self, match: re.Match[str], language: str) -> str:
        """Return the translation with the values of a match; what they say themselves is meaning, quotes are not."""
        values = {
            name: value if name in self.quotes else _translation(value, language)
            for name, value in match.groupdict().items()
        }
        return _PLACE.sub(lambda place: values.get(place[1], place[0]), self.text)


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of one language: those without values, and the patterns, the most particular first."""

    texts: dict[str, str]
    patterns: tuple[Pattern, ...]


def translation(sentence: object) -> str:
    """Return a sentence of another room in the language of the request; as it is where the catalog lacks it."""
    text, language = str(sentence), get_language() or "en"
    return _translation(text, language) if text and language != "en" else text


@lru_cache(maxsize=4096)
def _translation(text: str, language: str) -> str:
    sentences = _sentences(language)
    if text in sentences.texts:
        return sentences.texts[text]
    for pattern in sentences.patterns:
        if pattern.landmark in text and (match := pattern.regex.fullmatch(text)):
            return pattern.fill(match, language)
    pieces = _END.split(text)
    return " ".join(_translation(piece, language) for piece in pieces) if len(pieces) > 1 else text


@lru_cache
def _sentences(language: str) -> Sentences:
    path = paths.catalogs() / language / "LC_MESSAGES" / "django.mo"
    if not path.is_file():
        return Sentences({}, ())
    with path.open("rb") as file:
        catalog = read_mo(file)
    texts = {str(message.id): str(message.string) for message in catalog if message.id and not message.pluralizable}
    patterns = [_pattern(text, texts[text]) for text in texts if _PLACE.search(text)]
    return Sentences(texts, tuple(sorted(patterns, key=lambda pattern: len(pattern.regex.pattern), reverse=True)))


def _pattern(text: str, meaning: str) -> Pattern:
    parts = _PLACE.split(text)
    literals, names = parts[::2], parts[1::2]
    source, quotes = re.escape(literals[0]), set()
    for position, name in enumerate(names):
        source += f"(?P={name})" if name in names[:position] else f"(?P<{name}>.*?)"
        source += re.escape(literals[position + 1])
        if literals[position].endswith("“"):
            quotes.add(name)
    return Pattern(max(literals, key=len), re.compile(source, re.DOTALL), frozenset(quotes), meaning)
