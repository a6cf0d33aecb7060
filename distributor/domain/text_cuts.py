"""Where a text may be cut: after sentences, after words, after grapheme clusters; never in a link, tag or mention."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import islice

import regex

from distributor.domain import urls
from distributor.domain.capabilities import Capabilities
from distributor.domain.tags import tags
from distributor.domain.text_length import capacity, cluster_cost, cost, uncuttable
from distributor.domain.urls import Span

ELLIPSIS = "…"

# A sentence that leaves more than nine tenths of the room empty says too little to end there.
_LEAST = 0.1
_LEAST_IN_THREAD = 1 / 3

_AT_ONCE = 64  # pieces are measured in steps of so many: of a long text that is cut, the rest is not looked at
_LOOK_AHEAD = 100  # characters after a sentence's end that say whether it is one

_CLUSTER = regex.compile(r"\X")
_CLOSERS = r"[\"'”’»)\]」』】）》〉]*"
_SENTENCE = regex.compile(
    # Latin script, Korean and others that write a space after it; not before a small letter ("e.g. this").
    rf"[.!?…]+{_CLOSERS}(?=\s++(?!\p{{Ll}})|\Z)"
    # Korean sentences end in these syllables, so that a missing space doesn't matter.
    rf"|(?<=[다요까죠네오])[.!?]+{_CLOSERS}(?=\p{{Hangul}})"
    # Chinese and Japanese put no space; also other scripts' full stops.
    rf"|[。！？｡।؟۔]+{_CLOSERS}"
)
_ABBREVIATION = regex.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|etc|cf|Jr|Sr|Gen|Sen|Rep|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)|\b\p{Lu}|\b\p{L}\.\p{L})\.\Z"
)
_LINE_END = regex.compile(r"(?=\n)")
# Between any two of these one may break; other scripts break at spaces.
_SCRIPT_WITHOUT_SPACES = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー、。，．・：；！？」』】）]"
)
_LOOSE_END = ",;:、，；：-–—(（[「『“‘\"'·"


class Atoms:
    """A text as a row of pieces that can't be cut, measured when they are reached: links, hashtags, mentions, clusters.

    `ends[i]` is where piece i ends in the text, `sizes[i]` what all pieces up to its end cost (see `counting.cost`).
    A hashtag or mention that no post has room for is cut after all; a link is not, since a part of it leads nowhere.
    """

    def __init__(self, text: str, capabilities: Capabilities) -> None:
        self.text = text
        self.capabilities = capabilities
        self.ends: list[int] = []
        self.sizes: list[int] = []
        self._whole = urls.merge([*uncuttable(text, capabilities), *self._tags()])
        self._costs: dict[str, int] = {}  # of clusters
        self._piece_iterator = self._pieces()

    def reach(self, size: int) -> bool:
        """Measure on until the pieces cost more than `size` together; False when the text ends before."""
        while not self.sizes or self.sizes[-1] <= size:
            if not self._more():
                return False
        return True

    def size_before(self, position: int) -> int:
        """Return what everything before a position (0 or the end of a piece) costs."""
        return self.sizes[bisect_left(self.ends, position)] if position else 0

    def last_end(self, size: int) -> int:
        """Return the end of the last piece that is still within `size`, 0 when there is none."""
        self.reach(size)
        index = bisect_right(self.sizes, size)
        return self.ends[index - 1] if index else 0

    def is_end(self, position: int) -> bool:
        index = bisect_left(self.ends, position)
        return index < len(self.ends) and self.ends[index] == position

    def end_of(self, position: int) -> int:
        """Return the end of the piece that begins at `position`."""
        while not self.ends or self.ends[-1] <= position:
            self._more()
        return self.ends[bisect_right(self.ends, position)]

    def skip_space(self, position: int) -> int:
        """Return the first place from `position` on at which a piece begins that is no white space."""
        while position < len(self.text) and self.text[position : (end := self.end_of(position))].isspace():
            position = end
        return position

    def trim(self, start: int, stop: int, loose: str = "") -> str:
        """Return the text between two ends of pieces without the white space and `loose` pieces at its end."""
        index = bisect_left(self.ends, stop)
        while stop > start:
            before = self.ends[index - 1] if index else 0
            piece = self.text[before:stop]
            if not piece.isspace() and piece not in loose:
                break
            stop, index = before, index - 1
        return self.text[start:stop]

    def ends_down_from(self, position: int, least: int) -> Iterator[int]:
        """Yield the ends of pieces from `position` down, as far as they are beyond `least`."""
        for index in range(bisect_right(self.ends, position) - 1, -1, -1):
            if self.ends[index] <= least:
                return
            yield self.ends[index]

    def _more(self) -> bool:
        """Measure some more pieces, of which most are clusters that came before; False at the text's end."""
        text, costs, ends, sizes = self.text, self._costs, self.ends, self.sizes
        before, size = len(ends), sizes[-1] if sizes else 0
        for start, end, whole in islice(self._piece_iterator, _AT_ONCE):
            content = text[start:end]
            if whole:
                size += cost(content, self.capabilities)
            elif (known_cost := costs.get(content)) is not None:
                size += known_cost
            else:
                costs[content] = new_cost = cluster_cost(content, self.capabilities)
                size += new_cost
            ends.append(end)
            sizes.append(size)
        return len(ends) > before

    def _tags(self) -> Iterator[Span]:
        most = capacity(self.capabilities)
        for span in tags(self.text):
            if most is None or cost(self.text[span.start : span.end], self.capabilities) <= most:
                yield span

    def _pieces(self) -> Iterator[tuple[int, int, bool]]:
        """Yield (start, end, more than a cluster) of each piece: what a link or tag touches belongs to it."""
        wholes = iter([*self._whole, Span(len(self.text) + 1, len(self.text) + 1)])
        whole = next(wholes)
        start = 0
        for cluster in _CLUSTER.finditer(self.text):
            end = cluster.end()
            if end <= whole.start:
                yield start, end, False
                start = end
            elif end >= whole.end:
                while whole.end <= end:
                    whole = next(wholes)
                if end <= whole.start:
                    yield start, end, True
                    start = end


