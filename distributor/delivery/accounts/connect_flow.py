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
    """An identity that can be connected, without its credentials. `known` is the name of the account that it has."""

    remote_id: str
    name: str
    kind: str
    url: str
    known: str


def begin(
    publication: Publication,
    channel: str,
    *,
    redirect_uri: str,
    answers: Mapping[str, str] | None = None,
    account: Account | None = None,
    practice: bool = False,
) -> str:
    """Return the address at the network to send the editor's browser to. `account` is the one to connect again.

    Raises BadSettings where the network's app is not set up, CantConnect, and ServiceAway.
    """
    how = _how(channel)
    if not network_apps.is_ready(channel, practice=practice):
        label = registry.get(channel).capabilities.label
        raise BadSettings(f"Say first which app of yours at {label} connects accounts.")
    state = secrets.token_urlsafe(32)
    try:
        going = how.begin(
            network_apps.keys(channel, practice=practice),
            redirect_uri=redirect_uri,
            state=state,
            answers=answers or {},
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
        sealed=encryption.seal(dict(going.keep)),
    )
    return going.url


def state_of(url: str) -> str:
    """Return the state that an address made by `begin` carries, by which the editor's browser is known again."""
    return next(iter(parse_qs(urlsplit(url).query).get("state", [])), "")


@transaction.atomic(durable=True)
def come_back(channel: str, query: Mapping[str, str], *, redirect_uri: str) -> PendingConnection:
    """Take the editor back from the network; what can be connected is kept for `choices` and `choose`.

    Raises BadInput for a state that is unknown, used or too old, CantConnect, and ServiceAway (then the editor may load
    the page again).
    """
    under_way = _under_way(query.get("state", ""), channel=channel, lock=True)
    if under_way.returned:
        return under_way  # the page was loaded again; a code works once only
    try:
        found = _how(channel).finish(
            network_apps.keys(channel, practice=under_way.practice),
            redirect_uri=redirect_uri,
            keep=encryption.unseal(bytes(under_way.sealed)),
            query=query,
        )
    except ConnectRefused as error:
        raise CantConnect(str(error)) from None
    except NetworkAway as error:
        raise ServiceAway(str(error)) from None
    _recognise(under_way)
    under_way.sealed = encryption.seal({"identities": json.dumps([_to_json(one) for one in found])})
    under_way.returned = True
    under_way.save(update_fields=["sealed", "returned"])
    return under_way


def _recognise(under_way: PendingConnection) -> None:
    """Find out whose accounts those are that were typed in: connecting one of them must not make a second one of it.

    Two accounts that are the same one there would post every letter twice.
    """
    channel = cast(PostChannel, registry.get(under_way.channel))
    mine = Account.objects.filter(
        publication=under_way.publication, channel=under_way.channel, practice=under_way.practice
    )
    for one in mine.filter(remote_id="").order_by("pk"):
        try:
            remote_id = channel.identify(accounts.credentials(one)).remote_id
        except (ConnectRefused, NetworkAway, DistributorError) as error:
            logger.info("Whose account %s is could not be found out: %s", one, error)
            continue
        if not mine.filter(remote_id=remote_id).exists():  # else there are two already, and a person has to choose
            mine.filter(pk=one.pk).update(remote_id=remote_id)


def choices(under_way: PendingConnection) -> list[Choice]:
    """Return what can be connected."""
    known = dict(
        Account.objects.filter(
            publication=under_way.publication, channel=under_way.channel, practice=under_way.practice
        ).values_list("remote_id", "name")
    )
    return [
        Choice(one.remote_id, one.name, one.kind, one.url, known.get(one.remote_id, "")) for one in _found(under_way)
    ]


def waiting(state: str, *, lock: bool = False) -> PendingConnection:
    """Return a connection that waits for its choice. Raises BadInput for one that is unknown or too old."""
    under_way = _under_way(state, lock=lock)
    if not under_way.returned:
        raise BadInput("The network has not answered yet: start again.")
    return under_way


