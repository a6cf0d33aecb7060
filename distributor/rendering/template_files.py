"""The templates that there are: the common ones, and those of a publication's own folder, which come before them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from distributor import paths
from distributor.rendering.environment import own_folders

KINDS = ("email", "social")


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One template as a publication has it. `is_own`: from its own folder. `overrides`: there is a common one, too."""

    name: str
    is_own: bool
    overrides: bool
    source: str


def template_files(slug: str) -> list[TemplateFile]:
    """Return all templates of variants that a publication's letters use, in the order of their names."""
    own, common = _own_files(slug), _files(paths.templates())
    return [
        TemplateFile(name, name in own, name in own and name in common, _text(own.get(name) or common[name]))
        for name in sorted({*own, *common})
    ]


def _own_files(slug: str) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for folder in reversed(own_folders(slug)):  # the first counts
        files |= _files(folder)
    return files


def _files(root: Path) -> dict[str, Path]:
    names = {}
    for kind in KINDS:
        for path in (root / kind).glob("*"):
            if path.is_file() and path.suffix in (".txt", ".html"):
                names[path.relative_to(root).as_posix()] = path
    return names


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
