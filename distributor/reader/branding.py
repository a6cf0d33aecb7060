"""A publication's logo, colour and fonts at public addresses: for its pages, and for mails that show them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from distributor.letters.models import Logo
from distributor.rendering import colours, fonts

# These addresses are made of what is there: it never changes, so nobody has to ask again (RFC 8246).
FOR_GOOD = {"public": True, "max_age": 365 * 24 * 3600, "immutable": True}

USUAL = "usual"


@require_safe
@cache_control(**FOR_GOOD)
def logo(request: HttpRequest, publication: str, key: str) -> HttpResponse:  # noqa: ARG001 - as views are called
    """A picture that is or was the publication's logo."""
    picture = get_object_or_404(Logo, publication__slug=publication, key=key)
    return HttpResponse(bytes(picture.content), content_type=picture.type)


@require_safe
@cache_control(**FOR_GOOD)
def style(request: HttpRequest, publication: str, colour: str) -> HttpResponse:  # noqa: ARG001 - as views are called
    """A colour (its six hexadecimal digits) as the accent of a publication's pages, readable on all of them."""
    try:
        return HttpResponse(colours.style_sheet(f"#{colour}"), content_type="text/css; charset=utf-8")
    except ValueError:
        raise Http404 from None


@require_safe
@cache_control(**FOR_GOOD)
def font_style(_request: HttpRequest, publication: str, text: str, heading: str) -> HttpResponse:  # noqa: ARG001
    """Two fonts as those of a publication's pages, “usual” for ours."""
    names = [name for name in (text, heading) if name != USUAL]
    if any(name not in fonts.FONTS for name in names):
        raise Http404
    sheet = fonts.style_sheet(*("" if name == USUAL else name for name in (text, heading)))
    return HttpResponse(sheet, content_type="text/css; charset=utf-8")
