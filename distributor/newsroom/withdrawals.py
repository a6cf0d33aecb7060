"""What a letter's source takes back: its dispatches that have not gone out are drafts again."""

from __future__ import annotations

from django.db import transaction

from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.reapproval import APPROVED_STATES, DRAFT_AGAIN
from distributor.delivery.transitions import locked
from distributor.domain.states import State
from distributor.letters import versions
from distributor.letters.actions import Intake
from distributor.letters.models import Letter
from distributor.newsroom.counts import count_words


@transaction.atomic
def withhold(letter: Letter, reason: str, *, origin: str) -> str:
    """Note that a letter's source takes it back, in the words of `reason`, and take back what has not gone out.

    Return what was done, in sentences. `origin` says in words who says so.
    """
    letter.withheld = f"Its source says: {reason}"
    letter.save(update_fields=["withheld", "updated_at"])  # locks the letter before its dispatches, as everywhere
    sentences = _sentences(_take_back(letter))  # before the version is written, which would do it without counting
    versions.record(letter, actor=origin, origin=origin)
    return f"{reason} {sentences}"


@transaction.atomic
def after_edit(intake: Intake) -> str:
    """Take back what has not gone out of a letter that is there already, where its source withholds it by now.

    `intake` is what brought it in this transaction. Return what is so with it, in sentences.
    """
    letter = intake.letter
    if letter.withheld:
        # The version that brought it may have made drafts of them already.
        withdrawal_ids = intake.version.withdrawals if intake.version else ()
        return f"{letter.withheld} {_sentences((*withdrawal_ids, *_take_back(letter)))}"
    number = letter.dispatches.filter(state=State.DRAFT.value).count()
    wait = f"{count_words(number, 'dispatch', 'dispatches')} {'waits' if number == 1 else 'wait'} for your yes."
    sentence = "It is there already and brought up to date; nothing goes out again by itself."
    return f"{sentence} {wait}" if number else sentence


def _take_back(letter: Letter) -> tuple[int, ...]:
    """Withdraw the approval of what has not begun of a withheld letter; return the numbers of those that had it."""
    ids = letter.dispatches.filter(state__in=APPROVED_STATES, approved_at__isnull=False).order_by("pk")
    reason = f"{letter.withheld} {DRAFT_AGAIN}"
    return tuple(dispatch_id for dispatch_id in ids.values_list("pk", flat=True) if _withdraw(dispatch_id, reason))


def _withdraw(dispatch_id: int, reason: str) -> bool:
    dispatch = locked(dispatch_id)
    is_approved = dispatch.state in APPROVED_STATES and dispatch.approved_at is not None
    if not is_approved or approval.has_begun(dispatch):
        return False  # it went out just now, or goes on as it began
    approval.withdraw_approval(dispatch, reason=reason)
    return True


def _sentences(ids: tuple[int, ...]) -> str:
    """Say what became of dispatches whose approval was withdrawn: what is blocked is a draft only after that."""
    states = list(Dispatch.objects.filter(pk__in=ids).values_list("state", flat=True))
    drafts, blocks = states.count(State.DRAFT.value), states.count(State.BLOCKED.value)
    sentences = []
    if drafts:
        sentences.append(f"Not sent yet and drafts again: {count_words(drafts, 'dispatch', 'dispatches')}.")
    if blocks:
        sentences.append(f"Blocked, and approved no more: {count_words(blocks, 'dispatch', 'dispatches')}.")
    return " ".join([*sentences, "What has gone out stays until you withdraw it."])
