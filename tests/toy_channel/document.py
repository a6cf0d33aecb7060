"""The files that docs/adding-a-channel.md names, as it has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/adding-a-channel.md"
_FILE = re.compile(r"^\*\*`([^`\n]+)`\*\*.*?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A file of the document: all of a new one, or with `diff` the lines by which one that is there differs."""

    path: str
    text: str
    diff: bool


def blocks() -> Iterator[Block]:
    """Yield the document's files in its order."""
    for path, kind, text in _FILE.findall(DOCUMENT.read_text(encoding="utf-8")):
        yield Block(path, text, kind == "diff")


def apply(tree: Path) -> None:
    """Write all of them into a copy of the product."""
    for block in blocks():
        path = tree / block.path
        if block.diff:
            path.write_text(changed(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
        else:
            assert not path.exists(), f"{block.path} is there already"
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text, encoding="utf-8")


def changed(text: str, diff: str) -> str:
    """Add a diff's new lines, each after the line that stands before it there and is in the text once."""
    lines, before = text.splitlines(), ""
    for line in diff.splitlines():
        if line.startswith("+"):
            assert lines.count(before) == 1, before
            lines.insert(lines.index(before) + 1, line[1:])
        before = line[1:]
    return "\n".join(lines) + "\n"
