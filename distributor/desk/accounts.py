"""Accounts on the desk: how they are, connecting them in the browser or by typed values, and the newsroom's apps."""

from __future__ import annotations

from collections import Counter
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
from distributor.channels.connect_flow import generated_values
from distributor.delivery.accounts import accounts as known_accounts
from distributor.delivery.accounts import connect_flow, network_apps
from distributor.delivery.models import Account
from distributor.desk import account_overview
from distributor.desk.access import manager, manager_of_all
from distributor.desk.account_forms import AccountForm, AppForm, ConnectForm
from distributor.desk.publication_scope import narrow
from distributor.desk.publication_tabs import publications_and_chosen
from distributor.domain.errors import DistributorError
from distributor.letters.models import Publication

UNDER_WAY = "connecting"  # in the session: only the browser that went to the network may come back


@manager
@require_safe
def accounts(request: HttpRequest, publication: str = "") -> HttpResponse:
    """The channels of the named publication, or of the first: accounts with how they are, and what belongs to each."""
    publications, brand = publications_and_chosen(publication)
    context: dict[str, Any] = {"publications": publications, "brand": brand, "here": "accounts", "tab": "channels"}
    if brand is not None:
        context |= {"groups": account_overview.groups(brand, timezone.now()), "span": account_overview.span_words}
    return render(request, "desk/accounts.html", context)


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, channel: str) -> HttpResponse:
    """Connect an account by typing in its values."""
    adapter = _channel(channel)
    again = _again(request, channel)
    initial = {"name": again.name, "publication": again.publication_id} if again else _initial(request)
    secret_lists = known_accounts.kept_lists(again) if again else {}
    entry_counts = {name: known_accounts.entries(text) for name, text in secret_lists.items()}
    form = AccountForm(request.POST or None, asked=adapter.fields, stored=entry_counts, initial=initial)
    if request.method == "POST" and form.is_valid():
        values, brand = form.values(), form.cleaned_data["publication"]
        if again and (again.publication_id, again.name) == (brand.pk, form.cleaned_data["name"]):
            values = secret_lists | values
        new = generated_values(adapter.fields, values)
        try:
            account = known_accounts.connect(brand, channel, form.cleaned_data["name"], values | new)
        except DistributorError as error:
            form.add_error(None, str(error))
        else:
            answer = _report_connected(
                request,
                [account],
                Counter(resumed.approved_at is None for resumed in connect_flow.go_on(account, timezone.now())),
            )
            generated = [(field.label, new[field.name]) for field in adapter.fields if field.name in new]
            # In a page and not in a message: messages are kept in a cookie or the session until they are read.
            return render(request, "desk/account_made.html", _page(adapter, made=generated)) if generated else answer
    status = 422 if form.is_bound else 200
    return render(request, "desk/account.html", _page(adapter, form=form), status=status)


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest, channel: str) -> HttpResponse:
    """Go to the network to connect an account there, or to connect one again."""
    adapter = _channel(channel)
    if adapter.connect_flow is None:
        raise Http404
    again = _again(request, channel)
    practice = again.practice if again else "practice" in request.GET
    if not network_apps.is_ready(channel, practice=practice):
        label = adapter.capabilities.label
        if practice:
            messages.error(request, f"The practice world has no app at {label}: start “distributor up --practice”.")
            return redirect("desk:accounts")
        messages.info(request, f"Say first which app of yours at {label} connects accounts.")
        return redirect("desk:account-app", channel)
    initial = {"publication": again.publication_id} if again else _initial(request)
    form = ConnectForm(request.POST or None, asked=adapter.connect_flow.questions, initial=initial)
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
            return _go_to_network(request, adapter, url)
    status = 422 if form.is_bound else 200
    context = _page(adapter, form=form, again=again, practise=practice)
    return render(request, "desk/account_connect.html", context, status=status)


@manager
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


