"""A letter's review: what to know of it, all its variants side by side, who gets it and when, and one yes to it all."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from distributor import policies
from distributor.channels import registry
from distributor.delivery import moves, preflight, proofs
from distributor.delivery import review as reviews
from distributor.delivery.review import ReviewPlan
from distributor.delivery.variants import concerns
from distributor.delivery.variants.letter_previews import NO_CONTENTS
from distributor.desk import mail_looks, presentation, review_cards, review_words
from distributor.desk.access import may, role_of, writer
from distributor.desk.forms import unknown_channels
from distributor.desk.review_forms import ReviewForm, VariantForm
from distributor.domain.errors import ConfirmationNeeded, DistributorError
from distributor.domain.overrides import NO_OVERRIDE, Override
from distributor.domain.roles import Actor
from distributor.letters.models import Letter
from distributor.locale_formats import number

# What a button of the page asks for; every other one shows what a yes would do.
APPROVE: Final = "approve"
DRAFT: Final = "draft"
RESET: Final = "reset"
LOOK: Final = "look"


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, letter_id: int) -> HttpResponse:
    """The page of a letter's review; what its form says would do; or its approval."""
    letter = get_object_or_404(_letters(), pk=letter_id)
    if request.method != "POST":
        return _page(request, letter, ReviewForm(letter=letter, drafts=reviews.drafts_of(letter)))
    form = ReviewForm(request.POST, letter=letter)
    if not form.is_valid():
        return _page(request, letter, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if request.POST.get("do") == APPROVE:
            return _approve(request, letter, form)
        if request.POST.get("do") == DRAFT:
            return _keep_drafts(request, letter, form)
        return _page(request, letter, form, plan=reviews.plan(letter, form.choice))
    except ConfirmationNeeded as error:
        messages.warning(request, str(error))
        return _page(request, letter, form, plan=reviews.plan(letter, form.choice), status=HTTPStatus.CONFLICT)
    except DistributorError as error:
        form.add_error(None, str(error))
        return _page(request, letter, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@writer
@require_POST
def edit_variant(request: HttpRequest, letter_id: int, channel: str) -> HttpResponse:
    """Keep an editor's own words for one channel, take it back to the template, or show how it would come out."""
    letter = get_object_or_404(_letters(), pk=letter_id)
    if channel not in registry.names():
        raise Http404
    wish = request.POST.get("do", "")
    before = reviews.contents(letter).get(channel, NO_OVERRIDE)
    form = VariantForm(request.POST)
    if wish != RESET and not form.is_valid():
        return _edit_problem(request, letter, channel, form)
    if wish == LOOK:
        return _look(request, letter, channel, form, form.content(before))
    try:
        resets = before.parts if wish == RESET else form.resets(before)
        changes = {} if wish == RESET else form.changes(before)
        if changes or resets:
            reviews.edit(letter, channel, changes, resets=resets, by=request.user.get_username())
    except DistributorError as error:
        form.add_error("text", str(error))
        return _edit_problem(request, letter, channel, form)
    _say_edit(request, is_changed=bool(changes), is_reset=bool(resets))
    return redirect(f"{reverse('desk:review', args=[letter.pk])}#variant-{channel}")


@writer
@require_POST
def send_proof(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Send the letter's mail to whoever asks, at their own address, and to nobody else."""
    letter = get_object_or_404(_letters(), pk=letter_id)
    user = request.user
    try:
        mail = proofs.send(letter, email=getattr(user, "email", ""), actor=user.get_username())
    except DistributorError as error:
        messages.error(request, str(error))
    else:
        if mail.state == mail.State.SUPPRESSED:
            messages.error(request, mail.reason)
        else:
            messages.success(request, gettext("The test is on its way to %(email)s.") % {"email": mail.email})
    return redirect("desk:review", letter.pk)


def _say_edit(request: HttpRequest, *, is_changed: bool, is_reset: bool) -> None:
    if is_changed:
        messages.success(request, gettext("What you wrote is kept. It goes out once it is approved."))
    elif is_reset:
        messages.success(request, gettext("It is the template’s again."))
    else:
        messages.info(request, gettext("Nothing was changed."))


def _approve(request: HttpRequest, letter: Letter, form: ReviewForm) -> HttpResponse:
    """Approve what the page showed, and say what was done."""
    plan = reviews.plan(letter, form.choice)
    agreement = request.POST.get("agreed", "")
    by = Actor(role_of(request, letter.publication), request.user.get_username())
    dispatches = reviews.approve(letter, form.choice, by=by, agreement=agreement)
    words = review_words.figures(plan) or gettext("Nothing can go out yet")
    messages.success(request, gettext("Approved. %(what)s.") % {"what": words})
    if plan.releases:
        first = min(dispatch.due_at for dispatch in dispatches)
        time = {"time": review_words.near(first, letter.publication.time_zone)}
        messages.info(request, gettext("The first goes out %(time)s, and can be taken back until then.") % time)
    for sentence in concerns.warnings(concerns.of_dispatches(dispatches)):
        messages.warning(request, sentence)
    return redirect("desk:letter", letter.pk)


def _keep_drafts(request: HttpRequest, letter: Letter, form: ReviewForm) -> HttpResponse:
    """Plan all of it as drafts, for somebody who approves them."""
    count = len(reviews.keep_drafts(letter, form.choice))
    words = ngettext(
        "%(count)s draft is kept. It goes out once it is approved.",
        "%(count)s drafts are kept. They go out once they are approved.",
        count,
    )
    messages.success(request, words % {"count": number(count)})
    return redirect("desk:letter", letter.pk)


def _look(request: HttpRequest, letter: Letter, channel: str, form: VariantForm, content: Override) -> HttpResponse:
    """Answer with one channel's variant as it would come out, and its length; without a script with the whole page."""
    if not _is_part(request):
        page_form = ReviewForm(letter=letter, drafts=reviews.drafts_of(letter))
        return _page(request, letter, page_form, edits={channel: form}, variant_contents={channel: content})
    card = review_cards.of_channels(letter, [channel], {channel: content})[0]
    context = {"card": card.card, "letter": letter}
    return _with_pictures(render(request, "desk/review_drawing.html", context), [card.card])


def _edit_problem(request: HttpRequest, letter: Letter, channel: str, form: VariantForm) -> HttpResponse:
    """Say beside its field what can't be kept; what was typed stays."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if request.POST.get("do") == LOOK:
        return render(request, "desk/review_problem.html", {"form": form}, status=status)
    page_form = ReviewForm(letter=letter, drafts=reviews.drafts_of(letter))
    return _page(request, letter, page_form, edits={channel: form}, status=status)


def _page(
    request: HttpRequest,
    letter: Letter,
    form: ReviewForm,
    *,
    plan: ReviewPlan | None = None,
    edits: Mapping[str, VariantForm] = review_cards.NO_EDITS,
    variant_contents: Mapping[str, Override] = NO_CONTENTS,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Answer with the page, or, for its script, with the part of it that says what a yes would do."""
    choice = form.choice if form.is_bound and form.is_valid() else None
    channels = choice.channels if choice else tuple(form.initial.get("channels") or ())
    contents = {**reviews.contents(letter), **variant_contents}
    previews = review_cards.previews(letter, channels, contents)
    context: dict[str, Any] = {
        "letter": letter,
        "zone": letter.publication.time_zone,
        "form": form,
        "plan": plan,
        "may_approve": may(request, "editor", letter.publication),
        "what": review_words.figures(plan) if plan else "",
        "times": review_words.times(plan, letter.publication.time_zone) if plan else "",
        "refused": [entry.preview.label for entry in previews.values() if entry.preview.refused],
    }
    if _is_part(request):
        return render(request, "desk/review_confirmation.html", context, status=status)
    cards = review_cards.of_previews(letter, previews, contents, edits)
    entries = preflight.of_letter(
        letter,
        channels=channels,
        lists=choice.lists if choice else (),
        segment=choice.segment if choice else None,
        at=choice.at if choice else None,
        previews=previews,
    )
    context |= {
        "cards": cards,
        "movable": {row.pk for card in cards for row in card.dispatches if moves.movable(row)},
        "findings": review_cards.findings(entries),
        "accounts": presentation.accounts_by_channel(letter.publication),
        "accountless": [name for name in registry.names() if not registry.get(name).fields],
        "active": presentation.subscribers(letter.publication),
        "bar": channels,
        "unknown": unknown_channels(letter),
        "warnings": {},  # they stand above
        "look": mail_looks.look_of(request.GET.get("look", "")),
        "looks": mail_looks.LOOKS,
    }
    return _with_pictures(render(request, "desk/review.html", context, status=status), [card.card for card in cards])


def _with_pictures(response: HttpResponse, cards: list[presentation.Card]) -> HttpResponse:
    # Editors type pictures' addresses, which are shown at once: so those of any encrypted site may be shown here.
    pictures = presentation.pictures(cards)
    response.headers["Content-Security-Policy"] = policies.policy({"img-src": "https:"}, pictures=pictures)
    return response


def _is_part(request: HttpRequest) -> bool:
    """Whether the page's script asks for a part of it."""
    return request.headers.get("X-Requested-With") == "fetch"


def _letters() -> QuerySet[Letter]:
    return Letter.objects.select_related("publication", "series")
