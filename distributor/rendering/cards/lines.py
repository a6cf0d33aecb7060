"""A title in lines: broken where its language allows it, balanced, as large as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

Measure = Callable[[str], float]
"""How wide a text is, in pixels."""

_CLUSTER = regex.compile(r"\X")
# Scripts without spaces, in which a line may end after any character, except before and after these signs.
_SCRIPT_WITHOUT_SPACES = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー]")
_NOT_FIRST = frozenset("、。，．・：；！？」』】）〉》〕］…‥ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々,.!?:;)]}”’")
_NOT_LAST = frozenset("「『【（〈《〔［([{“‘")
_SCRIPT_WITH_HYPHENS = regex.compile(r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Armenian}]")
_BREAK_AFTER = frozenset("-–—/·")


@dataclass(frozen=True, slots=True)
class Piece:
    """What stays together, and whether a space comes before it."""

    text: str
    spaced: bool


def pieces(text: str) -> tuple[Piece, ...]:
    """Return a text's words, or characters where words are not apart, in order."""
    parts: list[Piece] = []
    for word in text.split():
        starts = [0, *_inner_breaks(word)]
        parts += [Piece(word[start:end], start == 0) for start, end in pairwise([*starts, len(word)])]
    return tuple(parts)


def wrap(parts: Sequence[Piece], room: float, measure: Measure) -> list[str]:
    """Return the pieces in lines of at most `room` pixels; one that is too long by itself is broken anywhere."""
    space = measure(" ")
    lines: list[str] = []
    line, line_width = "", 0.0
    for part in parts:
        size = measure(part.text)
        gap = space if part.spaced and line else 0.0
        if line and line_width + gap + size <= room:
            line, line_width = f"{line} {part.text}" if gap else line + part.text, line_width + gap + size
            continue
        if line:
            lines.append(line)
        *full, line = break_word(part.text, room, measure) if size > room else [part.text]
        lines += full
        line_width = measure(line)
    return [*lines, line] if line else lines


def balance(parts: Sequence[Piece], room: float, measure: Measure) -> list[str]:
    """Return as many lines as `wrap` makes, of lengths as equal as they can be."""
    best = wrap(parts, room, measure)
    low, high = room / max(len(best), 1) * 0.8, room
    while len(best) > 1 and high - low > room / 100:
        middle = (low + high) / 2
        attempt = wrap(parts, middle, measure)
        if len(attempt) <= len(best) and all(measure(line) <= middle for line in attempt):
            best, high = attempt, middle
        else:
            low = middle
    return best


def shorten(lines: Sequence[str], most: int, room: float, measure: Measure) -> list[str]:
    """Return the first `most` lines, the last one ending in an ellipsis when there were more."""
    if len(lines) <= most:
        return list(lines)
    head = list(lines[:most])
    clusters = _CLUSTER.findall(head[-1])
    while clusters and measure("".join(clusters).rstrip(" ,;:·-–—") + "…") > room:
        clusters.pop()
    return [*head[:-1], "".join(clusters).rstrip(" ,;:·-–—") + "…"]


def break_word(word: str, room: float, measure: Measure) -> list[str]:
    """Return a long word in stretches that fit, with hyphens in scripts that have them."""
    stretches = [""]
    clusters = _CLUSTER.findall(word)
    for index, cluster in enumerate(clusters):
        line = stretches[-1]
        hyphen = "-" if _SCRIPT_WITH_HYPHENS.match(line[-1:]) and _SCRIPT_WITH_HYPHENS.match(cluster) else ""
        reserve = hyphen if index < len(clusters) - 1 else ""  # the room for one after this
        if line and measure(line + cluster + reserve) > room:
            if measure(line + hyphen) <= room:
                stretches[-1] += hyphen
            stretches.append("")
        stretches[-1] += cluster
    return stretches


def cut(text: str, room: float, measure: Measure) -> str:
    """Return a text in one line of at most `room` pixels, with an ellipsis where it was cut."""
    if measure(text) <= room:
        return text
    low, high = 0, len(clusters := _CLUSTER.findall(text))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure("".join(clusters[:middle]) + "…") <= room else (low, middle - 1)
    return "".join(clusters[:low]).rstrip(" ,;:·-–—") + "…" if low else ""


def _inner_breaks(word: str) -> Iterator[int]:
    """Yield where a word without spaces may be broken."""
    for index in range(1, len(word)):
        before, after = word[index - 1], word[index]
        if after in _NOT_FIRST or before in _NOT_LAST:
            continue
        without_space = _SCRIPT_WITHOUT_SPACES.match(before) or _SCRIPT_WITHOUT_SPACES.match(after)
        if without_space or (before in _BREAK_AFTER and 2 < index < len(word) - 2):
            yield index
