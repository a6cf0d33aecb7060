"""Where letters come from: a file, a folder or zip file of files, an http(s) URL, standard input."""

from __future__ import annotations

import posixpath
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from distributor.channels.http import fetch
from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft
from distributor.letters.intake.drafts import shorten
from distributor.letters.intake.parser_processes import parse_apart
from distributor.letters.intake.picture_folders import DiskFolder
from distributor.letters.intake.refusals import NoLetter
from distributor.letters.intake.text_encoding import LIMIT, check_size
from distributor.letters.intake.zip_files import ZIP_LIMIT, ZipFolder, is_zip

# What pages saved from a browser bring along; in a folder these are no letters, and no mistakes.
_COMPANIONS = re.compile(
    r"\.(?:css|m?js|map|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|mp[34]|webm|pdf)", re.IGNORECASE
)
# What may hold a letter in a zip file, where folders of all kinds come along.
_LETTERS = re.compile(r"\.(?:html?|xhtml|txt|md|markdown|mdown|mkd|rss|atom|xml|json)$", re.IGNORECASE)
_SAVED_WITH_PAGE = re.compile(r"_files/|\.resources/")


def read_sources(source: str, *, stdin: BinaryIO | None = None, allow: tuple[str, ...] = ()) -> list[Draft]:
    """Return the letters of a source: a file, a folder or zip file (in the order of names), an http(s) URL or "-".

    A page, text or Markdown file gives one Draft, a feed one for each entry. In a folder hidden files and the pictures
    and style sheets of saved pages are passed over, and so are files that hold no letter, as long as one does;
    subfolders are not read, which the first letter's notices say. Of a zip file they are read, too. Pictures that a
    letter names by a path are taken from beside it.
    `stdin` is read for "-" (default: the process's own). `allow` lists origins that may be local (see
    `channels.http.client`).

    The same file again is the same letter: its absolute path is one of the letter's keys. What comes on standard input
    has only the keys that stand in it.

    Raises SourceError, one sentence, for whatever can't be used; then nothing was taken in.
    """
    if source == "-":
        content = (stdin or sys.stdin.buffer).read(LIMIT + 1)
        return parse_apart(content, name="Standard input")
    if re.match(r"https?:|[A-Za-z][A-Za-z0-9+.-]+://|mailto:", source, re.IGNORECASE):
        page = fetch(source, limit=LIMIT, allow=allow)
        return parse_apart(page.content, name=page.url, url=page.url, content_type=page.content_type)
    try:
        path = Path(source).expanduser()
        is_folder = path.is_dir()
    except (OSError, RuntimeError) as error:  # a name that is too long; a home that can't be told
        raise SourceError(f"There is no file or folder “{shorten(source, 80)}”: check the name.") from error
    return _read_folder(path) if is_folder else _read_file(path)


def _read_folder(folder: Path) -> list[Draft]:
    try:
        entries = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
        files = [path for path in entries if path.is_file() and not _COMPANIONS.fullmatch(path.suffix)]
        subfolders = [path.name for path in entries if path.is_dir() and not _SAVED_WITH_PAGE.search(f"{path.name}/")]
    except OSError as error:
        raise SourceError(f"The folder “{folder}” can't be opened: {error.strerror}.") from error
    hint = f" Its subfolders are not read: name one, as “{folder / subfolders[0]}”." if subfolders else ""
    if not files:
        raise SourceError(f"The folder “{folder}” has no files in it: put the letters there first.{hint}")
    drafts: list[Draft] = []
    for path in files:
        try:
            drafts += _read_file(path, root=folder)
        except NoLetter:
            continue
    if not drafts:
        raise SourceError(f"No file in the folder “{folder}” holds a letter.{hint}")
    if subfolders:
        drafts[0] = replace(drafts[0], notices=(*drafts[0].notices, _subfolder_notice(subfolders)))
    return drafts


def _subfolder_notice(names: list[str]) -> str:
    """Return the sentence on a folder's subfolders, told with its first letter: they may be archives."""
    first = ", ".join(f"“{shorten(name, 60)}”" for name in names[:3])
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"The folder’s subfolders were not read: {first}{rest}. Name a subfolder to take its letters in."


def read_upload(content: bytes, *, name: str, content_type: str = "") -> list[Draft]:
    """Return the letters of a file that came without its folder: a zip file's, or its own. Raises SourceError."""
    if is_zip(content, name=name):
        return _read_zip(content, name=name, root=f"zip:{name}")
    return parse_apart(content, name=name, content_type=content_type)


def _read_zip(content: bytes, *, name: str, root: str) -> list[Draft]:
    files = ZipFolder(content, label=f"“{name}”")
    drafts: list[Draft] = []
    for path in files.paths():
        if not _LETTERS.search(path) or _SAVED_WITH_PAGE.search(path):
            continue
        try:
            drafts += parse_apart(
                files.read(path, limit=LIMIT),
                name=posixpath.basename(path),
                path=f"{root}/{path}",
                folder=files.within(posixpath.dirname(path)),
            )
        except NoLetter:
            continue
    if not drafts:
        raise SourceError(f"No file in “{name}” holds a letter: put pages, texts or Markdown into it.")
    return drafts


def _read_file(path: Path, *, root: Path | None = None) -> list[Draft]:
    try:
        with path.open("rb") as file:
            content = file.read(ZIP_LIMIT + 1)
    except FileNotFoundError as error:
        raise SourceError(f"There is no file or folder “{path}”: check the name.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name can't be used"
        raise SourceError(f"“{path}” can't be opened: {reason}.") from error
    if is_zip(content, name=path.name):
        return _read_zip(content, name=path.name, root=str(path.resolve()))
    check_size(len(content), f"“{path.name}”")
    folder = DiskFolder(path.parent, root or path.parent)
    return parse_apart(content, name=path.name, path=str(path.resolve()), folder=folder)
