"""A large CSV file put on a list, on an embedded PostgreSQL of its own.

    python benchmarks/imports.py [--rows 1000000] [--json]

Makes a file of made-up people (address, name, language, city, plan), imports it in a process of its own as `distributor
subscribers import` does, and prints seconds, rows a second and the process's peak memory; then imports it again, when
everyone is known and unchanged. Beside it, in the same run, what PostgreSQL needs for the bare COPY of the same file
into a table without index or check: no import can be faster. With --json the last line is one object.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from benchmarks.support.figures import Goal, show
from benchmarks.support.house import module, separate_house
from distributor.embedded.postgres import database_url

GOALS = (Goal("rows_per_s", 1_000_000 / 60), Goal("peak_rss_mb", 200, at_least=False))
# The import in a process of its own, which says its own peak: ru_maxrss is in KiB on Linux.
IMPORT = (
    "import resource, sys; from distributor.cli import main\n"
    "try: main(['subscribers', 'import', sys.argv[1], '--list', 'readers', '--json'])\n"
    "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with separate_house() as folder:
        figures = measure(folder, arguments.rows)
    show(figures, GOALS, as_json=arguments.json)


def measure(folder: Path, rows: int) -> dict[str, Any]:
    """Import a file of `rows` rows in this house; return the figures."""
    file = folder / "people.csv"
    write(file, rows)
    subprocess.run(module("distributor.cli", "publications", "add", "Lantern"), check=True, stdout=subprocess.DEVNULL)
    bare = bare_copy(file)
    seconds, megabytes, report = timed_import(file)
    again, _, second = timed_import(file)
    assert (report["added"], second["unchanged"]) == (rows, rows), (report, second)
    return {
        "rows": rows,
        "file_mb": file.stat().st_size / 1e6,
        "import_s": seconds,
        "rows_per_s": rows / seconds,
        "peak_rss_mb": megabytes,
        "import_again_s": again,
        "bare_copy_s": bare,
        "times_bare_copy": seconds / bare,
    }


def write(file: Path, rows: int) -> None:
    """Write made-up people, all different, at 500 domains."""
    with file.open("w", encoding="utf-8") as out:
        out.write("email,name,language,city,plan\n")
        for number in range(rows):
            city, language = ("Seoul", "ko") if number % 3 else ("Busan", "en")
            out.write(
                f"reader.{number}@inbox{number % 500}.example,Reader Nº {number},{language},{city},p{number % 7}\n"
            )


def bare_copy(file: Path) -> float:
    """Return the seconds that PostgreSQL needs to take the file's bytes into a bare table."""
    with psycopg.connect(database_url(), autocommit=True) as database:
        database.execute("CREATE TABLE bare (email text, name text, language text, city text, plan text)")
        start = time.monotonic()
        with database.cursor().copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copy, file.open("rb") as data:
            while block := data.read(1 << 18):
                copy.write(block)
        seconds = time.monotonic() - start
        database.execute("DROP TABLE bare")
    return seconds


def timed_import(file: Path) -> tuple[float, float, dict[str, Any]]:
    """Return (seconds with the process's start, peak MB, the import's report)."""
    start = time.monotonic()
    process = subprocess.run([sys.executable, "-c", IMPORT, str(file)], check=True, capture_output=True, text=True)
    seconds = time.monotonic() - start
    return seconds, int(process.stderr.split()[-1]) * 1024 / 1e6, json.loads(process.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
