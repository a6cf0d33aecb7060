"""JSON of any form, by a mapping from our fields to paths in it (`domain.json_paths`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from distributor.domain.errors import BadInput
from distributor.domain.json_paths import steps, text_at, texts_at
from distributor.newsroom.formats.submission import Malformed, Submission, read_json

FIELDS: Final = (
    "title",
    "html",
    "markdown",
    "text",
    "url",
    "id",
    "authors",
    "summary",
    "date",
    "language",
    "section",
    "image",
    "status",
)
USUAL: Final[Mapping[str, str]] = {name: name for name in FIELDS}  # where nothing is mapped
_WITHDRAWN: Final = frozenset(
    ("unpublished", "deleted", "trash", "removed", "archived", "private", "password", "members", "paid")
)


def check(mapping: Mapping[str, str]) -> dict[str, str]:
    """Return a mapping that can be used. Raises BadInput for one that can't."""
    for name, path in mapping.items():
        if name not in FIELDS:
            raise BadInput(f"There is no field “{name[:40]}”: choose from {', '.join(FIELDS)}.")
        steps(path)
    if mapping and not {"title", "markdown"} & set(mapping):
        raise BadInput("The mapping has no title: say where it is, as title=post.title.")
    if mapping and not {"html", "markdown", "text"} & set(mapping):
        raise BadInput("The mapping has no text: say where html, markdown or text is, as html=post.body.")
    return dict(mapping)


def read(body: bytes, mapping: Mapping[str, str], *, door_id: int) -> Submission:
    """Return what a call says by a mapping, or with the fields as they are called here. Raises Malformed."""
    payload = read_json(body)
    paths = mapping or USUAL
    values: dict[str, Any] = {name: text_at(payload, path) for name, path in paths.items() if name != "authors"}
    authors = texts_at(payload, paths["authors"]) if "authors" in paths else ()
    identity = values.pop("id", "")
    if identity:
        identity = f"urn:door-{door_id}:{''.join(identity.split())}"
    if values.get("status", "").lower() in _WITHDRAWN:
        return Submission("withdraw", f"It is {values['status'].lower()}.", **values, id=identity)
    if not any(values.get(name) for name in ("html", "markdown", "text")):
        raise Malformed("There is no text where the mapping says: correct it.")
    return Submission("publish", **values, id=identity, authors=authors)
