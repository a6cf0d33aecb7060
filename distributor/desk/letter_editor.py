"""Writing letters on the desk: new ones, and the next version of those that are stored."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from distributor import policies
from distributor.desk import letter_previews
from distributor.desk.access import writer
from distributor.desk.letter_forms import FORM_FIELDS, LetterForm, values_of_content, values_of_data
from distributor.desk.letter_versions import label
from distributor.desk.new_letter import DESK
from distributor.desk.publication_scope import narrow
from distributor.desk.row_numbers import row_number
from distributor.domain.differences import FieldDifference
from distributor.domain.errors import BadInput, DistributorError, EditConflict
from distributor.domain.states import State
from distributor.letters import autosaves, editor_saves, series_numbers, uploads, versions
from distributor.letters.editor_saves import Save
from distributor.letters.intake.picture_folders import LARGEST
from distributor.letters.models import Autosave, Letter, Publication
from distributor.request_bodies import FORM_ROOM, body_limit

# What a button of the form asks for; every other one saves.
PREVIEW: Final = "preview"
DISCARD: Final = "discard"
REVIEW: Final = "review"  # saves, and goes on to the review
PICTURES: Final = ("text-picture", "lead-picture")
APPROVED_STATES: Final = (State.HELD, State.SCHEDULED, State.PAUSED, State.BLOCKED)


@dataclass(frozen=True, slots=True)
class Clash:
    """What somebody else changed meanwhile: their version and how each field that both changed became latest_values."""

    message: str
    version: int
    differences: tuple[FieldDifference, ...]


@writer
@body_limit(LARGEST + FORM_ROOM, editors_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Write a new letter, or go on with one that was begun."""
    if request.method == "POST":
        return _answer(request, None)
    key = request.GET.get("draft", "")
    autosave = autosaves.of_editor(request.user.get_username(), key=key) if key else None
    begun = {
        "key": [_key(key)],
        "base": ["0"],
        "publication": [str(row_number(request.GET.get("publication", "")) or "")],
    }
    values = (
        autosave.values if autosave is not None else {name: texts for name, texts in begun.items() if texts != [""]}
    )
    return _page(request, LetterForm(values=values), None, autosave=autosave)


