"""A form with a file in it (RFC 7578), as networks take uploads."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form; `type` is "" for a plain one."""

    content: bytes
    type: str = ""
    filename: str = ""

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


async def fields(request: Request) -> dict[str, Part]:
    """Return a form's fields by name; none for what is no such form."""
    head = message_from_bytes(f"content-type: {request.headers.get('content-type', '')}\n\n".encode("latin-1"))
    boundary = head.get_boundary("")
    if head.get_content_type() != "multipart/form-data" or not boundary:
        return {}
    found: dict[str, Part] = {}
    for raw in (b"\r\n" + await request.body()).split(f"\r\n--{boundary}".encode())[1:-1]:
        about, _, content = raw.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        part = message_from_bytes(about + b"\r\n\r\n")
        name = part.get_param("name", "", header="content-disposition")
        kind = part.get_content_type() if "content-type" in part else ""
        found[str(name)] = Part(content, kind, part.get_filename("") or "")
    return found
