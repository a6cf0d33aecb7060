"""A publication's settings on the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from distributor.channels import registry
from distributor.desk import deeds
from distributor.desk.access import manager
from distributor.desk.publication_scope import narrow
from distributor.desk.publication_setting_forms import PublicationSettingsForm
from distributor.domain.errors import BadInput
from distributor.letters.actions import edit_publication
from distributor.letters.models import Publication
from distributor.letters.publication_settings.table import SETTINGS
from distributor.letters.publication_settings.values import LARGEST_UPLOAD
from distributor.rendering import colours
from distributor.request_bodies import FORM_ROOM, body_limit


@manager
@body_limit(LARGEST_UPLOAD + FORM_ROOM, editors_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
def publication_settings(request: HttpRequest, publication: str = "") -> HttpResponse:
    """Show or store the settings of the named publication, or of the first."""
    publications = list(narrow(Publication.objects.order_by("name"), "pk"))
    brand = next(
        (publication_row for publication_row in publications if publication in ("", publication_row.slug)), None
    )
    if brand is None and publication:
        raise Http404
    context: dict[str, Any] = {"brand": brand, "publications": publications, "here": "settings"}
    context["mail_channel"] = registry.ADDRESSED_CHANNEL
    if brand is None:
        return render(request, "desk/publication_settings.html", context)
    form = PublicationSettingsForm(request.POST or None, request.FILES or None, publication=brand)
    if request.method == "POST" and form.is_valid() and _stored(request, brand, form):
        return redirect("desk:publication-settings", brand.slug)
    context.update(form=form, logo=brand.view(site_url="").logo, swatches=_swatches(brand.colour))
    return render(request, "desk/publication_settings.html", context, status=422 if form.is_bound else 200)


def _stored(request: HttpRequest, publication: Publication, form: PublicationSettingsForm) -> bool:
    """Store what an editor has changed; what does not go together becomes the form's error."""
    before = _values(publication)
    try:
        changes = edit_publication(publication, form.changes())
    except BadInput as error:
        form.add_error(None, str(error))
        return False
    after = {name: text for name, text in _values(publication).items() if text != before[name]}
    deeds.note(request, publication=publication, before={name: before[name] for name in after}, after=after)
    if changes:
        labels = ", ".join(setting.label for setting in changes)
        messages.success(request, f"Saved: {labels}. Emails and posts that are out don’t change.")
    else:
        messages.info(request, "Nothing has changed.")
    return True


def _values(publication: Publication) -> dict[str, str]:
    """Return the settings as texts, for the record."""
    return {name: setting.text_of(publication) for name, setting in SETTINGS.items() if setting.input != "picture"}


def _swatches(colour: str) -> list[tuple[str, str]]:
    """Return how a publication's colour looks as text on light pages and on dark ones."""
    if not colour:
        return []
    return [("Light pages", colours.accents(colour).accent), ("Dark pages", colours.accents(colour, dark=True).accent)]
