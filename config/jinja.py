"""The Jinja2 environment of the desk and the reader's pages. Variants have their own: `distributor.rendering`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.encoding import uri_to_iri
from jinja2 import Environment, StrictUndefined

from distributor.audience.held_people import held_people
from distributor.delivery.epochs import held_because
from distributor.domain.states import State
from distributor.domain.times import full
from distributor.rendering.phrases import date_line


def environment(**options: Any) -> Environment:
    """Return the environment with `static` and `url` as functions; an undefined name is an error, not a blank."""
    result = Environment(  # noqa: S701 - Django passes autoescape=True
        **{**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    )
    result.globals.update(static=staticfiles_storage.url, url=_url)
    result.globals.update(held_because=held_because, held_people=held_people)
    result.filters.update(day=date_line, when=when, host=host, number=number, readable=uri_to_iri, state=state)
    return result


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def when(moment: datetime, zone: str) -> str:
    """Return an aware moment as an editor reads it: “Mon 2 Mar 2026, 09:00 KST”."""
    return full(moment, ZoneInfo(zone))


def host(url: str) -> str:
    """Return the host of a URL as people say it, without “www.”."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def state(value: str) -> str:
    """Return the state of a dispatch as people read it: “being deleted”."""
    return State(value).words


def number(value: int) -> str:
    """Return a count with thousands set apart: “12,000”."""
    return f"{value:,}"
