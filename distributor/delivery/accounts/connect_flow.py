"""Connecting accounts in the browser: to the network, back, and the choice of what to connect.

What is under way is a row, so that any process may take the editor back; what it keeps is encrypted, and it ends after
half an hour.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import parse_qs, urlsplit

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from distributor.channels import registry
from distributor.channels.base import PostChannel
from distributor.channels.connect_flow import ConnectFlow, ConnectRefused, Identity, NetworkAway
from distributor.delivery.accounts import accounts, encryption, network_apps, tokens
from distributor.delivery.models import Account, Dispatch, PendingConnection
from distributor.domain.errors import BadInput, BadSettings, DistributorError, ServiceAway, StateError
from distributor.domain.retries import POST_PATIENCE
from distributor.domain.states import State
from distributor.letters.models import Publication
from distributor.ports import Port

logger = logging.getLogger(__name__)

LASTS = timedelta(minutes=30)
# Goes on with a dispatch, by its number, that waited for an account: a room above this one.
RESUME: Port[Callable[[int], Dispatch]] = Port("resuming dispatches")


class CantConnect(DistributorError):
    """The network or the editor refused; the sentence is the channel's."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An identity that can be connected, without its credentials. `account_name`: of the account that it has."""

    remote_id: str
    name: str
    kind: str
    url: str
    account_name: str


def begin(
    publication: Publication,
    channel: str,
    *,
    redirect_uri: str,
    values: Mapping[str, str] | None = None,
    account: Account | None = None,
    practice: bool = False,
) -> str:
    """Return the address at the network to send the editor's browser to. `account` is the one to connect again.

    Raises BadSettings where the network's app is not set up, CantConnect, and ServiceAway.
    """
    flow = _flow(channel)
    if not network_apps.is_ready(channel, practice=practice):
        label = registry.get(channel).capabilities.label
        raise BadSettings(f"Say first which app of yours at {label} connects accounts.")
    state = secrets.token_urlsafe(32)
    try:
        redirect = flow.begin(
            network_apps.keys(channel, practice=practice),
            redirect_uri=redirect_uri,
            state=state,
            answers=values or {},
        )
    except ConnectRefused as error:
        raise CantConnect(str(error)) from None
    except NetworkAway as error:
        raise ServiceAway(str(error)) from None
    PendingConnection.objects.filter(started_at__lt=timezone.now() - LASTS).delete()
    PendingConnection.objects.create(
        state=state,
        publication=publication,
        channel=channel,
        practice=practice,
        account=account,
        sealed=encryption.seal(dict(redirect.keep)),
    )
    return redirect.url


def state_of(url: str) -> str:
    """Return the state that an address made by `begin` carries, by which the editor's browser is known again."""
    return next(iter(parse_qs(urlsplit(url).query).get("state", [])), "")


@transaction.atomic(durable=True)
def come_back(channel: str, query: Mapping[str, str], *, redirect_uri: str) -> PendingConnection:
    """Take the editor back from the network; what can be connected is kept for `choices` and `choose`.

    Raises BadInput for a state that is unknown, used or too old, CantConnect, and ServiceAway (then the editor may load
    the page again).
    """
    connection = _connection(query.get("state", ""), channel=channel, lock=True)
    if connection.returned:
        return connection  # the page was loaded again; a code works once only
    try:
        identities = _flow(channel).finish(
            network_apps.keys(channel, practice=connection.practice),
            redirect_uri=redirect_uri,
            keep=encryption.unseal(bytes(connection.sealed)),
            query=query,
        )
    except ConnectRefused as error:
        raise CantConnect(str(error)) from None
    except NetworkAway as error:
        raise ServiceAway(str(error)) from None
    _recognise(connection)
    connection.sealed = encryption.seal({"identities": json.dumps([_to_json(identity) for identity in identities])})
    connection.returned = True
    connection.save(update_fields=["sealed", "returned"])
    return connection


def _recognise(connection: PendingConnection) -> None:
    """Find out whose accounts those are that were typed in: connecting one of them must not make a second one of it.

    Two accounts that are the same one there would post every letter twice.
    """
    channel = cast(PostChannel, registry.get(connection.channel))
    same_channel = Account.objects.filter(
        publication=connection.publication, channel=connection.channel, practice=connection.practice
    )
    for account in same_channel.filter(remote_id="").order_by("pk"):
        try:
            remote_id = channel.identify(accounts.credentials(account)).remote_id
        except (ConnectRefused, NetworkAway, DistributorError) as error:
            logger.info("Whose account %s is could not be found out: %s", account, error)
            continue
        if not same_channel.filter(
            remote_id=remote_id
        ).exists():  # else there are two already, and a person has to choose
            same_channel.filter(pk=account.pk).update(remote_id=remote_id)


def choices(connection: PendingConnection) -> list[Choice]:
    """Return what can be connected."""
    account_names = dict(
        Account.objects.filter(
            publication=connection.publication, channel=connection.channel, practice=connection.practice
        ).values_list("remote_id", "name")
    )
    return [
        Choice(
            identity.remote_id, identity.name, identity.kind, identity.url, account_names.get(identity.remote_id, "")
        )
        for identity in _identities(connection)
    ]


def pending_choice(state: str, *, lock: bool = False) -> PendingConnection:
    """Return a connection that waits for its choice. Raises BadInput for one that is unknown or too old."""
    connection = _connection(state, lock=lock)
    if not connection.returned:
        raise BadInput("The network has not answered yet: start again.")
    return connection


