"""What the editor's script asks while somebody writes: to keep what is typed, to show it, to store a picture."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from distributor.desk import formats, letter_previews
from distributor.desk.access import writer
from distributor.desk.letter_editor import publication_of
from distributor.desk.letter_forms import values_of_data
from distributor.desk.row_numbers import row_number
from distributor.domain.errors import BadInput, DistributorError
from distributor.letters import autosaves, editor_saves, uploads, versions
from distributor.letters.intake.picture_folders import LARGEST
from distributor.letters.models import Letter
from distributor.request_bodies import FORM_ROOM, body_limit


@writer
@body_limit(autosaves.LARGEST + FORM_ROOM, editors_only=True)
@require_POST
def autosave(request: HttpRequest, letter_id: int | None = None) -> HttpResponse:
    """Keep what is typed; tell when, and which version of the letter is the latest, and whose."""
    letter = get_object_or_404(Letter.objects.select_related("publication"), pk=letter_id) if letter_id else None
    values = values_of_data(request.POST)
    base = (values.get("base") or ["0"])[0]
    try:
        publication = letter.publication if letter is not None else publication_of(request)
        row = autosaves.keep(
            values,
            editor=request.user.get_username(),
            publication=publication,
            letter=letter,
            key=(values.get("key") or [""])[0][:36],
            base=row_number(base) or 0,
            now=timezone.now(),
        )
    except DistributorError as error:
        return JsonResponse({"problem": str(error)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    latest = versions.latest(letter) if letter is not None else None
    return JsonResponse(
        {
            "saved": formats.clock_time(row.saved_at, publication.time_zone),
            "version": latest.number if latest is not None else 0,
            "by": (latest.actor or gettext("A program")) if latest is not None else "",
        }
    )


@writer
@body_limit(autosaves.LARGEST + FORM_ROOM, editors_only=True)
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The text as readers see it, for the pane beside the editor."""
    try:
        text_preview = letter_previews.of_values(values_of_data(request.POST), publication_of(request))
    except BadInput as error:
        text_preview = letter_previews.TextPreview(problem=str(error))
    return render(request, "desk/write_preview.html", {"preview": text_preview})


@writer
@body_limit(LARGEST + FORM_ROOM, editors_only=True)
@require_POST
def picture(request: HttpRequest) -> HttpResponse:
    """Store a picture that was dropped or pasted; answer with its address."""
    file = request.FILES.get("picture")
    try:
        if file is None:
            raise BadInput(gettext("Choose a picture first."))
        publication = publication_of(request)
        media, _ = uploads.keep(file.read(LARGEST + 1), publication)
    except DistributorError as error:
        return JsonResponse({"problem": str(error)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return JsonResponse({"address": f"{editor_saves.site_url(publication)}/media/{media.name}"})
