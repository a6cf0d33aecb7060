"""What commands write: JSON for machines on stdout, tables and sentences for people. stderr is for asides."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

WIDE = 160  # columns of a file or pipe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.console import Console

json_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--json", "as_json", is_flag=True, help="Answer in JSON, for machines."
)
publication_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--publication", "publication_slug", default="", metavar="SLUG", help="Which publication, where there are several."
)


def prepare() -> None:
    """Write UTF-8 whatever the locale says: our texts and letters need it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def write_json(value: Any) -> None:
    """Write one JSON value on one line of stdout, at once."""
    text = json.dumps(value, ensure_ascii=False)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:  # half a surrogate pair: only the escaped form can carry it
            text = json.dumps(value)
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(sentence: str) -> None:
    """Write one sentence on stderr."""
    sys.stderr.write(f"{' '.join(sentence.split())}\n")
    sys.stderr.flush()


note = complain


def console() -> Console:
    """Return rich's console for stdout. Texts given to it are not read as markup; what is no terminal is wide."""
    from rich.console import Console

    result = Console(highlight=False, markup=False, emoji=False)
    if not result.is_terminal and "COLUMNS" not in os.environ:
        result.width = WIDE
    return result


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, empty: str) -> None:
    """Print these columns of rows as a table, or the sentence `empty` where there are no rows."""
    from rich.table import Table

    if not rows:
        console().print(empty)
        return
    table = Table(*columns, box=None, pad_edge=False, header_style="dim")
    for row in rows:
        table.add_row(*("" if row[column] is None else str(row[column]) for column in columns))
    console().print(table)
