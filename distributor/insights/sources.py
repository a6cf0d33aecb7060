"""Every source of what outside events did, in words: what can be named where something is undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from distributor.audience.causes import IMPORT, ONE_CLICK, PAGE, PROGRAM, REFUSAL
from distributor.channels.mail.providers.features import PROVIDERS
from distributor.channels.mail.returns.sources import ARF, DSN, MAILTO, TEXT
from distributor.domain.errors import BadInput

SOURCES: Final[Mapping[str, str]] = {
    DSN: "bounces in the standard format",
    TEXT: "bounces in plain words",
    ARF: "complaints by feedback loops",
    MAILTO: "mails that ask to be unsubscribed",
    REFUSAL: "what a mail server answered while we sent",
    PAGE: "people themselves, on the page of an unsubscribe link",
    ONE_CLICK: "people themselves, by their mail program’s button",
    PROGRAM: "people themselves, as a program tells",
    IMPORT: "a file",
    **{scheme: f"the provider {provider.label}" for scheme, provider in PROVIDERS.items() if provider.webhook},
}


def check(source: str) -> None:
    """Raise BadInput for what is no source; "" is any."""
    if source and source not in SOURCES:
        raise BadInput(f"“{source[:40]}” is no source: choose from {', '.join(SOURCES)}.")