@manager
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose which of the identities behind the sign-in become accounts."""
    state = next(iter(request.session.get(UNDER_WAY, [])), "")
    try:
        under_way = connect_flow.pending_choice(state)
        choices = connect_flow.choices(under_way)
        if request.method != "POST" and len(choices) > 1:
            values = {"offered": choices, "again": under_way.account, "practise": under_way.practice}
            context = _page(_channel(under_way.channel), **values)
            return render(request, "desk/account_choose.html", context)
        remote_ids = request.POST.getlist("identity") if len(choices) > 1 else [choices[0].remote_id]
        waiting_before = account_overview.blocked_on(under_way.publication, under_way.channel)
        accounts = connect_flow.choose(state, remote_ids)
    except DistributorError as error:
        messages.error(request, str(error))
        return redirect("desk:accounts")
    request.session[UNDER_WAY] = []
    waiting_after = account_overview.blocked_on(accounts[0].publication, accounts[0].channel)
    return _report_connected(request, accounts, waiting_before - waiting_after)


@manager_of_all
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: HttpRequest, channel: str) -> HttpResponse:
    """The keys of the newsroom's own app at a network."""
    adapter = _channel(channel)
    fields = network_apps.fields(channel)
    if not fields:
        raise Http404
    form = AppForm(request.POST or None, asked=fields, initial=network_apps.public_values(channel))
    is_ready = network_apps.is_ready(channel)
    if is_ready:
        for field in form.fields.values():
            field.required = False
    if request.method == "POST" and form.is_valid():
        try:
            network_apps.save(channel, form.values())
        except DistributorError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Saved. Accounts at {adapter.capabilities.label} can be connected now.")
            return redirect("desk:account-connect", channel)
    status = 422 if form.is_bound else 200
    context = _page(adapter, form=form, stored=is_ready, redirect_uri=redirect_uri(channel))
    return render(request, "desk/account_app.html", context, status=status)


@manager
@require_POST
def check(request: HttpRequest, account_id: int) -> HttpResponse:
    """Ask the network whether an account works."""
    account = get_object_or_404(Account.objects.select_related("publication"), pk=account_id)
    try:
        name = known_accounts.check(account)
    except DistributorError as error:
        messages.error(request, f"{account.name}: {error}")
    else:
        messages.success(request, f"{account.name} works: its network knows it as {name}.")
    return redirect("desk:channels", account.publication.slug)


def redirect_uri(channel: str) -> str:
    """Return the address that networks send editors back to, as it has to be told them."""
    return f"{settings.SITE_URL}{reverse('desk:account-back', args=[channel])}"


def _go_to_network(request: HttpRequest, adapter: Channel, url: str) -> HttpResponse:
    """Answer with a page that goes on to the network: a form's answer may not lead to another site."""
    states = [*request.session.get(UNDER_WAY, []), connect_flow.state_of(url)]
    request.session[UNDER_WAY] = states[-5:]
    return render(request, "desk/account_going.html", _page(adapter, address=url))


def _report_connected(request: HttpRequest, accounts: list[Account], resumed: Counter[bool]) -> HttpResponse:
    """Say what is connected and what goes on with it: `resumed` counts that by whether it is a draft."""
    names = ", ".join(account.name for account in accounts)
    messages.success(request, f"{names} {'is' if len(accounts) == 1 else 'are'} connected.")
    if count := resumed[False]:
        sentence = "1 dispatch that waited for it goes" if count == 1 else f"{count} dispatches that waited for it go"
        messages.success(request, f"{sentence} on now.")
    if count := resumed[True]:
        sentence = "1 draft that waited for it" if count == 1 else f"{count} drafts that waited for it"
        messages.success(request, f"{sentence} can be approved now.")
    return redirect("desk:channels", accounts[0].publication.slug)


def _channel(name: str) -> Channel:
    adapter = registry.CHANNELS.get(name)
    if adapter is None or not adapter.fields:
        raise Http404
    return adapter


def _again(request: HttpRequest, channel: str) -> Account | None:
    account_id = request.GET.get("account", "")
    if not (account_id.isascii() and account_id.isdigit()):
        return None
    return get_object_or_404(Account, pk=int(account_id[:18]), channel=channel)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """Return the publication that the address names, as a form begins with it."""
    publications = narrow(Publication.objects.all(), "pk")
    publication = publications.filter(slug=request.GET.get("publication", "").replace("\0", "")).first()
    return {"publication": publication.pk} if publication else {}


def _page(adapter: Channel, **context: Any) -> dict[str, Any]:
    return {"channel": adapter, "label": adapter.capabilities.label, "here": "accounts", **context}
