"""One text for many recipients: a variant whose sources only write the recipient's fields out, in a provider's signs.

Anything more than `{{ recipient.x }}` (a filter, an `if`, a sum) is worked out by us, mail by mail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import jinja2
from jinja2 import nodes

from distributor.domain.recipients import Recipient
from distributor.domain.variants import Variant
from distributor.rendering.mail import RecipientPass
from distributor.rendering.placeholders import URL_VALUE

_PARSER = jinja2.Environment(autoescape=True, keep_trailing_newline=True)  # only parses
_MARKUP = frozenset("<>&\"'")  # what escaping would change


@dataclass(frozen=True, slots=True)
class Expression:
    """What a source writes out of a recipient, as Jinja2: `recipient.attributes["city"]`."""

    source: str


@dataclass(frozen=True, slots=True)
class MergeTemplate:
    """A mail for all recipients, and how to work out what each one's values are.

    `subject`, `html` and `text` are literal but for the provider's marks, which name keys of `values`.
    """

    subject: str
    html: str
    text: str
    _names: Mapping[str, tuple[str, ...]]
    _pass: RecipientPass
    _between: str

    def values(self, recipient: Recipient) -> dict[str, str]:
        """Return one recipient's values. Raises TemplateError when the mail needs what this recipient does not have."""
        mail = self._pass.render(recipient)
        texts: dict[str, str] = {}
        for part, source in (("subject", mail.subject), ("html", mail.html), ("text", mail.text)):
            names = self._names[part]
            values = source.split(self._between)[1:-1]
            texts.update(zip(names, values, strict=True))
        return texts


def pieces(source: str) -> tuple[str | Expression, ...] | None:
    """Split a recipient-pass source into text and plain expressions; None where it holds anything else."""
    try:
        body = _PARSER.parse(source).body
    except jinja2.TemplateSyntaxError:
        return None
    pieces_of_source: list[str | Expression] = []
    for statement in body:
        if not isinstance(statement, nodes.Output):
            return None
        for node in statement.nodes:
            piece = _piece(node)
            if piece is None:
                return None
            pieces_of_source.append(piece)
    return tuple(pieces_of_source)


def _piece(node: nodes.Node) -> str | Expression | None:
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Const):
        return node.value if isinstance(node.value, str) and not _MARKUP & set(node.value) else None
    path = _path(node)
    return Expression(path) if path and path != "recipient" else None


def _path(node: nodes.Node) -> str | None:
    """Return an expression that only looks something up, written out again."""
    if isinstance(node, nodes.Name):
        return node.name if node.name == "recipient" else None
    if isinstance(node, nodes.Getattr):
        before = _path(node.node)
        return f"{before}.{node.attr}" if before else None
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        before = _path(node.node)
        return f"{before}[{json.dumps(node.arg.value)}]" if before else None
    if isinstance(node, nodes.Filter) and node.name == URL_VALUE and node.node is not None:
        before = _path(node.node)
        return f"{before} | {URL_VALUE}" if before else None
    return None


def merge_template(variant: Variant, *, mark: str, token: str, lenient: bool = False) -> MergeTemplate | None:
    """Return a variant in a provider's signs, or None where it needs working out mail by mail.

    `mark` is how the provider writes a value (`{}` is its name); `token`, letters and digits, begins every name and
    must not be known to whoever writes the letter or fills in a form. With
    `lenient` nothing is written for an attribute that a recipient does not have.
    """
    templates: dict[str, str] = {}
    names: dict[str, tuple[str, ...]] = {}
    sources: dict[str, str] = {}
    between = f"|{token}|"
    for part, source in (("subject", variant.subject), ("html", variant.html), ("text", variant.text)):
        source_pieces = pieces(source)
        if source_pieces is None or token in source:
            return None
        expressions = list(
            dict.fromkeys(expression for expression in source_pieces if isinstance(expression, Expression))
        )
        value_names = {expression: f"{token}{part[0]}{number}" for number, expression in enumerate(expressions)}
        templates[part] = "".join(
            mark.format(value_names[piece]) if isinstance(piece, Expression) else piece for piece in source_pieces
        )
        names[part] = tuple(value_names.values())
        sources[part] = between + "".join(f"{{{{ {expression.source} }}}}{between}" for expression in expressions)
    values = RecipientPass(
        Variant("mail", subject=sources["subject"], html=sources["html"], text=sources["text"]), lenient=lenient
    )
    return MergeTemplate(templates["subject"], templates["html"], templates["text"], names, values, between)
