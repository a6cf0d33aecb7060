"""What hubs tell of watched feeds (WebSub): they verify what we asked them for, and say that there is news."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from distributor.newsroom import hub_subscriptions
from distributor.request_bodies import body_limit

LIMIT = 5_000_000  # bytes: hubs send the whole feed along, of which only the signature is looked at


@csrf_exempt
@body_limit(LIMIT)
@require_http_methods(["GET", "POST"])
def hub(request: HttpRequest, key: str) -> HttpResponse:
    """Answer a hub. A message that is not signed is answered like one that is, and changes nothing (section 7)."""
    if request.method == "POST":
        if not hub_subscriptions.is_subscribed(key):
            return HttpResponse(status=HTTPStatus.GONE)  # section 5: so a hub may end what we forgot
        hub_subscriptions.tell(key, request.body, request.headers.get("X-Hub-Signature", ""))
        return HttpResponse(status=HTTPStatus.ACCEPTED)
    question = request.GET
    is_ours = hub_subscriptions.verify(
        key,
        mode=question.get("hub.mode", ""),
        topic=question.get("hub.topic", ""),
        lease_seconds=question.get("hub.lease_seconds", ""),
        reason=question.get("hub.reason", ""),
    )
    if not is_ours:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    return HttpResponse(question.get("hub.challenge", ""), content_type="text/plain; charset=utf-8")
