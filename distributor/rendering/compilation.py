"""A part of a mail, compiled for many recipients.

The encoded form of a part is made by Jinja2's own compiler from the same tree as the plain one, with two changes: what
a template writes is transfer-encoded when it is compiled, what it prints when it runs; and a recipient's fields are
variables, so that the sandbox need not look at each access. Where a construct captures what is written, to do something
else with it, the text is encoded after rendering, to the same result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, Final

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer

from distributor.domain.recipients import Recipient
from distributor.rendering.environment import named_errors
from distributor.rendering.quoted_printable import encode, encode_html, encode_text, one_kind_of_break
from distributor.rendering.sandbox import (
    LONGEST,
    OutputBudget,
    RecipientEnvironment,
    bounded_range,
    limit_length,
    too_long,
)

_RECIPIENT: Final = "recipient"
_FIELDS = frozenset(field.name for field in fields(Recipient))
# Names in compiled templates. No template may use names like them.
_PREFIX: Final = "_our_"
_BUDGET, _FIELD, _ENCODED_FIELD = f"{_PREFIX}budget", f"{_PREFIX}field_", f"{_PREFIX}encoded_"
_SPEND, _LIMIT = f"{_PREFIX}spend", f"{_PREFIX}bounded"

_CAPTURE_NODES = (nodes.AssignBlock, nodes.FilterBlock, nodes.CallBlock, nodes.Macro, nodes.ScopedEvalContextModifier)
_OTHER_TEMPLATES = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport, nodes.Block)
_GROWTH = 4  # encoded characters a byte at most: “=XX”, and the line breaks


class CompiledPart:
    """One part of a mail. `render` may be called by several threads at once.

    `constant` is the part where it is the same for everyone, else None. Raises TemplateError when the source can't be
    compiled; `name` is what the error calls it.
    """

    def __init__(self, source: str, name: str, *, html: bool, encode: bool = False) -> None:
        self._name = name
        self._longest = LONGEST + _GROWTH * len(source.encode("utf-8", "replace"))
        with named_errors(name):
            tree = RecipientEnvironment(html=html).parse(source)
            _check(tree)
            self._loops, captures = _has(tree, nodes.For, *_CAPTURE_NODES), _has(tree, *_CAPTURE_NODES)
            self._encode_after = encode and captures
            constant = _is_constant(tree)
            self._environment = _Direct(html=html) if encode and not captures else _plain_environment(html=html)
            changes = _Changes(direct=encode and not captures, shadowed=_is_shadowed(tree))
            tree = changes.visit(tree)
            tree.set_environment(self._environment)
            code = self._environment.compile(tree, filename=name)
        self._template = jinja2.Template.from_code(self._environment, code, {}, None)
        self._fields = tuple((f"{_FIELD}{field}", field) for field in sorted(changes.fields))
        self._encoded_fields = tuple((f"{_ENCODED_FIELD}{field}", field) for field in sorted(changes.encoded_fields))
        self._encode = encode_html if html else encode_text
        self.constant = self.render(Recipient(0, "")) if constant else None

    def render(self, recipient: Recipient) -> str:
        """Return the part for one recipient. Raises TemplateError when it needs what this recipient does not have."""
        variables: dict[str, Any] = {_RECIPIENT: recipient, "range": bounded_range}
        for variable, field in self._fields:
            variables[variable] = getattr(recipient, field)
        try:
            for variable, field in self._encoded_fields:
                variables[variable] = self._encode(getattr(recipient, field))
            if self._loops:
                variables[_BUDGET] = OutputBudget(self._longest)
            pieces = self._template.root_render_func(self._template.new_context(variables, shared=True))
            text = self._join(pieces) if self._loops else "".join(pieces)
            return encode(self._short(text)) if self._encode_after else self._short(text)
        except Exception:  # noqa: BLE001 # named_errors turns it into a TemplateError
            with named_errors(self._name):
                self._environment.handle_exception()

    def _join(self, pieces: Iterable[str]) -> str:
        """Join what a template with loops writes, as long as it is not too much."""
        parts, room = [], self._longest
        for piece in pieces:
            room -= len(piece)
            if room < 0:
                raise too_long()
            parts.append(piece)
        return "".join(parts)

    def _short(self, text: str) -> str:
        if len(text) > self._longest:
            raise too_long()
        return text


class _Generator(CodeGenerator):
    """Writes code that yields encoded pieces."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        return one_kind_of_break(super()._output_child_to_const(node, frame, finalize))

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        return repr(encode("".join(group)))

    def _output_child_pre(self, node: nodes.Expr, *_: Any) -> None:
        if not _is_encoded(node):
            self.write("environment.encode_value(")

    def _output_child_post(self, node: nodes.Expr, *_: Any) -> None:
        if not _is_encoded(node):
            self.write(")")


