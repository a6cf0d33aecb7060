"""CSV files as they come: plain or gzipped, in any encoding, with any separator; read in bounded memory."""

from __future__ import annotations

import csv
import gzip
import io
import re
import shutil
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from tempfile import TemporaryFile
from typing import Any, BinaryIO, TextIO, TypeAlias, cast

from distributor.audience import text_encodings
from distributor.audience.csv_cells import harmless, original
from distributor.domain.errors import BadTable

Source: TypeAlias = "Path | BinaryIO | TextIO"
LONGEST_LINE = 1_000_000  # characters: a file without line ends, or a zipped bomb, must not fill the memory
MOST_UNZIPPED = 8_000_000_000  # bytes: a hundred million people
MOST_RATIO = 100  # unpacked to packed; tables of people have 3 to 20
UNZIPPED_AT_ANY_RATIO = 32_000_000  # bytes
_GZIP = b"\x1f\x8b"  # RFC 1952 §2.3.1
_BUFFER = 1 << 18
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # Excel's own, above the header
_QUOTATION = re.compile(r'"[^"]*"')
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A file to read. `title` names it in sentences; `total` are its bytes on disk, 0 where nobody knows."""

    text: TextIO
    title: str
    encoding: str = text_encodings.UTF_8
    total: int = 0
    _raw: BinaryIO | None = None
    _start: int = 0  # where the table begins in it

    def read(self) -> int:
        """Return how many bytes of the file on disk have been read so far."""
        return self._raw.tell() if self._raw is not None and self.total else 0

    @contextmanager
    def again(self) -> Iterator[CsvTable]:
        """Open a table that was read to its end once more, from its beginning."""
        if self._raw is None:
            self.text.seek(0)
            yield self
            return
        self._raw.seek(self._start)
        with _content(self._raw) as data:
            text = io.TextIOWrapper(data, encoding=self.encoding, errors=text_encodings.ERRORS, newline="")
            try:
                yield replace(self, text=text)
            finally:
                text.detach()


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be taken apart, and why; `line` counts the file's lines from 1, `text` is its first one."""

    line: int
    message: str
    text: str = ""


@contextmanager
def open_table(file: Source, *, name: str = "", encoding: str = "") -> Iterator[CsvTable]:
    """Open a table, unzipping what is gzipped, in the encoding that was named or else in the one that it seems to have.

    To tell the encoding the file is read twice; what comes as a stream is kept on disk for it. Raises BadTable for a
    file that can't be read.
    """
    name = name or (str(file) if isinstance(file, Path) else str(getattr(file, "name", "")))
    title = title_of(name)
    with ExitStack() as stack:
        if isinstance(file, io.TextIOBase):
            yield CsvTable(cast(TextIO, file), title)
            return
        raw, total = _raw(file, stack) if isinstance(file, Path) else (_seekable(cast(BinaryIO, file), stack), 0)
        start = raw.tell()
        encoding = encoding or _encoding(raw, title)
        data = stack.enter_context(_content(raw))
        text = io.TextIOWrapper(data, encoding=encoding, errors=text_encodings.ERRORS, newline="")
        stack.callback(text.detach)
        yield CsvTable(text, title, encoding, total, raw, start)


def title_of(name: str) -> str:
    return f"“{PurePath(name).name or 'The table'}”"


def _raw(file: Path, stack: ExitStack) -> tuple[BinaryIO, int]:
    try:
        raw = stack.enter_context(file.open("rb", buffering=0))
        return cast(BinaryIO, raw), file.stat().st_size
    except FileNotFoundError:
        raise BadTable(f"There is no file “{file}”.") from None
    except OSError as error:
        raise BadTable(f"“{file}” can't be read: {error.strerror}.") from error


def _seekable(stream: BinaryIO, stack: ExitStack) -> BinaryIO:
    if stream.seekable():
        return stream
    copy = stack.enter_context(TemporaryFile(prefix="distributor-table-"))  # noqa: SIM115 - the stack closes it
    shutil.copyfileobj(stream, copy)
    copy.seek(0)
    return cast(BinaryIO, copy)


def _encoding(raw: BinaryIO, title: str) -> str:
    """Return the encoding that a stream seems to be in, and go back to where it was."""
    start = raw.tell()
    with _sentences(title), _content(raw) as data:
        encoding = text_encodings.detect(data)
    raw.seek(start)
    return encoding


