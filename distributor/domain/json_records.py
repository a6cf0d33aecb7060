"""Frozen dataclasses as JSON objects, and back: what is stored has a type wherever it is read.

A field holds text, a whole number, true or false, an aware time (as ISO 8601 in UTC), one of several words (`Literal`),
another such dataclass, a tuple of these, a mapping from texts to these, or any of them or None.

What is stored may be older or newer than the code. A name that the class does not have is passed over, and one that is
missing has its default. A value of another type is an error: who guesses sends something else than was approved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from distributor.domain.errors import BadRecord

T = TypeVar("T")

_LEFT_OUT = object()
# The type of a field that is left out of the JSON where it has its default.
Sparse = Annotated[T, _LEFT_OUT]

_NAMES = {str: "text", int: "whole number", bool: "yes or no"}


def to_json(record: object) -> dict[str, object]:
    """Return a dataclass as a JSON object; `from_json` reads it back unchanged."""
    stored = {}
    for spec in _specs(type(record)):
        value = getattr(record, spec.name)
        if not (spec.sparse and value == spec.default):
            stored[spec.name] = _json(value)
    return stored


def from_json(record_type: type[T], stored: object, *, path: str = "") -> T:
    """Read what `to_json` wrote. `path` is where `stored` stands, for the sentence of an error.

    Raises BadRecord for a value of another type, and for one that is missing and has no default.
    """
    if not isinstance(stored, Mapping):
        raise _bad(path, "object")
    values: dict[str, Any] = {}
    for spec in _specs(record_type):
        place = f"{path}.{spec.name}" if path else spec.name
        if spec.name in stored:
            values[spec.name] = _value(spec.type, stored[spec.name], place)
        elif spec.required:
            raise BadRecord(f"What is stored can’t be read: “{place}” is missing.")
    return record_type(**values)


@dataclass(frozen=True, slots=True)
class _Spec:
    """One field of a record; `default` is where it has one that is no factory's."""

    name: str
    type: Any
    default: object
    required: bool
    sparse: bool


_SPECS: dict[type, tuple[_Spec, ...]] = {}


def _specs(record_type: type) -> tuple[_Spec, ...]:
    """Return the fields of a dataclass. Raises TypeError for what is none."""
    if record_type not in _SPECS:
        types = get_type_hints(record_type, include_extras=True)
        _SPECS[record_type] = tuple(_spec(field, types[field.name]) for field in fields(record_type))
    return _SPECS[record_type]


def _spec(field: Field[Any], annotation: Any) -> _Spec:
    sparse = get_origin(annotation) is Annotated and _LEFT_OUT in annotation.__metadata__
    return _Spec(
        name=field.name,
        type=annotation.__origin__ if sparse else annotation,
        default=field.default,
        required=field.default is MISSING and field.default_factory is MISSING,
        sparse=sparse,
    )


def _json(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_json(part) for part in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return to_json(value) if is_dataclass(value) else value


def _value(value_type: Any, stored: object, path: str) -> object:
    origin, arguments = get_origin(value_type), get_args(value_type)
    if origin in (Union, UnionType):
        (whole,) = (argument for argument in arguments if argument is not NoneType)
        return None if stored is None else _value(whole, stored, path)
    if origin is Literal:
        if stored not in arguments:
            raise _bad(path, f"word of {', '.join(map(str, arguments))}")
        return stored
    if origin is tuple:
        return _tuple(arguments, stored, path)
    if origin is Mapping:
        if not isinstance(stored, Mapping):
            raise _bad(path, "object")
        return {str(name): _value(arguments[1], part, f"{path}.{name}") for name, part in stored.items()}
    if isinstance(value_type, type) and is_dataclass(value_type):
        return from_json(value_type, stored, path=path)
    if value_type is datetime:
        return _time(stored, path)
    if type(stored) is not value_type:
        raise _bad(path, _NAMES[value_type])
    return stored


def _time(stored: object, path: str) -> datetime:
    try:
        moment = datetime.fromisoformat(stored) if isinstance(stored, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _bad(path, "time")
    return moment


def _tuple(types: tuple[Any, ...], stored: object, path: str) -> tuple[object, ...]:
    if not isinstance(stored, list | tuple):
        raise _bad(path, "list")
    if types[-1] is Ellipsis:
        types = (types[0],) * len(stored)
    if len(types) != len(stored):
        raise _bad(path, f"list of {len(types)}")
    return tuple(
        _value(part, value, f"{path}.{place}") for place, (part, value) in enumerate(zip(types, stored, strict=True))
    )


def _bad(path: str, expected: str) -> BadRecord:
    place = f"“{path}” is" if path else "it is"
    return BadRecord(f"What is stored can’t be read: {place} no {expected}.")
