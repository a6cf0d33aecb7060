"""A connection to the broker as Celery has it, for those who ask it themselves."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from kombu import Connection

from distributor.broker_urls import broker_address


def broker_connection(**options: Any) -> Connection:
    """Return an unopened connection to the Redis of the settings; `options` are further ones of the transport."""
    address = broker_address(settings.REDIS_URL)
    own_options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **address.options, **options}
    return Connection(address.url, transport_options=own_options)
