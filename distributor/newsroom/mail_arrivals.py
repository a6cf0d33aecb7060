"""Letters that are sent by mail to a door's secret address: by a pipe of the mail server, or from a mailbox."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from django.db import DatabaseError

from distributor.channels.mail.returns import mailbox
from distributor.domain.errors import BadInput, DistributorError
from distributor.newsroom import door_actions, door_calls
from distributor.newsroom.formats import mail
from distributor.newsroom.models import IntakeDoor

logger = logging.getLogger(__name__)

SECONDS: Final = 45.0  # for one mailbox: the others are the next minute's
_NO_DOOR: Final = "The mail is for no door: check the address that it was sent to."


@dataclass(frozen=True, slots=True)
class MailTaken:
    """What became of a mail: the door that it is for, and whether it was written down, with the reason where not."""

    door: str = ""
    is_taken: bool = False
    reason: str = ""


def take(raw: bytes, *, recipient: str = "") -> MailTaken:
    """Write a mail down as an arrival at its door; a worker makes a draft of it. Nothing goes out by it.

    `recipient` is what the envelope says. Raises BadInput for what is for no door: whoever hands it in may keep it.
    """
    head = mail.head_of(raw, recipient=recipient)
    doors = [door for key in head.keys if (door := door_actions.find_by_key(key)) is not None]
    door = next((door for door in doors if door.kind == IntakeDoor.Kind.MAIL), None)
    if door is None:
        raise BadInput(_NO_DOOR)
    reason = _refusal(door, head.sender)
    if reason:
        door_calls.refuse(door, reason, size=len(raw))
        return MailTaken(door.name, reason=reason)
    call_id = sha256((head.message_id or sha256(raw).hexdigest()).encode()).hexdigest()
    is_new = door_calls.write_down(door, raw, call_id=call_id)
    if is_new is None:
        raise BadInput(_NO_DOOR)
    return MailTaken(door.name, is_taken=True, reason="" if is_new else "It came before.")


def fetch_all(urls: Sequence[str]) -> list[MailTaken]:
    """Take what waits in these mailboxes; what is for no door stays there, flagged. Raises BadSettings for a URL."""
    results: list[MailTaken] = []
    for place in [mailbox.read_place(url) for url in urls]:
        until = time.monotonic() + SECONDS
        try:
            with mailbox.open_box(place, size=mail.LIMIT) as box:
                for uid in box.new_uids():
                    if time.monotonic() > until:
                        break
                    results += _fetch(box, uid)
        except DistributorError as error:
            logger.warning("%s", error)
    return results


def _fetch(box: mailbox.Box, uid: str) -> list[MailTaken]:
    raw = box.message(uid)
    if raw is None:
        return []
    try:
        result = take(raw)
    except DatabaseError:
        raise  # not the mail's fault
    except DistributorError as error:
        logger.warning("A mail to the doors: %s", error)
        box.keep([uid])
        return []
    except Exception:
        logger.exception("A mail to the doors broke something: it is flagged and stays in its mailbox")
        box.keep([uid])
        return []
    box.put_away([uid])
    return [result]


def _refusal(door: IntakeDoor, sender: str) -> str:
    """Return why a mail of this sender is not taken, "" where it is."""
    if not door.is_open:
        return "The door is closed."
    senders = door.options.get("senders", [])
    if not senders or sender in senders or f"@{sender.partition('@')[2]}" in senders:
        return ""
    return f"{sender or 'Nobody in particular'} may not send to this door: add the address to its senders."
