"""Which of a recipient's attributes a mail can't do without."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from distributor.domain.variants import Variant
from distributor.rendering.sandbox import RecipientEnvironment

_PARSER = RecipientEnvironment(html=False)
_METHODS = frozenset({"get", "items", "keys", "values"})
_GUARDS = frozenset({"default", "d"})


def needed_attributes(variant: Variant) -> tuple[str, ...]:
    """Return the names of the attributes that a compiled mail variant writes, sorted.

    Not among them is what has something in its place: `.get("city", "…")`, `| default("…")`, or a test with
    `is defined` anywhere in the same part.
    """
    names: set[str] = set()
    for source in (variant.subject, variant.html, variant.text):
        tree = _PARSER.parse(source)
        guarded = {
            *_names(node.node for node in tree.find_all(nodes.Filter) if node.name in _GUARDS),
            *_names(node.node for node in tree.find_all(nodes.Test) if node.name in ("defined", "undefined")),
        }
        names |= set(_names(tree.find_all((nodes.Getattr, nodes.Getitem)))) - guarded
    return tuple(sorted(names))


def _names(candidates: Iterator[nodes.Node | None]) -> Iterator[str]:
    for node in candidates:
        if isinstance(node, nodes.Getattr) and _are_attributes(node.node) and node.attr not in _METHODS:
            yield node.attr
        elif isinstance(node, nodes.Getitem) and _are_attributes(node.node) and isinstance(node.arg, nodes.Const):
            yield str(node.arg.value)


def _are_attributes(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Getattr)
        and node.attr == "attributes"
        and isinstance(node.node, nodes.Name)
        and node.node.name == "recipient"
    )
