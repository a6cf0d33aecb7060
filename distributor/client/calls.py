"""One call of the API, before it is sent, and what its answers mean. No I/O: both clients send it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx
from pydantic import BaseModel, ConfigDict, PrivateAttr

from distributor.client.errors import ProblemError

BASE_PATH: Final = "/api/v1"
KEY: Final = "Idempotency-Key"
TRIES: Final = 4
LONGEST_WAIT: Final = 60.0  # seconds: who is told to wait for longer decides for themselves
# Nothing was done, or with a key it is done once however often it is sent.
_TEMPORARY: Final = frozenset({429, 502, 503, 504})
_SAFE: Final = frozenset({"GET", "HEAD"})
_LINES: Final = "application/x-ndjson"

M = TypeVar("M", bound="Model")
# A file of a form: its name, its content, its media type.
File = tuple[str, bytes, str]


class _Unset:
    """What stands for an argument that was not given: None may mean something to the API."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final[Any] = _Unset()


class Model(BaseModel):
    """Something that the API answers. Members that this version does not know are kept, in `model_extra`."""

    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=())
    _etag: str = PrivateAttr("")

    @property
    def etag(self) -> str:
        """What to give as `if_match`, so that nobody's change is overwritten; "" for an item of a list."""
        return self._etag


@dataclass(frozen=True, slots=True)
class Call:
    """One call: `path` is below /api/v1; UNSET members of `query` and `body` are left out.

    `once`: it takes an idempotency key, and may be sent again. `if_match` is the ETag of what was read. `files` are
    parts of a form, `lines` are sent as NDJSON, `content` as it is, as its `content_type`.
    """

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = UNSET
    files: Mapping[str, Any] | None = None
    lines: Iterable[Any] | None = None
    content: bytes | None = None
    content_type: str = ""
    once: bool = False
    key: str = ""
    if_match: str = ""

    def arguments(self, key: str) -> dict[str, Any]:
        """Return what httpx is asked with; `key` is the idempotency key of this deed, "" for none."""
        headers = {name: value for name, value in ((KEY, key), ("If-Match", self.if_match)) if value}
        arguments: dict[str, Any] = {
            "method": self.method,
            "url": f"{BASE_PATH}{self.path}",
            "params": {name: _plain(value) for name, value in self.query.items() if value not in (UNSET, None)},
        }
        if self.files is not None:
            arguments["files"] = {name: value for name, value in self.files.items() if value is not UNSET}
            arguments["data"] = {} if self.body is UNSET else {k: v for k, v in self.body.items() if v is not UNSET}
        elif self.lines is not None:
            headers["Content-Type"] = _LINES
            # In one piece: what is sent again has to be the same.
            arguments["content"] = b"".join(json.dumps(line, default=_plain).encode() + b"\n" for line in self.lines)
        elif self.content is not None:
            headers["Content-Type"] = self.content_type
            arguments["content"] = self.content
        elif self.body is not UNSET:
            headers["Content-Type"] = "application/json"
            arguments["content"] = json.dumps(_without_unset(self.body), default=_plain).encode()
        return {**arguments, "headers": headers}

    def new_key(self) -> str:
        """Return the idempotency key of this deed: the given one, a new one for each call, or "" where it has none."""
        return (self.key or str(uuid4())) if self.once else ""

    def may_repeat(self) -> bool:
        """Whether sending it again does nothing twice: reading, and what has a key."""
        return self.method in _SAFE or self.once


def segment(value: object) -> str:
    """Return a value as one part of a path. Raises ValueError for one that would make it another address."""
    text = str(value)
    if not text.strip("."):
        raise ValueError(f"“{text}” is no id and no short name.")
    return quote(text, safe="")


def wait_before_repeat(call: Call, tries: int, response: httpx.Response | None) -> float | None:
    """Return how many seconds to wait before a call is sent again, None where it is not to be.

    `tries` counts those so far; `response` is None where no answer came. `Retry-After` is honoured; without it waits
    double, each shortened at random so that many clients don't come back together.
    """
    if tries >= TRIES:
        return None
    if response is None:
        return _backoff(tries) if call.may_repeat() else None
    if response.status_code not in _TEMPORARY:
        return None
    # 429 says that nothing was done; of the others nobody knows.
    if response.status_code != 429 and not call.may_repeat():
        return None
    seconds = retry_after(response)
    if seconds is None:
        return _backoff(tries)
    return seconds if seconds <= LONGEST_WAIT else None


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that an answer asks to wait for (RFC 9110 §10.2.3), None where it says nothing."""
    text = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}", text, re.ASCII):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(moment.tzinfo)).total_seconds())


def check(response: httpx.Response) -> httpx.Response:
    """Return an answer that says yes. Raises ProblemError for one that says no."""
    if response.is_success or response.status_code == 304:
        return response
    try:
        content = response.json()
    except ValueError:
        content = None
    raise ProblemError.of(response.status_code, content)


def model_of(response: httpx.Response, model: type[M]) -> M:
    """Return what an answer says."""
    answer = model.model_validate_json(response.content)
    answer._etag = response.headers.get("ETag", "")  # noqa: SLF001 - of this module
    return answer


def models_of(response: httpx.Response, model: type[M]) -> list[M]:
    """Return what an answer lists."""
    return [model.model_validate(item) for item in response.json()]


def page_of(response: httpx.Response, model: type[M]) -> tuple[list[M], str | None]:
    """Return one page of a list, and the cursor of the next one, None on the last."""
    content = response.json()
    return [model.model_validate(item) for item in content["items"]], content.get("next")


def rows_of(response: httpx.Response) -> list[Any]:
    """Return the lines of an answer in NDJSON."""
    return [json.loads(line) for line in response.text.split("\n") if line.strip()]


def _backoff(tries: int) -> float:
    return float(0.5 * 2 ** (tries - 1) * random.uniform(0.5, 1.0))  # noqa: S311 - no secret


def _without_unset(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_unset(part) for name, part in value.items() if part is not UNSET}
    return value


def _plain(value: Any) -> Any:
    """Return a value as JSON and queries have it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(part) for part in value]
    return value if isinstance(value, str | int | float) else str(value)
