"""What outside events did is undone in bulk: only that, and recorded."""

from __future__ import annotations

import io
from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from distributor.audience import held_bursts
from distributor.audience.actions import subscribe, unsubscribe
from distributor.audience.causes import ONE_CLICK, PAGE, REFUSAL, Cause
from distributor.audience.models import MailingList, Subscription, Suppression
from distributor.audience.privacy import erase, stored_data
from distributor.audience.suppression import import_suppressions, suppress, suppress_one
from distributor.domain.errors import BadInput
from distributor.domain.refusal_bursts import RefusalBurst
from distributor.domain.returns import Kind, MailEvent
from distributor.domain.reversals import ReversalFilter
from distributor.insights import decisions, reversals
from distributor.insights.bounce_scores import scores
from distributor.insights.models import ReturnedEvent, Reversal, ReversalEntry
from distributor.insights.returns import take_in
from tests.integration import world
from tests.integration.world import reader

pytestmark = pytest.mark.django_db

_numbers = count(1)


@pytest.fixture
def readers() -> MailingList:
    return world.make_list(world.make_publication(), 6)


def came_in(kind: Kind, number: int, source: str = "postmark", **more: object) -> None:
    """Take in one event about one of the readers."""
    status = "5.1.1" if kind is Kind.HARD_BOUNCE else ""
    values = {"status": status, "at": timezone.now(), **more}
    email = f"Reader{number}@inbox.example"
    take_in([MailEvent(kind=kind, email=email, source=source, event_id=f"e{next(_numbers)}", **values)])  # type: ignore[arg-type]


def undo(**filter_values: object) -> Reversal:
    return reversals.reverse(ReversalFilter(**filter_values), actor="haneul")  # type: ignore[arg-type]


def suppressed() -> set[int]:
    emails = Suppression.objects.exclude(email=None).values_list("email", flat=True)
    return {int(str(email)[6:].split("@")[0]) for email in emails}


def gone() -> set[int]:
    emails = Subscription.objects.filter(state="left").values_list("subscriber__email", flat=True)
    return {int(email[6:].split("@")[0]) for email in emails}


def test_a_suppression_and_an_ended_subscription_say_what_did_it(readers: MailingList) -> None:
    came_in(Kind.COMPLAINT, 1, "arf", dispatch=7)
    came_in(Kind.HARD_BOUNCE, 2, "dsn", dispatch=8)
    came_in(Kind.UNSUBSCRIBE, 3, "mailto")
    assert list(Suppression.objects.order_by("pk").values_list("reason", "source", "dispatch_id")) == [
        ("complaint", "arf", 7),
        ("hard bounce", "dsn", 8),
    ]
    left = (
        Subscription.objects.filter(state="left")
        .order_by("subscriber")
        .values_list("left_how", "left_source", "left_dispatch_id")
    )
    assert list(left) == [("complaint", "arf", 7), ("unsubscribed by mailto", "mailto", None)]


def test_by_source_and_only_that(readers: MailingList) -> None:
    came_in(Kind.COMPLAINT, 1)
    came_in(Kind.HARD_BOUNCE, 2)
    came_in(Kind.UNSUBSCRIBE, 3)
    came_in(Kind.COMPLAINT, 4, "arf")
    before = Subscription.objects.get(subscriber=reader(1))
    record = undo(source="postmark")
    assert (suppressed(), gone()) == ({4}, {4})
    assert (record.suppressions, record.subscriptions, record.kept_count) == (2, 2, 0)
    after = Subscription.objects.get(subscriber=reader(1))
    assert (after.state, after.left_at, after.left_how, after.left_source) == ("active", None, "", "")
    assert (after.since, after.cadence) == (before.since, before.cadence)


