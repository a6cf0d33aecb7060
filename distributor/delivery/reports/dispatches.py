"""What became of dispatches, in numbers and words, for the desk, the command line and machines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from distributor.audience import held_people
from distributor.channels import registry, stored_variants
from distributor.delivery import epochs
from distributor.delivery.accounts import accounts
from distributor.delivery.mail import ledger, unreached
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.earliest_release import sentence
from distributor.delivery.variants import source_changes
from distributor.delivery.variants.source_changes import SourceChange
from distributor.domain.planning import Delay, EarliestRelease
from distributor.domain.states import FINISHED, RESTING, State
from distributor.domain.variants import Variant
from distributor.letters.pages import page_url

_TO_COME = (State.DRAFT.value, State.HELD.value, State.SCHEDULED.value)
_UNDER_WAY = (State.HELD.value, State.SCHEDULED.value, State.SENDING.value)
_OUT = (State.SENT.value, State.PARTLY.value, State.RECALLING.value, State.RECALLED.value)


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """One dispatch as people see it. A post counts as one recipient; times are aware; `url` shows what arrived."""

    id: int
    letter_id: int | None  # None for a digest
    title: str
    channel: str
    target: str
    practice: bool
    state: str
    reason: str
    due_at: datetime
    hold_until: datetime | None
    recipients: int
    accepted: int
    rejected: int
    left: int
    failed: int
    cancelled: int
    repeats: int  # messages that may have arrived twice, since an answer was lost
    recalled: int  # posts that were deleted at their network again
    waiting: int
    url: str
    variant: Variant | None
    reference: str  # how sentences name it
    zone: str  # the publication's, in which people read its times
    went_out_at: datetime | None = None  # None for what is not out
    goes_out_at: datetime | None = None  # None for what is not to come, or waits for a page that waits for a person
    reached_later: int = 0  # of those whom it did not reach, by later sendings of it
    held_people: int = 0  # after a burst of its refusals: nobody is suppressed until a person decides
    after_page: bool = False  # the letter's page goes out before it, and is to come
    has_approved_variant: bool = False  # which can be looked at
    change: SourceChange | None = None  # what changed since it was approved; None where nothing could

    @property
    def words(self) -> str:
        """Its state as people read it."""
        return State(self.state).words

    @property
    def change_sentences(self) -> tuple[str, ...]:
        """What an editor should know of changes since it was approved; its reason may say it already."""
        sentences = self.change.sentences if self.change is not None else ()
        return sentences[1:] if sentences and self.reason.startswith(sentences[0].split(" (")[0]) else sentences

    @property
    def finished(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state in RESTING or (self.state == State.SCHEDULED.value and self.goes_out_at is None)

    @property
    def delivered(self) -> bool:
        """Whether everyone that it was meant for got it."""
        return self.state == State.SENT.value and self.accepted + self.left == self.recipients

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON types, without the variant."""
        return {
            "id": self.id,
            "letter": {"id": self.letter_id, "title": self.title},
            "channel": self.channel,
            "target": self.target,
            "practice": self.practice,
            "state": self.state,
            "reason": self.reason,
            "due_at": self.due_at.isoformat(),
            "went_out_at": self.went_out_at.isoformat() if self.went_out_at else None,
            "hold_until": self.hold_until.isoformat() if self.hold_until else None,
            "recipients": self.recipients,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "left": self.left,
            "failed": self.failed,
            "cancelled": self.cancelled,
            "repeats": self.repeats,
            "recalled": self.recalled,
            "waiting": self.waiting,
            "held_people": self.held_people,
            "reached_later": self.reached_later,
            "url": self.url,
            "change": self.change.to_json() if self.change else None,
        }


def report(dispatches: Iterable[Dispatch], *, are_new: bool = False) -> tuple[DispatchReport, ...]:
    """Return a report on each dispatch, in the given order; `are_new`: nothing has changed since they are there."""
    listed_dispatches = list(dispatches)
    mail_dispatches = [dispatch for dispatch in listed_dispatches if _addressed(dispatch)]
    mails = ledger.counts(mail_dispatches) if mail_dispatches else {}
    changes = {} if are_new else source_changes.of(listed_dispatches)
    nothing_is_sent = bool(epochs.held_because())
    later = unreached.reached_later(mails) if mails else {}
    held = held_people.counts(mails) if mails else {}
    return tuple(
        _with_people(
            _report(
                dispatch,
                mails.get(dispatch.pk) or _post_counts(dispatch),
                changes.get(dispatch.pk),
                held=nothing_is_sent,
            ),
            later=later.get(dispatch.pk, 0),
            held=held.get(dispatch.pk, 0),
        )
        for dispatch in listed_dispatches
    )


def _addressed(dispatch: Dispatch) -> bool:
    channel = registry.CHANNELS.get(dispatch.channel)
    return channel is not None and channel.capabilities.addressed


