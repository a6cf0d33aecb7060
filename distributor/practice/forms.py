"""What a form brings, with files (RFC 7578) or without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from urllib.parse import parse_qsl

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form: its media type as the sender says, "" where it says none, and its bytes."""

    type: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """A form's texts and files by their names."""

    texts: dict[str, str]
    files: dict[str, Upload]


async def read(request: Request) -> Form:
    """Read a request's form, whichever way it is written; one that can't be read is empty."""
    body, kind = await request.body(), request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return Form(dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)), {})
    form = Form({}, {})
    for head, content in _parts(kind, body):
        name = str(head.get_param("name", "", header="content-disposition"))
        if head.get_filename() is None:
            form.texts[name] = content.decode("utf-8", "replace")
        else:
            form.files[name] = Upload(head.get_content_type() if "content-type" in head else "", content)
    return form


def _parts(kind: str, body: bytes) -> Iterator[tuple[Message, bytes]]:
    """Yield each part's headers and content; the content is not looked into, since it may be any bytes."""
    boundary = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")).get_boundary("")
    for part in (b"\r\n" + body).split(f"\r\n--{boundary}".encode("latin-1", "replace"))[1:-1] if boundary else ():
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        yield message_from_bytes(head + b"\r\n\r\n"), content
