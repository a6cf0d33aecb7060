"""Two people at once: who moves what somebody else moves just now, and who takes the slot that somebody else takes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from distributor.delivery import moves
from distributor.delivery.models import Digest, Dispatch
from distributor.delivery.planning import approval, slots
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.variants import channel_settings_store
from distributor.desk.forms import QueueForm
from distributor.domain.errors import BadInput, StateError
from distributor.domain.letters import Draft
from distributor.letters.models import Letter, Publication
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.rivals import while_open

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]


@pytest.fixture
def publication(post_channel: ScriptedChannel) -> Publication:
    brand = world.make_publication()
    world.connect(brand, post_channel.name)
    return brand


def make_letter(publication: Publication, title: str) -> Letter:
    return world.make_letter(
        Draft(source=f"https://lantern.example/{title}", title=title, body_html="<p>It is.</p>", body_text="It is."),
        publication,
    )


@pytest.fixture
def dispatches(publication: Publication) -> list[Dispatch]:
    """A letter's page and its post, to go out in two days."""
    letter = make_letter(publication, "Fog")
    at = timezone.now() + timedelta(days=2)
    return list(queue_letter(letter, at=at, channels=("link", "scripted"), approve=False).dispatches)


def due_times() -> list[datetime]:
    return list(Dispatch.objects.order_by("pk").values_list("due_at", flat=True))


def test_a_move_that_waits_for_another_one_does_not_overrule_it(dispatches: list[Dispatch]) -> None:
    post = dispatches[1]
    theirs, mine = post.due_at + timedelta(days=1), post.due_at + timedelta(days=2)
    future = while_open(
        lambda: moves.move(post.pk, theirs, role="editor", whole=False),
        lambda: moves.move(post.pk, mine, role="editor", whole=False, confirmed=True, seen_at=post.due_at),
    )
    with pytest.raises(BadInput, match="Somebody has moved it in the meantime"):
        future.result()
    assert due_times() == [dispatches[0].due_at, theirs]


def test_a_whole_letter_moves_from_where_its_channels_are_by_then(dispatches: list[Dispatch]) -> None:
    page, post = dispatches
    day = timedelta(days=1)
    while_open(
        lambda: moves.move(post.pk, post.due_at + 3 * day, role="editor", whole=False),
        lambda: moves.move(page.pk, page.due_at + day, role="editor", whole=True, confirmed=True, seen_at=page.due_at),
    ).result()
    assert due_times() == [page.due_at + day, post.due_at + 4 * day]


def test_what_is_cancelled_while_a_move_waits_stays_where_it_is(dispatches: list[Dispatch]) -> None:
    page, post = dispatches
    day = timedelta(days=1)
    future = while_open(
        lambda: Dispatch.objects.filter(pk=post.pk).update(state="cancelled"),
        lambda: moves.move(page.pk, page.due_at + day, role="editor", whole=True, confirmed=True),
    )
    assert [dispatch.pk for dispatch in future.result().dispatches] == [page.pk]
    assert due_times() == [page.due_at + day, post.due_at]
    with pytest.raises(StateError):
        moves.move(post.pk, post.due_at + day, role="editor", whole=True)


def queue_for_slot(letter: Letter, hold_minutes: int | None = None) -> Dispatch:
    (dispatch,) = queue_letter(
        letter, channels=("scripted",), next_slot=True, approve=False, hold_minutes=hold_minutes
    ).dispatches
    return dispatch


@pytest.fixture
def hourly(publication: Publication) -> Publication:
    """A publication whose channel has a slot every hour."""
    clocks = " ".join(f"{hour}:00" for hour in range(24))
    channel_settings_store.store(publication, "scripted", {"slots": f"daily {clocks}"})
    return publication


def test_two_letters_that_are_queued_at_once_take_two_slots(hourly: Publication) -> None:
    first, second = make_letter(hourly, "Fog"), make_letter(hourly, "Frost")
    while_open(lambda: queue_for_slot(first), lambda: queue_for_slot(second)).result()
    assert len(set(due_times())) == 2


def test_a_dispatch_and_a_letter_at_once_take_two_slots(hourly: Publication) -> None:
    (dispatch,) = queue_letter(
        make_letter(hourly, "Fog"), at=timezone.now() + timedelta(days=9), channels=("scripted",), approve=False
    ).dispatches
    letter = make_letter(hourly, "Frost")
    while_open(lambda: queue_for_slot(letter), lambda: slots.to_next_slot(dispatch.pk)).result()
    assert len(set(due_times())) == 2


def test_the_slot_that_is_shown_is_the_slot_that_is_taken(hourly: Publication) -> None:
    hourly.hold_minutes = 150
    hourly.save()
    letter = make_letter(hourly, "Fog")
    for values, minutes in (({}, 150), ({"hold": "400"}, 400)):
        (shown_at,) = QueueForm(values or None, letter=letter).next_slots.values()
        assert shown_at >= timezone.now() + timedelta(minutes=minutes)
    dispatch = queue_for_slot(letter, hold_minutes=400)
    assert dispatch.due_at == shown_at
    approval.approve(dispatch.pk)
    dispatch.refresh_from_db()
    again_at = slots.next_slot_of(dispatch, timezone.now())
    assert again_at == slots.to_next_slot(dispatch.pk).due_at == shown_at  # after its hold, and on a slot


def test_a_digest_takes_no_slot_from_itself(hourly: Publication) -> None:
    dispatch = queue_for_slot(make_letter(hourly, "Fog"))
    digest = Digest.objects.create(
        publication=hourly, cadence="weekly", zone="UTC", day=timezone.now().date(), cutoff=timezone.now()
    )
    Dispatch.objects.update(letter=None, digest=digest)
    dispatch.refresh_from_db()
    assert slots.next_slot_of(dispatch, timezone.now()) == dispatch.due_at
