"""Dispatches on the desk: what went out, and the buttons that move them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from distributor.channels import stored_variants
from distributor.delivery import control
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.variants import concerns
from distributor.desk import dispatch_buttons, network_responses, presentation
from distributor.desk.access import editor
from distributor.desk.forms import ConfirmForm, TimeForm
from distributor.domain.errors import DistributorError
from distributor.domain.times import ParsedTime
from distributor.domain.variants import Variant
from distributor.rendering import cards

# A mail is somebody's HTML: it gets no scripts, no forms, no address of its own, and its links open elsewhere.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src * data:; "
    "style-src 'unsafe-inline'; font-src data:; frame-ancestors 'self'"
)


@editor
@require_safe
def dispatch(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """What went out."""
    known = _dispatch(dispatch_id)
    row = presentation.rows([known])[0]
    context = {
        "dispatch": known,
        "row": row,
        "card": presentation.went_out(known),
        "letter": known.letter,
        "followed": presentation.followed(known),
        "short_clicks": presentation.short_clicks(known),
        "answers": network_responses.of(known),
    }
    return render(request, "desk/dispatch.html", context)


@editor
@require_safe
def dispatch_mail(_request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """The document of the mail that went out, as a subscriber got it."""
    known = _dispatch(dispatch_id)
    return mail_document(presentation.went_out(known))


@editor
@require_safe
def dispatch_picture(_request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """The card that went out with a post."""
    known = _dispatch(dispatch_id)
    return drawn(None if known.variant is None else stored_variants.read(known.variant))


def drawn(variant: Variant | None) -> HttpResponse:
    """Return the card that a variant carries as a PNG. Raises Http404 where it carries none."""
    if variant is None or variant.picture is None:
        raise Http404
    picture = variant.picture
    return HttpResponse(cards.draw(picture.card, (picture.width, picture.height)), content_type="image/png")


@editor
@require_POST
def act(request: HttpRequest, dispatch_id: int, verb: str) -> HttpResponse:
    """Press one of a dispatch's buttons."""
    if verb not in dispatch_buttons.VERBS:
        raise Http404
    known = _dispatch(dispatch_id)
    try:
        dispatch_buttons.VERBS[verb].act(known.pk)
    except DistributorError as error:
        messages.error(request, f"{presentation.label(known.channel)}: {error}")
    else:
        messages.success(request, f"{presentation.label(known.channel)}: {dispatch_buttons.VERBS[verb].done}")
        if verb in dispatch_buttons.APPROVING:
            for sentence in concerns.warnings(concerns.of_dispatches([known])):
                messages.warning(request, sentence)
    return _back(known)


@editor
@require_POST
def reschedule(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """Give a dispatch another time."""
    known = _dispatch(dispatch_id)
    form = TimeForm(request.POST, publication=known.publication)
    when: ParsedTime | None = form.cleaned_data["when"] if form.is_valid() else None
    if when is None:
        return _refused(request, known, _first_error(form) or "Give a time, or press “Release now”.")
    try:
        approval.reschedule(known.pk, when.at)
    except DistributorError as error:
        return _refused(request, known, str(error))
    messages.success(request, f"{presentation.label(known.channel)}: It has another time. {when.note}".strip())
    return _back(known)


@editor
@require_POST
def confirm(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """A person looked: the unconfirmed post is there."""
    known = _dispatch(dispatch_id)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _refused(request, known, "That is no web address: paste the post’s whole address, or leave it empty.")
    try:
        control.confirm_sent(known.pk, url=form.cleaned_data["url"])
    except DistributorError as error:
        return _refused(request, known, str(error))
    messages.success(request, f"{presentation.label(known.channel)}: Noted as sent.")
    return _back(known)


def mail_document(card: presentation.Card | None) -> HttpResponse:
    """Answer with a mail as a document of its own, for a frame. Raises Http404 where there is no mail to show."""
    if card is None or card.mail is None:
        raise Http404
    # Links open in a new tab: a frame would refuse to show other sites.
    html = card.mail.html.replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})


def _dispatch(dispatch_id: int) -> Dispatch:
    known = Dispatch.objects.select_related("account", "publication", "digest", "letter__series", "letter__page")
    return get_object_or_404(known, pk=dispatch_id)


def _back(dispatch: Dispatch) -> HttpResponse:
    """Go where this dispatch is listed."""
    if dispatch.letter_id is None:
        return redirect("desk:dispatch", dispatch.pk)
    return redirect("desk:letter", dispatch.letter_id)


def _refused(request: HttpRequest, dispatch: Dispatch, sentence: str) -> HttpResponse:
    messages.error(request, f"{presentation.label(dispatch.channel)}: {sentence}")
    return _back(dispatch)


def _first_error(form: TimeForm) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), "")
