"""What a template of a variant may make: a letter's worth of text, as it is made and not once it is there.

Templates are files of the installation and of its publications. A slip in one, such as a loop around everything, must
not take a worker's memory. What a recipient's expressions may do is narrower: `sandbox`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import jinja2
from jinja2 import nodes
from jinja2.filters import do_batch, do_center, do_indent, do_wordwrap, sync_do_slice
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from distributor.rendering.sandbox import bounded_filters, check_operation, limit_length, too_long

LONGEST: Final = 12_000_000  # characters of a value or a text: a source has 10 MB
WRITTEN: Final = 5 * LONGEST  # characters in all values and texts that one rendering makes
ROUNDS: Final = 100_000  # of all loops and calls together
SECONDS: Final = 10.0  # of this thread’s own work, however busy the machine is; a letter takes some hundredths
WIDEST: Final = 1_000  # characters that a text is padded to, or columns
_PADDING: Final = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs"})
_WIDE: Final = re.compile(r"\{[^{}]*(?:\d{4}|\{)")
_COUNT: Final = "_our_count"
_LIMIT: Final = "_our_limit"
_COUNT_TEMPLATE: Final = "_our_template_count"


class _Work:
    """How much one rendering may still do."""

    def __init__(self) -> None:
        self._rounds = ROUNDS
        self._characters = WRITTEN
        self._end = time.thread_time() + SECONDS

    def spend(self) -> None:
        """Note one round of a loop, one call, or one template that another one takes in."""
        self._rounds -= 1
        if self._rounds < 0:
            raise jinja2.TemplateRuntimeError(f"its loops go round more than {ROUNDS:,} times: let them go over less")
        if time.thread_time() > self._end:
            raise jinja2.TemplateRuntimeError(f"it takes more than {SECONDS:g} seconds: let it do less")

    def write(self, characters: int) -> None:
        """Note that so many characters are made, to be kept or written."""
        self._characters -= characters
        if self._characters < 0:
            raise too_long(LONGEST)


_work: ContextVar[_Work | None] = ContextVar("work", default=None)


@contextmanager
def counted_work() -> Iterator[None]:
    """Count together what templates do within the block."""
    token = _work.set(_Work())
    try:
        yield
    finally:
        _work.reset(token)


def counted(finalize: Callable[[Any], Any] | None = None) -> Callable[[Any], Any]:
    """Return a `finalize` of Jinja2's that counts what is written; `finalize` is what it does beside that."""

    def write(value: Any) -> Any:
        work = _work.get()
        if work is not None and isinstance(value, str):
            work.write(len(value))
        return value if finalize is None else finalize(value)

    return write


class BoundedEnvironment(SandboxedEnvironment):
    """Jinja2's sandbox, in which no value and no text grows beyond `LONGEST`, and loops end."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"finalize": counted(), **kwargs})
        self.concat = _concat  # type: ignore[method-assign] # what a rendering, and each block that is kept, ends with
        self.globals.pop("lipsum", None)
        self.filters |= {
            **bounded_filters(LONGEST),
            **_FILTERS,
            _COUNT: _counted,
            _LIMIT: _limited,
            _COUNT_TEMPLATE: _count_template,
        }

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        return super()._generate(_Changes().visit(source), *args, **kwargs)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Return what stands for a text's `format`: it pads to no more than a line."""
        formatted = super().wrap_str_format(value)
        # A field within a field is a width that is worked out.
        if formatted is not None and _WIDE.search(value.__self__.replace("{{", "")):
            raise too_long(LONGEST)
        return formatted

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Work out `left operator right`, unless the result would be too long."""
        check_operation(operator, left, right, LONGEST)
        return _limited(super().call_binop(context, operator, left, right))

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call what a template calls: a macro, a method of a value."""
        if (work := _work.get()) is not None:
            work.spend()
        _check_method(obj, args)
        return _limited(super().call(context, obj, *args, **kwargs))


