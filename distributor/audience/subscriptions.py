"""Many people put on lists, changed or taken off them at once, as a program tells of them: each is judged by itself.

It costs the same few statements whether they are one or a thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from distributor.audience import actions, erasure_hashes
from distributor.audience.causes import OWN_HAND, Cause
from distributor.audience.import_rows import value_problem
from distributor.audience.models import Consent, MailingList, Subscriber, Subscription, Suppression
from distributor.audience.person_events import PersonEvent, PersonEvents, announce
from distributor.audience.tags import normal_tags, remember
from distributor.domain.errors import BadInput
from distributor.domain.mail_addresses import normal_address
from distributor.letters.models import Publication

MOST_ATTRIBUTES: Final = 200  # of one person
SLACK: Final = timedelta(minutes=5)  # by which another machine's clock may be ahead of ours

Attribute = str | int | float | bool | None
# What came of someone and a list. Who left it stays gone: only a consent of later than that brings them back.
Placement = Literal["added", "there already", "back", "left"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """That someone agreed to get letters: when (aware), and where and to which words."""

    at: datetime
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """A person as a program tells of them: what is None stays as it is.

    `attributes` are put beside those that are stored; one that is None is removed. `tags` are all that they have from
    now on. With `lists` a `consent` is needed.
    """

    email: str
    name: str | None = None
    language: str | None = None
    time_zone: str | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    tags: Sequence[str] | None = None
    lists: Sequence[MailingList] = ()
    consent: Agreement | None = None
    cadence: Subscription.Cadence | None = None


@dataclass(slots=True)
class PersonResult:
    """What became of a draft. `placements` are by the lists' numbers; `problem` says why nothing was done, else ""."""

    subscriber: Subscriber | None = None
    is_new: bool = False
    is_changed: bool = False
    is_shared: bool = False  # on lists of other publications too, which alone may change them
    placements: dict[int, Placement] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Task:
    """A draft that can be stored, with its address as it is stored, and where its result goes."""

    email: str
    draft: PersonDraft
    result: PersonResult


@transaction.atomic
def store_people(
    drafts: Sequence[PersonDraft], *, actor: str, publication: Publication | None = None
) -> list[PersonResult]:
    """Make or change these people, put them on their lists, and return what became of each, in their order.

    A consent that is told is kept with `actor`, who tells it. What is wrong with one keeps none of the others. Who
    speaks for one `publication` alone changes nothing about those who are on lists of others too (`is_shared`).
    """
    results = [PersonResult() for _ in drafts]
    tasks = []
    now = timezone.now()
    for draft, result in zip(drafts, results, strict=True):
        email = normal_address(draft.email)
        result.problem = f"“{draft.email[:80]}” is not a mail address." if email is None else _problem(draft, now)
        if email is not None and not result.problem:
            tasks.append(_Task(email, draft, result))
    while tasks:  # of those with the same address one after the other
        by_address: dict[str, _Task] = {}
        later_tasks = [task for task in tasks if by_address.setdefault(task.email.lower(), task) is not task]
        _store(by_address, actor, publication)
        tasks = later_tasks
    return results


def _problem(draft: PersonDraft, now: datetime) -> str:
    values = {"name": draft.name or "", "language": draft.language or "", "time_zone": draft.time_zone or ""}
    if fault := value_problem(**values):
        return f"It {fault}." if fault.startswith("has ") else f"{fault}."
    if draft.consent is not None and draft.consent.at > now + SLACK:
        return "Nobody has agreed in the future: say when they did."
    if any(mailing_list.archived_at is not None for mailing_list in draft.lists):
        return "A list is archived: bring it back first, or take another one."
    if draft.lists and draft.consent is None:
        return "Say how and when they agreed to get letters: nobody is put on a list without."
    return ""