@transaction.atomic(durable=True)
def choose(state: str, remote_ids: Collection[str]) -> list[Account]:
    """Connect the chosen identities, and go on with what waited for them. Raises BadInput and CantConnect."""
    under_way = waiting(state, lock=True)
    chosen = [one for one in _found(under_way) if one.remote_id in remote_ids]
    if not chosen:
        raise BadInput("Choose at least one account.")
    again = under_way.account
    if again is not None and again.remote_id and again.remote_id not in {one.remote_id for one in chosen}:
        there, here = chosen[0].name, again.name
        raise CantConnect(f"You are signed in as {there} there, not as {here}: sign out at the network and try again.")
    made = [
        store(
            under_way.publication,
            under_way.channel,
            one,
            practice=under_way.practice,
            account=again if again is not None and again.remote_id in ("", one.remote_id) else None,
        )
        for one in chosen
    ]
    under_way.delete()
    return made


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
    mine = Account.objects.select_for_update().filter(publication=publication, channel=channel, practice=practice)
    known = mine.filter(remote_id=identity.remote_id).first() if identity.remote_id else None
    if known is None and account is not None:
        known = Account.objects.select_for_update().get(pk=account.pk)
    one = known or Account(publication=publication, channel=channel, practice=practice)
    now = timezone.now()
    before = accounts.known_before(one)
    one.sealed = encryption.seal({**before, **{name: value for name, value in identity.values.items() if value}})
    one.remote_id, one.kind, one.url = identity.remote_id, identity.kind, identity.url[:500]
    one.name = one.name or _free_name(publication, channel, identity)
    one.expires_at, one.ends_at = identity.expires_at, identity.ends_at
    one.renew_at = tokens.renew_at(identity.expires_at, now) if registry.get(channel).renewing else None
    one.needs_reconnect, one.connected_at = "", now
    one.rests_until, one.rests_because, one.allowance, one.allowance_until = None, "", None, None
    one.save()
    go_on(one, now)
    return one


def go_on(account: Account, now: datetime) -> list[Dispatch]:
    """Go on with the approved posts that waited for this account; return them.

    What should have gone out more than a day ago is no news any more: that waits for a person.
    """
    waiting_for = Dispatch.objects.filter(
        state=State.BLOCKED.value, approved_at__isnull=False, due_at__gt=now - POST_PATIENCE, channel=account.channel
    )
    mine = waiting_for.filter(account=account)
    nobodys = waiting_for.filter(account=None, publication=account.publication)
    gone_on = []
    for one in _ids(mine, nobodys):
        try:
            with transaction.atomic():
                gone_on.append(RESUME.get()(one))
        except StateError:
            continue  # it says itself what is still in its way
    return gone_on


def _ids(*several: Iterable[Dispatch]) -> list[int]:
    return sorted(one.pk for group in several for one in group)


def _how(channel: str) -> ConnectFlow:
    known = registry.get(channel)
    if known.connecting is None:
        raise BadInput(f"{known.capabilities.label} accounts are not connected in the browser: type their values in.")
    return known.connecting


def _under_way(state: str, *, lock: bool, channel: str = "") -> PendingConnection:
    known = PendingConnection.objects.select_related("publication", "account")
    if lock:
        known = known.select_for_update(of=("self",))
    found = known.filter(state=state, started_at__gt=timezone.now() - LASTS).first()
    if found is None or (channel and found.channel != channel):
        raise BadInput("This connection was not begun here, or too long ago: start again from the accounts page.")
    return found


def _free_name(publication: Publication, channel: str, identity: Identity) -> str:
    name = identity.name[:180] or identity.remote_id[:180]
    if Account.objects.filter(publication=publication, channel=channel, name=name).exists():
        return f"{name} ({identity.remote_id})"[:200]
    return name


def _found(under_way: PendingConnection) -> list[Identity]:
    return [_from_json(one) for one in json.loads(encryption.unseal(bytes(under_way.sealed))["identities"])]


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
