"""Which templates a publication's letters are made with: those that it stores come before those of its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """A publication's own templates: `slug` names its folder, `sources`, by name, are stored and come first."""

    slug: str = ""
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)

    def with_source(self, name: str, source: str | None) -> TemplateSet:
        """Return the set with another stored source of this name, or with none."""
        sources = {key: text for key, text in self.sources.items() if key != name}
        return replace(self, sources=sources if source is None else {**sources, name: source})


def set_of(templates: str | TemplateSet) -> TemplateSet:
    """Return a set of templates; a slug alone is a publication that stores none."""
    return TemplateSet(templates) if isinstance(templates, str) else templates
