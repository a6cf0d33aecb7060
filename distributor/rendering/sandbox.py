"""What a template may do for a recipient: read what it is given, and write a mail's worth of text.

Jinja2's sandbox keeps templates from what they were not given. Here they also can't use up memory or time: loops have
so many rounds in all, a value has so many characters, and what could make more of them at one stroke is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

import jinja2
from jinja2.filters import do_format, do_join, do_replace, do_round
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape, soft_str

from distributor.domain.recipients import Recipient
from distributor.rendering.placeholders import URL_VALUE

LONGEST = 1_000_000  # characters that a template may write, or hold in one value, beyond its own text
ROUNDS = 10_000  # of all loops and macros together
LONGEST_RANGE = 1_000
_BITS = 1_024  # of a whole number
_DECIMALS = 15

_TEXT_METHODS = frozenset(
    {
        "capitalize",
        "count",
        "endswith",
        "find",
        "isdigit",
        "lower",
        "lstrip",
        "partition",
        "removeprefix",
        "removesuffix",
        "rpartition",
        "rstrip",
        "split",
        "startswith",
        "strip",
        "title",
        "upper",
    }
)
_MAPPING_METHODS = frozenset({"get", "items", "keys", "values"})
_SEQUENCE_METHODS = frozenset({"count", "index"})
# Those that make much of little at one stroke, or something else in every try (random).
_WITHOUT = ("attr", "batch", "center", "indent", "pprint", "random", "slice", "tojson", "wordwrap", "xmlattr")
_WIDE = re.compile(r"%[^a-zA-Z%]*(?:\d{4}|\*)")


class OutputBudget:
    """How much one rendering may still do."""

    __slots__ = ("characters", "rounds")

    def __init__(self, characters: int) -> None:
        self.rounds = ROUNDS
        self.characters = characters

    def spend(self, characters: int) -> None:
        """Note one round of a loop, in which the template itself writes so many characters."""
        self.rounds -= 1
        if self.rounds < 0:
            raise jinja2.TemplateRuntimeError(
                f"its loops go round more than {ROUNDS:,} times for one recipient: let them go over less"
            )
        self.write(characters)

    def write(self, characters: int) -> None:
        """Note that so many characters are written."""
        self.characters -= characters
        if self.characters < 0:
            raise too_long()


def too_long(longest: int = LONGEST) -> jinja2.TemplateRuntimeError:
    """Return the error of a template that writes more than `longest` characters."""
    whom = " for one recipient" if longest == LONGEST else ""
    return jinja2.TemplateRuntimeError(f"it makes a text of more than {longest:,} characters{whom}: let it write less")


def limit_length(value: Any, longest: int = LONGEST) -> Any:
    """Return a value that is not too long. Raises TemplateRuntimeError for any other."""
    if hasattr(value, "__len__") and len(value) > longest:
        raise too_long(longest)
    return value


class RecipientEnvironment(ImmutableSandboxedEnvironment):
    """The environment of the recipient pass. It loads no other templates, and has no global names but `range`."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, *, html: bool, finalize: Callable[..., Any] | None = None) -> None:
        super().__init__(
            undefined=jinja2.StrictUndefined, autoescape=html, keep_trailing_newline=True, finalize=finalize
        )
        self.globals = {}
        for name in _WITHOUT:
            del self.filters[name]
        self.filters |= bounded_filters(LONGEST)
        self.filters[URL_VALUE] = url_value

    def wrap_str_format(self, value: Any) -> None:
        """Leave `str.format` to `is_safe_attribute`, which refuses it: its widths know no bounds."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may read this attribute: a recipient's fields, and the harmless methods of values."""
        if not super().is_safe_attribute(obj, attr, value):
            return False
        if isinstance(obj, str):
            return attr in _TEXT_METHODS
        if isinstance(obj, Mapping):
            return attr in _MAPPING_METHODS
        if isinstance(obj, list | tuple | range):
            return attr in _SEQUENCE_METHODS
        return isinstance(obj, Recipient | LoopContext | Macro)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Work out `left operator right`, unless the result would be too long."""
        check_operation(operator, left, right)
        return limit_length(super().call_binop(context, operator, left, right))


def url_value(value: object) -> str:
    """Return a value as it can stand within a web address: no sign in it begins another part of the address."""
    return quote(str(value), safe="")


def bounded_range(*arguments: int) -> range:
    """`range`, of a sensible length."""
    numbers = range(*arguments)
    if len(numbers) > LONGEST_RANGE:
        raise jinja2.TemplateRuntimeError(f"its range has more than {LONGEST_RANGE:,} numbers: take a shorter one")
    return numbers


def check_operation(operator: str, left: Any, right: Any, longest: int = LONGEST) -> None:
    """Raise TemplateRuntimeError for an operation that would make far more than `longest` characters at one stroke."""
    if operator == "*":
        _check_product(left, right, longest)
    elif operator == "**":
        _check_power(left, right)
    elif operator == "%" and isinstance(left, str):
        check_format(left, longest)


def _check_product(left: Any, right: Any, longest: int) -> None:
    for sequence, times in ((left, right), (right, left)):
        if hasattr(sequence, "__len__") and isinstance(times, int) and len(sequence) * times > longest:
            raise too_long(longest)
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > _BITS:
        raise _too_big()


def _check_power(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int) and abs(left) > 1 and left.bit_length() * right > _BITS:
        raise _too_big()


def check_format(pattern: str, longest: int = LONGEST) -> None:
    """Raise TemplateRuntimeError for a pattern that pads its values to thousands of characters."""
    if _WIDE.search(pattern):
        raise too_long(longest)


def _too_big() -> jinja2.TemplateRuntimeError:
    return jinja2.TemplateRuntimeError("it works out a number with hundreds of digits: let it use smaller ones")


def bounded_filters(longest: int) -> dict[str, Callable[..., Any]]:
    """Return Jinja2's filters that can make much of little, so that none makes more than `longest` characters."""
    return {
        "format": partial(_format, longest),
        "join": jinja2.pass_eval_context(partial(_join, longest)),
        "replace": jinja2.pass_eval_context(partial(_replace, longest)),
        "round": _round,
    }


def _format(longest: int, value: str, *args: Any, **kwargs: Any) -> str:
    check_format(str(value), longest)
    return str(limit_length(do_format(value, *args, **kwargs), longest))


def _replace(longest: int, eval_ctx: Any, s: str, old: str, new: str, count: int | None = None) -> str:
    text, search = soft_str(s), soft_str(old)
    # Escaping, where it happens, makes both up to six times as long.
    if (text.count(search) + escape(text).count(str(escape(search)))) * 6 * len(soft_str(new)) > longest:
        raise too_long(longest)
    return limit_length(do_replace(eval_ctx, s, old, new, count), longest)  # type: ignore[no-any-return]


def _join(longest: int, eval_ctx: Any, value: Any, d: str = "", attribute: str | int | None = None) -> str:
    parts = list(value)
    if len(parts) * len(str(d)) > longest or (attribute is None and sum(map(_length, parts)) > longest):
        raise too_long(longest)
    return limit_length(do_join(eval_ctx, parts, d, attribute), longest)  # type: ignore[no-any-return]


def _length(value: Any) -> int:
    return len(value) if hasattr(value, "__len__") else 0


def _round(value: float, precision: int = 0, method: Any = "common") -> float:
    if abs(precision) > _DECIMALS:
        raise _too_big()
    return do_round(value, precision, method)
