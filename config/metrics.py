"""`/metrics` for Prometheus: there only where a token is set, and only for who knows it."""

from __future__ import annotations

from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client.exposition import choose_encoder

from distributor.delivery.metrics import registry


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the metrics, 401 for another token, and 404 where metrics are off."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"})
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry()), content_type=content_type, headers={"Cache-Control": "no-store"})
