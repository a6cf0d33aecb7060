"""The templates that there are: the common ones, those of a publication's own folder, and those that it stores."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from distributor import paths
from distributor.rendering.environment import own_folders
from distributor.rendering.template_sets import TemplateSet, set_of

KINDS = ("email", "social")


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One template as a publication has it: `source` holds.

    `is_own`: it is the publication's. `is_stored`: it was written on the desk or by a program, else it is a file.
    `overrides`: there is a common one, too. `below` is what would hold without the stored one, None for nothing.
    """

    name: str
    is_own: bool
    overrides: bool
    source: str
    is_stored: bool = False
    below: str | None = None


def template_files(templates: str | TemplateSet) -> list[TemplateFile]:
    """Return all templates of variants that a publication's letters use, in the order of their names."""
    template_set = set_of(templates)
    own_files, common, sources = _own_files(template_set.slug), _files(paths.templates()), template_set.sources
    entries = []
    for name in sorted({*own_files, *common, *sources}):
        file = own_files.get(name) or common.get(name)
        below = _text(file) if file is not None else None
        source = sources.get(name, below or "")
        is_own, is_stored = name in own_files or name in sources, name in sources
        entries.append(TemplateFile(name, is_own, is_own and name in common, source, is_stored, below))
    return entries


def template_file(templates: str | TemplateSet, name: str) -> TemplateFile | None:
    """Return the template of that name, None where there is none."""
    return next((file for file in template_files(templates) if file.name == name), None)


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
