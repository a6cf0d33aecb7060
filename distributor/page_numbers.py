"""Which page of a long list an address asks for. One that there is not is answered with 404, on every list alike."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

_LARGEST: Final = 2**63 - 1  # of an id
_DIGITS: Final = len(str(_LARGEST))


def page_of(records: QuerySet[Any], size: int, request: HttpRequest) -> Page[Any]:
    """Return the page of so many records that `?page=` asks for, the first where it is not given.

    Raises Http404 for a page that there is not, and for what is no number.
    """
    try:
        return Paginator(records, size).page(request.GET.get("page", "1"))
    except InvalidPage:
        raise Http404 from None


def id_before(request: HttpRequest) -> int | None:
    """Return the id that `?before=` says a list that is never counted goes on below, None where it is not given.

    Raises Http404 for what can be no id, and for a page by number: such a list has none but the first.
    """
    if request.GET.get("page", "1") != "1":
        raise Http404
    before = request.GET.get("before")
    if before is None:
        return None
    if not (before.isascii() and before.isdigit() and len(before) <= _DIGITS) or int(before) > _LARGEST:
        raise Http404
    return int(before)
