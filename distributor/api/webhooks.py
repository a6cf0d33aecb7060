"""What mail providers report: authenticated, understood, and answered once it is stored."""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from distributor.audience import transactional_mails
from distributor.channels.mail.providers.webhooks import LIMIT, Malformed, NotAllowed, allow, events
from distributor.delivery.accounts import provider_webhooks
from distributor.domain.errors import BadSettings
from distributor.insights.returns import take_in
from distributor.request_bodies import body_limit

logger = logging.getLogger(__name__)


@csrf_exempt
@body_limit(LIMIT)
@require_http_methods(["POST", "HEAD", "GET"])
def mail(request: HttpRequest, provider: str, account_id: int, token: str = "") -> HttpResponse:
    """Take events in. 200 is said after the commit: a provider sends what it has no 200 for again."""
    try:
        provider_hook = provider_webhooks.hook_of(account_id, provider)
        allow(provider_hook, request, token)
        if request.method != "POST":  # how some providers try an address before they take it
            return HttpResponse()
        if _length(request) > LIMIT or len(request.body) > LIMIT:
            return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        returned_events = events(provider_hook, request, read_token=transactional_mails.read_token, now=timezone.now())
    except NotAllowed:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except Malformed:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    except BadSettings as error:
        logger.error("Account %s: %s", account_id, error)  # noqa: TRY400 # a sentence for a person
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    take_in(returned_events)
    return HttpResponse()


def _length(request: HttpRequest) -> int:
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
