"""The pictures of letters at public addresses: for pages, for mails in inboxes, and for networks that fetch them."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from distributor.domain import media_names
from distributor.domain.errors import ServiceAway
from distributor.letters import media_store
from distributor.reader.branding import FOR_GOOD

# Nothing that a picture's bytes could say is carried out by whoever opens its address.
_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@require_safe
def picture(request: HttpRequest, publication: str, file: str) -> HttpResponse:  # noqa: ARG001 - as views are called
    """One file of a picture, JPEG or PNG as its name says: both were made here. Raises Http404."""
    name_and_width = media_names.of_file(file)
    if name_and_width is None or not media_store.belongs(name_and_width[0], publication):
        raise Http404
    try:
        content = media_store.read(*name_and_width)
    except ServiceAway:
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "60"})
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type=name_and_width[0].type)
    patch_cache_control(response, **FOR_GOOD)
    response["Content-Security-Policy"] = _POLICY
    # Mails on the web, and feeds in other people's readers, are pages of other sites.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
