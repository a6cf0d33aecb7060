"""What a letter's source takes back: its dispatches that have not gone out are drafts again."""

from __future__ import annotations

from django.db import transaction

from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.reapproval import DRAFT_AGAIN
from distributor.domain.errors import StateError
from distributor.domain.states import State
from distributor.letters import versions
from distributor.letters.models import Letter
from distributor.newsroom.counts import count_words

_UNSENT = (State.HELD.value, State.SCHEDULED.value)


def withhold(letter: Letter, reason: str, *, origin: str) -> str:
    """Note that a letter's source takes it back, in the words of `reason`, and take back what has not gone out.

    Return what was done, in sentences. `origin` says in words who says so.
    """
    sentences = take_back(letter)  # before the version is written, which would do it without counting
    letter.withheld = f"Its source says: {reason}"
    letter.save(update_fields=["withheld", "updated_at"])
    versions.record(letter, actor=origin, origin=origin)
    return f"{reason} {sentences}"


def after_edit(letter: Letter) -> str:
    """Take back what has not gone out of a letter that is there already, where its source withholds it by now.

    Return what is so with it, in sentences.
    """
    if letter.withheld:
        return f"{letter.withheld} {take_back(letter)}"
    number = letter.dispatches.filter(state=State.DRAFT.value).count()
    wait = f"{count_words(number, 'dispatch', 'dispatches')} {'waits' if number == 1 else 'wait'} for your yes."
    sentence = "It is there already and brought up to date; nothing goes out again by itself."
    return f"{sentence} {wait}" if number else sentence


def take_back(letter: Letter) -> str:
    """Make drafts of a letter's dispatches that are approved and have not gone out; return what was done."""
    ids = letter.dispatches.filter(state__in=_UNSENT).order_by("pk").values_list("pk", flat=True)
    # The version that brought it may have made drafts of them already.
    number = letter.dispatches.filter(state=State.DRAFT.value, reason__endswith=DRAFT_AGAIN).count()
    number += sum(_withdraw(dispatch_id) for dispatch_id in ids)
    # What waits for an account is a draft, not approved, as soon as that is connected.
    blocked_dispatches = letter.dispatches.filter(state=State.BLOCKED.value, approved_at__isnull=False)
    number += blocked_dispatches.update(approved_at=None)
    count = count_words(number, "dispatch", "dispatches")
    drafts = f"Not sent yet and drafts again: {count}. " if number else ""
    return f"{drafts}What has gone out stays until you withdraw it."


def _withdraw(dispatch_id: int) -> bool:
    try:
        with transaction.atomic():
            dispatch: Dispatch = approval.take_back(dispatch_id)
    except StateError:
        return False  # it went out just now
    return dispatch.state == State.DRAFT.value
