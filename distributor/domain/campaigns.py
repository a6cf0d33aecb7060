"""Campaign parameters: what tells a site's own statistics which channel a reader came by.

Source: https://support.google.com/analytics/answer/10917952 (`utm_source`, `utm_medium`, `utm_campaign`); Matomo,
Plausible and others read the same.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

Medium = Literal["social", "email"]


def add_parameters(url: str, *, source: str, medium: Medium, campaign: str) -> str:
    """Return an http(s) URL with campaign parameters; anything else as it is.

    What the URL has already stays as it is, to the letter: path, query and fragment. A parameter that is there is not
    set again, so whoever tagged a link by hand keeps that, and doing it twice changes nothing.
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # an impossible address
        return url
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return url
    names = {unquote_plus(parameter.partition("=")[0]) for parameter in parts.query.split("&")}
    values = {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign}
    parameters = [
        f"{name}={quote(value, safe='', errors='replace')}"
        for name, value in values.items()
        if value and name not in names
    ]
    if not parameters:
        return url
    query = "&".join([*([parts.query] if parts.query else []), *parameters])
    return urlunsplit(parts._replace(query=query))