def _store(tasks: Mapping[str, _Task], actor: str, publication: Publication | None) -> None:
    """Store drafts of different addresses, which are given in lower case."""
    _welcome_erased(tasks)
    tasks = {email: task for email, task in tasks.items() if not task.result.problem}
    people = _subscribers(tasks)
    newcomers = [task for email, task in sorted(tasks.items()) if email not in people]
    Subscriber.objects.bulk_create([Subscriber(email=task.email) for task in newcomers], ignore_conflicts=True)
    people |= _subscribers([task.email.lower() for task in newcomers])
    new = {task.email.lower() for task in newcomers}
    shared = _shared(people.values(), publication) if publication is not None else frozenset()
    for email, task in tasks.items():
        task.result.subscriber, task.result.is_new = people[email], email in new
        task.result.is_shared = people[email].pk in shared
        task.result.problem = "" if task.result.is_shared else _change(task.result, task.draft)
    usable = [task for task in tasks.values() if not task.result.problem]
    updates = [task.result.subscriber for task in usable if task.result.is_changed and task.result.subscriber]
    Subscriber.objects.bulk_update(updates, ["name", "language", "time_zone", "attributes", "tags"])
    _place(usable)
    _keep_consents(usable, actor)


def _shared(people: Iterable[Subscriber], publication: Publication) -> frozenset[int]:
    """Return the numbers of those who are, or were, on lists of other publications."""
    rows = Subscription.objects.filter(subscriber__in=list(people)).exclude(list__publication=publication)
    return frozenset(rows.values_list("subscriber_id", flat=True))


def _subscribers(emails: Iterable[str]) -> dict[str, Subscriber]:
    """Return those with these addresses, by address in lower case, locked in one order."""
    rows = Subscriber.objects.alias(folded=Lower("email")).filter(folded__in=list(emails))
    return {row.email.lower(): row for row in rows.select_for_update(no_key=True).order_by("pk")}


def _welcome_erased(tasks: Mapping[str, _Task]) -> None:
    """Let those who were erased come back by a consent of later than that; say of the others that they were."""
    emails = {digest: email for email in tasks for digest in erasure_hashes.hashes(email)}
    for row in Suppression.objects.select_for_update().filter(digest__in=emails).order_by("pk"):
        task = tasks[emails[str(row.digest)]]
        consent = task.draft.consent
        if not task.draft.lists or consent is None or consent.at <= row.created_at:
            task.result.problem = "They were erased: only a consent of later than that brings them back."
        elif row.reason == Suppression.Reason.ERASED:
            row.delete()
        else:  # for another reason they still get no mail
            Suppression.objects.filter(pk=row.pk).update(email=task.email, digest=None)


def _change(result: PersonResult, draft: PersonDraft) -> str:
    """Put a draft's values into a subscriber that is not saved yet; return why that can't be, else ""."""
    person = result.subscriber
    if person is None:
        return ""
    attributes = {**person.attributes, **draft.attributes}
    attributes = {name: value for name, value in attributes.items() if value is not None}
    if len(attributes) > MOST_ATTRIBUTES:
        return f"A person can have {MOST_ATTRIBUTES} attributes: remove some."
    tags = None
    if draft.tags is not None:
        try:
            tags = normal_tags(draft.tags)
        except BadInput as error:
            return str(error)
        for tag in set(tags) - set(person.tags):
            remember(tag)
    values: dict[str, Any] = {"name": draft.name, "language": draft.language, "time_zone": draft.time_zone}
    values |= {"attributes": attributes, "tags": tags}
    for name, value in values.items():
        if value is not None and value != getattr(person, name):
            setattr(person, name, value)
            result.is_changed = True
    return ""


