"""A zip file as a source of letters: its files in memory, within bounds, never on disk."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass

from distributor.domain.errors import SourceError
from distributor.letters.intake.picture_folders import LARGEST, PictureRefused, plain_path

MOST_ENTRIES = 2_000
MOST_UNPACKED = 300 * 1024 * 1024  # bytes of all that is read out of one file
MOST_RATIO = 200  # bytes unpacked for one packed: text has 3 to 10, a bomb a thousand
RATIO_FROM = 1024 * 1024  # bytes below which nobody is harmed
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ZIP_LIMIT = 50 * 1024 * 1024  # bytes of the file itself
MOST_DIRECTORY = 1024 * 1024  # bytes of its list of files: the library reads all of it at once
_END = b"PK\x05\x06"  # where the list's size stands, 12 bytes on (APPNOTE.TXT 4.3.16)
_LONGEST_COMMENT = 65_535


def is_zip(content: bytes, *, name: str) -> bool:
    """Return whether this is a zip file. Office documents begin so, too: these are called otherwise."""
    return name.lower().endswith(".zip") and content.startswith((b"PK\x03\x04", _END))


def _largest_directory(content: bytes) -> int:
    """Return how long the list of files says to be, the longest where several stand at the end."""
    tail = content[-(_LONGEST_COMMENT + 22) :]
    ends = (match.start() for match in re.finditer(re.escape(_END), tail))
    return max((int.from_bytes(tail[at + 12 : at + 16], "little") for at in ends), default=0)


class ZipFolder:
    """The files of a zip file by their paths. Raises SourceError for what is no zip file, or far too much of one."""

    def __init__(self, content: bytes, *, label: str) -> None:
        self._label = label
        self._total = 0
        if len(content) > ZIP_LIMIT:
            raise SourceError(f"{label} is larger than {ZIP_LIMIT // 1024 // 1024} MB: give the letters in several.")
        if _largest_directory(content) > MOST_DIRECTORY:
            raise SourceError(f"{label} holds too many files: give the letters in several.")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
            raise SourceError(f"{label} is a broken zip file: make it again.") from error
        if len(entries) > MOST_ENTRIES:
            raise SourceError(f"{label} holds more than {MOST_ENTRIES:,} files: give the letters in several.")
        self._entries = {
            path: entry for entry in entries if not entry.is_dir() and (path := _inner_path(entry.filename))
        }

    def paths(self) -> list[str]:
        """Return the paths of its files, in order; none leads out of it."""
        return sorted(self._entries)

    def read(self, path: str, *, limit: int) -> bytes:
        """Return a file of at most `limit` bytes. Raises SourceError."""
        try:
            return self._read(path, limit)
        except PictureRefused as error:
            raise SourceError(f"“{path}” in {self._label} can’t be read: {error}.") from error

    def within(self, folder: str) -> ZipPictures:
        """Return the pictures that a letter in a folder of it names."""
        return ZipPictures(self, folder)

    def has(self, path: str) -> bool:
        return path in self._entries

    def _read(self, path: str, limit: int) -> bytes:
        entry = self._entries[path]
        if entry.flag_bits & 0x1:
            raise PictureRefused("it is encrypted")
        if entry.compress_type not in _METHODS:
            raise PictureRefused("it is packed in a way that few programs read")
        if entry.file_size > max(RATIO_FROM, MOST_RATIO * entry.compress_size):
            raise PictureRefused("it unpacks to far more than it says")
        if entry.file_size > limit:
            raise PictureRefused(f"it is larger than {limit // 1024 // 1024} MB")
        try:
            # What it says of its size may be a lie: never more than that is unpacked.
            with self._zip.open(entry) as file:
                content = file.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, NotImplementedError) as error:
            raise PictureRefused("it is damaged") from error
        self._total += len(content)
        if len(content) > limit or self._total > MOST_UNPACKED:
            raise SourceError(
                f"{self._label} unpacks to more than {MOST_UNPACKED // 1024 // 1024} MB: give the letters in several."
            )
        return content

    def picture_at(self, path: str) -> bytes | None:
        return self._read(path, LARGEST) if path in self._entries else None


@dataclass(frozen=True, slots=True)
class ZipPictures:
    """The pictures of a zip file as a letter in one of its folders names them."""

    files: ZipFolder
    folder: str

    def picture(self, path: str) -> bytes | None:
        """Return a picture: beside the letter first, then from the top. Raises PictureRefused."""
        plain = plain_path(path)
        for start in (self.folder, ""):
            inner = _inner_path(posixpath.join(start, plain)) if plain else ""
            if inner and self.files.has(inner):
                return self.files.picture_at(inner)
        return None


def _inner_path(name: str) -> str:
    """Return an entry's path within the zip file, "" for one that leads out of it and for what systems add."""
    path = posixpath.normpath(name.replace("\\", "/").lstrip("/"))
    outside = path.startswith("../") or path in ("", ".", "..") or ":" in path.split("/")[0]
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))
    return "" if outside or hidden else path
