"""Errors to a Sentry server, where DISTRIBUTOR_SENTRY_DSN names one. Nothing of a person is ever sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from config.redaction import redact_value
from distributor import __version__
from distributor.domain.errors import BadSettings

if TYPE_CHECKING:
    from sentry_sdk.types import Breadcrumb, BreadcrumbHint, Event, Hint

# What an event has of these says who asked for what, which nobody needs in order to mend an error.
_ABOUT_PEOPLE = ("user", "server_name")
_OF_A_REQUEST = ("method",)


def start(dsn: str) -> None:
    """Have errors told to this server; nothing for "". Raises BadSettings where it can't be: nobody would notice."""
    if not dsn:
        return
    try:
        import sentry_sdk
        from sentry_sdk.utils import BadDsn
    except ImportError as error:
        raise BadSettings("DISTRIBUTOR_SENTRY_DSN needs a package: pip install 'distributor[sentry]'.") from error
    try:
        # Its own collecting of what is personal (`send_default_pii`) is off as long as nobody turns it on; the option
        # is not named, since current versions warn of it.
        sentry_sdk.init(
            dsn,
            release=f"distributor@{__version__}",
            include_local_variables=False,
            max_request_body_size="never",
            before_send=without_people,
            before_breadcrumb=_without_secrets,
        )
    except BadDsn as error:
        raise BadSettings("DISTRIBUTOR_SENTRY_DSN can't be understood: copy it from the project's settings.") from error


def without_people(event: Event, _hint: Hint) -> Event:
    """Return an event without who asked, and without addresses and secrets in what is left."""
    contents = {key: value for key, value in event.items() if key not in _ABOUT_PEOPLE}
    request = event.get("request")
    if isinstance(request, dict):
        contents["request"] = {key: request[key] for key in _OF_A_REQUEST if key in request}
    return cast("Event", _clean(contents))


def _without_secrets(breadcrumb: Breadcrumb, _hint: BreadcrumbHint) -> Breadcrumb:
    return cast("Breadcrumb", _clean(breadcrumb))


def _clean(value: Any) -> Any:
    return redact_value(value, deepest=20)
