"""Accounts: connecting them, and opening their credentials for one call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from distributor import paths
from distributor.channels import registry
from distributor.channels.base import AccountField, Credentials, PostChannel
from distributor.channels.connect_flow import ConnectRefused, NetworkAway
from distributor.channels.mail import transports
from distributor.delivery.accounts import dkim_keys, encryption
from distributor.delivery.models import Account, Dispatch, NetworkApp
from distributor.domain.errors import BadInput, BadSettings, CredentialsError, ServiceAway
from distributor.letters.models import Publication

# The one channel whose account may also come from the environment (DISTRIBUTOR_MAIL_URL).
MAIL = registry.ADDRESSED_CHANNEL
FROM_ENVIRONMENT = "relay from DISTRIBUTOR_MAIL_URL"


@transaction.atomic
def connect(
    publication: Publication, channel: str, name: str, values: Mapping[str, str], *, practice: bool = False
) -> Account:
    """Store an account, or new credentials for the one of that name.

    Raises UnknownChannel, and BadSettings for values that are missing or that the channel does not know.
    """
    fields = registry.get(channel).fields
    unknown = sorted(set(values) - {field.name for field in fields})
    missing_labels = [
        field.label for field in fields if not (field.optional or field.hidden) and not values.get(field.name)
    ]
    if unknown:
        raise BadSettings(
            f"A {channel} account has no “{unknown[0]}”: it takes {_names(field.name for field in fields)}."
        )
    if missing_labels:
        raise BadSettings(f"A {channel} account also needs: {_names(missing_labels)}.")
    if problem := _lacking_alternative(fields, values):
        raise BadSettings(f"A {channel} account also needs: {problem}.")
    channel_accounts = Account.objects.select_for_update().filter(publication=publication, channel=channel)
    named_account = channel_accounts.filter(name=name).first()
    if named_account and named_account.practice != practice:
        raise BadSettings(
            f"“{name}” is a {'practice' if named_account.practice else 'real'} account: choose another name."
        )
    account = named_account or Account(publication=publication, channel=channel, name=name, practice=practice)
    if channel == MAIL:
        values = transports.complete(values, before=known_before(account))
    account.sealed = encryption.seal(values)
    account.needs_reconnect, account.connected_at = "", timezone.now()
    account.renew_at = account.expires_at = account.ends_at = None  # typed values come without dates
    account.save()
    return account


def _lacking_alternative(fields: Sequence[AccountField], values: Mapping[str, str]) -> str:
    """Say what is needed where neither a field nor all of those are given that are needed unless it is; else ""."""
    instead = [field for field in fields if field.unless]
    if not instead or values.get(instead[0].unless):
        return ""
    labels = [field.label for field in instead if not values.get(field.name)]
    named = next(field.label for field in fields if field.name == instead[0].unless)
    return f"{named}, or instead of it {_names(labels)}" if labels else ""


def known_before(account: Account) -> Mapping[str, str]:
    """Return what is stored of an account, nothing where it can't be opened any more: it is about to be replaced."""
    try:
        return encryption.unseal(bytes(account.sealed)) if account.sealed else {}
    except CredentialsError:
        return {}


def kept_lists(account: Account) -> dict[str, str]:
    """Return the secret lists (`Field.lines`) of an account: who gives it new keys need not type them in again."""
    lists = [field.name for field in registry.get(account.channel).fields if field.lines and field.secret]
    before = known_before(account) if lists else {}
    return {name: before[name] for name in lists if before.get(name)}


def entries(text: str) -> int:
    """Return how many entries a list has, one a line or separated by commas."""
    return sum(1 for entry in re.split(r"[\n,;]", text) if entry.strip())


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)


