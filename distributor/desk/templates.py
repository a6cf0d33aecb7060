"""A publication's templates on the desk: the list, writing one with its preview beside it, and what it said before."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distributor import policies
from distributor.delivery.variants import template_edits
from distributor.desk import template_pages
from distributor.desk.access import manager
from distributor.desk.dispatches import mail_document
from distributor.desk.publication_tabs import publications_and_chosen
from distributor.domain import differences
from distributor.domain.errors import DistributorError
from distributor.letters import stored_templates
from distributor.letters.models import Publication, TemplateVersion
from distributor.people import audit
from distributor.rendering.template_files import TemplateFile, template_file
from distributor.request_bodies import FORM_ROOM, body_limit

ORIGIN = "the desk"
_BODY = 12 * template_edits.LONGEST + FORM_ROOM  # a character takes up to four bytes, and each up to three signs


@manager
@require_safe
def templates(request: HttpRequest, publication: str = "") -> HttpResponse:
    """All templates of the named publication, or of the first."""
    publications, brand = publications_and_chosen(publication)
    context: dict[str, Any] = {"publications": publications, "brand": brand, "here": "accounts", "tab": "templates"}
    if brand is not None:
        context["groups"] = template_pages.groups(brand)
    return render(request, "desk/templates.html", context)


@manager
@body_limit(_BODY, editors_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, publication: str, kind: str, file: str) -> HttpResponse:
    """Show one template in an editor, or save it."""
    brand, current = _template(publication, kind, file)
    if request.method != "POST":
        return _page(request, brand, current, current.source)
    source = request.POST.get("source", "")
    try:
        version = template_edits.save(
            brand, current.name, source, base=_base(request), actor=request.user.get_username(), origin=ORIGIN
        )
    except DistributorError as error:
        return _page(request, brand, current, source, error=error)
    _report(request, brand, current.name, "templates.save", version)
    return redirect("desk:template", brand.slug, kind, file)


@manager
@body_limit(_BODY, editors_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
def template_preview(request: HttpRequest, publication: str, kind: str, file: str) -> HttpResponse:
    """The document of a frame: what the template makes of a letter, as it is or (POST) as it is being written."""
    brand, current = _template(publication, kind, file)
    own_set = stored_templates.template_set(brand)
    source = request.POST.get("source", "").replace("\r\n", "\n") if request.method == "POST" else None
    if source is not None:
        own_set = own_set.with_source(current.name, source)
    letter = template_pages.letter_for(brand, (request.POST or request.GET).get("letter", ""))
    context: dict[str, Any] = {"brand": brand, "letter": letter, "fault": None}
    try:
        if source is not None and len(source) > template_edits.LONGEST:
            template_edits.check(brand, current.name, source)
        card = template_pages.card(current.name, letter, brand, own_set)
    except DistributorError as error:
        context["fault"] = template_pages.fault(error, brand, current.name, source or current.source)
        return render(request, "desk/template_preview.html", context, status=HTTPStatus.OK)
    if card.mail is not None and current.name.endswith(".html"):
        return mail_document(card)
    response = render(request, "desk/template_preview.html", {**context, "card": card})
    pictures = [card.variant.image_url] if card.variant else []
    response.headers["Content-Security-Policy"] = policies.policy(pictures=pictures)
    return response


@manager
@require_safe
def template_version(request: HttpRequest, publication: str, kind: str, file: str, number: int) -> HttpResponse:
    """One version of a template: what it said, and how that differs from what holds now."""
    brand, current = _template(publication, kind, file)
    version = _version(brand, current.name, number)
    before = brand.template_versions.filter(name=current.name, number=version.number - 1).first()
    source_below = current.below or ""
    text = source_below if version.source is None else version.source
    text_before = source_below if before is None or before.source is None else before.source
    context = {
        **_head(brand, current),
        "version": version,
        "text": text,
        "before": before,
        "pieces": differences.text_difference(text_before, text),
        "to_current": differences.text_difference(text, current.source) if text != current.source else (),
    }
    return render(request, "desk/template_version.html", context)


@manager
@require_POST
def restore_template(request: HttpRequest, publication: str, kind: str, file: str, number: int) -> HttpResponse:
    """Let a template say again what it said."""
    brand, current = _template(publication, kind, file)
    _version(brand, current.name, number)
    actor = request.user.get_username()
    try:
        version = template_edits.restore(
            brand, current.name, number, base=_base(request), actor=actor, origin=f"its version {number}, {ORIGIN}"
        )
    except DistributorError as error:
        messages.error(request, str(error))
        return redirect("desk:template-version", brand.slug, kind, file, number)
    _report(request, brand, current.name, "templates.restore", version)
    return redirect("desk:template", brand.slug, kind, file)


@manager
@require_POST
def reset_template(request: HttpRequest, publication: str, kind: str, file: str) -> HttpResponse:
    """Go back to the template that comes with Distributor, or to the installation's file."""
    brand, current = _template(publication, kind, file)
    actor = request.user.get_username()
    try:
        version = template_edits.reset(brand, current.name, base=_base(request), actor=actor, origin=ORIGIN)
    except DistributorError as error:
        messages.error(request, str(error))
    else:
        _report(request, brand, current.name, "templates.reset", version)
    return redirect("desk:template", brand.slug, kind, file)


