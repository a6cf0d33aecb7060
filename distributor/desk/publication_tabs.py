"""Pages that are about one publication: which is meant, and which others there are."""

from __future__ import annotations

from django.http import Http404

from distributor.desk.publication_scope import narrow
from distributor.letters.models import Publication


def publications_and_chosen(slug: str) -> tuple[list[Publication], Publication | None]:
    """Return the request's publications and the one of that slug, or the first. Raises Http404 for no such one."""
    publications = list(narrow(Publication.objects.select_related("logo").order_by("name"), "pk"))
    brand = next((publication for publication in publications if slug in ("", publication.slug)), None)
    if brand is None and slug:
        raise Http404
    return publications, brand
