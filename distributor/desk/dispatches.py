"""Dispatches on the desk: what went out, and the buttons that move them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from distributor import policies
from distributor.channels import registry
from distributor.delivery import actions, reapproval
from distributor.delivery.models import Dispatch
from distributor.delivery.variants import concerns, source_changes
from distributor.desk import deeds, dispatch_buttons, mail_looks, network_responses, presentation, results
from distributor.desk.access import may, role_of, writer
from distributor.domain.dispatch_actions import ACTIONS
from distributor.domain.errors import DistributorError, StateError
from distributor.domain.variants import Variant
from distributor.rendering import cards


@writer
@require_safe
def dispatch(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """What went out, or is approved to."""
    record = dispatch_row(dispatch_id)
    row = presentation.rows([record], role=role_of(request, record.publication))[0]
    card = presentation.went_out(record)
    context = {
        "dispatch": record,
        "row": row,
        "card": card,
        "letter": record.letter,
        **results.context(record),
        "may_see_people": may(request, "editor", record.publication),
        "short_clicks": presentation.short_clicks(record),
        "answers": network_responses.of(record),
    }
    response = render(request, "desk/dispatch.html", context)
    response.headers["Content-Security-Policy"] = policies.policy(
        pictures=presentation.pictures([card] if card else [])
    )
    return response


@writer
@require_safe
def difference(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """How what is approved of a dispatch differs from what would be approved now, and what can be answered."""
    record = dispatch_row(dispatch_id)
    try:
        approval_difference = reapproval.difference(record)
    except StateError as error:
        messages.error(request, str(error))
        return _back(record)
    context = {
        "dispatch": record,
        "letter": record.letter,
        "row": presentation.rows([record], role=role_of(request, record.publication))[0],
        "change": source_changes.of_dispatch(record),
        "difference": approval_difference,
    }
    return render(request, "desk/difference.html", context)


@writer
@require_safe
def dispatch_mail(_request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """The document of the mail that went out, as a subscriber got it."""
    record = dispatch_row(dispatch_id)
    return mail_document(presentation.went_out(record))


@writer
@require_safe
def dispatch_picture(_request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """The card that went out with a post, or is approved to."""
    card = presentation.went_out(dispatch_row(dispatch_id))
    return card_picture(card.variant if card is not None else None)


def card_picture(variant: Variant | None) -> HttpResponse:
    """Return the card that a variant carries as a PNG. Raises Http404 where it carries none."""
    if variant is None or variant.picture is None:
        raise Http404
    picture = variant.picture
    return HttpResponse(cards.draw(picture.card, (picture.width, picture.height)), content_type="image/png")


@writer
@require_POST
def act(request: HttpRequest, dispatch_id: int, name: str) -> HttpResponse:
    """Do to a dispatch what a button stands for."""
    if name not in ACTIONS:
        raise Http404
    record = dispatch_row(dispatch_id)
    label = registry.label(record.channel)
    try:
        values, note = dispatch_buttons.arguments(ACTIONS[name], request.POST.dict(), record.publication)
        agreed = request.POST.get("confirmed") == dispatch_buttons.YES
        role, actor = role_of(request, record.publication), request.user.get_username()
        result = actions.perform(name, record.pk, role=role, actor=actor, confirmed=agreed, **values)
    except DistributorError as error:
        messages.error(request, f"{label}: {error}")
        return _back(record)
    deeds.note(
        request,
        publication=record.publication,
        before={"state": record.state},
        after={"state": result.dispatch.state},
        channel=record.channel,
        target=record.target,
    )
    messages.success(request, f"{label}: {result.sentence} {note}".strip())
    for sentence in concerns.warnings(result.concerns):
        messages.warning(request, sentence)
    return _back(record)


def mail_document(card: presentation.Card | None, *, look: str = "") -> HttpResponse:
    """Answer with a mail as a document of its own, for a frame, in a look of `mail_looks`.

    Raises Http404 where there is no mail to show.
    """
    if card is None or card.mail is None:
        raise Http404
    # Links open in a new tab: a frame would refuse to show other sites.
    html = card.mail.html.replace("<head>", '<head><base target="_blank">', 1)
    policy = policies.mail_policy(html, with_pictures=mail_looks.with_pictures(look))
    return HttpResponse(mail_looks.in_look(html, look), headers={"Content-Security-Policy": policy})


def dispatch_row(dispatch_id: int) -> Dispatch:
    """Return a dispatch with what its pages show of it. Raises Http404."""
    dispatches = Dispatch.objects.select_related("account", "publication", "digest", "letter__series", "letter__page")
    return get_object_or_404(dispatches, pk=dispatch_id)


def _back(dispatch: Dispatch) -> HttpResponse:
    """Go where this dispatch is listed."""
    if dispatch.letter_id is None:
        return redirect("desk:dispatch", dispatch.pk)
    return redirect("desk:letter", dispatch.letter_id)
