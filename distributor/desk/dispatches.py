"""Dispatches on the desk: what went out, and the buttons that move them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from distributor.channels import stored_variants
from distributor.delivery import actions
from distributor.delivery.models import Dispatch
from distributor.delivery.variants import concerns
from distributor.desk import dispatch_buttons, network_responses, presentation
from distributor.desk.access import editor, role_of
from distributor.domain.dispatch_actions import ACTIONS
from distributor.domain.errors import DistributorError
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
def act(request: HttpRequest, dispatch_id: int, name: str) -> HttpResponse:
    """Do to a dispatch what a button stands for."""
    if name not in ACTIONS:
        raise Http404
    shown = _dispatch(dispatch_id)
    label = presentation.label(shown.channel)
    try:
        values, note = dispatch_buttons.arguments(ACTIONS[name], request.POST.dict(), shown.publication)
        agreed = request.POST.get("confirmed") == dispatch_buttons.YES
        done = actions.perform(name, shown.pk, role=role_of(request.user), confirmed=agreed, **values)
    except DistributorError as error:
        messages.error(request, f"{label}: {error}")
        return _back(shown)
    messages.success(request, f"{label}: {done.sentence} {note}".strip())
    for sentence in concerns.warnings(done.concerns):
        messages.warning(request, sentence)
    return _back(shown)


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
