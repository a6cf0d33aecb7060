"""Two people at once: who moves what somebody else moves just now, and who takes the slot that somebody else takes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from distributor.delivery import moves
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.errors import BadInput, StateError
from distributor.domain.letters import Draft
from distributor.letters.models import Letter, Publication
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.patience import PATIENCE

Value = TypeVar("Value")

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


def while_open(deed: Callable[[], object], rival: Callable[[], Value]) -> Future[Value]:
    """Do a deed in a transaction, and commit it once the rival, in a thread of its own, waits for a lock of it."""

    def in_thread() -> Value:
        try:
            return rival()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        deed()
        future = pool.submit(in_thread)
        deadline = monotonic() + PATIENCE
        while not (_is_waited_for() or future.done()):
            assert monotonic() < deadline, "nobody waits for a lock"
    return future


def _is_waited_for() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
        return bool(cursor.fetchone()[0])


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