@pytest.mark.parametrize(
    ("wanted", "lifted", "back"),
    [
        ({"reason": "hard bounce"}, {2}, set()),
        ({"reason": "complaint"}, {1}, {1}),
        ({"reason": "unsubscribe"}, set(), {3}),
        ({"dispatch": 7}, {1}, {1}),
        ({"domain": "@INBOX.example"}, {1, 2}, {1, 3}),
        ({"domain": "example"}, set(), set()),
        ({"source": "postmark", "complaints": False}, {2}, {3}),
        ({"source": "postmark", "suppressions_only": True}, {1, 2}, set()),
        ({"source": "mailgun"}, set(), set()),
    ],
)
def test_by_reason_domain_and_dispatch(
    readers: MailingList, wanted: dict[str, object], lifted: set[int], back: set[int]
) -> None:
    came_in(Kind.COMPLAINT, 1, dispatch=7)
    came_in(Kind.HARD_BOUNCE, 2, dispatch=8)
    came_in(Kind.UNSUBSCRIBE, 3)
    preview = reversals.preview(ReversalFilter(**wanted))  # type: ignore[arg-type]
    undo(**wanted)
    assert (suppressed(), gone()) == ({1, 2} - lifted, {1, 3} - back)
    assert (preview.suppressions, preview.subscriptions) == (len(lifted), len(back))


def test_by_time(readers: MailingList) -> None:
    with world.days_ago(2):
        came_in(Kind.COMPLAINT, 1)
    with world.days_ago(1):
        came_in(Kind.COMPLAINT, 2)
    came_in(Kind.COMPLAINT, 3)
    now = timezone.now()
    undo(since=now - timedelta(days=1, hours=1), until=now - timedelta(hours=1))
    assert (suppressed(), gone()) == ({1, 3}, {1, 3})


def test_a_preview_counts_and_does_nothing(readers: MailingList) -> None:
    came_in(Kind.COMPLAINT, 1)
    came_in(Kind.HARD_BOUNCE, 2)
    came_in(Kind.HARD_BOUNCE, 3)
    came_in(Kind.COMPLAINT, 3, "arf")
    preview = reversals.preview(ReversalFilter(source="postmark"))
    assert preview.to_json() == {
        "suppressions": 2,
        "subscriptions": 1,
        "complaints": 1,
        "reasons": (
            {"name": "complaint", "suppressions": 1, "subscriptions": 1},
            {"name": "hard bounce", "suppressions": 1, "subscriptions": 0},
        ),
        "domains": ({"name": "inbox.example", "suppressions": 2, "subscriptions": 1},),
        "sources": ({"name": "postmark", "suppressions": 2, "subscriptions": 1},),
        "sample": ("Reader1@inbox.example", "Reader2@inbox.example", "reader1@inbox.example"),
        "exclusions": {"there is another complaint since": 1},
    }
    assert (suppressed(), gone()) == ({1, 2, 3}, {1, 3})
    assert not Reversal.objects.exists()


def test_who_left_by_their_own_hand_stays_gone(readers: MailingList) -> None:
    for number, source in ((1, PAGE), (2, ONE_CLICK)):
        unsubscribe(reader(number).key, lists=[readers], how="unsubscribe link", cause=Cause(source, 7))
    came_in(Kind.COMPLAINT, 3)
    unsubscribe(reader(3).key, lists=[readers], how="unsubscribe link", cause=Cause(PAGE))
    record = undo(since=timezone.now() - timedelta(hours=1))
    assert (suppressed(), gone(), record.kept_count) == (set(), {1, 2, 3}, 1)
    undo(dispatch=7)
    assert gone() == {1, 2, 3}
    undo(source=ONE_CLICK)
    assert gone() == {1, 3}
    undo(source=PAGE)
    assert gone() == {3}  # an event ended that one


