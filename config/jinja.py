"""The Jinja2 environment of the desk and the reader's pages. Variants have their own: `distributor.rendering`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import uri_to_iri
from jinja2 import Environment, StrictUndefined

from distributor.audience.held_people import held_people
from distributor.channels import registry
from distributor.delivery.epochs import held_because
from distributor.desk.access import may, may_everywhere
from distributor.desk.calendar_cells import clock_text
from distributor.desk.formats import when
from distributor.desk.sentences import translation as translation_of
from distributor.domain.states import State
from distributor.locale_formats import number
from distributor.rendering.phrases import date_line


def environment(**options: Any) -> Environment:
    """Return the environment with `static` and `url` as functions; an undefined name is an error, not a blank.

    `_`, `ngettext` and `{% trans %}` speak the language of the request; `%` in what they are given is written `%%`.
    """
    result = Environment(  # noqa: S701 - Django passes autoescape=True
        **{
            **options,
            "extensions": ["jinja2.ext.i18n"],
            "undefined": StrictUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
        }
    )
    result.policies["ext.i18n.trimmed"] = True  # a text over several lines is one line in the catalog
    result.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    result.globals.update(languages=settings.LANGUAGES, language=translation.get_language)
    result.globals.update(static=staticfiles_storage.url, url=_url)
    result.globals.update(held_because=held_because, held_people=held_people, may=may, may_everywhere=may_everywhere)
    result.filters.update(day=date_line, when=when, host=host, number=number, readable=uri_to_iri, state=state)
    result.filters.update(translation=translation_of, clock=clock_text, channel=registry.label)
    return result


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def host(url: str) -> str:
    """Return the host of a URL as people say it, without “www.”."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def state(value: str) -> str:
    """Return the state of a dispatch as people read it: “being deleted”."""
    return translation_of(State(value).words)
