"""CSV files as they come: plain or gzipped, with whatever separator, read row by row in bounded memory."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, BinaryIO, TextIO, TypeAlias, cast

from distributor.domain.errors import BadTable

Source: TypeAlias = "Path | BinaryIO | TextIO"
LONGEST_LINE = 1_000_000  # characters: a file without line ends, or a zipped bomb, must not fill the memory
_GZIP = b"\x1f\x8b"  # RFC 1952 §2.3.1
_BUFFER = 1 << 18


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A file to read. `title` names it in sentences; `total` are its bytes on disk, 0 where nobody knows."""

    text: TextIO
    title: str
    total: int = 0
    _raw: BinaryIO | None = None

    def read(self) -> int:
        """Return how many bytes of the file on disk have been read so far."""
        return self._raw.tell() if self._raw is not None and self.total else 0


@contextmanager
def open_table(file: Source, *, name: str = "") -> Iterator[CsvTable]:
    """Open a table of UTF-8 text, unzipping what is gzipped. Raises BadTable for a file that can't be read."""
    name = name or (str(file) if isinstance(file, Path) else str(getattr(file, "name", "")))
    title = title_of(name)
    with ExitStack() as stack:
        if isinstance(file, io.TextIOBase):
            yield CsvTable(cast(TextIO, file), title)
            return
        raw, total = _raw(file, stack) if isinstance(file, Path) else (cast(BinaryIO, file), 0)
        reader = io.BufferedReader(cast(io.RawIOBase, raw), _BUFFER)
        zipped = reader.peek(2)[:2] == _GZIP
        data = io.BufferedReader(gzip.GzipFile(fileobj=reader), _BUFFER) if zipped else reader
        text = io.TextIOWrapper(data, encoding="utf-8", newline="")
        stack.callback(_let_go, text, reader)
        yield CsvTable(text, title, total, raw)


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


def _let_go(text: io.TextIOWrapper, reader: io.BufferedReader[Any]) -> None:
    """Leave the stream below open: it is not ours, or closed by who opened it."""
    text.detach()
    reader.detach()


def rows(table: CsvTable) -> Iterator[list[str]]:
    """Yield the header and then every row, as lists of cells. Comma, semicolon and tab separate.

    Raises BadTable for a file that is empty, not UTF-8, damaged or no table.
    """
    title = table.title
    try:
        yield from _rows(table)
    except UnicodeDecodeError as error:
        raise BadTable(f"{title} is not UTF-8: save it as “CSV UTF-8” and import it again.") from error
    except csv.Error as error:
        raise BadTable(f"{title} can't be read as CSV: {error}.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadTable(f"{title} is gzipped and damaged: zip it again.") from error
    except OSError as error:
        raise BadTable(f"{title} can't be read: {error.strerror}.") from error


def _rows(table: CsvTable) -> Iterator[list[str]]:
    lines = _lines(table)
    first = next(lines, "").removeprefix("\ufeff")
    while first and not first.strip():
        first = next(lines, "")
    if not first:
        raise BadTable(f"{table.title} is empty: its first row has to name the columns, one of them “email”.")
    yield from csv.reader(_chain(first, lines), delimiter=delimiter(first), strict=True)


def _lines(table: CsvTable) -> Iterator[str]:
    while line := table.text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise BadTable(f"{table.title} has a line of {LONGEST_LINE:,} characters: that is not a table of people.")
        yield line


def _chain(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def delimiter(header: str) -> str:
    return max((",", ";", "\t"), key=header.count)


def line(cells: Sequence[str]) -> str:
    """Return cells as one line of CSV."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()
