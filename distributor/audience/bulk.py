"""One action for many people: those who are chosen, or all that a filter is about.

People are gone through by number, so many at a time, and each group is stored by itself: a million of them hold nobody
up, and what is interrupted can be done again, since whoever has been dealt with is left as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from distributor.audience import actions, suppression, tags
from distributor.audience.causes import EDITOR, Cause
from distributor.audience.directory import PeopleFilter, people
from distributor.audience.models import Consent, MailingList, Subscriber, Subscription, Suppression
from distributor.audience.person_events import PersonEvent, PersonEvents, announce
from distributor.audience.subscriptions import Agreement
from distributor.domain.errors import BadInput

GROUP: Final = 5_000
Ids = Collection[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Whom it is about: these subscribers, by number, or with None all that the filter is about."""

    ids: tuple[int, ...] | None = None
    scope: PeopleFilter = PeopleFilter()  # noqa: RUF009 - frozen

    def rows(self) -> QuerySet[Subscriber]:
        """Return them. Raises BadInput for a segment that can't be asked."""
        return people(self.scope) if self.ids is None else Subscriber.objects.filter(pk__in=self.ids)

    def groups(self) -> Iterator[list[int]]:
        """Yield their numbers, GROUP at a time, of those who are there now: who comes meanwhile is not in."""
        last = Subscriber.objects.aggregate(last=Max("pk"))["last"] or 0
        after = 0
        while group := list(
            self.rows().filter(pk__gt=after, pk__lte=last).order_by("pk").values_list("pk", flat=True)[:GROUP]
        ):
            yield group
            after = group[-1]


@dataclass(slots=True)
class Tally:
    """How far an action is, also where it breaks off: kept up to date after each group.

    `people` are those for whom something changed, and `dropouts` those of them whom a move took off one list while
    they had left the other one before. Of those who are put on a list, `members` were on it already, `leavers` left it
    after the day on which they agreed and stay off, and `silent` people get no mail at all, though they are on it now.
    """

    people: int = 0
    dropouts: int = 0
    members: int = 0
    leavers: int = 0
    silent: int = 0


def _run(selection: Selection, action: Callable[[Ids], int], tally: Tally | None) -> int:
    """Do it with everybody of a selection, each group in a transaction; return for how many it changed something.

    Of a filter that the action itself changes the answer to, as taking off a tag does, everybody is reached.
    """
    tally = tally or Tally()
    for group in selection.groups():
        with transaction.atomic():
            count = action(group)
        tally.people += count
    return tally.people


def add_tag(selection: Selection, tag: str, tally: Tally | None = None) -> int:
    """Give everybody a tag; return who did not have it. Raises BadInput."""
    name = tags.remember(tags.normal_tag(tag))
    return _run(selection, lambda ids: tags.add_tag(ids, name), tally)


def remove_tag(selection: Selection, tag: str, tally: Tally | None = None) -> int:
    """Take a tag from everybody; return who had it. Raises BadInput."""
    name = tags.normal_tag(tag)
    return _run(selection, lambda ids: tags.remove_tag(ids, name), tally)


def take_off(selection: Selection, mailing_list: MailingList, *, reason: str, tally: Tally | None = None) -> int:
    """Take everybody off a list; return who was on it. Who left before stays as they are."""
    return _run(selection, lambda ids: _end(ids, mailing_list, reason), tally)


def put_on(
    selection: Selection, mailing_list: MailingList, consent: Agreement, *, actor: str, tally: Tally | None = None
) -> int:
    """Put everybody on a list and keep to what they agreed; return who was not on it.

    Who left it stays gone, unless the consent is later than that; who is suppressed still gets no mail (`tally` counts
    both). Raises BadInput for a list that is archived, and for a consent of the future.
    """
    actions.check_open([mailing_list])
    if consent.at > timezone.now():
        raise BadInput("Nobody has agreed in the future: say when they did.")
    tally = tally or Tally()
    return _run(selection, lambda ids: _join(ids, mailing_list, consent, actor, tally), tally)


def move(
    selection: Selection, *, origin: MailingList, target: MailingList, actor: str, tally: Tally | None = None
) -> int:
    """Move everybody who is on one list to another one, with how often they get letters; return how many that was.

    What they agreed to goes with them, as of the day on which they came to the first list, and so does up to when they
    have had digests: a letter that waits for their next one is in it. Who left the second one stays gone from it, and
    is taken off the first (`tally` counts them). Raises BadInput for the same list twice, lists of two publications,
    and one that is archived.
    """
    if origin.pk == target.pk:
        raise BadInput("Choose another list to move them to.")
    if origin.publication_id != target.publication_id:
        raise BadInput("They agreed to one publication's letters: move them to a list of the same one.")
    actions.check_open([target])
    tally = tally or Tally()
    return _run(selection, lambda ids: _move(ids, origin, target, actor, tally), tally)