def test_what_another_source_has_said_since_stands(readers: MailingList) -> None:
    came_in(Kind.HARD_BOUNCE, 1)
    came_in(Kind.COMPLAINT, 1, "arf")
    came_in(Kind.UNSUBSCRIBE, 2)
    came_in(Kind.UNSUBSCRIBE, 2, "mailto")
    came_in(Kind.UNSUBSCRIBE, 3)
    came_in(Kind.SOFT_BOUNCE, 3, "dsn")
    assert undo(source="postmark").kept_count == 2
    assert (suppressed(), gone()) == ({1}, {1, 2})


def test_two_words_in_one_group_are_two(readers: MailingList) -> None:
    now = timezone.now()
    kinds = (Kind.COMPLAINT, Kind.HARD_BOUNCE)
    take_in(
        MailEvent(
            kind=kind, email="reader1@inbox.example", source="postmark", event_id=f"{kind}", at=now, status="5.1.1"
        )
        for kind in kinds
    )
    undo(reason="complaint")
    assert (suppressed(), gone()) == ({1}, set())


def test_who_was_erased_or_came_back_is_left_alone(readers: MailingList) -> None:
    came_in(Kind.COMPLAINT, 1)
    came_in(Kind.UNSUBSCRIBE, 2)
    erase("reader1@inbox.example")
    again = subscribe("reader2@inbox.example", to=readers, cadence=Subscription.Cadence.WEEKLY)
    record = undo(source="postmark")
    assert (record.suppressions, record.subscriptions) == (0, 0)
    assert Suppression.objects.get().email is None
    again.refresh_from_db()
    assert (again.state, again.cadence) == ("active", "weekly")


def test_what_people_did_is_no_event(readers: MailingList) -> None:
    suppress_one("reader1@inbox.example")
    import_suppressions(io.StringIO("email,reason\nreader2@inbox.example,complaint\n"))
    suppress([("reader3@inbox.example", "5.1.1")], reason=Suppression.Reason.HARD_BOUNCE, cause=Cause(REFUSAL, 4))
    undo(domain="inbox.example")
    assert suppressed() == {1, 2}
    undo(source="import")
    undo(reason="manual", suppressions_only=True)
    assert suppressed() == set()


def test_who_did_it_when_and_what_it_changed_is_recorded(readers: MailingList) -> None:
    came_in(Kind.COMPLAINT, 1, dispatch=7, reason="abuse")
    undo(source="postmark")
    record = reversals.latest(10)[0]
    assert (record.actor, record.filter["source"], record.suppressions, record.subscriptions) == (
        "haneul",
        "postmark",
        1,
        1,
    )
    lifted, back = record.entries.order_by("pk")
    assert (lifted.email, lifted.reason, lifted.detail, lifted.source) == (
        "Reader1@inbox.example",
        "complaint",
        "abuse",
        "postmark",
    )
    assert (back.subscription_id, back.detail, back.dispatch_id) == (
        Subscription.objects.get(subscriber=reader(1)).pk,
        "complaint",
        7,
    )
    assert len(stored_data("reader1@inbox.example")["followed and returned"]["undone"]) == 2
    erase("reader1@inbox.example")
    assert set(ReversalEntry.objects.values_list("email", "detail")) == {("", "")}


def test_a_single_address_is_recorded_too(readers: MailingList) -> None:
    came_in(Kind.HARD_BOUNCE, 1)
    assert reversals.lift("READER1@inbox.example", actor="haneul")
    assert not reversals.lift("READER1@inbox.example", actor="haneul")
    assert Reversal.objects.get().entries.get().reason == "hard bounce"


