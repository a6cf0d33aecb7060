"""In which encoding a table of people is: by its byte order mark, else by its lines."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import BinaryIO

from charset_normalizer import from_bytes

from distributor.domain.errors import BadInput

UTF_8 = "utf-8"
UNREADABLE = "\udcff"  # stands for bytes that the encoding does not have: never part of a text
_BLOCK = 1 << 20  # bytes
_SAMPLE = 1 << 16  # bytes of lines that are not UTF-8, which is plenty to tell one encoding from another
_MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What spreadsheets save where it is not UTF-8. Those of one byte a letter can't be told apart by a few names, so that
# of Western Europe stands for all but the Cyrillic one.
_CANDIDATES = ("cp949", "cp932", "gb18030", "big5", "cp1251", "cp1252")
LABELS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
    "cp949": "Korean (CP949)",
    "cp932": "Japanese (Shift JIS)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)",
    "cp1251": "Cyrillic (Windows-1251)",
    "cp1252": "Western European (Windows-1252)",
    "cp1250": "Central European (Windows-1250)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
}
_WESTERN, _CYRILLIC = "cp1252", "cp1251"
_FOREIGN_RUN = re.compile(r"([A-Za-z]?)([^\x00-\x7f]+)([A-Za-z]?)")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]+")  # katakana of half the width, as any accented letters seem to be
# A file in UTF-8 may have damaged rows: they are told one by one. Below this it has them; from here on it is another.
_FEW_LINES = 3
_SMALL_PART = 20
_MOSTLY_FOREIGN = 10


def _mark_unreadable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNREADABLE, error.end


ERRORS = "distributor-unreadable"
codecs.register_error(ERRORS, _mark_unreadable)


def codec_of(name: str) -> str:
    """Return the codec that a person named. Raises BadInput for what is none of text."""
    try:
        codec = codecs.lookup(name.strip()).name
        "a".encode(codec)
    except (LookupError, UnicodeError, ValueError):
        examples = "utf-8, cp949, shift_jis or latin-1"
        raise BadInput(f"“{name[:40]}” is not an encoding: write one like {examples}.") from None
    return codec


def label(encoding: str) -> str:
    """Return an encoding's name for people."""
    return LABELS.get(encoding, encoding)


@dataclass(slots=True)
class _Lines:
    """Lines with other letters than ASCII has, so far."""

    count: int = 0
    utf_8: int = 0
    foreign: int = 0
    is_first_foreign: bool = False
    sample: list[bytes] = field(default_factory=list)
    _sample_size: int = 0

    def take(self, chunk: bytes) -> None:
        is_first = self.count == 0
        self.count += chunk.count(b"\n") + chunk.count(b"\r")
        if chunk.isascii():
            return
        lines = chunk.replace(b"\r", b"\n").split(b"\n")
        for number, line in enumerate(lines):
            if line.isascii():
                continue
            try:
                line.decode(UTF_8)
                self.utf_8 += 1
            except UnicodeDecodeError:
                self._take_foreign(line)
                self.is_first_foreign |= is_first and not number

    def _take_foreign(self, line: bytes) -> None:
        self.foreign += 1
        if self._sample_size < _SAMPLE:
            self.sample.append(line[:1000])
            self._sample_size += len(line[:1000])

    def is_utf_8(self) -> bool:
        """Whether it is UTF-8, perhaps with damaged lines: one wrong byte is not yet another encoding."""
        if not self.foreign or self.utf_8 * _MOSTLY_FOREIGN >= self.foreign:
            return True
        is_damage = self.foreign < _FEW_LINES and self.foreign * _SMALL_PART < self.count
        return is_damage and not self.is_first_foreign


def detect(stream: BinaryIO) -> str:
    """Return the encoding of a stream of bytes, which is read to its end in bounded memory."""
    lines, tail = _Lines(), b""
    while block := stream.read(_BLOCK):
        if not lines.count and not tail and (mark := _by_mark(block)):
            return mark
        data = tail + block
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1 or len(data)
        lines.take(data[:end])
        tail = data[end:]
    lines.take(tail)
    return UTF_8 if lines.is_utf_8() else _guess(b"\n".join(lines.sample))


def _by_mark(start: bytes) -> str:
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    # A Latin letter in UTF-16 is the letter and a NUL, which no text in any other encoding has.
    return {b"\x01\x00\x01\x00": "utf-16-le", b"\x00\x01\x00\x01": "utf-16-be"}.get(
        bytes(1 if byte else 0 for byte in start[:4]), ""
    )


def _guess(sample: bytes) -> str:
    candidates = [codec for codec in _CANDIDATES if codec == _WESTERN or _is_plausible(sample, codec)]
    best = from_bytes(sample, cp_isolation=candidates, threshold=1, preemptive_behaviour=False).best()
    return best.encoding if best is not None else _WESTERN


def _is_plausible(sample: bytes, codec: str) -> bool:
    """Whether its words are of one script: in “庨鎑z” a Western “Ñuñez” was taken for Chinese."""
    runs = _FOREIGN_RUN.findall(sample.decode(codec, "replace"))
    if all(_HALF_WIDTH.fullmatch(run) for _before, run, _after in runs):
        return False
    shortest = 2 if codec == _CYRILLIC else 1  # letters: a Latin word has one accent here and there
    mixed_count = sum(bool(before or after or len(run) < shortest) for before, run, after in runs)
    return mixed_count * 2 < len(runs)