def heads(atoms: Atoms, room: int) -> Iterator[str]:
    """Yield beginnings of the text for `room`, the best first: whole sentences, whole words, whole clusters.

    A beginning that ends within a sentence ends in an ellipsis where there is room for one.
    """
    text = atoms.text
    full = atoms.last_end(room)
    if full == len(text):
        yield text
    for stop in _sentence_ends(atoms, 0, full):
        if atoms.size_before(stop) < room * _LEAST:
            break
        yield text[:stop]
    ellipsis = cost(ELLIPSIS, atoms.capabilities)
    short = atoms.last_end(room - ellipsis) if room > ellipsis else 0
    for stop in atoms.ends_down_from(short, 0):
        if _between_words(text, stop) and (head := atoms.trim(0, stop, _LOOSE_END)):
            yield head + ELLIPSIS
    for stop in atoms.ends_down_from(short, 0):
        if head := atoms.trim(0, stop):
            yield head + ELLIPSIS
    for stop in atoms.ends_down_from(full, 0):
        if head := atoms.trim(0, stop):
            yield head


def next_stop(atoms: Atoms, start: int, room: int) -> int:
    """Return where the post of a thread that begins at `start` ends; `start` itself when not even one piece fits."""
    text = atoms.text
    before = atoms.size_before(start)
    full = atoms.last_end(before + room)
    if full <= start:
        return start
    candidates = [len(text)] if full == len(text) else []
    sentences = _sentence_ends(atoms, start, full, lines=True)
    candidates += [stop for stop in sentences if atoms.size_before(stop) - before >= room * _LEAST_IN_THREAD]
    for stops in (candidates, _word_ends(atoms, start, full), atoms.ends_down_from(full, start)):
        for stop in stops:
            if cost(atoms.trim(start, stop), atoms.capabilities) <= room:
                return stop
    return start


def _word_ends(atoms: Atoms, start: int, full: int) -> Iterator[int]:
    return (stop for stop in atoms.ends_down_from(full, start) if _between_words(atoms.text, stop))


def _between_words(text: str, position: int) -> bool:
    if position >= len(text) or text[position].isspace():
        return True
    before = text[position - 1]
    if before.isspace():
        return True
    return bool(_SCRIPT_WITHOUT_SPACES.match(before)) or bool(_SCRIPT_WITHOUT_SPACES.match(text[position]))


def _sentence_ends(atoms: Atoms, start: int, stop: int, *, lines: bool = False) -> list[int]:
    """Return where sentences end after `start` and up to `stop`, the last one first."""
    text = atoms.text
    ends: list[int] = []
    for match in _SENTENCE.finditer(text, start, min(stop + _LOOK_AHEAD, len(text))):
        if match.end() > stop:
            break
        if atoms.is_end(match.end()) and not _ABBREVIATION.search(
            text, max(start, match.start() - 8), match.start() + 1
        ):
            ends.append(match.end())
    if lines:
        ends.extend(match.start() for match in _LINE_END.finditer(text, start + 1, stop) if atoms.is_end(match.start()))
        ends.sort()
    return ends[::-1]


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of one paragraph, each with the white space behind it; joined they are the paragraph."""
    start = 0
    for match in _SENTENCE.finditer(text):
        if not _ABBREVIATION.search(text, max(start, match.start() - 8), match.start() + 1):
            end = match.end()
            while end < len(text) and text[end].isspace():
                end += 1
            yield text[start:end]
            start = end
    if start < len(text):
        yield text[start:]