@writer
@body_limit(LARGEST + FORM_ROOM, editors_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Change a stored letter; who has unsaved changes of it goes on with them."""
    letter = get_object_or_404(Letter.objects.select_related("publication", "series"), pk=letter_id)
    if request.method == "POST":
        return _answer(request, letter)
    autosave = autosaves.of_editor(request.user.get_username(), letter=letter)
    latest = versions.latest(letter)
    values = autosave.values if autosave is not None else _stored_values(letter, latest.number)
    return _page(request, LetterForm(values=values, letter=letter), letter, autosave=autosave)


def _answer(request: HttpRequest, letter: Letter | None) -> HttpResponse:
    """Do what the pressed button asks for."""
    wish = request.POST.get("do", "")
    values = values_of_data(request.POST)
    if wish == DISCARD:
        autosaves.forget(request.user.get_username(), letter=letter, key=request.POST.get("key", ""))
        messages.success(request, gettext("Your unsaved changes are gone."))
        return redirect("desk:write") if letter is None else redirect("desk:edit", letter.pk)
    if wish == PREVIEW:
        return _page(request, LetterForm(values=values, letter=letter), letter, preview=True)
    if wish in PICTURES:
        return _with_picture(request, letter, values, wish)
    form = LetterForm(request.POST, letter=letter)
    if not form.is_valid():
        return _page(request, form, letter, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        save = _save(form, letter, request.user.get_username())
    except EditConflict as error:
        return _conflict(request, get_object_or_404(Letter, pk=error.letter_id), values, error)
    except DistributorError as error:
        form.add_error(None, str(error))
        return _page(request, form, letter, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    autosaves.forget(request.user.get_username(), letter=letter, key=str(form.cleaned_data["key"]))
    _say(request, save, is_new=letter is None)
    address = reverse("desk:review" if wish == REVIEW else "desk:letter", args=[save.letter.pk])
    if request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse({"address": address})
    return redirect(address)


def _save(form: LetterForm, letter: Letter | None, actor: str) -> Save:
    text = form.cleaned_data["text"]
    if letter is not None:
        base = form.cleaned_data["base"] or versions.latest(letter).number
        return editor_saves.save(letter, form.letter_fields(), text, base=base, actor=actor, origin=DESK)
    publication, series = form.cleaned_data["publication"], form.cleaned_data["series"]
    next_number = series_numbers.next_number(publication, series) if series else None
    fields = form.letter_fields(next_number=next_number)
    key = str(form.cleaned_data["key"])
    return editor_saves.create(fields, text, publication=publication, key=key, actor=actor, origin=DESK)


def _say(request: HttpRequest, save: Save, *, is_new: bool) -> None:
    """Tell what was done, and what is still to do."""
    if save.version is None:
        messages.info(request, gettext("Nothing was changed, so there is no new version."))
        return
    if is_new:
        messages.success(request, gettext("The letter is saved. Look at its variants, then queue it."))
    else:
        messages.success(request, gettext("Saved as version %(number)s.") % {"number": save.version.number})
    for version in save.other_versions:
        fields = ", ".join(label(name) for name in version.changes)
        words = gettext("While you wrote, %(name)s saved version %(number)s (%(fields)s): it is in the letter, too.")
        name = version.actor or gettext("a program")
        messages.warning(request, words % {"name": name, "number": version.number, "fields": fields})
    approved_dispatches = save.letter.dispatches.filter(
        approved_at__isnull=False, state__in=[state.value for state in APPROVED_STATES]
    )
    if approved_dispatches.exists():
        messages.info(
            request, gettext("What is approved goes out as it was approved until you approve it again below.")
        )


def _with_picture(request: HttpRequest, letter: Letter | None, values: dict[str, list[str]], wish: str) -> HttpResponse:
    """Store the picture that was chosen, put it into the form, and show the form again."""
    problem = ""
    file = request.FILES.get("picture")
    try:
        if file is None:
            raise BadInput(gettext("Choose a picture first."))
        publication = letter.publication if letter is not None else publication_of(request)
        media, _ = uploads.keep(file.read(LARGEST + 1), publication)
        address = f"{editor_saves.site_url(publication)}/media/{media.name}"
        alt = " ".join(request.POST.get("picture_alt", "").split())
        if wish == "lead-picture":
            values |= {"image_url": [address], "image_alt": [alt]}
        else:
            text = (values.get("text") or [""])[0].rstrip()
            words = re.sub(r"[\\\[\]]", r"\\\g<0>", alt)
            values["text"] = [f"{text}\n\n![{words}]({address})\n".lstrip()]
    except DistributorError as error:
        problem = str(error)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return _page(request, LetterForm(values=values, letter=letter), letter, status=status, picture_problem=problem)


def publication_of(request: HttpRequest) -> Publication:
    """Return the publication that a form names, or the only one. Raises BadInput."""
    number = row_number(request.POST.get("publication", ""))
    publications = narrow(Publication.objects.all(), "pk")
    publication = publications.filter(**({} if number is None else {"pk": number})).first()
    if publication is None:
        raise BadInput(gettext("Choose a publication."))
    return publication


def _conflict(request: HttpRequest, letter: Letter, values: dict[str, list[str]], error: EditConflict) -> HttpResponse:
    """Show what somebody else changed beside what was typed. Fields that only they changed say what they wrote."""
    before = versions.version_of(letter, int((values.get("base") or ["1"])[0] or 1) or 1)
    latest = versions.version_of(letter, error.version)
    differences = versions.differences(before, latest)
    latest_values = values_of_content(versions.content_of(latest), letter.publication)
    for difference in differences:
        name = "body_html" if difference.field == "body_text" else difference.field
        if name not in error.fields:
            values |= {field: latest_values[field] for field in FORM_FIELDS.get(name, ())}
    values["base"] = [str(latest.number)]
    clash = Clash(
        str(error),
        latest.number,
        tuple(
            difference
            for difference in differences
            if ("body_html" if difference.field == "body_text" else difference.field) in error.fields
        ),
    )
    form = LetterForm(values=values, letter=letter)
    return _page(request, form, letter, status=HTTPStatus.CONFLICT, clash=clash)


def _page(
    request: HttpRequest,
    form: LetterForm,
    letter: Letter | None,
    *,
    status: int = HTTPStatus.OK,
    autosave: Autosave | None = None,
    clash: Clash | None = None,
    preview: bool = False,
    picture_problem: str = "",
) -> HttpResponse:
    user = request.user.get_username()
    publication = letter.publication if letter is not None else _offered_publication(form)
    nonce = secrets.token_urlsafe(16)
    context: dict[str, Any] = {
        "form": form,
        "letter": letter,
        "publication": publication,
        "autosave": autosave,
        "clash": clash,
        "label": label,
        "nonce": nonce,
        "picture_problem": picture_problem,
        "preview": letter_previews.of_values(form.values, publication) if preview and publication else None,
        "others": list(autosaves.of_colleagues(letter, editor=user)[:5]) if letter is not None else [],
        "begun": list(autosaves.new_letters(user)[:10]) if letter is None and autosave is None else [],
        "latest": versions.latest(letter).number if letter is not None else 0,
        "series": series_numbers.next_numbers(publication) if publication else {},
        "people": list(publication.authors.order_by("name")[:500]) if publication else [],
        "languages_offered": publication.view(site_url="").languages if publication else (),
    }
    response = render(request, "desk/write.html", context, status=status)
    # The editor's own style sheet comes by its script, marked by this nonce. Writers paste pictures' addresses, which
    # the preview shows at once: so those of any encrypted site may be shown here, as in letters with many hosts.
    also = {"style-src": f"'nonce-{nonce}'", "img-src": "https:"}
    response.headers["Content-Security-Policy"] = policies.policy(
        also, pictures=policies.pictures_in(letter.body_html if letter is not None else "")
    )
    return response


def _stored_values(letter: Letter, number: int) -> dict[str, list[str]]:
    values = values_of_content(letter.content(), letter.publication)
    return {**values, "key": [str(uuid4())], "base": [str(number)]}


def _offered_publication(form: LetterForm) -> Publication | None:
    """Return the publication whose series and authors a new letter's form offers."""
    number = row_number(str(form["publication"].value() or ""))
    publications = narrow(Publication.objects.order_by("name"), "pk")
    return publications.filter(pk=number or 0).first() or publications.first()


def _key(text: str) -> str:
    """Return a new letter's key: the one that its address names, so that a begun one is found again, or a new one."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid4())