def _post_counts(dispatch: Dispatch) -> ledger.Counts:
    state = State(dispatch.state)
    return ledger.Counts(
        recipients=1,
        accepted=int(state in (State.SENT, State.RECALLING)),
        failed=int(state is State.FAILED),
        cancelled=int(state is State.CANCELLED),
        recalled=int(state is State.RECALLED),
    )


def _report(dispatch: Dispatch, counts: ledger.Counts, change: SourceChange | None, *, held: bool) -> DispatchReport:
    """Return the report; `held`: nothing at all is sent until a person decides (`delivery.epochs`)."""
    held = held and dispatch.state in _UNDER_WAY
    return DispatchReport(
        id=dispatch.pk,
        letter_id=dispatch.letter_id,
        title=dispatch.title,
        channel=dispatch.channel,
        target=dispatch.target,
        practice=dispatch.account is not None and dispatch.account.practice,
        state=dispatch.state,
        reason=(epochs.WAITS if held else "") or _waits(dispatch) or _follows(dispatch) or dispatch.reason,
        due_at=dispatch.due_at,
        hold_until=dispatch.hold_until,
        recipients=counts.recipients,
        accepted=counts.accepted,
        rejected=counts.rejected,
        left=counts.left,
        failed=counts.failed,
        cancelled=counts.cancelled,
        repeats=counts.repeats,
        recalled=counts.recalled,
        waiting=counts.waiting,
        url=_url(dispatch),
        variant=stored_variants.read(dispatch.variant) if dispatch.variant else None,
        reference=dispatch.reference,
        zone=dispatch.publication.time_zone,
        went_out_at=_went_out_at(dispatch),
        goes_out_at=None if held else _goes_out_at(dispatch),
        after_page=_page_to_come(dispatch) is not None,
        has_approved_variant=dispatch.approved_variant is not None,
        change=change,
    )


def _with_people(report: DispatchReport, *, later: int, held: int) -> DispatchReport:
    """Return the report with whom later sendings reached, and whom a burst of refusals holds."""
    reason = f"{report.reason} {_reached_later(later)}".strip()
    return replace(report, reason=reason, reached_later=later, held_people=held)


def _reached_later(count: int) -> str:
    if not count:
        return ""
    return f"{count:,} of them {'was' if count == 1 else 'were'} reached when it was sent again."


def _went_out_at(dispatch: Dispatch) -> datetime | None:
    """Return when it went out: a mailing when its first mail could, a post when its network took it."""
    if dispatch.state not in _OUT or _addressed(dispatch):
        return dispatch.released_at if dispatch.state in _OUT else None
    receipt = dispatch.receipt or {}
    if receipt.get("at") and "confirmed" not in (receipt.get("raw") or {}):
        return datetime.fromisoformat(receipt["at"])
    return dispatch.released_at  # a person said that it is there, and when they did says nothing


def _goes_out_at(dispatch: Dispatch) -> datetime | None:
    """Return when what is approved goes out, None where it waits for a page that waits for a person."""
    if dispatch.state not in (State.HELD.value, State.SCHEDULED.value):
        return None
    page = _page_to_come(dispatch)
    if page is None:
        return dispatch.due_at
    return None if page.state in RESTING else max(dispatch.due_at, page.due_at)


def _page_to_come(dispatch: Dispatch) -> Dispatch | None:
    """Return the dispatch of the letter's page where this one is to come, and only after that."""
    link = dispatch.waits_for
    return None if link is None or link.state in FINISHED or dispatch.state not in _TO_COME else link


def _waits(dispatch: Dispatch) -> str:
    """Say so where a dispatch waits for the letter's page, and that waits for a person."""
    link = _page_to_come(dispatch)
    if link is None or link.state not in RESTING or dispatch.state == State.DRAFT.value:
        return ""
    return f"It waits for the letter's page, which is {State(link.state).predicate}."


def _follows(dispatch: Dispatch) -> str:
    """Say so where a dispatch goes out later than its own time, since the letter's page does."""
    link = _page_to_come(dispatch)
    if link is None or link.due_at <= dispatch.due_at:
        return ""
    return sentence(dispatch, EarliestRelease(dispatch.due_at, link.due_at, Delay.LINK))


def _url(dispatch: Dispatch) -> str:
    """Return where it can be seen: what the channel's receipt says, a practice account's page, or the letter's page."""
    if dispatch.state == State.RECALLED.value:
        return ""  # it leads nowhere any more
    if dispatch.receipt and dispatch.receipt.get("url"):
        return str(dispatch.receipt["url"])
    if not dispatch.released_at:
        return ""
    if dispatch.account is not None and dispatch.account.practice:
        return accounts.practice_page(dispatch.channel)
    if _addressed(dispatch) and dispatch.letter is not None and hasattr(dispatch.letter, "page"):
        return page_url(dispatch.letter)
    return ""
