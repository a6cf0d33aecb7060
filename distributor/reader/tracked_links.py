"""Tracked links and the picture in mails. Both only count: their tokens can do nothing else."""

from __future__ import annotations

import base64

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from distributor.audience import signed_tokens
from distributor.client_limits import client_of
from distributor.delivery.variants.redirects import destination
from distributor.domain.errors import BadInput
from distributor.insights import tracking
from distributor.reader import token_limits, visitors

# One transparent point: 43 bytes, the smallest GIF that every mail program shows.
PICTURE = base64.b64decode("R0lGODlhAQABAPAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")


@never_cache
@require_safe
def follow(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Lead on to where the link leads, and to nowhere else; a click by a person counts."""
    try:
        dispatch, subscriber = _read(token)
        if wait := token_limits.uses_up(request):
            return token_limits.too_often(request, wait)
        address = destination(dispatch, number)
    except BadInput as error:
        return token_limits.not_ours(request, str(error))
    if visitors.is_reader(request):
        tracking.note_click(dispatch, subscriber, number, at=timezone.now())
    return redirect(address)


@never_cache
@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with the picture, also where a token is cut short or used up: no mail is to show a broken one."""
    recipient = signed_tokens.tracking_tokens().read(token)
    if recipient is None and (wait := token_limits.GUESSES.add(client_of(request))):
        return token_limits.too_often(request, wait)
    if recipient is not None and visitors.is_reader(request) and not token_limits.uses_up(request):
        tracking.note_open(*recipient, at=timezone.now())
    return HttpResponse(PICTURE, content_type="image/gif")


def _read(token: str) -> tuple[int, int]:
    recipient = signed_tokens.tracking_tokens().read(token)
    if recipient is None:
        raise BadInput("This link is not complete: copy all of it from the mail.")
    return recipient
