"""Where the pictures are that a letter names by a path: beside its file, in its folder or in its zip file."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

LARGEST = 30 * 1024 * 1024  # bytes of one picture


class PictureFolder(Protocol):
    """Gives the bytes of a picture by its path."""

    def picture(self, path: str) -> bytes | None:
        """Return the picture at a path as a letter writes it, None where there is none. Raises PictureRefused."""
        ...


class PictureRefused(Exception):
    """There is a picture, and it is not taken; `str(error)` says why, as the end of a sentence."""


class DiskFolder:
    """A folder of this machine: what a letter's file names, as long as it is within `root`.

    A path is looked up beside the file first, then, as sites do, from the root. Who wrote the letter is not who owns
    the machine: neither `..` nor a link leads out of the root.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder, self._root = folder.resolve(), root.resolve()

    def picture(self, path: str) -> bytes | None:
        plain = plain_path(path)
        if not plain:
            return None
        outside = False
        for start in (self._folder, self._root):
            try:
                file = (start / plain).resolve()
                if not file.is_relative_to(self._root):
                    outside = True
                elif file.is_file():
                    if file.stat().st_size > LARGEST:
                        raise PictureRefused(f"it is larger than {LARGEST // 1024 // 1024} MB")
                    return file.read_bytes()
            except (OSError, ValueError, RuntimeError):  # no right to read it; a name that can't be one
                continue
        if outside:
            raise PictureRefused("it lies outside the letter’s folder: give the folder that holds both")
        return None


def plain_path(path: str) -> str:
    """Return a path as it stands in an address, without its query: `img/a%20b.jpg?w=9` → `img/a b.jpg`."""
    try:
        plain = unquote(urlsplit(path).path)
    except ValueError:
        return ""
    plain = plain.replace("\\", "/").lstrip("/")
    return posixpath.normpath(plain) if plain and "\0" not in plain else ""
