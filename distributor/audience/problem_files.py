"""The rows of an import whose people get no mail, as a file of their own: mended, it can be imported again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TextIO

from distributor.audience.csv_files import BadRow, CsvTable, line, open_rows

# Behind the table's own columns, and left out when the file is imported.
ROW: Final = "import row"
MESSAGE: Final = "import message"


def write(problems: Iterable[tuple[int, str]], table: CsvTable, to: TextIO) -> None:
    """Write the rows of a table, which was read to its end, that have problems: (row, why), in the order of the rows.

    Each has all its cells, its row as a spreadsheet counts, and why. Of one that can't be taken apart the text is its
    first cell. What a spreadsheet would run as a formula gets an apostrophe, which an import takes away again.
    """
    with table.again() as again:
        header, rows = open_rows(again)
        to.write(line([*header, ROW, MESSAGE]))
        numbered_rows = enumerate(rows, start=2)
        for number, message in problems:
            cells = next((cells for place, cells in numbered_rows if place == number), [])
            to.write(line(_whole_row(cells, len(header), number, message)))


def _whole_row(cells: list[str] | BadRow, width: int, number: int, message: str) -> list[str]:
    texts = [cells.text] if isinstance(cells, BadRow) else cells
    padding = [""] * (width - len(texts))
    return [*texts[:width], *padding, str(number), message, *texts[width:]]
