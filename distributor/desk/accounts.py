"""Accounts on the desk: how they are, connecting them in the browser or by typed values, and the newsroom's apps."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distributor.channels import registry
from distributor.channels.base import Channel
from distributor.channels.connect_flow import made_up
from distributor.delivery.accounts import accounts as known_accounts
from distributor.delivery.accounts import connect_flow, network_apps
from distributor.delivery.models import Account
from distributor.desk import account_overview
from distributor.desk.access import editor
from distributor.desk.account_forms import AccountForm, AppForm, ConnectForm
from distributor.domain.errors import DistributorError

UNDER_WAY = "connecting"  # in the session: only the browser that went to the network may come back


@editor
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts by channel, with how they are and what waits for them."""
    context = {"groups": account_overview.groups(timezone.now()), "here": "accounts"}
    return render(request, "desk/accounts.html", context)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, channel: str) -> HttpResponse:
    """Connect an account by typing in its values."""
    known = _channel(channel)
    again = _again(request, channel)
    initial = {"name": again.name, "publication": again.publication_id} if again else {}
    kept = known_accounts.kept_lists(again) if again else {}
    stored = {name: known_accounts.entries(text) for name, text in kept.items()}
    form = AccountForm(request.POST or None, asked=known.fields, stored=stored, initial=initial)
    if request.method == "POST" and form.is_valid():
        values, brand = form.values(), form.cleaned_data["publication"]
        if again and (again.publication_id, again.name) == (brand.pk, form.cleaned_data["name"]):
            values = kept | values
        new = made_up(known.fields, values)
        try:
            made = known_accounts.connect(brand, channel, form.cleaned_data["name"], values | new)
        except DistributorError as error:
            form.add_error(None, str(error))
        else:
            answer = _connected(request, [made], len(connect_flow.go_on(made, timezone.now())))
            shown = [(field.label, new[field.name]) for field in known.fields if field.name in new]
            # In a page and not in a message: messages are kept in a cookie or the session until they are read.
            return render(request, "desk/account_made.html", _page(known, made=shown)) if shown else answer
    status = 422 if form.is_bound else 200
    return render(request, "desk/account.html", _page(known, form=form), status=status)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest, channel: str) -> HttpResponse:
    """Go to the network to connect an account there, or to connect one again."""
    known = _channel(channel)
    if known.connecting is None:
        raise Http404
    again = _again(request, channel)
    practice = again.practice if again else "practice" in request.GET
    if not network_apps.is_ready(channel, practice=practice):
        label = known.capabilities.label
        if practice:
            messages.error(request, f"The practice world has no app at {label}: start “distributor up --practice”.")
            return redirect("desk:accounts")
        messages.info(request, f"Say first which app of yours at {label} connects accounts.")
        return redirect("desk:account-app", channel)
    initial = {"publication": again.publication_id} if again else {}
    form = ConnectForm(request.POST or None, asked=known.connecting.questions, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            url = connect_flow.begin(
                form.cleaned_data["publication"],
                channel,
                redirect_uri=redirect_uri(channel),
                values=form.values(),
                account=again,
                practice=practice,
            )
        except DistributorError as error:
            form.add_error(None, str(error))
        else:
            return _going(request, known, url)
    status = 422 if form.is_bound else 200
    context = _page(known, form=form, again=again, practise=practice)
    return render(request, "desk/account_connect.html", context, status=status)


@editor
@require_safe
def back(request: HttpRequest, channel: str) -> HttpResponse:
    """The network sends the editor back here; what came in the address does not stay in it."""
    _channel(channel)
    state = request.GET.get("state", "")
    if not state or state not in request.session.get(UNDER_WAY, []):
        messages.error(request, "This connection was not begun in this browser: start again.")
        return redirect("desk:accounts")
    try:
        connect_flow.come_back(channel, request.GET.dict(), redirect_uri=redirect_uri(channel))
    except DistributorError as error:
        messages.error(request, str(error))
        return redirect("desk:accounts")
    request.session[UNDER_WAY] = [state]
    return redirect("desk:account-choose")


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose which of the identities behind the sign-in become accounts."""
    state = next(iter(request.session.get(UNDER_WAY, [])), "")
    try:
        under_way = connect_flow.pending_choice(state)
        offered = connect_flow.choices(under_way)
        if request.method != "POST" and len(offered) > 1:
            more = {"offered": offered, "again": under_way.account, "practise": under_way.practice}
            context = _page(_channel(under_way.channel), **more)
            return render(request, "desk/account_choose.html", context)
        chosen = request.POST.getlist("identity") if len(offered) > 1 else [offered[0].remote_id]
        waited = account_overview.blocked_on(under_way.publication, under_way.channel)
        made = connect_flow.choose(state, chosen)
    except DistributorError as error:
        messages.error(request, str(error))
        return redirect("desk:accounts")
    request.session[UNDER_WAY] = []
    now_waiting = account_overview.blocked_on(made[0].publication, made[0].channel)
    return _connected(request, made, waited - now_waiting)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: HttpRequest, channel: str) -> HttpResponse:
    """The keys of the newsroom's own app at a network."""
    known = _channel(channel)
    fields = network_apps.fields(channel)
    if not fields:
        raise Http404
    form = AppForm(request.POST or None, asked=fields, initial=network_apps.public_values(channel))
    stored = network_apps.is_ready(channel)
    if stored:
        for field in form.fields.values():
            field.required = False
    if request.method == "POST" and form.is_valid():
        try:
            network_apps.save(channel, form.values())
        except DistributorError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Saved. Accounts at {known.capabilities.label} can be connected now.")
            return redirect("desk:account-connect", channel)
    status = 422 if form.is_bound else 200
    context = _page(known, form=form, stored=stored, redirect_uri=redirect_uri(channel))
    return render(request, "desk/account_app.html", context, status=status)


@editor
@require_POST
def check(request: HttpRequest, account_id: int) -> HttpResponse:
    """Ask the network whether an account works."""
    known = get_object_or_404(Account, pk=account_id)
    try:
        name = known_accounts.check(known)
    except DistributorError as error:
        messages.error(request, f"{known.name}: {error}")
    else:
        messages.success(request, f"{known.name} works: its network knows it as {name}.")
    return redirect("desk:accounts")


def redirect_uri(channel: str) -> str:
    """Return the address that networks send editors back to, as it has to be told them."""
    return f"{settings.SITE_URL}{reverse('desk:account-back', args=[channel])}"


def _going(request: HttpRequest, known: Channel, url: str) -> HttpResponse:
    """Answer with a page that goes on to the network: a form's answer may not lead to another site."""
    begun = [*request.session.get(UNDER_WAY, []), connect_flow.state_of(url)]
    request.session[UNDER_WAY] = begun[-5:]
    return render(request, "desk/account_going.html", _page(known, address=url))


def _connected(request: HttpRequest, made: list[Account], gone_on: int) -> HttpResponse:
    names = ", ".join(one.name for one in made)
    messages.success(request, f"{names} {'is' if len(made) == 1 else 'are'} connected.")
    if gone_on > 0:
        what = "1 dispatch that waited for it goes" if gone_on == 1 else f"{gone_on} dispatches that waited for it go"
        messages.success(request, f"{what} on now.")
    return redirect("desk:accounts")


def _channel(name: str) -> Channel:
    known = registry.CHANNELS.get(name)
    if known is None or not known.fields:
        raise Http404
    return known


def _again(request: HttpRequest, channel: str) -> Account | None:
    chosen = request.GET.get("account", "")
    if not (chosen.isascii() and chosen.isdigit()):
        return None
    return get_object_or_404(Account, pk=int(chosen[:18]), channel=channel)


def _page(known: Channel, **more: Any) -> dict[str, Any]:
    return {"channel": known, "label": known.capabilities.label, "here": "accounts", **more}
