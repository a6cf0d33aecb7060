"""Where a newsroom's own systems hand in letters: a call is proven, written down and answered."""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from distributor.api.problems import RETRY_SECONDS
from distributor.domain.errors import CredentialsError
from distributor.newsroom import door_calls
from distributor.newsroom.formats.submission import LIMIT
from distributor.request_bodies import body_limit

logger = logging.getLogger(__name__)


@csrf_exempt
@body_limit(LIMIT)
@require_POST
def hand_in(request: HttpRequest, key: str) -> HttpResponse:
    """Take a letter: 202 once it is written down, 401 for what is not signed as the door asks."""
    if len(request.body) > LIMIT:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        answer = door_calls.receive(key, headers, request.body)
    except (OperationalError, InterfaceError):
        logger.exception("A door can't write down what came: the database does not answer")
        return JsonResponse(
            {"message": "The database does not answer: send it again in a moment."},
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            headers={"Retry-After": str(RETRY_SECONDS)},
        )
    except CredentialsError as error:
        logger.error("A door: %s", error)  # noqa: TRY400 # a sentence for a person
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    return JsonResponse({"message": answer.sentence}, status=answer.status)