def for_channel(publication: Publication, channel: str) -> list[Account]:
    """Return the publication's accounts on one channel, the oldest first.

    Where `DISTRIBUTOR_MAIL_URL` is set and the publication has no mail account, it gets one that stands for it.
    """
    accounts = list(Account.objects.filter(publication=publication, channel=channel).order_by("pk"))
    if not accounts and channel == MAIL and settings.MAIL_URL:
        accounts = [Account.objects.get_or_create(publication=publication, channel=MAIL, name=FROM_ENVIRONMENT)[0]]
    return accounts


def credentials(account: Account) -> Credentials:
    """Open an account for one call.

    Raises CredentialsError when they can't be decrypted and ServiceAway when it is a practice account and the practice
    world is not running. A practice account only ever gets the practice world's address, a real one never does. A mail
    account also gets the keys that sign for the publication's sender.
    """
    if account.sealed:
        values = encryption.unseal(bytes(account.sealed))
    elif account.channel == MAIL and settings.MAIL_URL:
        values = {"url": settings.MAIL_URL}
    else:
        raise CredentialsError(f"{account} has no credentials: connect it again.")
    if account.channel == MAIL:
        own_domain = {"return_domain": settings.RETURN_DOMAIN} if settings.RETURN_DOMAIN else {}
        values = {**own_domain, **values, **dkim_keys.values_for(account.publication)}
    endpoint = practice_endpoint(account.channel) if account.practice else ""
    return Credentials(account.pk, account.name, values, endpoint, from_operator=not account.sealed)


def for_dispatch(dispatch: Dispatch) -> Credentials:
    """Open the account that a dispatch goes out through; a channel without accounts gets an empty one.

    Raises as `credentials` does, and CredentialsError where no account is connected.
    """
    if dispatch.account is not None:
        return credentials(dispatch.account)
    if registry.get(dispatch.channel).fields:
        raise CredentialsError(f"No {dispatch.channel} account is connected.")
    return Credentials(account_id=0, name=dispatch.target, values={})


def check(account: Account) -> str:
    """Ask the network whose account this is and return that name.

    Raises CredentialsError with the network's sentence when it does not accept the credentials, and ServiceAway.
    """
    channel = registry.get(account.channel)
    if channel.capabilities.addressed:
        raise BadInput("Mail accounts are looked at by “distributor doctor --mail”.")
    try:
        return cast(PostChannel, channel).identify(credentials(account)).name
    except ConnectRefused as error:
        raise CredentialsError(str(error)) from None
    except NetworkAway as error:
        raise ServiceAway(str(error)) from None


def ask_to_reconnect(account: Account, reason: str) -> None:
    """Note on the account why a person has to connect it again."""
    account.needs_reconnect = reason[:500]
    account.save(update_fields=["needs_reconnect"])


def practice_endpoint(channel: str) -> str:
    """Return where the practice world plays this channel. Raises ServiceAway when it is not running."""
    endpoint = _practice_world().get("endpoints", {}).get(channel)
    if not endpoint:
        raise ServiceAway("The practice world is not running: start it with “distributor up --practice”.")
    return str(endpoint)


def practice_page(channel: str) -> str:
    """Return the page on which the practice world shows what arrived on this channel, "" when it is not running."""
    url = _practice_world().get("url")
    return f"{url}/{channel}" if url else ""


def _practice_world() -> dict[str, Any]:
    try:
        description: dict[str, Any] = json.loads(paths.practice_description().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return description


def reseal_all() -> int:
    """Encrypt all accounts, network apps and signing keys anew and return how many; run it after adding a key."""
    return _reseal(Account) + _reseal(NetworkApp) + dkim_keys.reseal_all()


def _reseal(model: type[Account | NetworkApp]) -> int:
    ids = list(model.objects.exclude(sealed=b"").values_list("pk", flat=True))
    for pk in ids:
        with transaction.atomic():  # a token may be renewed just now
            row = model.objects.select_for_update().get(pk=pk)
            row.sealed = encryption.reseal(bytes(row.sealed))
            row.save(update_fields=["sealed"])
    return len(ids)