def _page(
    request: HttpRequest,
    brand: Publication,
    current: TemplateFile,
    source: str,
    *,
    error: DistributorError | None = None,
) -> HttpResponse:
    nonce = secrets.token_urlsafe(16)
    latest = stored_templates.latest(brand, current.name)
    letter_id = request.POST.get("letter", "") or request.GET.get("letter", "")
    context = {
        **_head(brand, current),
        "source": source,
        "fault": template_pages.fault(error, brand, current.name, source) if error else None,
        "latest": latest,
        "base": request.POST.get("base", latest.number if latest else 0) if error else (latest.number if latest else 0),
        "versions": list(brand.template_versions.filter(name=current.name).defer("source").order_by("-number")[:20]),
        "letters": template_pages.letters_of(brand),
        "letter_id": letter_id,
        "names": template_pages.names(current.name, template_pages.letter_for(brand, letter_id)),
        "nonce": nonce,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    response = render(request, "desk/template.html", context, status=status)
    # The editor's own style sheet comes by its script, marked by this nonce.
    response.headers["Content-Security-Policy"] = policies.policy({"style-src": f"'nonce-{nonce}'"})
    return response


def _head(brand: Publication, current: TemplateFile) -> dict[str, Any]:
    kind, file = current.name.split("/", 1)
    return {
        "brand": brand,
        "template": current,
        "label": template_pages.label(current.name),
        "kind": kind,
        "file": file,
        "here": "accounts",
    }


def _report(request: HttpRequest, brand: Publication, name: str, action: str, version: TemplateVersion | None) -> None:
    """Say what was done, and write it down."""
    if version is None:
        messages.info(request, gettext("Nothing has changed."))
        return
    audit.record(
        action,
        actor=request.user.get_username(),
        door="desk",
        subject=f"template {name}",
        publication=brand,
        details={"version": version.number},
    )
    if version.source is None:
        words = gettext("Ours holds again, as version %(number)s. What is approved goes out as it was approved.")
    else:
        words = gettext("Saved as version %(number)s. What is approved goes out as it was approved.")
    messages.success(request, words % {"number": version.number})


def _base(request: HttpRequest) -> int | None:
    text = request.POST.get("base", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _template(publication: str, kind: str, file: str) -> tuple[Publication, TemplateFile]:
    """Return a publication and its template of this name. Raises Http404."""
    brand = get_object_or_404(Publication, slug=publication)
    current = template_file(stored_templates.template_set(brand), f"{kind}/{file}")
    if current is None:
        raise Http404
    return brand, current


def _version(brand: Publication, name: str, number: int) -> TemplateVersion:
    version = brand.template_versions.filter(name=name, number=number).first() if number < 2**31 else None
    if version is None:
        raise Http404
    return version
