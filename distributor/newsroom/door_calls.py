"""A call at a door: it is proven and written down, then answered; a worker does what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from django.db import transaction

from distributor.delivery import database_clock, wakeups
from distributor.domain.door_signatures import Scheme, proof_of
from distributor.newsroom import door_actions
from distributor.newsroom.models import Arrival, IntakeDoor
from distributor.newsroom.submissions import post_key

MOST_REFUSALS: Final = 50  # of a door: who knows its address may write as many as they like


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """What the caller is told: an HTTP status and a sentence."""

    status: HTTPStatus
    sentence: str


def receive(key: str, headers: Mapping[str, str], body: bytes) -> CallAnswer:
    """Take a call. `headers` have lower-case names. Raises CredentialsError where the door's secret can't be read."""
    door = door_actions.find_by_key(key)
    if door is None or door.kind == IntakeDoor.Kind.MAIL:
        return CallAnswer(HTTPStatus.NOT_FOUND, "There is no such door.")
    header = str(door.options.get("header", ""))
    secret = door_actions.secret_of(door)
    proof = proof_of(_scheme(door, header), headers, body, secret=secret, now=database_clock.now(), header=header)
    if proof.refusal:
        refuse(door, proof.refusal, size=len(body))
        return CallAnswer(HTTPStatus.UNAUTHORIZED, proof.refusal)
    if not door.is_open:
        refuse(door, "The door is closed.", size=len(body))
        return CallAnswer(HTTPStatus.SERVICE_UNAVAILABLE, "The door is closed.")
    is_new = write_down(
        door, body, call_id=proof.call_id, post_key=post_key(door, body), may_come_again=not proof.has_time
    )
    if is_new is None:
        return CallAnswer(HTTPStatus.NOT_FOUND, "There is no such door.")
    return CallAnswer(HTTPStatus.ACCEPTED, "It is written down." if is_new else "It came before and is written down.")


@transaction.atomic
def write_down(
    door: IntakeDoor, body: bytes, *, call_id: str, post_key: str = "", may_come_again: bool = False
) -> bool | None:
    """Write an arrival down and wake a worker; whether it is a new one: the same call again changes nothing.

    None where the door was removed just now.

    A call that failed is taken anew. One that `may_come_again`, since its id is of its body alone, is the same call as
    long as no other came about its post: after that it says that the post is again as it was.
    """
    if not _is_there(door):
        return None
    previous = door.arrivals.filter(call_id=call_id).first() if call_id else None
    if previous is not None:
        later = door.arrivals.filter(pk__gt=previous.pk, post_key=post_key)
        is_back = may_come_again and bool(post_key) and later.exists()
        if previous.state != Arrival.State.FAILED and not is_back:
            return False
        previous.call_id = ""
        previous.save(update_fields=["call_id"])
    now = database_clock.now()
    door.arrivals.create(at=now, call_id=call_id, post_key=post_key, body=body, size=len(body), next_at=now)
    wakeups.after_commit("newsroom.arrivals")
    return True


@transaction.atomic
def refuse(door: IntakeDoor, reason: str, *, size: int) -> None:
    """Note that something was not believed, for people to see; of a door only the last of these are kept."""
    if not _is_there(door):
        return
    now = database_clock.now()
    Arrival.objects.create(
        door=door, at=now, state=Arrival.State.REFUSED, reason=reason, size=size, next_at=now, ended_at=now
    )
    refused_arrivals = door.arrivals.filter(state=Arrival.State.REFUSED).order_by("-pk")
    last = refused_arrivals.values_list("pk", flat=True)[MOST_REFUSALS : MOST_REFUSALS + 1].first()
    if last is not None:
        refused_arrivals.filter(pk__lte=last).delete()


def _is_there(door: IntakeDoor) -> bool:
    """Whether a door was not removed meanwhile. It is locked, so that arrivals are numbered as they come."""
    return bool(IntakeDoor.objects.select_for_update(no_key=True).values_list("pk").filter(pk=door.pk))


def _scheme(door: IntakeDoor, header: str) -> Scheme:
    if door.kind == IntakeDoor.Kind.GHOST:
        return "ghost"
    if door.kind == IntakeDoor.Kind.WORDPRESS:
        return "wordpress"
    return "hmac" if header else "bearer"
