"""Public collections of bounces, with what each says that its mails are: read from a folder of checkouts.

- Sisimai (https://github.com/sisimai): mails are `*/maildir/bsd/NAME.eml`. Its tests hold a table for each NAME with
  the reason of every recipient: in Ruby `test/public/PREFIX.rb`, in Go `fact/NN-PREFIX_test.go`.
- flufl.bounce (https://gitlab.com/warsaw/flufl.bounce): `tests/data/NAME.txt`; its tests say whether each is temporary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_RUBY_ENTRY = re.compile(r"^\s*'(\d\d)' =>", re.MULTILINE)
_RUBY_ROW = re.compile(r"\['[\d.]*',\s*'\d*',\s*'(\w+)',\s*(?:true|false)")
_GO_ROW = re.compile(r'\{"(\d\d)",\s*\d+,\s*"[\d.]*",\s*"\d*",\s*"(\w+)",\s*(?:true|false)')
_FLUFL_ROW = re.compile(r"\('\w+',\s*'(\w+\.txt)',\s*\[[^\]]*\](, True)?")


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail, and the reasons that its set gives for its recipients, sorted, none twice."""

    name: str
    content: bytes
    reasons: tuple[str, ...]


def samples(folder: Path) -> Iterator[Sample]:
    """Yield the mails of all checkouts in a folder for which a set says what they are; the same mail once."""
    seen_hashes: set[bytes] = set()
    for name, file, reasons in _listed(folder):
        content = file.read_bytes()
        digest = sha256(content).digest()
        if digest not in seen_hashes:
            seen_hashes.add(digest)
            yield Sample(name, content, reasons)


def _listed(folder: Path) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
    tables = _sisimai(folder)
    for file in sorted(folder.glob("**/maildir/bsd/*.eml")):
        # The table of the same checkout first: numbers have been given anew.
        own = next((table for root, table in tables.items() if file.is_relative_to(root) and file.stem in table), None)
        table = own or next((table for table in tables.values() if file.stem in table), {})
        if file.stem in table:
            yield file.stem, file, tuple(sorted(table[file.stem]))
    for detectors in sorted(folder.glob("**/_detectors/tests/detectors.py")):
        data = detectors.parents[2] / "tests/data"
        for name, temporary in _FLUFL_ROW.findall(detectors.read_text()):
            if (data / name).exists():
                yield f"flufl-{name}", data / name, ("flufl temporary" if temporary else "flufl permanent",)


def _sisimai(folder: Path) -> dict[Path, dict[str, set[str]]]:
    """Return the reasons by name of mail, for each checkout that has a table of them."""
    tables: dict[Path, dict[str, set[str]]] = {}
    for file in sorted(folder.glob("**/test/public/*.rb")):
        parts = _RUBY_ENTRY.split(file.read_text())
        for number, rows in zip(parts[1::2], parts[2::2], strict=True):
            if reasons := set(_RUBY_ROW.findall(rows)):
                tables.setdefault(file.parents[2], {})[f"{file.stem}-{number}"] = reasons
    for file in sorted(folder.glob("**/fact/[0-9][0-9]-*_test.go")):
        prefix = file.stem[3:].removesuffix("_test")
        for number, reason in _GO_ROW.findall(file.read_text()):
            tables.setdefault(file.parents[1], {}).setdefault(f"{prefix}-{number}", set()).add(reason)
    return tables