def _place(tasks: Sequence[_Task]) -> None:
    """Put people on their lists, and say so in their results."""
    people = [task.result.subscriber for task in tasks if task.draft.lists]
    lists = {mailing_list.pk for task in tasks for mailing_list in task.draft.lists}
    rows = Subscription.objects.select_for_update().filter(subscriber__in=people, list__in=lists).order_by("pk")
    existing_rows = {(row.subscriber_id, row.list_id): row for row in rows} if lists else {}
    new: list[Subscription] = []
    updates: list[Subscription] = []
    back_ids = set[int]()
    changed_ids: dict[str, list[int]] = {}
    for task in tasks:
        for mailing_list in task.draft.lists:
            key = (task.result.subscriber.pk if task.result.subscriber else 0, mailing_list.pk)
            row = existing_rows.get(key)
            if row is None:
                row = Subscription(subscriber_id=key[0], list_id=key[1])
                actions.change_cadence(row, task.draft.cadence or row.cadence)
                new.append(row)
                task.result.placements[mailing_list.pk] = "added"
                continue
            cadence = row.cadence
            placement = _return(row, task.draft)
            task.result.placements[mailing_list.pk] = placement
            if placement == "back" or (placement == "there already" and task.draft.cadence is not None):
                updates.append(row)
            if placement == "back":
                back_ids.add(row.pk)
            elif row.cadence != cadence:
                changed_ids.setdefault(str(row.cadence), []).append(row.pk)
    Subscription.objects.bulk_create(new, ignore_conflicts=True)
    Subscription.objects.bulk_update(updates, [*actions.ACTIVE_VALUES, "since", "cadence", "digested_through"])
    known_ids = {row.pk for row in existing_rows.values()} - back_ids
    placed = Subscription.objects.filter(subscriber__in=people, list__in=lists)
    if new or back_ids:
        announce(PersonEvents(PersonEvent.SUBSCRIBED, placed.exclude(pk__in=known_ids)))
    for cadence, ids in changed_ids.items():
        announce(PersonEvents(PersonEvent.CHANGED, placed.filter(pk__in=ids), how=cadence))


def _return(row: Subscription, draft: PersonDraft) -> Placement:
    """Let someone who is or was on a list be on it, if their consent says so; the row is not saved yet."""
    consent = draft.consent
    if row.state == Subscription.State.ACTIVE:
        placement: Placement = "there already"
    elif consent is not None and (row.left_at is None or consent.at > (row.left_again_at or row.left_at)):
        for name, value in actions.ACTIVE_VALUES.items():
            setattr(row, name, value)
        row.since = timezone.now()
        placement = "back"
    else:
        return "left"
    if draft.cadence is not None:
        actions.change_cadence(row, draft.cadence)
    return placement


def _keep_consents(tasks: Sequence[_Task], actor: str) -> None:
    Consent.objects.bulk_create(
        Consent(
            subscriber=task.result.subscriber,
            list=mailing_list,
            at=task.draft.consent.at,
            how=task.draft.consent.how[:300],
            actor=actor[:300],
        )
        for task in tasks
        for mailing_list in task.draft.lists
        if task.draft.consent is not None
    )


@dataclass(frozen=True, slots=True)
class Departure:
    """Someone who leaves lists, by their address."""

    email: str
    lists: Sequence[MailingList]


@transaction.atomic
def take_off(departures: Sequence[Departure], *, how: str, cause: Cause) -> list[int | None]:
    """Take people off lists; return of each how many they were on, in their order, None for nobody of that address.

    Nobody is only who is on none of these lists and never was: what else is known of them is not told.
    """
    emails = {index: normal_address(entry.email) or entry.email for index, entry in enumerate(departures)}
    lists = {mailing_list.pk for entry in departures for mailing_list in entry.lists}
    rows = Subscription.objects.alias(folded=Lower("subscriber__email")).filter(
        folded__in={email.lower() for email in emails.values()}, list__in=lists
    )
    by_person: dict[str, list[Subscription]] = {}
    for row in rows.select_related("subscriber").select_for_update(of=("self",)).order_by("pk"):
        by_person.setdefault(row.subscriber.email.lower(), []).append(row)
    moment = cause.at or timezone.now()
    counts: list[int | None] = []
    ended_ids, again_ids = set[int](), set[int]()
    for index, entry in enumerate(departures):
        list_ids = {mailing_list.pk for mailing_list in entry.lists}
        subscriptions = [row for row in by_person.get(emails[index].lower(), ()) if row.list_id in list_ids]
        active = {row.pk for row in subscriptions if row.state == Subscription.State.ACTIVE} - ended_ids
        again_ids |= {
            row.pk
            for row in subscriptions
            if row.state == Subscription.State.LEFT and not row.left_again_at and row.left_source not in OWN_HAND
        }
        ended_ids |= active
        counts.append(len(active) if subscriptions else None)
    if cause.source in OWN_HAND:
        Subscription.objects.filter(Q(pk__in=again_ids)).update(left_again_at=moment)
    actions.end(Subscription.objects.filter(pk__in=ended_ids), how=how, cause=cause, at=moment)
    return counts
