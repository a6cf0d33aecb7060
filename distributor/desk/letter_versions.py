"""What a letter said before: its versions, what changed from one to the next, and going back to one."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from distributor import policies
from distributor.desk.access import writer
from distributor.desk.row_numbers import row_number
from distributor.domain import media_names
from distributor.letters import editor_saves, edits, versions
from distributor.letters.models import Letter, Version
from distributor.page_numbers import page_of
from distributor.rendering.bodies import safe_html

VERSIONS_A_PAGE: Final = 50
LABELS: Final[dict[str, str | Promise]] = {
    "title": gettext_lazy("Title"),
    "body_html": gettext_lazy("Text"),
    "body_text": gettext_lazy("Text"),
    "series": gettext_lazy("Series"),
    "editor_note": gettext_lazy("Editor’s note"),
    "authors": gettext_lazy("Authors"),
    "section": gettext_lazy("Section"),
    "language": gettext_lazy("Language"),
    "published_at": gettext_lazy("Time of publication"),
    "canonical_url": gettext_lazy("Address on your site"),
    "image_url": gettext_lazy("Picture"),
    "image_alt": gettext_lazy("Picture’s alternative text"),
    "share_bar": gettext_lazy("Share bar"),
    "summary": gettext_lazy("Summary"),
    "social": gettext_lazy("Words for posts"),
    "withheld": gettext_lazy("Why it is withheld"),
    "tags": gettext_lazy("Tags"),
}


def label(name: str) -> str:
    """Return what people call a field of a letter's content."""
    return str(LABELS.get(name, name))


@writer
@require_safe
def letter_versions(request: HttpRequest, letter_id: int) -> HttpResponse:
    """All versions of a letter, the latest first."""
    letter = _letter(letter_id)
    page = page_of(letter.versions.defer("content").order_by("-number"), VERSIONS_A_PAGE, request)
    entries = [(version, list(dict.fromkeys(map(label, version.changes)))) for version in page.object_list]
    return render(request, "desk/versions.html", {"letter": letter, "page": page, "entries": entries})


@writer
@require_safe
def letter_version(request: HttpRequest, letter_id: int, number: int) -> HttpResponse:
    """One version: what it changed, and what it said."""
    letter = _letter(letter_id)
    version = _version(letter, number)
    since = row_number(request.GET.get("since", ""))
    before = None if since is None else _version(letter, since)
    before = before or letter.versions.filter(number=number - 1).first()
    content = versions.content_of(version)
    site_url = editor_saves.site_url(letter.publication)
    html = safe_html(media_names.with_addresses(content.body_html, site_url), base=site_url)
    context = {
        "letter": letter,
        "version": version,
        "before": before,
        "latest": versions.latest(letter),
        "differences": versions.differences(before, version) if before else (),
        "content": content,
        "html": html,
        "label": label,
    }
    response = render(request, "desk/version.html", context)
    response.headers["Content-Security-Policy"] = policies.policy(pictures=policies.pictures_in(html))
    return response


@writer
@require_POST
def restore_version(request: HttpRequest, letter_id: int, number: int) -> HttpResponse:
    """Let the letter say again what it said, unless somebody saved another version since this was asked for."""
    letter = _letter(letter_id)
    _version(letter, number)
    latest = versions.latest(letter)
    if request.POST.get("latest") != str(latest.number):
        words = gettext("%(name)s saved version %(number)s meanwhile: look at it first.")
        messages.error(request, words % {"name": latest.actor or gettext("A program"), "number": latest.number})
        return redirect("desk:versions", letter.pk)
    actor = request.user.get_username()
    version = edits.restore(letter, number, actor=actor, origin=f"its version {number}, the desk")
    if version is None:
        messages.info(request, gettext("The letter says just that already."))
    else:
        words = gettext("The letter says again what version %(number)s said: that is its version %(latest)s.")
        messages.success(request, words % {"number": number, "latest": version.number})
    return redirect("desk:letter", letter.pk)


def _letter(letter_id: int) -> Letter:
    return get_object_or_404(Letter.objects.select_related("publication", "series"), pk=letter_id)


def _version(letter: Letter, number: int) -> Version:
    version = letter.versions.filter(number=number).first() if number < 2**31 else None
    if version is None:
        raise Http404
    return version
