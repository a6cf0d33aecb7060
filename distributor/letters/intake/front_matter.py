"""Front matter: the fields above a Markdown text, as YAML (---), TOML (+++) or JSON ({…}). Pure.

YAML's words stay words, as YAML 1.2 and people have it: "Yes", "1961" and "12:30" are titles if they are called so.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

import yaml

from distributor.domain.errors import SourceError
from distributor.letters.intake.excess import check_front_matter, check_nesting

_OPENS: Final = re.compile(r"(?:[ \t]*\n)*(?P<fence>-{3,}|\+{3})[ \t]*\n")
_CLOSES: Final = {
    "-": re.compile(r"^(?:-{3,}|\.{3})[ \t]*(?:\n|\Z)", re.MULTILINE),
    "+": re.compile(r"^\+{3}[ \t]*(?:\n|\Z)", re.MULTILINE),
}
_FIELD: Final = re.compile(r"\s*[\"']?(?P<key>[A-Za-z_][\w .-]{0,60})[\"']?[ \t]*[:=](?:[ \t]+(?P<value>\S.*))?$")
# By what one knows that fields begin, where their end is missing.
_FIRST_FIELD: Final = re.compile(
    r"[\"']?(?:title|date|author|authors|slug|draft|published|layout|series|summary|description|tags|categories|"
    r"language|lang|permalink|aliases|id|image|channels|share_bar)[\"']?[ \t]*[:=]",
    re.IGNORECASE,
)
# What YAML takes for a sign of its own: ": " within, or one of its signs before, or something behind a quotation.
_NEEDS_QUOTES: Final = re.compile(r":\s|:$|^[@`*&!%]|^\"[^\"]*\".*\S|^'[^']*'.*\S")
_JSON_OPENS: Final = re.compile(r"\s*\{\s*\"[^\"\n]{1,60}\"\s*:")
_TOML_PLACE: Final = re.compile(r"\s*\(at line (\d+), column \d+\)|\s*\(at end of document\)")
# Which of YAML's types a bare word may become: nothing but null and the merging of mappings.
_KEPT_TYPES: Final = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    resolvers = {
        first: [(tag, pattern) for tag, pattern in pairs if tag in _KEPT_TYPES]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return {first: pairs for first, pairs in resolvers.items() if pairs}


class _WordLoader(_Base):  # type: ignore[misc]
    """YAML whose bare words are texts: no booleans, numbers, dates or times of day."""

    yaml_implicit_resolvers = _resolvers()


def split(text: str, *, name: str) -> tuple[dict[str, Any], str]:
    """Return the fields of a text's front matter, their names in lower case, and the text below it.

    A text without front matter has no fields. Raises SourceError, which names the line of the file, for front matter
    that can't be read or that does not end.
    """
    if _JSON_OPENS.match(text):
        fields, content = _json(text, name)
    elif match := _OPENS.match(text):
        fields, content = _between_fences(text, match, name)
    else:
        return {}, text
    return _by_lower_name(fields), content


def opens(text: str) -> bool:
    """Return whether a text begins with front matter that ends, or with fields of it."""
    match = _OPENS.match(text)
    if not match:
        return False
    return bool(_CLOSES[match["fence"][0]].search(text, match.end()) or _FIRST_FIELD.match(text, match.end()))


def _between_fences(text: str, match: re.Match[str], name: str) -> tuple[Mapping[Any, Any], str]:
    fence = match["fence"]
    end = _CLOSES[fence[0]].search(text, match.end())
    first_line = text.count("\n", 0, match.end()) + 1
    if end is None:
        if not _FIRST_FIELD.match(text, match.end()):
            return {}, text  # a line that parts two paragraphs
        raise SourceError(
            f"The front matter of {name} has no end: put a line with {fence} below its last field (it begins in line "
            f"{first_line - 1})."
        )
    block = text[match.end() : end.start()]
    check_front_matter(block, name=name)
    fields = _toml(block, first_line, name) if fence[0] == "+" else _yaml(block, first_line, name)
    if fields is None:
        return {}, text
    return fields, text[end.end() :]


def _yaml(block: str, first_line: int, name: str) -> Mapping[Any, Any] | None:
    """Return YAML's fields; None for a text that is no fields at all, between two lines that part paragraphs."""
    try:
        check_nesting(block, name=name)
        fields = yaml.load(block, Loader=_WordLoader)  # noqa: S506 - it is a SafeLoader
    except yaml.MarkedYAMLError as error:
        raise SourceError(_yaml_problem(error, block, first_line, name)) from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise SourceError(f"The front matter of {name} can't be read: it must be YAML.") from error
    if fields is None and (not block.strip() or block.lstrip(" \t")[0] != "\n"):
        return {}  # comments, or nothing
    return fields if isinstance(fields, Mapping) else None


def _yaml_problem(error: yaml.MarkedYAMLError, block: str, first_line: int, name: str) -> str:
    lines = block.split("\n")
    mark = error.problem_mark
    # What is not closed is missed at the end of all, or where the next field begins: it began where the context says.
    if error.context_mark is not None and re.search("flow|quoted", error.context or ""):
        mark = error.context_mark
    at = min(mark.line, len(lines) - 1) if mark is not None else 0
    while at and not lines[at].strip():
        at -= 1
    place = f"The front matter of {name} can't be read (line {first_line + at})"
    line = lines[at]
    if line.lstrip(" ").startswith("\t"):
        return f"{place}: begin its lines with spaces, not tabs."
    field = _FIELD.match(line)
    value = (field["value"] or "").strip() if field else ""
    if field and _NEEDS_QUOTES.search(value):
        return f"{place}: “{field['key']}” needs quotation marks, so: {field['key']}: {_in_quotes(value)}"
    return f"{place}: it must be YAML, with what is opened there also closed."


def _in_quotes(value: str) -> str:
    """Return a value as YAML takes it whatever is in it."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1]
    return f"'{value}'" if "'" not in value else "'{}'".format(value.replace("'", "''"))


def _toml(block: str, first_line: int, name: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(block)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        lines = int(place[1]) if place and place[1] else block.rstrip("\n").count("\n") + 1
        reason = _TOML_PLACE.sub("", str(error)).rstrip(".")
        raise SourceError(
            f"The front matter of {name} can't be read (line {first_line + lines - 1}): as TOML it says “{reason}”."
        ) from error
    except RecursionError as error:
        raise SourceError(f"The front matter of {name} is nested too deep: flatten it.") from error


def _json(text: str, name: str) -> tuple[Mapping[str, Any], str]:
    start = len(text) - len(text.lstrip())
    try:
        fields, end = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"The front matter of {name} can't be read (line {error.lineno}): as JSON it says “{error.msg}”."
        ) from error
    except (RecursionError, ValueError) as error:
        raise SourceError(f"The front matter of {name} is nested too deep: flatten it.") from error
    return fields, text[end:]


def _by_lower_name(fields: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the fields by their names; those that generators keep apart (`params`, `extra`) count as well."""
    plain = {str(key).strip().lower(): value for key, value in fields.items()}
    for table in ("extra", "params"):
        inner = plain.get(table)
        if isinstance(inner, Mapping):
            plain = {str(key).strip().lower(): value for key, value in inner.items()} | plain
    return plain