class _Direct(RecipientEnvironment):
    """The environment of parts that are encoded as they are rendered."""

    code_generator_class = _Generator

    def __init__(self, *, html: bool) -> None:
        super().__init__(html=html)
        self.encode_value = encode_html if html else encode_text
        self.filters |= {_SPEND: OutputBudget.spend, _LIMIT: limit_length}


def _plain_environment(*, html: bool) -> RecipientEnvironment:
    environment = RecipientEnvironment(html=html, finalize=_finalize)
    environment.filters |= {_SPEND: OutputBudget.spend, _LIMIT: limit_length}
    return environment


@jinja2.pass_context
def _finalize(context: Context, value: Any) -> Any:
    """Return a value as the plain form writes it, noting how much that is: what is captured may be written again."""
    budget = context.resolve(_BUDGET)
    if isinstance(budget, OutputBudget):
        budget.write(len(str(value)))
    return one_kind_of_break(value) if isinstance(value, str) else value


class _Changes(NodeTransformer):
    """Changes a tree before it is compiled. It then uses the recipient’s `fields` and `encoded_fields`."""

    def __init__(self, *, direct: bool, shadowed: bool) -> None:
        self.fields: set[str] = set()
        self.encoded_fields: set[str] = set()
        self._direct = direct
        self._is_shadowed = shadowed

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 # Jinja2 calls it by this name
        for position, child in enumerate(node.nodes):
            if self._direct and (field := self._field(child)):
                self.encoded_fields.add(field)
                node.nodes[position] = nodes.Name(f"{_ENCODED_FIELD}{field}", "load", lineno=child.lineno)
        return self.generic_visit(node)

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802
        if not (field := self._field(node)):
            return self.generic_visit(node)
        self.fields.add(field)
        return nodes.Name(f"{_FIELD}{field}", "load", lineno=node.lineno)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return nodes.Filter(node, _LIMIT, [], [], None, None, lineno=node.lineno)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        return self._count(node)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802
        return self._count(node)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:  # noqa: N802
        return self._count(node)

    def _count(self, node: nodes.For | nodes.Macro | nodes.CallBlock) -> nodes.Node:
        characters = sum(len(data.data) for statement in node.body for data in statement.find_all(nodes.TemplateData))
        self.generic_visit(node)
        budget, line = nodes.Name(_BUDGET, "load", lineno=node.lineno), node.lineno
        spend = nodes.Filter(budget, _SPEND, [nodes.Const(characters, lineno=line)], [], None, None, lineno=line)
        node.body.insert(0, nodes.ExprStmt(spend, lineno=line))
        return node

    def _field(self, node: nodes.Node) -> str:
        """Return which field of the recipient an expression is, "" for none."""
        if self._is_shadowed or not isinstance(node, nodes.Getattr) or not isinstance(node.node, nodes.Name):
            return ""
        return node.attr if node.node.name == _RECIPIENT and node.attr in _FIELDS else ""


def _check(tree: nodes.Template) -> None:
    """Refuse what can't be done for a recipient."""
    for statement in tree.find_all(_OTHER_TEMPLATES):
        kind = type(statement).__name__.lower()
        raise jinja2.TemplateSyntaxError(
            f"“{kind}” can’t be used for a recipient: write it outside of per_recipient(…)", statement.lineno
        )
    for loop in tree.find_all(nodes.For):
        if loop.recursive:
            raise jinja2.TemplateSyntaxError("a loop for a recipient can’t be recursive: write it out", loop.lineno)
    for name in tree.find_all(nodes.Name):
        if name.name.startswith(_PREFIX) or name.name == "self":
            raise jinja2.TemplateSyntaxError(f"there is no “{name.name}”: take another name", name.lineno)


def _has(tree: nodes.Template, *kinds: type[nodes.Node]) -> bool:
    return next(tree.find_all(kinds), None) is not None


def _is_constant(tree: nodes.Template) -> bool:
    return all(
        isinstance(statement, nodes.Output)
        and all(isinstance(child, nodes.TemplateData | nodes.Const) for child in statement.nodes)
        for statement in tree.body
    )


def _is_shadowed(tree: nodes.Template) -> bool:
    """Whether the template calls something of its own “recipient”."""
    stored = any(name.name == _RECIPIENT and name.ctx != "load" for name in tree.find_all(nodes.Name))
    return stored or any(macro.name == _RECIPIENT for macro in tree.find_all(nodes.Macro))


def _is_encoded(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name.startswith(_ENCODED_FIELD)
