"""What a form brings, with files or without (RFC 7578)."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import parse_qsl

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form: its media type as the sender says, and its bytes."""

    type: str
    content: bytes = field(repr=False)


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
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    message = message_from_bytes(head + body, _class=EmailMessage, policy=policy.HTTP)
    texts: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = str(part.get_param("name", "", header="content-disposition"))
        content = part.get_payload(decode=True)
        raw = content if isinstance(content, bytes) else b""
        if part.get_filename() is None:
            texts[name] = raw.decode("utf-8", "replace")
        else:
            files[name] = Upload(part.get_content_type(), raw)
    return Form(texts, files)
