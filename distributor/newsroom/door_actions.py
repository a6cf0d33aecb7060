"""What can be done with intake doors. Every door of the product offers these, with the same values in and out."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, get_args

from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import QuerySet

from distributor.delivery.accounts.encryption import seal, unseal
from distributor.domain.errors import BadInput
from distributor.domain.mail_addresses import normal_address
from distributor.letters.models import Publication
from distributor.newsroom import intake_rules
from distributor.newsroom.formats import mapped_json
from distributor.newsroom.intake_rules import RuleSettings
from distributor.newsroom.models import Arrival, IntakeDoor

logger = logging.getLogger(__name__)

DoorKind = Literal["ghost", "wordpress", "json", "mail"]
KINDS: tuple[DoorKind, ...] = get_args(DoorKind)
_PLACEHOLDER = "…"


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """What a person chooses for a door; an empty `name` is its kind.

    Of `json` doors: `mapping` from fields to paths (empty: the fields as they are called here), and `header`, which
    holds an HMAC-SHA256 of the body (empty: the secret comes as a bearer token). Of `mail` doors: `senders`, the
    addresses or domains that may send (empty: whoever knows the address).
    """

    name: str = ""
    rules: RuleSettings = field(default_factory=RuleSettings)
    mapping: Mapping[str, str] = field(default_factory=dict)
    header: str = ""
    senders: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class DoorKeys:
    """What the other system needs: the address that it calls or writes to, and the secret that it signs with."""

    address: str
    secret: str


def doors() -> QuerySet[IntakeDoor]:
    """Return all doors, by publication and name."""
    return IntakeDoor.objects.select_related("publication").order_by("publication__name", "name", "pk")


def find(door_id: int) -> IntakeDoor:
    """Return a door. Raises BadInput where there is none of this number."""
    door = doors().filter(pk=door_id).first()
    if door is None:
        raise BadInput(f"There is no door D{door_id}: “distributor doors list” names them.")
    return door


def find_by_key(key: str) -> IntakeDoor | None:
    """Return the door of a call's key, None for nobody's."""
    return IntakeDoor.objects.select_related("publication").filter(key_hash=key_hash(key)).first()


def key_hash(key: str) -> str:
    """Return how a key is stored."""
    return sha256(key.lower().encode()).hexdigest()


def add(publication: Publication, kind: DoorKind, settings: DoorSettings, *, actor: str = "") -> IntakeDoor:
    """Open a door. Raises BadInput for settings that can't be used."""
    if kind not in KINDS:
        raise BadInput(f"There is no kind of door “{kind}”: choose from {', '.join(KINDS)}.")
    door = IntakeDoor(publication=publication, kind=kind, added_by=actor[:200])
    _write(door, settings)
    _give_keys(door)
    door.save()
    logger.info("The door %s is open, by %s", door.name, actor or "command", extra={"door_id": door.pk})
    return door


@transaction.atomic
def edit(door: IntakeDoor, settings: DoorSettings) -> IntakeDoor:
    """Change what was chosen for a door; its address and secret stay. Raises BadInput as `add` does."""
    row = IntakeDoor.objects.select_for_update().get(pk=door.pk)
    _write(row, settings)
    row.save()
    return find(row.pk)


def new_keys(door: IntakeDoor) -> DoorKeys:
    """Give a door another address and secret and return them: the old ones open nothing from now on."""
    _give_keys(door)
    door.save(update_fields=["key_hash", "sealed_values"])
    logger.info("The door %s has new keys", door.name, extra={"door_id": door.pk})
    return keys(door)


def switch(door: IntakeDoor, *, is_open: bool) -> None:
    """Open or close a door: a closed one takes nothing, and says so to whoever has its secret."""
    door.is_open = is_open
    door.save(update_fields=["is_open"])


def remove(door: IntakeDoor) -> None:
    """Take a door away with what is known of its arrivals; its letters stay."""
    IntakeDoor.objects.filter(pk=door.pk).delete()
    logger.info("The door %s is gone", door.name, extra={"door_id": door.pk})


