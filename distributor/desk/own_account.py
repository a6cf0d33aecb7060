"""An editor's own account: mail address, password, and where they are logged in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from distributor.client_limits import ClientLimit
from distributor.delivery import editor_mails
from distributor.desk.access import writer
from distributor.desk.identity_check import sure_of_identity
from distributor.desk.password_reset import NO_REFERRER
from distributor.desk.sentences import translation
from distributor.domain.errors import BadInput
from distributor.people import own_addresses, sessions, sign_in_mails, two_factor

ADDRESS_MAILS: Final = ClientLimit("own-address", count=5, seconds=3600)


@writer
@require_http_methods(["GET", "HEAD"])
def own_account(request: HttpRequest) -> HttpResponse:
    """All of how an editor logs in."""
    user = request.user
    assert user.is_authenticated  # the decorator lets nobody else in
    context = {
        "factors": two_factor.factors_of(user),
        "is_wanted": two_factor.is_wanted(user),
        "sessions": sessions.sessions_of(user, current=request.session.session_key),
        "zone": timezone.get_current_timezone_name(),
        "here": "account",
    }
    return render(request, "desk/own_account.html", context)


@sure_of_identity
@require_http_methods(["GET", "HEAD", "POST"])
def own_address(request: HttpRequest) -> HttpResponse:
    """Send a link to the address that somebody says is theirs. It is theirs once they follow it."""
    user = request.user
    assert user.is_authenticated  # the decorator lets nobody else in
    if request.method != "POST":
        return _address_page(request, user.email)
    entry = request.POST.get("email", "").replace("\0", "").strip()[:300]
    try:
        email, token = own_addresses.proposal(user, entry)
    except BadInput as error:
        return _address_page(request, entry, problem=str(error))
    if ADDRESS_MAILS.add(str(user.pk)):
        problem = gettext("You asked for many links: wait an hour, then try again.")
        return _address_page(request, email, problem=problem, status=HTTPStatus.TOO_MANY_REQUESTS)
    link = f"{settings.SITE_URL}{reverse('desk:own-address-link', args=(token,))}"
    if not sign_in_mails.send_address_link(user, email, link):
        return _address_page(request, email, problem=gettext("No mail can go out to there: see the mail accounts."))
    messages.success(request, gettext("A link is on its way to %(email)s. Follow it within a day.") % {"email": email})
    return redirect("desk:own-account")


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def own_address_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page of such a link, with the button that makes the address one's own."""
    user = request.user
    assert user.is_authenticated  # the decorator lets nobody else in
    try:
        if request.method == "POST":
            email = own_addresses.confirm(user, token)
            messages.success(request, gettext("Your mail address is %(email)s now.") % {"email": email})
            return redirect("desk:own-account")
        context = {"email": own_addresses.address_in(user, token), "here": "account"}
    except BadInput as error:
        messages.error(request, translation(str(error)))
        return redirect("desk:own-account")
    response = render(request, "desk/own_address_link.html", context)
    response.headers["Referrer-Policy"] = NO_REFERRER
    return response


@writer
@require_POST
def end_session(request: HttpRequest, session: str) -> HttpResponse:
    """Log out somewhere else."""
    user = request.user
    assert user.is_authenticated  # the decorator lets nobody else in
    try:
        sessions.end(user, session)
    except BadInput as error:
        messages.error(request, translation(str(error)))
    else:
        messages.success(request, gettext("You are logged out there."))
    return redirect("desk:own-account")


@writer
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Log out everywhere but here."""
    user = request.user
    assert user.is_authenticated  # the decorator lets nobody else in
    count = sessions.end_rest(user, current=request.session.session_key)
    sentence = ngettext(
        "You are logged out in %(count)s other place.", "You are logged out in %(count)s other places.", count
    )
    messages.success(request, sentence % {"count": count})
    return redirect("desk:own-account")


def _address_page(
    request: HttpRequest, email: str, *, problem: str = "", status: int = HTTPStatus.UNPROCESSABLE_ENTITY
) -> HttpResponse:
    context = {"email": email, "problem": problem, "is_possible": editor_mails.is_possible(), "here": "account"}
    return render(request, "desk/own_address.html", context, status=status if problem else HTTPStatus.OK)
