"""What is done with what arrived at doors: letters are taken in and queued by the door's rules, or withdrawn.

Those of a door are done in their order (`arrival_queue`). All that one arrival does is one transaction with its end: it
is done once or not at all.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from django.db import transaction

from distributor.delivery import database_clock, wakeups
from distributor.domain.errors import BadInput, DistributorError, UnclearLetter
from distributor.domain.feed_looks import NEWS_SPAN, brake
from distributor.domain.letters import Draft
from distributor.domain.source_keys import FeedName, SourceKey, address_keys, guid_keys, id_keys
from distributor.letters.actions import take_in
from distributor.letters.models import Letter, LetterKey
from distributor.newsroom import arrival_queue, intake_rules, withdrawals
from distributor.newsroom.formats import mail
from distributor.newsroom.formats.submission import Submission, draft_of
from distributor.newsroom.models import Arrival, IntakeDoor
from distributor.newsroom.submissions import submission_of

logger = logging.getLogger(__name__)

_NO_FEED: Final = FeedName()
AT_ONCE: Final = 20
BODIES_KEPT: Final = timedelta(days=30)
ROWS_KEPT: Final = timedelta(days=400)


def work() -> None:
    """Do what waits, one after the other, and forget what is old."""
    for _ in range(AT_ONCE):
        arrival_id = arrival_queue.take()
        if arrival_id is None:
            break
        _handle(arrival_id)
    else:
        wakeups.after_commit("newsroom.arrivals")


def forget_old() -> None:
    """Forget bodies after a month, and arrivals after a year."""
    now = database_clock.now()
    old_arrivals = Arrival.objects.exclude(state=Arrival.State.WAITING)
    old_arrivals.filter(at__lt=now - BODIES_KEPT).exclude(state=Arrival.State.ASKS).update(body=None)
    old_arrivals.filter(at__lt=now - ROWS_KEPT).delete()


def answer(arrival_id: int, *, corrects: Letter | None = None, actor: str = "") -> Arrival:
    """Say which letter an arrival is: it `corrects` one, or is one of its own. Raises BadInput where it doesn't ask."""
    with transaction.atomic():
        arrival = Arrival.objects.select_for_update().filter(pk=arrival_id, state=Arrival.State.ASKS).first()
        if arrival is None or arrival.body is None:
            raise BadInput("This arrival does not ask any more: look at its letter.")
        _take_letter(
            arrival, _draft(arrival.door, bytes(arrival.body)), corrects=corrects, is_new=corrects is None, actor=actor
        )
        _end(arrival)
    return arrival


def _handle(arrival_id: int) -> None:
    arrival = Arrival.objects.select_related("door__publication").get(pk=arrival_id)
    door, body = arrival.door, bytes(arrival.body or b"")
    attempts = arrival.attempts
    try:
        submission = submission_of(door, body)
        draft = _draft(door, body) if submission.event == "publish" else None
        with transaction.atomic():
            arrival = Arrival.objects.select_for_update().select_related("door__publication").get(pk=arrival_id)
            if arrival.state != Arrival.State.WAITING or arrival.attempts != attempts:
                return
            if draft is not None:
                _take_letter(arrival, draft)
            else:
                _note_event(arrival, submission)
            arrival_queue.supersede(arrival)
            _end(arrival)
    except UnclearLetter as error:
        with transaction.atomic():  # what it asks stands in the place of what earlier ones ask, or neither is so
            if arrival_queue.fail(arrival_id, attempts, Arrival.State.ASKS, str(error)):
                arrival_queue.supersede(arrival)
    except DistributorError as error:
        arrival_queue.fail(arrival_id, attempts, Arrival.State.FAILED, str(error))
    except Exception:
        arrival_queue.put_back(arrival_id, attempts=attempts)
        raise


def _draft(door: IntakeDoor, body: bytes) -> Draft:
    draft = mail.draft_of(body) if door.kind == IntakeDoor.Kind.MAIL else draft_of(submission_of(door, body))
    return intake_rules.in_series(draft, door)


def _take_letter(
    arrival: Arrival, draft: Draft, *, corrects: Letter | None = None, is_new: bool = False, actor: str = ""
) -> None:
    """Take a letter in and queue it by the door's rules where it is new. Raises UnclearLetter and BadInput."""
    door = arrival.door
    intake = take_in(
        draft,
        publication=door.publication,
        actor=actor or f"the door {door.name}",
        origin=f"the door {door.name}",
        corrects=corrects,
        is_new=is_new,
    )
    arrival.letter, arrival.title, arrival.state = intake.letter, draft.title[:500], Arrival.State.DONE
    if not intake.created:
        arrival.reason = withdrawals.after_edit(intake)
        return
    arrival.is_news = True
    since = arrival.at - NEWS_SPAN
    earlier = door.arrivals.filter(is_news=True, at__gt=since).exclude(pk=arrival.pk).count()
    doubt = brake(news=1, earlier=earlier, limit=door.news_limit) if door.approve else ""
    plan = intake_rules.queue(intake.letter, door, doubt=doubt)
    goes_out = "It is new and goes out." if plan.goes_out else "It is new and waits for your yes."
    arrival.reason = " ".join([goes_out, *plan.notes])


def _note_event(arrival: Arrival, submission: Submission) -> None:
    """Do what a call says that brings no letter: take back what has not gone out, or nothing."""
    arrival.title, arrival.reason, arrival.state = submission.title[:500], submission.why, Arrival.State.IGNORED
    if submission.event != "withdraw":
        return
    keys = (*address_keys([submission.url]), *id_keys(submission.id), *guid_keys(submission.id, _NO_FEED))
    letter = _letter_of(arrival.door, keys)
    if letter is None:
        arrival.reason = f"{submission.why} No letter of it is here."
        return
    arrival.letter, arrival.state = letter, Arrival.State.DONE
    arrival.reason = withdrawals.withhold(letter, submission.why, origin=f"the door {arrival.door.name}")


def _letter_of(door: IntakeDoor, keys: tuple[SourceKey, ...]) -> Letter | None:
    """Return the one letter that has these keys, None for none and for several."""
    rows = LetterKey.objects.filter(publication=door.publication, value__in=[key.value for key in keys])
    letters = {row.letter_id for row in rows if any((key.kind, key.value) == (row.kind, row.value) for key in keys)}
    return Letter.objects.get(pk=letters.pop()) if len(letters) == 1 else None


def _end(arrival: Arrival) -> None:
    arrival.ended_at = database_clock.now()
    arrival.save()
    logger.info("What arrived at the door %s: %s", arrival.door.name, arrival.state, extra={"arrival_id": arrival.pk})
