"""Reading what the desk answers."""

from __future__ import annotations

import re
from html import unescape

from django.contrib.messages import get_messages
from django.http import HttpResponse


def said(response: HttpResponse) -> str:
    """What the desk says in its next answer."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))  # type: ignore[attr-defined]


def html(response: HttpResponse) -> str:
    return unescape(response.content.decode())


def errors(response: HttpResponse) -> list[str]:
    """Every mistake that a form names."""
    return [unescape(one) for one in re.findall(r'<p class="error"[^>]*>(.*?)</p>', response.content.decode())]
