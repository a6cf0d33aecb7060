"""Counts and days as people write them in the language that is being spoken: a request's, or a mail's."""

from __future__ import annotations

from datetime import date

from babel.dates import format_interval
from babel.numbers import format_decimal
from django.conf import settings
from django.utils.translation import get_language

_INTERVAL_LOCALES = {"en": "en_GB"}  # “2 – 8 Mar 2026”, with the day first as in all our times


def locale() -> str:
    """Return the language that is being spoken, as a locale of Babel: one that the desk has."""
    language = get_language() or ""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def number(value: float) -> str:
    """Return a count with its thousands set apart: “12,000”."""
    return str(format_decimal(value, locale=locale()))


def day_span(first: date, last: date) -> str:
    """Return the days from one to another: “2 – 8 Mar 2026”."""
    language = locale()
    return str(format_interval(first, last, "yMMMd", locale=_INTERVAL_LOCALES.get(language, language)))
