"""Digests: found due by the clocks of those who get them, and sent as any other mail.

Any number of workers may plan at once: the row of a run (publication, cadence, zone, local day) is made by one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.db import connection, transaction

from distributor.audience.actions import open_lists
from distributor.audience.models import MailingList
from distributor.delivery import epochs, wakeups
from distributor.delivery.accounts import accounts
from distributor.delivery.mail import ledger, queries
from distributor.delivery.models import Digest, Dispatch
from distributor.delivery.transitions import locked, move
from distributor.delivery.variants.digest_variant import digest_letter, new_pages, top_letters
from distributor.domain.digests import (
    MARGIN,
    Cadence,
    due_day,
)
from distributor.domain.states import FINISHED, Event, State
from distributor.letters.models import Publication


def plan(*, now: datetime) -> int:
    """Make the dispatches of all digests that are due at `now` (aware) and have something new for someone.

    Returns how many were made. What is due and was made before, or had nothing new then, is left alone.
    """
    count = 0
    if not epochs.may_send():
        return count
    for publication in Publication.objects.filter(digests_from__isnull=False).order_by("pk"):
        for cadence, zone, day in _due(publication, now):
            count += _run(Digest(publication=publication, cadence=cadence.value, zone=zone, day=day), now=now)
    return count


def _due(publication: Publication, now: datetime) -> list[tuple[Cadence, str, date]]:
    """Return the runs that are due and have not been."""
    assert publication.digests_from is not None
    due = []
    for cadence, zone in _awaited_cadences(publication):
        day = due_day(
            cadence, publication.digests_at, zone=ZoneInfo(zone), now=now, not_before=publication.digests_from
        )
        if day is not None:
            due.append((cadence, zone, day))
    earlier_runs = set(
        publication.digests.filter(day__in={day for _, _, day in due}).values_list("cadence", "zone", "day")
    )
    return [run for run in due if (run[0].value, *run[1:]) not in earlier_runs]


def _awaited_cadences(publication: Publication) -> list[tuple[Cadence, str]]:
    home = publication.time_zone
    parameters: dict[str, Any] = {
        "publication": publication.pk,
        "home": home,
        "zones": sorted(available_timezones() - {home}),
    }
    with connection.cursor() as cursor:
        cursor.execute(queries.DIGEST_ZONES, parameters)
        return [(Cadence(cadence), zone) for cadence, zone in cursor.fetchall()]


@transaction.atomic
def _run(digest: Digest, *, now: datetime) -> bool:
    """Make one run, with its dispatch where someone gets something; return whether there is one."""
    publication = digest.publication
    digest.cutoff = now - MARGIN
    pages = new_pages(digest, now=now)
    lists = list(open_lists(publication).values_list("pk", flat=True))
    digest.letters = [asdict(digest_letter(page)) for page in pages]
    if pages and not _is_awaited(digest, lists):
        digest.letters = []
    if digest.letters:
        digest.top = [asdict(letter) for letter in top_letters(publication, now.date())]
    Digest.objects.bulk_create([digest], ignore_conflicts=True)
    stored_run = Digest.objects.select_for_update().get(
        publication=publication, cadence=digest.cadence, zone=digest.zone, day=digest.day
    )
    if not stored_run.letters or Dispatch.objects.filter(digest=stored_run).exists():
        return False  # nothing new, or another worker was first
    _dispatch(stored_run, lists, now=now)
    _replace_earlier_runs(stored_run)
    return True


def _is_awaited(digest: Digest, lists: Sequence[int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(queries.ANYONE_DUE, {**ledger.digest_parameters(digest), "lists": list(lists)})
        return bool(cursor.fetchone()[0])


def _dispatch(digest: Digest, lists: Sequence[int], *, now: datetime) -> None:
    account = next(iter(accounts.for_channel(digest.publication, accounts.MAIL)), None)
    dispatch = Dispatch.objects.create(
        publication=digest.publication,
        digest=digest,
        channel=accounts.MAIL,
        account=account,
        target_key=f"digest:{digest.pk}",
        target=f"{digest.cadence} digest, {digest.zone}",
        state=(State.SCHEDULED if account else State.BLOCKED).value,
        reason="" if account else "No mail account is connected.",
        due_at=now,
        at_any_hour=True,  # its hour is its publication's choice, on the clocks of those who get it
        approved_at=now,
    )
    dispatch.lists.set(MailingList.objects.filter(pk__in=lists))
    wakeups.after_commit("delivery.tick")


def _replace_earlier_runs(digest: Digest) -> None:
    """Cancel what is left of this digest's earlier runs, which were paused, blocked or slow: it has their letters.

    Two runs on their way to the same people at once would bring them the same letters.
    """
    earlier = Dispatch.objects.filter(
        digest__publication=digest.publication_id,
        digest__cadence=digest.cadence,
        digest__zone=digest.zone,
        digest__day__lt=digest.day,
    )
    for id_ in earlier.exclude(state__in=FINISHED).order_by("pk").values_list("pk", flat=True):
        dispatch = locked(id_)
        if dispatch.state not in FINISHED:
            move(dispatch, Event.CANCEL, reason=f"Its letters are in the digest of {digest.day:%Y-%m-%d}.")
            wakeups.after_commit("delivery.mail", id_)  # who was still to get it has an outcome then