@transaction.atomic(durable=True)
def choose(state: str, remote_ids: Collection[str]) -> list[Account]:
    """Connect the chosen identities, and go on with what waited for them. Raises BadInput and CantConnect."""
    connection = pending_choice(state, lock=True)
    identities = [identity for identity in _identities(connection) if identity.remote_id in remote_ids]
    if not identities:
        raise BadInput("Choose at least one account.")
    again = connection.account
    if again is not None and again.remote_id and again.remote_id not in {identity.remote_id for identity in identities}:
        other_name, account_name = identities[0].name, again.name
        raise CantConnect(
            f"You are signed in as {other_name} there, not as {account_name}: sign out at the network and try again."
        )
    connected_accounts = [
        store(
            connection.publication,
            connection.channel,
            identity,
            practice=connection.practice,
            account=again if again is not None and again.remote_id in ("", identity.remote_id) else None,
        )
        for identity in identities
    ]
    connection.delete()
    return connected_accounts


def store(
    publication: Publication,
    channel: str,
    identity: Identity,
    *,
    practice: bool = False,
    account: Account | None = None,
) -> Account:
    """Make an identity an account, or give the account that it already is its new credentials.

    Values that the network did not give anew (a refresh token) stay as they were.
    """
    channel_accounts = Account.objects.select_for_update().filter(
        publication=publication, channel=channel, practice=practice
    )
    stored_account = channel_accounts.filter(remote_id=identity.remote_id).first() if identity.remote_id else None
    if stored_account is None and account is not None:
        stored_account = Account.objects.select_for_update().get(pk=account.pk)
    result = stored_account or Account(publication=publication, channel=channel, practice=practice)
    now = timezone.now()
    before = accounts.known_before(result)
    result.sealed = encryption.seal({**before, **{name: value for name, value in identity.values.items() if value}})
    result.remote_id, result.kind, result.url = identity.remote_id, identity.kind, identity.url[:500]
    result.name = result.name or _free_name(publication, channel, identity)
    result.expires_at, result.ends_at = identity.expires_at, identity.ends_at
    result.renew_at = tokens.renew_at(identity.expires_at, now) if registry.get(channel).token_renewal else None
    result.needs_reconnect, result.connected_at = "", now
    result.rests_until, result.rests_because, result.allowance, result.allowance_until = None, "", None, None
    result.save()
    go_on(result, now)
    return result


def go_on(account: Account, now: datetime) -> list[Dispatch]:
    """Go on with what waited for this account: the approved is approved anew, a draft is a draft again; return them.

    What is approved and should have gone out more than a day ago is no news any more: that waits for a person.
    """
    blocked_posts = Dispatch.objects.filter(
        Q(approved_at__isnull=True) | Q(due_at__gt=now - POST_PATIENCE),
        state=State.BLOCKED.value,
        channel=account.channel,
    )
    own_posts = blocked_posts.filter(account=account)
    unassigned_posts = blocked_posts.filter(account=None, publication=account.publication)
    resumed_posts = []
    for dispatch_id in _ids(own_posts, unassigned_posts):
        try:
            with transaction.atomic():
                resumed_posts.append(RESUME.get()(dispatch_id))
        except StateError:
            continue  # it says itself what is still in its way
    return resumed_posts


def _ids(*groups: Iterable[Dispatch]) -> list[int]:
    return sorted(dispatch.pk for group in groups for dispatch in group)


def _flow(channel: str) -> ConnectFlow:
    channel_adapter = registry.get(channel)
    if channel_adapter.connect_flow is None:
        raise BadInput(
            f"{channel_adapter.capabilities.label} accounts are not connected in the browser: type their values in."
        )
    return channel_adapter.connect_flow


def _connection(state: str, *, lock: bool, channel: str = "") -> PendingConnection:
    connections = PendingConnection.objects.select_related("publication", "account")
    if lock:
        connections = connections.select_for_update(of=("self",))
    connection = connections.filter(state=state, started_at__gt=timezone.now() - LASTS).first()
    if connection is None or (channel and connection.channel != channel):
        raise BadInput("This connection was not begun here, or too long ago: start again from the accounts page.")
    return connection


def _free_name(publication: Publication, channel: str, identity: Identity) -> str:
    name = identity.name[:180] or identity.remote_id[:180]
    if Account.objects.filter(publication=publication, channel=channel, name=name).exists():
        return f"{name} ({identity.remote_id})"[:200]
    return name


def _identities(connection: PendingConnection) -> list[Identity]:
    return [_from_json(identity) for identity in json.loads(encryption.unseal(bytes(connection.sealed))["identities"])]


def _to_json(identity: Identity) -> dict[str, object]:
    return {
        "remote_id": identity.remote_id,
        "name": identity.name,
        "values": dict(identity.values),
        "kind": identity.kind,
        "url": identity.url,
        "expires_at": identity.expires_at.isoformat() if identity.expires_at else None,
        "ends_at": identity.ends_at.isoformat() if identity.ends_at else None,
    }


def _from_json(value: dict[str, str]) -> Identity:
    times = {name: datetime.fromisoformat(value[name]) if value[name] else None for name in ("expires_at", "ends_at")}
    return Identity(**{**value, **times})  # type: ignore[arg-type] # as `_to_json` wrote it
