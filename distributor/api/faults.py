"""What is wrong with one member of a request: its place, and a sentence for whoever sent it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

# What a body or the query as a whole is called in our views: nobody who sends a request knows these names.
_WHOLES: Final = frozenset({"body", "filters", "search", "query", "data"})
# Of a value that may be of several kinds, pydantic names last which one it tried: that is no member.
_KIND: Final = re.compile(r"bool|int|float|str|constrained-\w+|[\w-]+\[.*\]")
_TAKES: Final = "It takes "


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `place` is `body`, `query`, `path` or `form`; `members` lead to it, from outside."""

    place: str
    members: tuple[str | int, ...]
    detail: str

    @property
    def name(self) -> str:
        """What it is called in a sentence, such as `consent.how` or `share_bar[1]`; "" for a body as a whole."""
        name = ""
        for member in self.members:
            name += f"[{member}]" if isinstance(member, int) else f".{member}" if name else member
        return name

    @property
    def pointer(self) -> str:
        """The JSON Pointer into the body (RFC 6901)."""
        return "".join("/" + str(member).replace("~", "~0").replace("/", "~1") for member in self.members)

    def to_json(self) -> dict[str, str]:
        """Return it as a problem document names it: in a body by its pointer, elsewhere by its parameter."""
        if self.place == "body":
            return {"pointer": self.pointer, "detail": self.detail}
        return {"parameter": self.name, "detail": self.detail}


def faults_of(entries: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Return what pydantic found, the entries of a `ValidationError`, as one fault for each member."""
    faults: dict[tuple[str, tuple[str | int, ...]], list[str]] = {}
    for fault in map(_fault, entries):
        faults.setdefault((fault.place, fault.members), []).append(fault.detail)
    return [Fault(place, members, _together(details)) for (place, members), details in faults.items()]


def _together(details: Sequence[str]) -> str:
    """Return what is said of one member as one sentence: where it may be of several kinds, each said that it is not."""
    kinds = list(dict.fromkeys(details))
    if len(kinds) > 1 and all(detail.startswith(_TAKES) for detail in kinds):
        return _TAKES + ", or ".join(detail.removeprefix(_TAKES).rstrip(".") for detail in kinds) + "."
    return " ".join(kinds)


def _fault(entry: Mapping[str, Any]) -> Fault:
    place, *members = entry["loc"]
    if members and members[0] in _WHOLES:
        del members[0]
    if members and _KIND.fullmatch(str(members[-1])):
        del members[-1]
    if place in ("query", "path"):  # the number of a value that comes several times says nothing
        members = [member for member in members if not isinstance(member, int)]
    kind = str(entry.get("type", ""))
    detail = _DETAILS[kind](entry.get("ctx") or {}) if kind in _DETAILS else _as_said(str(entry["msg"]))
    return Fault(str(place), tuple(members), detail)


def _as_said(message: str) -> str:
    """Return a message of pydantic, or of a check of our own that it passes on, as a sentence."""
    text = message.removeprefix("Value error, ").rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def _choices(context: Mapping[str, Any]) -> str:
    return f"Choose from {str(context.get('expected', '')).replace(' or ', ', ')}."


def _sentence(text: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda context: text.format_map(context)


_NUMBERS: Final[Sequence[tuple[str, str]]] = (
    ("greater_than_equal", "At least {ge}."),
    ("greater_than", "More than {gt}."),
    ("less_than_equal", "At most {le}."),
    ("less_than", "Less than {lt}."),
)
_DETAILS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "missing": _sentence("It is missing."),
    "extra_forbidden": _sentence("There is no member of that name: look at the operation in /api/v1/docs."),
    "literal_error": _choices,
    "enum": _choices,
    "string_type": _sentence("It takes a text, in quotes."),
    "string_too_long": _sentence("It takes at most {max_length} characters."),
    "string_too_short": _sentence("It takes at least {min_length} characters."),
    "list_type": _sentence("It takes a list, in [ ]."),
    "too_long": _sentence("It takes at most {max_length}."),
    "too_short": _sentence("It takes at least {min_length}."),
    "dict_type": _sentence("It takes an object, in {{ }}."),
    "model_attributes_type": _sentence("It takes an object, in {{ }}."),
    "model_type": _sentence("It takes an object, in {{ }}."),
    "bool_type": _sentence("It takes true or false."),
    "bool_parsing": _sentence("It takes true or false."),
    "int_type": _sentence("It takes a whole number."),
    "int_parsing": _sentence("It takes a whole number."),
    "int_from_float": _sentence("It takes a whole number."),
    "float_type": _sentence("It takes a number."),
    "float_parsing": _sentence("It takes a number."),
    "uuid_parsing": _sentence("It takes a UUID, such as a person’s key."),
    "datetime_type": _sentence("It takes a time with its zone, such as 2026-12-01T09:00:00+09:00."),
    "datetime_parsing": _sentence("It takes a time with its zone, such as 2026-12-01T09:00:00+09:00."),
    "datetime_from_date_parsing": _sentence("It takes a time with its zone, such as 2026-12-01T09:00:00+09:00."),
    "timezone_aware": _sentence("It takes a time with its zone, such as 2026-12-01T09:00:00+09:00."),
    **{kind: _sentence(text) for kind, text in _NUMBERS},
}
