"""Letters on the desk: looking at their variants, queueing them, following them. Taking them in: `new_letter`."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from distributor import policies
from distributor.channels import registry
from distributor.delivery import withdrawal
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.posts import costs
from distributor.delivery.variants import channel_settings, concerns, letter_previews
from distributor.desk import deeds, dispatch_buttons, mail_looks, presentation
from distributor.desk.access import editor, may, role_of, writer
from distributor.desk.dispatches import card_picture, mail_document
from distributor.desk.forms import PictureForm, QueueForm, unknown_channels
from distributor.desk.new_letter import DESK
from distributor.domain import media_names
from distributor.domain.costs import describe as shown_costs
from distributor.domain.dispatch_actions import SEEN
from distributor.domain.errors import BadInput, ConfirmationNeeded, DistributorError
from distributor.domain.roles import Actor
from distributor.domain.times import ParsedTime
from distributor.letters import actions as letters
from distributor.letters.models import Letter


@writer
@require_safe
def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """One letter: its dispatches, where it can go, and all its variants."""
    return _letter(request, get_object_or_404(_letters(), pk=letter_id))


@writer
@require_POST
def queue(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Plan the letter's dispatches, as drafts or approved."""
    letter = get_object_or_404(_letters(), pk=letter_id)
    form = QueueForm(request.POST, letter=letter)
    if not form.is_valid():
        return _letter(request, letter, form, status=422)
    moment: ParsedTime | None = form.cleaned_data["when"]
    try:
        outcome = queue_letter(
            letter,
            at=moment.at if moment else None,
            hold_minutes=form.cleaned_data["hold"],
            channels=form.cleaned_data["channels"],
            lists=list(form.cleaned_data["lists"]),
            segment=form.cleaned_data["segment"],
            spread_hours=form.cleaned_data["over"] or 0,
            approve="draft" not in request.POST,
            by=Actor(role_of(request, letter.publication), request.user.get_username()),
            next_slot=form.cleaned_data["next_slot"],
        )
    except DistributorError as error:
        form.add_error(None, str(error))
        return _letter(request, letter, form, status=422)
    count = len(outcome.dispatches)
    ids = [dispatch.pk for dispatch in outcome.dispatches]
    deeds.note(request, publication=letter.publication, dispatches=ids, approve="draft" not in request.POST)
    messages.success(request, "1 dispatch is queued." if count == 1 else f"{count} dispatches are queued.")
    warnings = concerns.warnings(concerns.of_dispatches(outcome.dispatches))
    reasons = {dispatch.reason for dispatch in outcome.dispatches}  # the table of dispatches says those
    for note in (moment.note if moment else "", *outcome.notes, *warnings):
        if note and note not in reasons:
            messages.warning(request, note)
    return redirect("desk:letter", letter.pk)


@editor
@require_POST
def withdraw(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Stop what is not out yet, and delete what is out where that is chosen."""
    letter = get_object_or_404(_letters(), pk=letter_id)
    agreed = request.POST.get("confirmed") == dispatch_buttons.YES
    try:
        withdrawal_result = withdrawal.withdraw(
            letter, recall="recall" in request.POST, confirmed=agreed, actor=request.user.get_username()
        )
    except ConfirmationNeeded as error:
        messages.error(request, str(error))
        return redirect("desk:letter", letter.pk)
    deeds.note(request, publication=letter.publication, summary=withdrawal_result.summary)
    messages.success(request, withdrawal_result.summary)
    for sentence in withdrawal_result.kept:
        messages.warning(request, sentence)
    return redirect("desk:letter", letter.pk)


@writer
@require_safe
def live(request: HttpRequest, letter_id: int) -> HttpResponse:
    """The table of a letter's dispatches alone, for the page to follow them."""
    letter = get_object_or_404(_letters(), pk=letter_id)
    table = presentation.table(letter, role=role_of(request, letter.publication))
    return render(request, "desk/dispatches.html", table)


@writer
@require_safe
def mail(request: HttpRequest, letter_id: int, channel: str) -> HttpResponse:
    """The document of a mail variant as a subscriber would get it now, for a frame."""
    if channel not in registry.names():
        raise Http404
    letter = get_object_or_404(_letters(), pk=letter_id)
    return mail_document(presentation.card(letter, channel), look=mail_looks.look_of(request.GET.get("look", "")))


@writer
@require_safe
def picture(_request: HttpRequest, letter_id: int, channel: str) -> HttpResponse:
    """The card that a channel's post would carry now."""
    if channel not in registry.names():
        raise Http404
    return card_picture(presentation.card(get_object_or_404(_letters(), pk=letter_id), channel).variant)


@writer
@require_POST
def describe(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Say what the letter's picture shows."""
    letter = get_object_or_404(_letters(), pk=letter_id)
    form = PictureForm(request.POST)
    try:
        if not form.is_valid():
            raise BadInput(str(form.errors["image_alt"][0]))
        actor = request.user.get_username()
        letters.describe_picture(letter, form.cleaned_data["image_alt"], actor=actor, origin=DESK)
    except DistributorError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The picture’s alternative text is saved; what is out already doesn’t change.")
    return redirect("desk:letter", letter.pk)


def _letter(request: HttpRequest, letter: Letter, form: QueueForm | None = None, *, status: int = 200) -> HttpResponse:
    form = form or QueueForm(letter=letter)
    bar, other_channels = letter_previews.channels_of(letter)
    cards, other_cards = presentation.cards(letter, bar), presentation.cards(letter, other_channels)
    context = {
        **presentation.table(letter, role=role_of(request, letter.publication)),
        "may_approve": may(request, "editor", letter.publication),
        "form": form,
        "accounts": presentation.accounts_by_channel(letter.publication),
        "accountless": [name for name in registry.names() if not registry.get(name).fields],
        "active": presentation.subscribers(letter.publication),
        "bar": bar,
        "unknown": unknown_channels(letter),
        "cards": cards,
        "others": other_cards,
        "with_settings": [name for name in registry.names() if channel_settings.settings_of(name)],
        "warnings": presentation.account_warnings([*cards, *other_cards]),
        "worries": presentation.worries(letter),
        "withdrawal_question": withdrawal.question(letter),
        "seen": SEEN,
        "picture_url": media_names.address(letter.image_url, f"/{letter.publication.slug}"),
        "spent": shown_costs(costs.of(letter.dispatches.all())),
    }
    response = render(request, "desk/letter.html", context, status=status)
    addresses = (letter.image_url, *presentation.pictures([*cards, *other_cards]))
    response.headers["Content-Security-Policy"] = policies.policy(pictures=addresses)
    return response


def _letters() -> QuerySet[Letter]:
    return Letter.objects.select_related("publication", "series")
