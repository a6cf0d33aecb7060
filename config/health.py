"""Whether this process can do its work, for load balancers and containers."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from kombu import Connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
WAIT_SECONDS = 2


def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when PostgreSQL and Redis both answer, else 503. Which one does not is only logged."""
    healthy = _database_answers() and _redis_answers()
    response = JsonResponse({"healthy": healthy}, status=200 if healthy else 503)
    response["Cache-Control"] = "no-store"
    return response


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.warning("The database does not answer: %s", type(error).__name__)
        return False
    return True


def _redis_answers() -> bool:
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "max_retries": 0}
    try:
        with Connection(settings.REDIS_URL, transport_options=options) as broker:
            broker.ensure_connection(max_retries=0, timeout=WAIT_SECONDS, reraise_as_library_errors=False)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("Redis does not answer: %s", type(error).__name__)
        return False
    return True
