"""What a person answers where a letter, or an editor's own variant, changed after its dispatch was approved."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from distributor.channels import stored_variants
from distributor.delivery import control, wakeups
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.planning.earliest_release import zone_of
from distributor.delivery.transitions import locked, move, state_of
from distributor.delivery.variants import composition, source_changes
from distributor.delivery.variants.composition import SourceChanged
from distributor.delivery.variants.source_changes import OPEN_STATES
from distributor.domain.differences import FieldDifference, Piece, text_difference
from distributor.domain.dispatch_actions import ACTIONS
from distributor.domain.errors import StateError, TemplateError
from distributor.domain.states import Event, State, refusal
from distributor.domain.times import clock
from distributor.domain.variants import Variant
from distributor.letters import versions
from distributor.letters.models import Version

APPROVED_STATES = (State.HELD.value, State.SCHEDULED.value, State.BLOCKED.value)
DRAFT_AGAIN = "So it is a draft again: approve it when it may go out."
IGNORE = "be cleared of a change"


@transaction.atomic
def approve_again(dispatch_id: int) -> Dispatch:
    """Approve what is approved already as it is by now: its hold begins anew.

    What is blocked stays so, and goes out like this once nothing is in its way. Raises StateError.
    """
    dispatch = _open(dispatch_id, Event.APPROVE_AGAIN.value)
    if not source_changes.of_dispatch(dispatch).waits_for_person:
        advice = "Make it a draft and approve that, to take up a template or a setting."
        raise StateError(f"{_no_change(Event.APPROVE_AGAIN.value)} {advice}")
    if state_of(dispatch) is State.BLOCKED:
        approval.keep_approved(dispatch)
    else:
        approval.begin_hold(dispatch, event=Event.APPROVE_AGAIN)
    wakeups.after_commit("delivery.tick")
    return dispatch


@transaction.atomic
def ignore_change(dispatch_id: int) -> Dispatch:
    """Let what was approved go out although its letter has changed; a further change is pointed out again.

    What stopped for the change goes on. Raises StateError.
    """
    dispatch = _open(dispatch_id, IGNORE)
    version = source_changes.newer_version(dispatch)
    if version is None:
        raise StateError(f"{_no_change(IGNORE)} There is nothing to decide.")
    if state_of(dispatch) is State.PAUSED and dispatch.remedy == SourceChanged.remedy:
        return control.resume(dispatch_id)
    dispatch.ignored_version = version.number
    dispatch.save(update_fields=["ignored_version"])
    return dispatch


def stop_changed(version: Version) -> None:
    """Stop what is approved of a letter that has a new version, where its publication wants that.

    Called in the transaction that writes the version. What is released just now looks by itself.
    """
    letter = version.letter
    if version.number == 1 or not letter.publication.stops_on_change:
        return
    approved_ids = letter.dispatches.filter(
        state__in=[State.HELD.value, State.SCHEDULED.value], version__isnull=False
    ).values_list("pk", flat=True)
    for dispatch_id in approved_ids.order_by("pk"):
        dispatch = locked(dispatch_id)
        if state_of(dispatch) in (State.HELD, State.SCHEDULED) and not approval.has_begun(dispatch):
            reason = source_changes.stop_sentence(dispatch, version)
            move(dispatch, Event.PAUSE, reason=reason, remedy=SourceChanged.remedy)


def take_back_withheld(version: Version) -> None:
    """Make drafts of what is approved of a letter that its source withholds from this version on.

    Called in the transaction that writes the version. Whoever approves it after that knows: it is not made a draft
    again by further versions that are withheld like this one. What has begun goes on.
    """
    if version.number == 1 or not {"withheld", "published_at"} & set(version.changes):
        return
    letter = version.letter
    content, before = versions.content_of(version), versions.content_of(versions.version_of(letter, version.number - 1))
    is_withheld_now = bool(content.withheld) and not before.withheld
    new_date = content.published_at if "published_at" in version.changes else None
    now, zone = timezone.now(), zone_of(letter.publication)
    for dispatch_id in letter.dispatches.filter(state__in=APPROVED_STATES).order_by("pk").values_list("pk", flat=True):
        dispatch = locked(dispatch_id)
        if dispatch.state not in APPROVED_STATES or approval.has_begun(dispatch):
            continue
        due_at = max(dispatch.due_at, now)
        if is_withheld_now:
            reason = content.withheld
        elif new_date is not None and new_date > due_at:
            reason = f"It is dated {clock(new_date, now=now, zone=zone)} now, which is after its time here."
        else:
            continue
        if dispatch.approved_at is not None:
            version.withdrawals = (*version.withdrawals, dispatch_id)
        approval.withdraw_approval(dispatch, reason=f"{reason} {DRAFT_AGAIN}")


def _no_change(act: str) -> str:
    return f"It is as it was approved, so it can't {act}."


def _open(dispatch_id: int, act: str) -> Dispatch:
    """Return a dispatch, locked, that is approved and of which nothing is out. Raises StateError for any other."""
    dispatch = locked(dispatch_id)
    if state_of(dispatch) not in ACTIONS["approve-again"].states:
        raise StateError(refusal(state_of(dispatch), act))
    if dispatch.letter is None:
        raise StateError("A digest gathers its letters when it goes out: there is nothing to approve again.")
    if approval.has_begun(dispatch):
        raise StateError("Some of it may be out: it goes on as it began.")
    if dispatch.approved_at is None:
        raise StateError("It is not approved yet: approve it once nothing is in its way.")
    return dispatch


@dataclass(frozen=True, slots=True)
class ApprovalDifference:
    """How what is approved differs from what would be approved now: the letter field by field, and the variant's text.

    `link` and `picture` are the variant's, before and after, where they differ.
    """

    fields: tuple[FieldDifference, ...]
    text: tuple[Piece, ...]
    link: tuple[str, str] | None = None
    picture: tuple[str, str] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether both are the same."""
        return not (self.fields or self.text or self.link or self.picture)


def difference(dispatch: Dispatch) -> ApprovalDifference:
    """Return how what is approved of a dispatch differs from what would be approved now.

    Also where a template or a setting made the difference. Raises StateError where nothing is approved, or it is out.
    """
    if dispatch.version is None or dispatch.letter is None or state_of(dispatch).value not in OPEN_STATES:
        raise StateError("Nothing of it is approved and still to come: there is nothing to compare.")
    fields = versions.differences(dispatch.version, versions.latest(dispatch.letter))
    try:
        after = composition.afresh(dispatch).variant
    except TemplateError:
        return ApprovalDifference(fields, ())
    if dispatch.approved_variant is None:
        return ApprovalDifference(fields, ())
    before = stored_variants.read(dispatch.approved_variant)
    return ApprovalDifference(
        fields,
        () if _words(before) == _words(after) else text_difference(_words(before), _words(after)),
        link=None if before.link == after.link else (before.link, after.link),
        picture=None if _picture(before) == _picture(after) else (_picture(before), _picture(after)),
    )


def _words(variant: Variant) -> str:
    """Return what people read of a variant."""
    return "\n\n".join(variant.parts) or variant.text


def _picture(variant: Variant) -> str:
    return "" if variant.picture is None else variant.picture.url or "a drawn card"
