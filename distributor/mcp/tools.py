"""Which operations of the API a language model may use, as tools: their schemas come from the API's own description."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

# What only reads, and what makes drafts. Nothing here lets anything go out, and a test holds each against its scope.
READS: Final = (
    "publications.list",
    "publications.show",
    "letters.list",
    "letters.show",
    "letters.versions",
    "letters.version",
    "letters.previews",
    "letters.preflight",
    "letters.pictures",
    "dispatches.list",
    "dispatches.show",
    "dispatches.progress",
    "dispatches.preflight",
    "variants.show",
    "variants.history",
    "lists.list",
    "segments.list",
    "accounts.list",
    "feeds.list",
    "digests.show",
    "reports.letter",
    "reports.dispatch",
    "reports.top",
)
QUEUE: Final = "letters.queue"
DRAFTS: Final = ("letters.create", "letters.update", "variants.update", "variants.reset", QUEUE)
# Members of a body that would let something go out: a model can't name them.
NEVER: Final = frozenset({"approve", "queue", "confirmed"})
_ID: Final = re.compile(r"\w[\w.~-]*")
_METHODS: Final = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the API: `path` with its values in place, `query` and `body` as JSON values."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """One operation as a tool. `schema` is the JSON Schema of its arguments: path, query and body in one object."""

    operation: str
    description: str
    schema: Mapping[str, Any]
    method: str
    path: str
    in_path: frozenset[str]
    in_query: frozenset[str]
    has_body: bool

    @property
    def name(self) -> str:
        """What models call it: clients refuse names with dots (`^[a-zA-Z0-9_-]{1,64}$`)."""
        return self.operation.replace(".", "_")

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.method == "GET"

    def request(self, arguments: Mapping[str, Any]) -> Request:
        """Return what is asked of the API with these arguments; what would let something go out is left off.

        Raises LookupError where a value of the path is missing, and ValueError for one that would lead elsewhere.
        """
        path = self.path
        for name in self.in_path:
            path = path.replace(f"{{{name}}}", _segment(name, str(arguments[name])))
        query = {name: value for name, value in arguments.items() if name in self.in_query}
        if not self.has_body:
            return Request(self.method, path, query)
        elsewhere = self.in_path | self.in_query
        body = {name: value for name, value in arguments.items() if name not in elsewhere and name not in NEVER}
        if self.operation == QUEUE:
            body["approve"] = False
        return Request(self.method, path, query, body)


def tools_of(description: Mapping[str, Any]) -> tuple[Tool, ...]:
    """Return the tools that an API with this description (OpenAPI 3.1) offers, those that read first."""
    operations = {details["operationId"]: (method, path, details) for method, path, details in _operations(description)}
    return tuple(_tool(name, *operations[name], description) for name in (*READS, *DRAFTS) if name in operations)


def _operations(description: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, details in methods.items():
            if method in _METHODS:
                yield method, path, details


def _tool(name: str, method: str, path: str, details: Mapping[str, Any], description: Mapping[str, Any]) -> Tool:
    parameters = [row for row in details.get("parameters", ()) if row["in"] in ("path", "query")]
    properties = {row["name"]: {"description": row.get("description", ""), **row["schema"]} for row in parameters}
    required = [row["name"] for row in parameters if row.get("required")]
    content = details.get("requestBody", {}).get("content", {}).get("application/json")
    if content is not None:
        body = _resolved(content["schema"], description)
        properties |= {key: value for key, value in body.get("properties", {}).items() if key not in NEVER}
        required += [key for key in body.get("required", ()) if key not in NEVER]
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return Tool(
        operation=name,
        description=f"{details['summary']}.\n\n{details.get('description', '')}".strip(),
        schema=_with_definitions(schema, description),
        method=method.upper(),
        path=path,
        in_path=frozenset(row["name"] for row in parameters if row["in"] == "path"),
        in_query=frozenset(row["name"] for row in parameters if row["in"] == "query"),
        has_body=content is not None,
    )


def _segment(name: str, value: str) -> str:
    """Return a value as one part of a path: with a slash in it, it would be another operation's address."""
    if _ID.fullmatch(value) is None:
        raise ValueError(f"“{name}” takes an id or a short name.")
    return quote(value, safe="")


def _resolved(schema: Mapping[str, Any], description: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema that is meant; one with a default beside it is wrapped in `allOf`."""
    if len(parts := schema.get("allOf", ())) == 1:
        schema = parts[0]
    reference = schema.get("$ref")
    if reference is None:
        return schema
    schemas: Mapping[str, Mapping[str, Any]] = description["components"]["schemas"]
    return schemas[reference.rpartition("/")[2]]


def _with_definitions(schema: Mapping[str, Any], description: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema that stands alone: what it refers to goes into its own `$defs`."""
    text = json.dumps(schema)
    definitions: dict[str, Any] = {}
    waiting = _references(text)
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            definitions[name] = description["components"]["schemas"][name]
            waiting |= _references(json.dumps(definitions[name]))
    result = json.loads(
        json.dumps({**schema, **({"$defs": definitions} if definitions else {})}).replace(_AT, "#/$defs/")
    )
    assert isinstance(result, dict)
    return result


_AT: Final = "#/components/schemas/"


def _references(text: str) -> set[str]:
    return {part.partition('"')[0] for part in text.split(f'"{_AT}')[1:]}