class _Unzipped(io.RawIOBase):
    """A gzipped stream's content, as long as it is a table's: some kilobytes can unpack to terabytes."""

    def __init__(self, zipped: BinaryIO, raw: BinaryIO) -> None:
        self._content = gzip.GzipFile(fileobj=zipped)
        self._raw = raw
        self._start = raw.tell()
        self._size = 0

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read on. Raises BadTable for what is no table any more."""
        size = self._content.readinto(buffer)
        self._size += size
        packed_size = max(self._raw.tell() - self._start, _BUFFER)
        if self._size > MOST_UNZIPPED or (self._size > UNZIPPED_AT_ANY_RATIO and self._size > MOST_RATIO * packed_size):
            raise BadTable(
                f"The table unpacks to far more than it can hold ({self._size // 1_000_000:,} MB and more): unpack it "
                "yourself, and look at what is in it."
            )
        return size


@contextmanager
def _content(raw: BinaryIO) -> Iterator[io.BufferedReader[Any]]:
    """Give a stream's bytes, unzipped; the stream is left open: it is not ours, or closed by who opened it."""
    reader = io.BufferedReader(cast(io.RawIOBase, raw), _BUFFER)
    try:
        is_zipped = reader.peek(2)[:2] == _GZIP
        yield io.BufferedReader(_Unzipped(reader, raw), _BUFFER) if is_zipped else reader
    finally:
        reader.detach()


@contextmanager
def _sentences(title: str) -> Iterator[None]:
    """Turn what goes wrong with a file into one sentence for a person, a BadTable."""
    try:
        yield
    except UnicodeError as error:
        raise BadTable(f"{title} is not UTF-8: save it as “CSV UTF-8” and import it again.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadTable(f"{title} is gzipped and damaged: zip it again.") from error
    except OSError as error:
        raise BadTable(f"{title} can't be read: {error.strerror}.") from error


def open_rows(table: CsvTable) -> tuple[list[str], Iterator[list[str] | BadRow]]:
    """Return the header, and every row as a list of cells. Comma, semicolon and tab separate, or what `sep=` names.

    A row whose quotation marks don't fit is a BadRow, and the rest is read as if it were not there. Raises BadTable,
    now or later, for a file that is empty, damaged or no table.
    """
    rows = _rows(table)
    header = next(rows, None)
    if isinstance(header, BadRow):
        raise BadTable(f"{table.title} can't be read as CSV: its first row {header.message}.")
    return header or [], rows


def _rows(table: CsvTable) -> Iterator[list[str] | BadRow]:
    with _sentences(table.title):
        yield from _Rows(table)


class _Rows:
    """The rows of a table. Lines that a stray quotation mark swallowed are read once more, without it."""

    def __init__(self, table: CsvTable) -> None:
        self._table = table
        self._again: deque[str] = deque()
        self._line = 0  # how many of the file were read
        self._record: list[str] = []  # the lines of the row that is being read
        self._separator, self._width = ",", 0

    def __iter__(self) -> Iterator[list[str] | BadRow]:
        self._begin()
        while True:
            try:
                for cells in csv.reader(self._lines(), delimiter=self._separator, strict=True):
                    if len(self._record) > 1 and self._has_swallowed_rows():
                        break
                    has_marks = "'" in self._record[0] or len(self._record) > 1
                    self._record.clear()
                    self._width = self._width or len(cells)
                    yield [original(cell) for cell in cells] if has_marks else cells
                else:
                    return
                message = ""
            except csv.Error as error:
                message = str(error)
            yield self._bad_row(message)

    def _begin(self) -> None:
        """Find the header, above which blank lines and Excel's line about the separator may stand."""
        separator = ""
        for line in self._lines():
            first = line.removeprefix("\ufeff") if self._line == 1 else line
            if match := _SEPARATOR_LINE.fullmatch(first.strip(" \r\n")):
                separator = match[1]
            elif first.strip():
                break
        else:
            raise BadTable(f"{self._table.title} is empty: its first row has to name the columns, one of them “email”.")
        self._separator = separator or delimiter(first)
        self._again.append(first)
        self._line -= 1
        self._record.clear()

    def _lines(self) -> Iterator[str]:
        again, record, readline = self._again, self._record, self._table.text.readline
        while line := again.popleft() if again else readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise BadTable(
                    f"{self._table.title} has a line of {LONGEST_LINE:,} characters: that is not a table of people."
                )
            self._line += 1
            record.append(line)
            yield line

    def _has_swallowed_rows(self) -> bool:
        """Whether a cell of several lines holds what is a row by itself: as many cells, and an address."""
        for line in self._record[1:]:
            cells = line.split(self._separator)
            if len(cells) >= self._width and any(_ADDRESS.fullmatch(cell.strip(' "\r\n')) for cell in cells):
                return True
        return False

    def _bad_row(self, error: str) -> BadRow:
        lines = list(self._record)
        text = lines[0].rstrip("\r\n")
        self._record.clear()
        self._line -= len(lines) - 1
        self._again.extendleft(reversed(lines[1:]))
        if len(lines) > 1:
            return BadRow(self._line, "has a quotation mark that is not closed", text)
        if "limit" in error:
            return BadRow(self._line, f"has a cell of more than {csv.field_size_limit():,} characters", text)
        return BadRow(self._line, "has a quotation mark in the middle of a cell", text)


def delimiter(header: str) -> str:
    """Return what separates a header's names."""
    return max((",", ";", "\t"), key=_QUOTATION.sub("", header).count)


def line(cells: Iterable[str], *, raw: bool = False) -> str:
    """Return cells as one line of CSV, harmless in a spreadsheet unless `raw`."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells if raw else map(harmless, cells))
    return buffer.getvalue()