def suppress(selection: Selection, *, detail: str, tally: Tally | None = None) -> int:
    """Let nobody of them get mail any more; return for whom that is new. Their places on lists stay as they are."""
    return _run(selection, lambda ids: _suppress(ids, detail), tally)


def _suppress(ids: Ids, detail: str) -> int:
    emails = Subscriber.objects.filter(pk__in=ids).order_by("pk").values_list("email", flat=True)
    reason = Suppression.Reason.MANUAL
    return suppression.suppress([(email, detail) for email in emails], reason=reason, cause=Cause(EDITOR))


def _end(ids: Ids, mailing_list: MailingList, reason: str) -> int:
    active = Subscription.objects.filter(list=mailing_list, subscriber__in=ids, state=Subscription.State.ACTIVE)
    return actions.end(active, how=reason, cause=Cause(EDITOR), at=timezone.now())


def _join(ids: Ids, mailing_list: MailingList, consent: Agreement, actor: str, tally: Tally) -> int:
    rows = Subscription.objects.select_for_update().filter(list=mailing_list, subscriber__in=ids).order_by("pk")
    existing_rows = {row.subscriber_id: row for row in rows}
    back_ids = [
        row.pk
        for row in existing_rows.values()
        if row.state == Subscription.State.LEFT and row.left_at and consent.at > (row.left_again_at or row.left_at)
    ]
    new_ids = [number for number in ids if number not in existing_rows]
    Subscription.objects.bulk_create(
        [Subscription(subscriber_id=number, list=mailing_list) for number in new_ids], ignore_conflicts=True
    )
    Subscription.objects.filter(pk__in=back_ids).update(**actions.ACTIVE_VALUES, since=timezone.now())
    Consent.objects.bulk_create(
        Consent(subscriber_id=number, list=mailing_list, at=consent.at, how=consent.how[:300], actor=actor[:300])
        for number in ids
    )
    count = len(new_ids) + len(back_ids)
    members = sum(row.state == Subscription.State.ACTIVE for row in existing_rows.values())
    tally.members += members
    tally.leavers += len(existing_rows) - members - len(back_ids)
    tally.silent += _suppressed_count(mailing_list, ids)
    new = Subscription.objects.filter(list=mailing_list, subscriber__in=new_ids)
    announce(PersonEvents(PersonEvent.SUBSCRIBED, new | Subscription.objects.filter(pk__in=back_ids)))
    return count


def _suppressed_count(mailing_list: MailingList, ids: Ids) -> int:
    """Return how many of these are on a list and get no mail all the same."""
    on_list = Subscription.objects.filter(list=mailing_list, subscriber__in=ids, state=Subscription.State.ACTIVE)
    emails = list(on_list.values_list("subscriber__email", flat=True))
    return len(suppression.reasons(emails))


def _move(ids: Ids, origin: MailingList, target: MailingList, actor: str, tally: Tally) -> int:
    active = Subscription.objects.select_for_update().filter(
        list=origin, subscriber__in=ids, state=Subscription.State.ACTIVE
    )
    rows = list(active.order_by("pk"))
    mover_ids = [row.subscriber_id for row in rows]
    on_target = Subscription.objects.select_for_update().filter(list=target, subscriber__in=mover_ids)
    target_rows = {row.subscriber_id: row for row in on_target.order_by("pk")}
    newcomers = [row for row in rows if row.subscriber_id not in target_rows]
    Subscription.objects.bulk_create(
        [
            Subscription(
                subscriber_id=row.subscriber_id,
                list=target,
                cadence=row.cadence,
                since=row.since,
                digested_through=row.digested_through,
            )
            for row in newcomers
        ],
        ignore_conflicts=True,
    )
    _take_progress_along(rows, target_rows)
    tally.dropouts += sum(row.state == Subscription.State.LEFT for row in target_rows.values())
    Consent.objects.bulk_create(
        Consent(
            subscriber_id=row.subscriber_id,
            list=target,
            at=row.since,
            how=f"Moved from the list “{origin.name}”, to which they came then"[:300],
            actor=actor[:300],
        )
        for row in newcomers
    )
    moved_ids = [row.subscriber_id for row in newcomers]
    announce(PersonEvents(PersonEvent.SUBSCRIBED, Subscription.objects.filter(list=target, subscriber__in=moved_ids)))
    return _end(mover_ids, origin, f"moved to the list {target.slug}")


def _take_progress_along(rows: Iterable[Subscription], target_rows: Mapping[int, Subscription]) -> None:
    """Let those who are on the target already go on with their digests from where they were on the first list."""
    updates = []
    for row in rows:
        target_row = target_rows.get(row.subscriber_id)
        if target_row is not None and target_row.state == Subscription.State.ACTIVE:
            target_row.since = min(target_row.since, row.since)
            moments = [moment for moment in (target_row.digested_through, row.digested_through) if moment is not None]
            target_row.digested_through = max(moments, default=None)
            updates.append(target_row)
    Subscription.objects.bulk_update(updates, ["since", "digested_through"], batch_size=1_000)
