"""Taking in letters on the desk, and the question which letter it is where the source does not say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from distributor.desk.access import writer
from distributor.desk.forms import SourceForm
from distributor.desk.publication_scope import narrow
from distributor.domain.draft_gaps import gap_words
from distributor.domain.errors import BadInput, UnclearLetter
from distributor.domain.letters import Draft
from distributor.letters import actions, media_store, source_doubts
from distributor.letters.actions import Intake
from distributor.letters.intake import draft_json
from distributor.letters.intake.zip_files import ZIP_LIMIT
from distributor.letters.letter_ids import letter_of
from distributor.letters.models import Letter, Publication
from distributor.request_bodies import FORM_ROOM, body_limit

DESK: Final = "the desk"  # where a version comes from that somebody wrote here
NEW_LETTER: Final = "new"  # the answer that it is a letter of its own
_SALT: Final = "desk.new_letter"
_LIFETIME: Final = timedelta(days=1)


@writer
@body_limit(ZIP_LIMIT + FORM_ROOM, editors_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new_letter(request: HttpRequest) -> HttpResponse:
    """Take in a letter from its address, a file or its text, and go on to its variants."""
    if "kept" in request.POST:
        return _after_answer(request)
    form = SourceForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "desk/new.html", {"form": form}, status=422 if form.is_bound else 200)
    return _take_in(request, form.cleaned_data["publication"], form.drafts())


def _after_answer(request: HttpRequest) -> HttpResponse:
    """Take in what was kept while an editor was asked which letter it is."""
    try:
        question = signing.loads(request.POST["kept"], salt=_SALT, max_age=_LIFETIME)
        publication = narrow(Publication.objects.all(), "pk").get(pk=question["publication"])
    except (signing.BadSignature, Publication.DoesNotExist):
        messages.error(request, "That question is too old: add the letter again.")
        return redirect("desk:new")
    drafts = [draft_json.read(entry) for entry in question["drafts"]]
    return _take_in(request, publication, drafts, answer=request.POST.get("answer", ""))


def _take_in(
    request: HttpRequest, publication: Publication, drafts: Sequence[Draft], *, answer: str = ""
) -> HttpResponse:
    """Take drafts in and go on; ask where it is not clear which letter it is. `answer`: `NEW_LETTER`, or a number."""
    try:
        source_intake = actions.take_in_all(
            drafts,
            publication=publication,
            now=timezone.now(),
            actor=request.user.get_username(),
            origin="" if drafts[0].source else DESK,
            corrects=letter_of(answer) if answer not in ("", NEW_LETTER) else None,
            is_new=answer == NEW_LETTER,
        )
    except UnclearLetter as error:
        return _question(request, publication, drafts, error)
    except BadInput as error:
        messages.error(request, str(error))
        return redirect("desk:new")
    intakes = source_intake.intakes
    if source_intake.doubts:
        messages.warning(request, f"Not taken in: {source_doubts.together(source_intake.doubts)}")
    if len(drafts) > 1:
        messages.success(request, _summary(intakes))
        return redirect("desk:home")
    update_sentence = "The letter was there already: it is updated. Nothing is sent by that."
    sentence = "Letter added." if intakes[0].created else update_sentence
    messages.success(request, f"{sentence} Look at its variants, then queue it.")
    if gaps := gap_words(drafts[0]):
        messages.info(request, f"Its source does not say: {gaps}.")
    return redirect("desk:letter", intakes[0].letter.pk)


def _summary(intakes: Sequence[Intake]) -> str:
    count = sum(intake.created for intake in intakes)
    additions = "1 letter was added." if count == 1 else f"{count} letters were added."
    known_count = len(intakes) - count
    if not known_count:
        return additions
    return f"{additions} {known_count} {'was' if known_count == 1 else 'were'} there already. Nothing is sent by that."


def _question(
    request: HttpRequest, publication: Publication, drafts: Sequence[Draft], error: UnclearLetter
) -> HttpResponse:
    letters = Letter.objects.in_bulk(error.candidates)
    for draft in drafts:
        media_store.keep(draft.pictures, publication)
    entries = [draft_json.write(replace(draft, pictures=())) for draft in drafts]
    context = {
        "question": str(error),
        "drafts": drafts,
        "candidates": [letters[number] for number in error.candidates] if len(drafts) == 1 else [],
        "zone": publication.time_zone,
        "its_own": NEW_LETTER,
        "kept": signing.dumps({"publication": publication.pk, "drafts": entries}, salt=_SALT, compress=True),
    }
    return render(request, "desk/which_letter.html", context, status=409)