class _Changes(NodeTransformer):
    """Has loops and joined texts counted."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 # Jinja2 calls it by this name
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, _COUNT, [], [], None, None, lineno=node.lineno)
        return node

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802
        return self._with_spent_template(node)

    def visit_Import(self, node: nodes.Import) -> nodes.Node:  # noqa: N802
        return self._with_spent_template(node)

    def visit_FromImport(self, node: nodes.FromImport) -> nodes.Node:  # noqa: N802
        return self._with_spent_template(node)

    def _with_spent_template(self, node: nodes.Include | nodes.Import | nodes.FromImport) -> nodes.Node:
        # Two that take each other in twice would double their work with each step, in no loop.
        self.generic_visit(node)
        node.template = nodes.Filter(node.template, _COUNT_TEMPLATE, [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return nodes.Filter(node, _LIMIT, [], [], None, None, lineno=node.lineno)


def _counted(values: Iterable[Any]) -> Iterator[Any]:
    work = _work.get()
    for value in values:
        if work is not None:
            work.spend()
        yield value


@jinja2.pass_context  # else it would be worked out once, when the template is compiled
def _count_template(_context: Context, name: Any) -> Any:
    if (work := _work.get()) is not None:
        work.spend()
    return name


def _limited(value: Any) -> Any:
    # Not whatever has a length: what stands for a recipient's field may not be asked for it.
    if not isinstance(value, str | bytes | list | tuple | dict):
        return value
    if (work := _work.get()) is not None:
        work.write(len(value))
    return limit_length(value, LONGEST)


def _concat(pieces: Iterable[str]) -> str:
    parts, room = [], LONGEST
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            raise too_long(LONGEST)
        parts.append(piece)
    return "".join(parts)


def _check_method(method: Any, arguments: tuple[Any, ...]) -> None:
    """Refuse a call of a value's own method that makes much of little at one stroke."""
    value, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
    if isinstance(value, str):
        _check_text_method(value, name, arguments)
    elif isinstance(value, list | dict | set):
        if len(value) + sum(map(_length, arguments)) > ROUNDS:
            raise too_long(LONGEST)
    elif isinstance(value, int) and name == "to_bytes":
        raise too_long(LONGEST)


def _check_text_method(text: str, name: str, arguments: tuple[Any, ...]) -> None:
    if name in _PADDING:
        for argument in arguments:
            _narrow(argument)
    elif name == "replace" and len(arguments) > 1:
        if text.count(str(arguments[0])) * len(str(arguments[1])) > LONGEST:
            raise too_long(LONGEST)
    elif name == "join" and arguments and isinstance(arguments[0], list | tuple):
        _check_join(text, arguments[0])


def _check_join(separator: str, parts: list[Any] | tuple[Any, ...]) -> None:
    if len(parts) * len(separator) + sum(map(_length, parts)) > LONGEST:
        raise too_long(LONGEST)


def _length(value: Any) -> int:
    return len(value) if hasattr(value, "__len__") else 0


def _narrow(width: Any) -> None:
    """Refuse a number of columns, or a text, that is put before each line and is longer than a line."""
    if (isinstance(width, int) and width > WIDEST) or _length(width) > WIDEST:
        raise too_long(LONGEST)


def _center(value: str, width: int = 80) -> str:
    _narrow(width)
    return do_center(value, width)


def _indent(s: str, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
    _narrow(width)
    if str(s).count("\n") * (width if isinstance(width, int) else len(width)) > LONGEST:
        raise too_long(LONGEST)
    return do_indent(s, width, first, blank)


@jinja2.pass_environment
def _wordwrap(
    environment: jinja2.Environment,
    s: str,
    width: int = 79,
    break_long_words: bool = True,
    wrapstring: str | None = None,
    break_on_hyphens: bool = True,
) -> str:
    _narrow(wrapstring or "")
    if len(str(s)) * (len(wrapstring or "") + 1) > LONGEST:
        raise too_long(LONGEST)
    return do_wordwrap(environment, s, width, break_long_words, wrapstring, break_on_hyphens)


def _batch(value: Iterable[Any], linecount: int, fill_with: Any = None) -> Any:
    _narrow(linecount)
    return do_batch(value, linecount, fill_with)


def _slice(value: Any, slices: int, fill_with: Any = None) -> Any:
    _narrow(slices)
    return sync_do_slice(value, slices, fill_with)


_FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "batch": _batch,
    "center": _center,
    "indent": _indent,
    "slice": _slice,
    "wordwrap": _wordwrap,
}
