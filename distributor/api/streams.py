"""Many things at once, one a line, in bounded memory: bodies are read line by line, answers written to a file first.

Answers are `stored_streams`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeAlias

from django.http import HttpRequest
from ninja.responses import NinjaJSONEncoder
from pydantic import BaseModel, TypeAdapter, ValidationError

from distributor.domain.errors import BadInput
from distributor.stored_streams import StoredStream

NDJSON: Final = "application/x-ndjson"
LONGEST_LINE: Final = 100_000  # bytes
_KEPT_TEXT: Final = 80

FileAnswer: TypeAlias = StoredStream


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a body: its number from 1, and either what it holds, and its bytes, or why it can't be used."""

    number: int
    value: Any = None
    problem: str = ""
    raw: bytes = b""


def lines_of(request: HttpRequest, schema: type[BaseModel], *, longest: int = LONGEST_LINE) -> Iterator[Line]:
    """Yield the lines of a body of NDJSON, each read by a schema; empty ones are passed over, `longest` is in bytes.

    Raises BadInput for a body of another type.
    """
    if (request.content_type or "").partition(";")[0].strip().lower() not in (NDJSON, "application/ndjson"):
        raise BadInput(f"Send “Content-Type: {NDJSON}”: one JSON object on each line.")
    adapter = TypeAdapter(schema)
    number = 0
    while raw := request.readline(longest + 1):
        number += 1
        is_too_long = len(raw) > longest
        while is_too_long and raw and not raw.endswith(b"\n"):
            raw = request.readline(longest)
        if is_too_long:
            yield Line(number, problem=f"It has more than {longest:,} bytes.")
        elif raw.strip():
            yield _line(number, raw, adapter)


def _line(number: int, raw: bytes, adapter: TypeAdapter[Any]) -> Line:
    try:
        return Line(number, adapter.validate_json(raw), raw=raw.strip())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))[:_KEPT_TEXT]
        return Line(number, problem=f"{f'{place}: ' if place else ''}{first['msg']}.")


def groups_of(lines: Iterator[Line], size: int) -> Iterator[Sequence[Line]]:
    """Yield the lines in groups of at most `size`."""
    while group := list(islice(lines, size)):
        yield group


def ndjson(value: dict[str, Any]) -> str:
    """Return a value as one line, with times as in other answers."""
    return f"{json.dumps(value, ensure_ascii=False, separators=(',', ':'), cls=NinjaJSONEncoder)}\n"


def stream_documentation(*media_types: str, of: type[BaseModel] | None = None, body: type[BaseModel] | None = None
) -> dict[str, Any]:  # fmt: skip
    """Return what the description says of an operation whose answer, or body too, is a text of lines.

    `of` and `body` are the schemas of a line of the answer and of the body.
    """
    answer = {name: {"schema": {"type": "string"}} for name in media_types}
    documentation: dict[str, Any] = {"responses": {200: {"description": _words("Text", of), "content": answer}}}
    if body is not None:
        line = body.model_json_schema(ref_template="#/components/schemas/{model}")
        line.pop("$defs", None)  # they stand among the others
        content = {NDJSON: {"schema": {"type": "string"}, "x-line": line}}
        documentation["requestBody"] = {"required": True, "description": _words("Lines", body), "content": content}
    return documentation


def _words(noun: str, schema: type[BaseModel] | None) -> str:
    members = f"; on each line an object with {', '.join(schema.model_fields)}" if schema else ""
    return f"{noun}{members}."
