"""Where letters come from: a file, a folder of files, an http(s) URL, standard input."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import BinaryIO

from distributor.channels.http import fetch
from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft
from distributor.letters.intake.drafts import shorten
from distributor.letters.intake.page import NoLetter
from distributor.letters.intake.parser_processes import parse_apart
from distributor.letters.intake.text_encoding import LIMIT, check_size

# What pages saved from a browser bring along; in a folder these are no letters, and no mistakes.
_COMPANIONS = re.compile(
    r"\.(?:css|m?js|map|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|mp[34]|webm|pdf)", re.IGNORECASE
)


def read_sources(source: str, *, stdin: BinaryIO | None = None, allow: tuple[str, ...] = ()) -> list[Draft]:
    """Return the letters of a source: a file, a folder (its files in the order of their names), an http(s) URL or "-".

    A page, text or Markdown file gives one Draft, a feed one for each entry. In a folder hidden files, subfolders and
    the pictures and style sheets of saved pages are passed over, and so are files that hold no letter, as long as one
    does. `stdin` is read for "-" (default: the process's own). `allow` lists origins that may be local (see
    `channels.http.client`).

    The same file again is the same letter: without an address or a slug of its own, a letter's source is its file's
    absolute path.

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
        files = sorted(
            path
            for path in folder.iterdir()
            if path.is_file() and not path.name.startswith(".") and not _COMPANIONS.fullmatch(path.suffix)
        )
    except OSError as error:
        raise SourceError(f"The folder “{folder}” can't be opened: {error.strerror}.") from error
    if not files:
        raise SourceError(f"The folder “{folder}” has no files in it: put the letters there first.")
    drafts: list[Draft] = []
    for path in files:
        try:
            drafts += _read_file(path)
        except NoLetter:
            continue
    if not drafts:
        raise SourceError(f"No file in the folder “{folder}” holds a letter.")
    return drafts


def _read_file(path: Path) -> list[Draft]:
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
    except FileNotFoundError as error:
        raise SourceError(f"There is no file or folder “{path}”: check the name.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name can't be used"
        raise SourceError(f"“{path}” can't be opened: {reason}.") from error
    check_size(len(content), f"“{path.name}”")
    return parse_apart(content, name=path.name, key=f"file:{path.resolve()}")
