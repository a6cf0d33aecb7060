"""Every address of the product, as its URL configuration has them: what is added there is attacked with the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

VALUES = {
    "publication": "lantern", "channel": "mail", "kind": "atom", "key": "ab", "colour": "112233", "token": "ab",
    "provider": "postmark", "code": "ab", "slug": "fog", "name": "approve",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """One route, the view behind it, and its places for values."""

    route: str
    view: Callable[..., Any]
    places: dict[str, str]

    def path(self, *, text: str = "", number: int = 1) -> str:
        """Return the path with these in the places of its texts and numbers; for texts, usual ones where it is ""."""
        path = f"/{self.route}"
        for name, kind in self.places.items():
            value = str(number) if kind == "int" else text or VALUES.get(name, "x")
            path = path.replace(f"<{kind}:{name}>", value).replace(f"<{name}>", value)
        assert "<" not in path, path
        return path


def _addresses(rows: list[URLPattern | URLResolver], before: str = "") -> Iterator[Address]:
    for row in rows:
        route = before + str(row.pattern)
        if isinstance(row, URLResolver):
            yield from _addresses(row.url_patterns, route)
        else:
            kinds = {
                name: type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
                for name, converter in row.pattern.converters.items()
            }
            yield Address(route.removesuffix("^.*$"), row.callback, kinds)


ADDRESSES = tuple(_addresses(get_resolver().url_patterns))
