"""Gzipped tables: what unpacks to far more than a table is refused while it is unpacked."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import pytest

from distributor.audience import csv_files
from distributor.audience.csv_files import open_table
from distributor.domain.errors import BadTable

REFUSED = r"The table unpacks to far more than it can hold \(\d+ MB and more\): unpack it yourself"


def bomb(path: Path, size: int) -> Path:
    with gzip.open(path, "wb") as file:
        file.write(b"email\n")
        for _ in range(size // 1_000_000):
            file.write(b"ada@inbox.example\n" * (1_000_000 // 18))
    return path


def test_a_bomb_is_refused_by_what_it_unpacks_to(tmp_path: Path) -> None:
    path = bomb(tmp_path / "people.csv.gz", 2 * csv_files.UNZIPPED_AT_ANY_RATIO)
    with pytest.raises(BadTable, match=REFUSED), open_table(path) as table:
        for _ in table.text:
            pass


def test_no_table_is_larger_than_that_whatever_its_ratio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "MOST_UNZIPPED", 1_000_000)
    path = tmp_path / "people.csv.gz"
    path.write_bytes(gzip.compress(os.urandom(1_000_000).hex().encode()))
    with pytest.raises(BadTable, match=REFUSED), open_table(path) as table:
        table.text.read()


def test_a_small_table_may_repeat_itself(tmp_path: Path) -> None:
    path = bomb(tmp_path / "people.csv.gz", csv_files.UNZIPPED_AT_ANY_RATIO // 4)
    with open_table(path) as table:
        assert sum(1 for _ in table.text) == 1 + 8 * (1_000_000 // 18)


def test_a_stream_is_held_to_the_same(tmp_path: Path) -> None:
    content = bomb(tmp_path / "people.csv.gz", 2 * csv_files.UNZIPPED_AT_ANY_RATIO).read_bytes()
    with pytest.raises(BadTable, match=REFUSED), open_table(io.BytesIO(content)) as table:
        table.text.read()
