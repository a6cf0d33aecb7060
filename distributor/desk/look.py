"""How a publication's mails and pages look: colour, logo and fonts, with a letter of theirs beside the form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from distributor.delivery.variants import sample_letters
from distributor.desk import look_forms, template_pages
from distributor.desk.access import manager
from distributor.desk.dispatches import mail_document
from distributor.desk.look_forms import LookForm
from distributor.desk.publication_tabs import publications_and_chosen
from distributor.domain.errors import BadInput, TemplateError
from distributor.letters import stored_templates
from distributor.letters.actions import edit_publication
from distributor.letters.models import Publication
from distributor.letters.publication_settings.values import LARGEST_UPLOAD
from distributor.people import audit
from distributor.rendering.letter import HTML
from distributor.request_bodies import FORM_ROOM, body_limit


@manager
@body_limit(LARGEST_UPLOAD + FORM_ROOM, editors_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, publication: str = "") -> HttpResponse:
    """Show or store how the named publication looks, or the first."""
    publications, brand = publications_and_chosen(publication)
    context: dict[str, Any] = {"publications": publications, "brand": brand, "here": "accounts", "tab": "look"}
    if brand is None:
        return render(request, "desk/look.html", context)
    form = LookForm(request.POST or None, request.FILES or None, publication=brand)
    if request.method == "POST" and form.is_valid() and _stored(request, brand, form):
        return redirect("desk:look", brand.slug)
    context |= {
        "form": form,
        "logo": brand.view(site_url="").logo,
        "readings": look_forms.readings(form.publication_with(brand).colour),
        "fonts": {
            "text-font": look_forms.font_choices(gettext("As usual")),
            "heading-font": look_forms.font_choices(gettext("As the text")),
        },
        "letters": template_pages.letters_of(brand),
    }
    return render(request, "desk/look.html", context, status=422 if form.is_bound else 200)


@manager
@body_limit(LARGEST_UPLOAD + FORM_ROOM, editors_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
def look_preview(request: HttpRequest, publication: str) -> HttpResponse:
    """The document of a frame: a letter's mail as it looks, or (POST) as it would with what is chosen."""
    brand = get_object_or_404(Publication, slug=publication)
    form = LookForm(request.POST or None, request.FILES or None, publication=brand)
    letter = template_pages.letter_for(brand, (request.POST or request.GET).get("letter", ""))
    draft_publication = form.publication_with(brand)
    view = sample_letters.of_publication(letter, draft_publication)
    try:
        card = template_pages.card(HTML, view, draft_publication, stored_templates.template_set(brand))
    except TemplateError as error:
        fault = template_pages.TemplateFault(str(error))
        return render(request, "desk/template_preview.html", {"brand": brand, "fault": fault})
    if card.mail is None:
        raise Http404
    return mail_document(card)


def _stored(request: HttpRequest, publication: Publication, form: LookForm) -> bool:
    """Store what an editor has changed; what does not go together becomes the form's error."""
    try:
        changes = edit_publication(publication, form.changes())
    except BadInput as error:
        form.add_error(None, str(error))
        return False
    if not changes:
        messages.info(request, gettext("Nothing has changed."))
        return True
    audit.record(
        "publications.update",
        actor=request.user.get_username(),
        door="desk",
        subject=f"publication {publication.slug}",
        publication=publication,
        details={"settings": [setting.name for setting in changes]},
    )
    messages.success(request, gettext("Saved. Emails and posts that are out don’t change."))
    return True
