"""A publication's sending domain on the desk: its DNS records to copy, its keys, and whether DNS has what it should."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from distributor.channels.mail.dns.resolver import Dns
from distributor.client_limits import ClientLimit
from distributor.delivery.accounts import dkim_keys
from distributor.delivery.mail import sending_domains
from distributor.desk.access import manager_of_all
from distributor.domain.errors import BadInput, DistributorError
from distributor.letters.models import Publication
from distributor.people import audit

SECONDS: Final = 2.0  # for one answer of DNS: somebody waits for the page
# Each check asks DNS some twenty questions, and a web process waits for the answers.
CHECKS: Final = ClientLimit("dns-check", count=10, seconds=60)


@manager_of_all
@require_http_methods(["GET", "HEAD", "POST"])
def sending_domain(request: HttpRequest, publication: str) -> HttpResponse:
    """Show what is to be published for a publication's domain; make and change keys, or look at DNS."""
    brand = get_object_or_404(Publication, slug=publication)
    domain = dkim_keys.sender_domain(brand)
    if request.method != "POST":
        return _page(request, brand, domain)
    if not domain:
        raise Http404
    try:
        if request.POST.get("action") == "check":
            return _checked_page(request, brand, domain)
        _change_keys(request, brand, domain)
    except DistributorError as error:
        return _page(request, brand, domain, problem=str(error), status=422)
    return redirect("desk:sending-domain", brand.slug)


def _checked_page(request: HttpRequest, brand: Publication, domain: str) -> HttpResponse:
    if wait := CHECKS.add(str(request.user.pk)):
        problem = gettext("That was asked often: wait %(seconds)s seconds, then check again.") % {"seconds": wait}
        return _page(request, brand, domain, problem=problem, status=429)
    dns = Dns(seconds=SECONDS)
    findings = sending_domains.findings(brand, dns=dns, return_domain=settings.RETURN_DOMAIN)
    return _page(request, brand, domain, findings=findings)


def _change_keys(request: HttpRequest, brand: Publication, domain: str) -> None:
    """Make a key, or sign with another one, or with one less. Raises BadInput and StateError."""
    action, selector = request.POST.get("action", ""), request.POST.get("selector", "")
    if action == "add":
        key = dkim_keys.make_key(domain, "rsa")
        sentence = gettext("The key %(key)s is made: publish its record.")
    elif action == "use":
        key = dkim_keys.find_key(domain, selector)
        dkim_keys.activate(key)
        sentence = gettext("%(key)s signs from now on. Leave the record of the one before in DNS for a week.")
    elif action == "retire":
        key = dkim_keys.find_key(domain, selector)
        dkim_keys.retire(key)
        sentence = gettext("%(key)s stopped. Leave its record in DNS for a week, for mail on its way.")
    else:
        raise BadInput("There is no such action: choose one of the buttons.")
    audit.record(f"dkim.{action}", actor=request.user.get_username(), door="desk", subject=str(key), publication=brand)
    messages.success(request, sentence % {"key": key})


def _page(request: HttpRequest, brand: Publication, domain: str, *, status: int = 200, **context: Any) -> HttpResponse:
    defaults = {"findings": None, "problem": ""}
    table = {
        "brand": brand,
        "domain": domain,
        "keys": sending_domains.published_keys(domain),
        "here": "settings",
    }
    return render(request, "desk/sending_domain.html", {**defaults, **table, **context}, status=status)
