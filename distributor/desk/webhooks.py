"""A publication's endpoints on the desk, for admins: what happens is told to programs there.

A secret that was made is in the answer itself, once: a message would keep it in a cookie.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from distributor.desk.access import admin
from distributor.desk.publication_scope import narrow
from distributor.domain.announcements import DEFAULT_TYPES, TYPES
from distributor.domain.errors import BadInput, CredentialsError
from distributor.letters.models import Publication
from distributor.webhooks import endpoints, replays, trials
from distributor.webhooks.endpoints import EndpointChange
from distributor.webhooks.models import Endpoint

GROUPS: Final = {
    "letter": "Letters",
    "dispatch": "Dispatches",
    "post": "Posts",
    "person": "Readers",
    "import": "Imports",
    "account": "Accounts",
    "figures": "Figures",
}


@admin
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest, publication: str) -> HttpResponse:
    """All endpoints of a publication; or make one, and show its secret once."""
    brand = get_object_or_404(Publication, slug=publication)
    if request.method != "POST":
        return _list_page(request, brand)
    url, name, types = _form_values(request)
    try:
        new = endpoints.add(brand, url, types=types, name=name, by=request.user.get_username())
    except BadInput as error:
        return _list_page(request, brand, problem=str(error), address=url, name=name, chosen=types)
    return _page(request, new.endpoint.pk, secret=new.secret)


@admin
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """One endpoint with its latest calls; or change it."""
    if request.method != "POST":
        return _page(request, endpoint_id)
    url, name, types = _form_values(request)
    try:
        endpoint = endpoints.edit(endpoint_id, EndpointChange(url=url, name=name, types=types))
    except BadInput as error:
        return _page(request, endpoint_id, problem=str(error), address=url, name=name, chosen=types)
    messages.success(request, f"{endpoint} is stored.")
    return redirect("desk:webhook", endpoint_id)


@admin
@require_POST
def act_on_webhook(request: HttpRequest, endpoint_id: int, action: str) -> HttpResponse:
    """Do one of the actions with an endpoint; what can't be is said."""
    endpoint = _endpoint(endpoint_id)
    try:
        if action == "rotate":
            return _page(request, endpoint_id, secret=endpoints.rotate(endpoint_id).secret)
        if action == "remove":
            endpoints.remove(endpoint_id)
            messages.success(request, f"{endpoint} is removed.")
            return redirect("desk:webhooks", endpoint.publication.slug)
        if action not in _ACTIONS:
            raise Http404
        _ACTIONS[action](request, endpoint_id)
    except (BadInput, CredentialsError) as error:
        messages.error(request, str(error))
    return redirect("desk:webhook", endpoint_id)


def _test(request: HttpRequest, endpoint_id: int) -> None:
    attempt = trials.send_test(endpoint_id)
    if attempt.is_taken:
        messages.success(request, f"It took the call: {attempt.status}, after {attempt.milliseconds} ms.")
    else:
        messages.error(request, f"It did not take the call: {attempt.status or ''} {attempt.excerpt}")


def _switch(request: HttpRequest, endpoint_id: int) -> None:
    on = "on" in request.POST
    endpoint = endpoints.edit(endpoint_id, EndpointChange(enabled=on))
    if on:
        messages.success(request, f"{endpoint} is on, and gets what waits for it.")
    else:
        messages.success(request, f"{endpoint} is off. What waits for it is kept for thirty days.")


def _replay(request: HttpRequest, endpoint_id: int) -> None:
    text = request.POST.get("message", "")
    if not (text.isascii() and text.isdigit()):
        raise Http404
    replays.replay_message(endpoint_id, int(text[:18]))
    messages.success(request, "It is sent again, with the same id.")


_ACTIONS: Final[dict[str, Callable[[HttpRequest, int], None]]] = {"test": _test, "switch": _switch, "replay": _replay}


def _form_values(request: HttpRequest) -> tuple[str, str, tuple[str, ...]]:
    """Return the form's address, name and types."""
    url, name = (request.POST.get(field, "").replace("\0", "").strip() for field in ("url", "name"))
    return url, name, tuple(request.POST.getlist("type"))


def _endpoint(endpoint_id: int) -> Endpoint:
    try:
        return endpoints.find(endpoint_id)
    except BadInput:
        raise Http404 from None


def _list_page(request: HttpRequest, brand: Publication, **context: Any) -> HttpResponse:
    defaults = {"problem": "", "address": "", "name": "", "chosen": DEFAULT_TYPES}
    rows = [(endpoint, endpoints.state_of(endpoint)) for endpoint in endpoints.endpoints(brand)]
    publications = narrow(Publication.objects.order_by("name"), "pk")
    table = {"brand": brand, "publications": publications, "rows": rows, "groups": _groups(), "here": "settings"}
    status = 422 if context.get("problem") else 200
    return render(request, "desk/webhooks.html", {**defaults, **table, **context}, status=status)


def _page(request: HttpRequest, endpoint_id: int, **context: Any) -> HttpResponse:
    endpoint = _endpoint(endpoint_id)
    defaults = {
        "problem": "",
        "secret": "",
        "address": endpoint.url,
        "name": endpoint.name,
        "chosen": endpoint.types,
    }
    table = {
        "endpoint": endpoint,
        "state": endpoints.state_of(endpoint),
        "attempts": endpoints.attempts(endpoint_id),
        "groups": _groups(),
        "zone": timezone.get_current_timezone_name(),
        "here": "settings",
    }
    status = 422 if context.get("problem") else 200
    return render(request, "desk/webhook.html", {**defaults, **table, **context}, status=status)


def _groups() -> dict[str, list[tuple[str, str]]]:
    """Return the types by the groups that people read, each with what happened."""
    return {
        label: [(name, type_.words) for name, type_ in TYPES.items() if type_.group == group]
        for group, label in GROUPS.items()
    }
