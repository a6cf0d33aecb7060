"""What is committed as built from npm is what its sources build, and names its licences."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "frontend"
STATIC = ROOT / "distributor" / "desk" / "static" / "desk"


def test_the_editor_is_built_from_its_sources() -> None:
    texts = [
        (SOURCES / name).read_bytes()
        for name in ("markdown-editor.js", "template-editor.js", "build.mjs", "package-lock.json")
    ]
    begin = (STATIC / "markdown-editor.js").read_text(encoding="utf-8")[:400]
    assert sha256(b"".join(texts)).hexdigest() in begin, "run scripts/frontend and commit what it writes"


def test_each_package_in_the_editor_is_named_with_its_licence_and_the_locked_version() -> None:
    packages = json.loads((SOURCES / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    locked = {path.removeprefix("node_modules/"): entry["version"] for path, entry in packages.items() if path}
    licences = (STATIC / "markdown-editor.licences.txt").read_text(encoding="utf-8")
    named = dict(re.findall(r"^(\S+) (\d\S*) \(MIT\)$", licences, re.MULTILINE))
    assert named["@codemirror/view"] == locked["@codemirror/view"]
    assert {name: locked[name] for name in named} == named
    assert licences.count("Permission is hereby granted") == len(named)


def test_the_lock_names_no_address() -> None:
    assert "http" not in (SOURCES / "package-lock.json").read_text(encoding="utf-8")