def test_what_was_undone_counts_no_more(readers: MailingList) -> None:
    for day in range(15, 0, -1):
        with world.days_ago(day):
            came_in(Kind.SOFT_BOUNCE, 1, status="4.2.2")
    assert Suppression.objects.get().reason == "worn out"
    undo(reason="worn out")
    came_in(Kind.SOFT_BOUNCE, 1, "dsn", status="4.2.2")
    assert suppressed() == set()
    assert scores(["reader1@inbox.example"]) == {"reader1@inbox.example": 1.0}


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({}, "Say what to undo"),
        ({"domain": " @ ", "source": " "}, "Say what to undo"),
        ({"reason": "boredom"}, "is not a reason"),
        ({"source": "nobody"}, "“nobody” is no source: choose from dsn, text, arf, mailto, refusal, page"),
        ({"reason": "manual"}, "suppressed by hand"),
        ({"reason": "unsubscribe", "suppressions_only": True}, "not suppressed"),
    ],
)
def test_what_can_not_be_meant_is_refused(wanted: dict[str, object], problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        undo(**wanted)
    with pytest.raises(BadInput, match=problem):
        reversals.with_end(ReversalFilter(**wanted), timezone.now())  # type: ignore[arg-type]


def unproven(kind: Kind, **values: object) -> ReturnedEvent:
    came_in(kind, 1, "mailto", certain=False, **values)
    return ReturnedEvent.objects.latest("pk")


@pytest.mark.parametrize(
    ("kind", "words", "reason", "stays"),
    [
        (Kind.COMPLAINT, "Suppress, and take off all lists", "complaint", False),
        (Kind.HARD_BOUNCE, "Suppress the address", "hard bounce", True),
        (Kind.SOFT_BOUNCE, "Suppress the address", "hard bounce", True),
        (Kind.UNSUBSCRIBE, "Take them off all lists", None, False),
    ],
)
def test_a_person_acts_on_what_is_not_proven_and_it_can_be_undone(
    readers: MailingList, kind: Kind, words: str, reason: str | None, stays: bool
) -> None:
    event = unproven(kind)
    assert decisions.consequence(event) == words
    decisions.act_on(event.pk, actor="haneul")
    assert list(Suppression.objects.values_list("reason", flat=True)) == ([reason] if reason else [])
    assert gone() == (set() if stays else {1})
    event.refresh_from_db()
    assert (event.decision, event.decided_by) == ("acted on", "haneul")
    undo(source="mailto")
    assert (suppressed(), gone()) == (set(), set())


def test_what_a_person_acted_on_stands_in_the_way_and_what_they_ignored_does_not(readers: MailingList) -> None:
    came_in(Kind.HARD_BOUNCE, 1)
    event = unproven(Kind.COMPLAINT)
    assert undo(source="postmark").kept_count == 0
    came_in(Kind.HARD_BOUNCE, 1)
    decisions.act_on(event.pk, actor="haneul")
    assert undo(source="postmark").kept_count == 1


def test_a_decision_is_made_once(readers: MailingList) -> None:
    event = unproven(Kind.COMPLAINT)
    decisions.ignore(event.pk, actor="haneul")
    for decide in (decisions.act_on, decisions.ignore):
        with pytest.raises(BadInput, match="haneul has decided that already: it was ignored"):
            decide(event.pk, actor="minji")
    came_in(Kind.COMPLAINT, 2)
    with pytest.raises(BadInput, match="It is proven"):
        decisions.ignore(ReturnedEvent.objects.latest("pk").pk, actor="minji")
    with pytest.raises(BadInput, match="not there any more"):
        decisions.act_on(event.pk + 99, actor="minji")
    assert suppressed() == {2}


def test_what_is_about_nobody_can_only_be_ignored(readers: MailingList) -> None:
    take_in([MailEvent(kind=Kind.COMPLAINT, source="arf", event_id="x", at=timezone.now(), certain=False)])
    event = ReturnedEvent.objects.get()
    assert decisions.consequence(event) == ""
    with pytest.raises(BadInput, match="does not say whom"):
        decisions.act_on(event.pk, actor="haneul")


def test_a_burst_does_not_hold_what_a_person_has_decided(readers: MailingList) -> None:
    held_bursts.hold(7, RefusalBurst("", 100, 90, "5.1.1"))
    decisions.act_on(unproven(Kind.HARD_BOUNCE, dispatch=7).pk, actor="haneul")
    assert suppressed() == {1}
