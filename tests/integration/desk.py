"""Reading what the desk answers."""

from __future__ import annotations

import re
from html import unescape
from typing import Protocol

from django.contrib.messages import get_messages
from django.core.handlers.wsgi import WSGIRequest
from django.http.response import ResponseHeaders


class Response(Protocol):
    """What Django's test client answers, as far as the desk's tests read it."""

    content: bytes
    status_code: int
    headers: ResponseHeaders
    wsgi_request: WSGIRequest


def said(response: Response) -> str:
    """What the desk says in its next answer."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def html(response: Response) -> str:
    return unescape(response.content.decode())


def errors(response: Response) -> list[str]:
    """Every mistake that a form names."""
    return [unescape(one) for one in re.findall(r'<p class="error"[^>]*>(.*?)</p>', response.content.decode())]