def keys(door: IntakeDoor) -> DoorKeys:
    """Return what the other system needs: only for the eyes of whoever sets it up. Raises CredentialsError."""
    values = unseal(bytes(door.sealed_values))
    return DoorKeys(_address(door, values["key"]), "" if door.kind == IntakeDoor.Kind.MAIL else values["secret"])


def secret_of(door: IntakeDoor) -> str:
    """Return what a door's calls are signed with. Raises CredentialsError."""
    return unseal(bytes(door.sealed_values))["secret"]


def settings_of(door: IntakeDoor) -> DoorSettings:
    """Return what is chosen for a door."""
    options: dict[str, Any] = door.options
    return DoorSettings(
        door.name,
        intake_rules.read(door),
        options.get("mapping", {}),
        options.get("header", ""),
        tuple(options.get("senders", ())),
    )


def to_json(door: IntakeDoor) -> dict[str, Any]:
    """Return a door as JSON, without its keys."""
    last_arrival = door.arrivals.order_by("-at", "-pk").first()
    return {
        "reference": f"D{door.pk}",
        "name": door.name,
        "kind": door.kind,
        "publication": door.publication.slug,
        "state": "open" if door.is_open else "closed",
        "address": _address(door, _PLACEHOLDER),
        "options": door.options,
        "last": arrival_json(last_arrival) if last_arrival else None,
        "asks": door.arrivals.filter(state=Arrival.State.ASKS).count(),
    }


def arrival_json(arrival: Arrival) -> dict[str, Any]:
    """Return one arrival as JSON."""
    return {
        "reference": f"A{arrival.pk}",
        "at": arrival.at.isoformat(),
        "state": arrival.state,
        "title": arrival.title,
        "letter": arrival.letter_id,
        "reason": arrival.reason,
        "bytes": arrival.size,
    }


def _address(door: IntakeDoor, key: str) -> str:
    if door.kind != IntakeDoor.Kind.MAIL:
        return f"{django_settings.SITE_URL}/webhooks/letters/{key}"
    domain = django_settings.RETURN_DOMAIN or "YOUR-MAIL-DOMAIN"
    return f"letters+{key}@{domain}"


def _give_keys(door: IntakeDoor) -> None:
    # Small letters only: mail servers may change the case of an address.
    key = secrets.token_hex(20)
    door.key_hash, door.sealed_values = key_hash(key), seal({"key": key, "secret": secrets.token_urlsafe(32)})


def _write(door: IntakeDoor, settings: DoorSettings) -> None:
    if len(settings.name) > 200:
        raise BadInput("The name has more than 200 characters: shorten it.")
    intake_rules.check(door.publication, settings.rules)
    if door.kind == IntakeDoor.Kind.MAIL and settings.rules.approve:
        raise BadInput("Letters that come by mail never go out by themselves: anybody can write a sender’s name.")
    door.name = " ".join(settings.name.split()) or door.get_kind_display()
    door.options = _options(door, settings)
    intake_rules.write(door, settings.rules)


def _options(door: IntakeDoor, settings: DoorSettings) -> dict[str, Any]:
    if door.kind == IntakeDoor.Kind.JSON:
        header = settings.header.strip().lower()
        if header and not all(sign.isalnum() or sign == "-" for sign in header):
            raise BadInput(f"“{header[:80]}” is no name of a header: give one such as X-Signature.")
        return {"mapping": mapped_json.check(settings.mapping), "header": header[:100]}
    if door.kind == IntakeDoor.Kind.MAIL:
        return {"senders": [_sender(text) for text in settings.senders]}
    return {}


def _sender(text: str) -> str:
    """Return a mail address, or a domain behind an “@”. Raises BadInput."""
    text = text.strip().lower()
    address = normal_address(f"x{text}" if text.startswith("@") else text)
    if address is None:
        raise BadInput(f"“{text[:80]}” is no sender: give mail addresses, or domains such as @paper.example.")
    return f"@{address.partition('@')[2]}" if text.startswith("@") else address
