"""A letter's drawn card at a public address: for networks that fetch pictures, and for links to its page."""

from __future__ import annotations

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from distributor.channels import registry
from distributor.channels.link.payload import LinkPayload
from distributor.letters.models import Page
from distributor.letters.pages import page_payload
from distributor.reader.published_letters import CARD_SIZE
from distributor.rendering import cards

# A page never changes once it went out; how cards are drawn does, now and then.
_FRESH_SECONDS = 7 * 24 * 3600


def sizes() -> frozenset[tuple[int, int]]:
    """Return the sizes that some network or a link's preview shows: no others are drawn for whoever asks."""
    limits = (channel.capabilities.pictures for channel in registry.CHANNELS.values())
    return frozenset({CARD_SIZE, *(picture_limits.size for picture_limits in limits if picture_limits is not None)})


@require_safe
def card(request: HttpRequest, publication: str, slug: str, width: int, height: int) -> HttpResponse:
    """The card of a published letter as a PNG."""
    if (width, height) not in sizes():
        raise Http404
    page = get_object_or_404(Page, letter__publication__slug=publication, letter__slug=slug)
    content = cards.draw(card_words(page_payload(page)), (width, height))
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag, response=HttpResponse(content, content_type="image/png"))
    assert response is not None
    response["ETag"], response["Cache-Control"] = etag, f"public, max-age={_FRESH_SECONDS}"
    return response


def card_words(payload: LinkPayload) -> dict[str, str]:
    """Return what a published page's card says."""
    return {
        "title": payload.title,
        "series": payload.series,
        "number": str(payload.number or ""),
        "author": payload.author,
        "publication": payload.site_name,
        "language": payload.language,
        "colour": payload.colour,
    }
