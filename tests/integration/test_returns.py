"""What comes back is stored once, and costs a subscriber only what the rules say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from distributor.audience.models import MailingList, Subscription, Suppression
from distributor.audience.suppression import suppress
from distributor.delivery.models import Delivery, Digest, Dispatch
from distributor.domain.letters import Draft
from distributor.domain.returns import Kind, MailEvent
from distributor.insights import returns
from distributor.insights.bounce_scores import lost_addresses, scores
from distributor.insights.models import ReturnedEvent
from distributor.insights.returns import IntakeResult, take_in
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.world import reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers() -> MailingList:
    return world.make_list(world.make_publication(), 5)


def event(kind: Kind = Kind.HARD_BOUNCE, email: str = "reader1@inbox.example", **more: object) -> MailEvent:
    values = {"source": "test", "event_id": f"{kind}-{email}-{more}", "at": timezone.now(), **more}
    return MailEvent(kind=kind, email=email, **values)  # type: ignore[arg-type]


def suppressed() -> dict[str, str]:
    return {str(email): reason for email, reason in Suppression.objects.values_list("email", "reason")}


def active(email: str) -> int:
    return Subscription.objects.filter(subscriber__email=email, state="active").count()


def daily(kind: Kind, days: Sequence[int], email: str = "reader1@inbox.example", status: str = "4.2.2") -> None:
    """Take in one event on each of these days before today."""
    for day in days:
        with world.days_ago(day):
            take_in([event(kind, email, status=status, event_id=f"{kind} {email} {day}")])


def test_a_mailbox_that_is_gone_is_suppressed_at_once_and_only_once(readers: MailingList) -> None:
    gone = event(status="5.1.1", reason="User unknown", dispatch=7, subscriber=reader(1).pk, raw={"mta": "mx"})
    assert take_in([gone]) == IntakeResult(1, 0)
    assert take_in([gone, gone]) == IntakeResult(0, 2)
    assert suppressed() == {"reader1@inbox.example": "hard bounce"}
    assert Suppression.objects.get().detail == "5.1.1 User unknown"
    stored = ReturnedEvent.objects.get()
    assert (stored.kind, stored.dispatch_id, stored.subscriber_id) == ("hard bounce", 7, reader(1).pk)
    assert (stored.status, stored.raw) == ("5.1.1", {"mta": "mx"})


def test_the_same_event_twice_in_one_group_is_one(readers: MailingList) -> None:
    assert take_in([event(), event(), event(email="reader2@inbox.example")]) == IntakeResult(2, 1)
    assert take_in(iter([])) == IntakeResult()


def test_the_mark_says_who_it_is_whatever_the_address(readers: MailingList) -> None:
    take_in([event(email="", status="5.1.1", subscriber=reader(2).pk)])
    assert suppressed() == {"reader2@inbox.example": "hard bounce"}


def test_the_end_of_a_forward_that_is_gone_does_not_end_the_subscriber(readers: MailingList) -> None:
    take_in([event(email="elsewhere@forward.example", status="5.1.1", subscriber=reader(2).pk)])
    assert suppressed() == {}
    stored = ReturnedEvent.objects.get()
    assert (stored.email, stored.certain) == ("reader2@inbox.example", True)
    assert stored.raw == {"named": "elsewhere@forward.example"}


def test_an_erased_subscriber_is_known_by_the_address(readers: MailingList) -> None:
    erased = reader(3).pk
    reader(3).delete()
    take_in([event(Kind.COMPLAINT, "reader3@inbox.example", subscriber=erased)])
    assert suppressed() == {"reader3@inbox.example": "complaint"}


@pytest.mark.parametrize("status", ["5.7.1", "5.2.2", "5.0.0", ""])
def test_another_refusal_costs_nobody_at_once(readers: MailingList, status: str) -> None:
    take_in([event(status=status)])
    assert suppressed() == {}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("5.2.1", "receiving mail at a rate that prevents additional messages"),
        ("5.1.3", "http://www.spamhaus.org/query/bl?ip=192.0.2.222"),
        ("5.1.1", "192.0.2.222 has sent to too many recipients this hour."),
        ("5.1.1", "mailbox is over quota temporarily (#5.1.1)"),
        ("5.1.1", "Refused due to recipient preferences"),
    ],
)
def test_a_code_for_gone_beside_words_of_another_trouble_costs_nobody(
    readers: MailingList, status: str, reason: str
) -> None:
    take_in([event(status=status, reason=reason)])
    assert suppressed() == {}


def test_a_code_for_gone_beside_words_that_nobody_understands_only_counts(readers: MailingList) -> None:
    for day in range(14, 0, -1):
        with world.days_ago(day):
            take_in([event(status="5.1.1", reason="frobnicator 42", event_id=str(day))])
    assert suppressed() == {}
    take_in([event(status="5.1.1", reason="frobnicator 42", event_id="0")])
    assert suppressed() == {"reader1@inbox.example": "worn out"}


@pytest.mark.parametrize(("status", "reason"), [("5.1.7", ""), ("5.1.8", "Domain not found"), ("5.1.3", "spamhaus")])
def test_what_is_about_us_never_wears_a_reader_out(readers: MailingList, status: str, reason: str) -> None:
    for day in range(40, -1, -1):
        with world.days_ago(day):
            take_in([event(status=status, reason=reason, event_id=str(day))])
    assert suppressed() == {}
    assert scores(["reader1@inbox.example"]) == {}


@pytest.mark.parametrize("kind", list(Kind))
def test_what_anyone_may_have_written_is_kept_and_moves_nobody(readers: MailingList, kind: Kind) -> None:
    forged = [event(kind, status="5.1.1", certain=False, event_id=str(number)) for number in range(40)]
    take_in(forged)
    assert suppressed() == {}
    assert active("reader1@inbox.example") == 1
    assert ReturnedEvent.objects.filter(certain=False).count() == 40


def test_a_time_that_a_mail_names_counts_for_nothing(readers: MailingList) -> None:
    """Five bounces on one evening, dated weeks apart by whoever wrote them, are the bounces of one day."""
    now = timezone.now()
    take_in(event(status="5.0.0", at=now - timedelta(days=10 * number)) for number in range(5))
    assert suppressed() == {}


def test_a_complaint_suppresses_and_leaves_every_list(readers: MailingList) -> None:
    world.make_list(readers.publication, 2, "others")
    take_in([event(Kind.COMPLAINT, "Reader1@inbox.example", reason="abuse")])
    assert suppressed() == {"Reader1@inbox.example": "complaint"}
    assert active("reader1@inbox.example") == 0
    assert active("reader0@inbox.example") == 2
    assert {one.left_how for one in Subscription.objects.filter(state="left")} == {"complaint"}


def test_unsubscribing_by_mail_leaves_the_lists_of_that_mail(draft: Draft, mail_channel: ScriptedChannel) -> None:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "letterbox")
    readers = world.make_list(letter.publication, 3)
    world.make_list(letter.publication, 3, "others")
    dispatch: Dispatch = world.queue(letter, "letterbox", lists=[readers])[0]
    take_in(
        [event(Kind.UNSUBSCRIBE, "me@work.example", source="mailto", dispatch=dispatch.pk, subscriber=reader(1).pk)]
    )
    left = Subscription.objects.get(state="left")
    assert (left.list, left.subscriber, left.left_how) == (readers, reader(1), "unsubscribed by mailto")


def test_unsubscribing_from_an_unknown_mail_leaves_all_lists(readers: MailingList) -> None:
    world.make_list(readers.publication, 3, "others")
    take_in([event(Kind.UNSUBSCRIBE, "READER1@inbox.example"), event(Kind.UNSUBSCRIBE, "nobody@inbox.example")])
    assert active("reader1@inbox.example") == 0
    assert suppressed() == {}


def test_soft_bounces_cost_a_subscriber_only_after_weeks(readers: MailingList) -> None:
    daily(Kind.SOFT_BOUNCE, range(13, -1, -1))
    assert suppressed() == {}
    daily(Kind.SOFT_BOUNCE, [14])
    assert suppressed() == {"reader1@inbox.example": "worn out"}
    assert Suppression.objects.get().detail == "Bounced on 15 days without one mail that arrived."


def test_many_bounces_on_one_day_count_once(readers: MailingList) -> None:
    now = timezone.now()
    take_in(event(Kind.SOFT_BOUNCE, at=now, event_id=str(number), status="4.2.2") for number in range(100))
    assert suppressed() == {}


def test_a_mail_that_arrived_forgives_what_was_before(readers: MailingList) -> None:
    daily(Kind.DELIVERED, [8])
    daily(Kind.SOFT_BOUNCE, range(30))
    assert suppressed() == {}


def test_a_mail_that_was_taken_and_then_bounced_forgives_nothing(readers: MailingList) -> None:
    for day in range(15, -1, -1):
        with world.days_ago(day):
            take_in([event(Kind.SOFT_BOUNCE, status="4.2.2", dispatch=day + 1)])
            take_in([event(Kind.DELIVERED, dispatch=day + 1)])
    assert "reader1@inbox.example" in suppressed()


def accepted(subscriber: int, publication: Publication, days: float) -> Dispatch:
    """Let a mail of ours to someone have been accepted so many days ago."""
    at = timezone.now() - timedelta(days=days)
    digest = Digest.objects.create(
        publication=publication,
        cadence="daily",
        zone="UTC",
        day=at.date(),
        cutoff=at,
        letters=[{"moment": at.isoformat()}],
    )
    dispatch = Dispatch.objects.create(
        publication=publication,
        digest=digest,
        channel="mail",
        target_key="lists",
        target="Readers",
        state="sent",
        due_at=at,
        released_at=at,
        spread_from=at,
    )
    Delivery.objects.create(dispatch=dispatch, subscriber_id=subscriber, outcome="accepted", at=at)
    return dispatch


@pytest.mark.parametrize(("days", "forgives"), [(6.1, True), (5.9, False)])
def test_a_mail_of_ours_that_was_accepted_and_did_not_come_back_forgives_what_was_before(
    readers: MailingList, days: float, forgives: bool
) -> None:
    daily(Kind.SOFT_BOUNCE, range(30, 6, -1))
    Suppression.objects.all().delete()  # the ledger was not asked at that time
    accepted(reader(1).pk, readers.publication, days)
    daily(Kind.SOFT_BOUNCE, [0])
    assert suppressed() == ({} if forgives else {"reader1@inbox.example": "worn out"})
    assert scores(["reader1@inbox.example"])["reader1@inbox.example"] == (1.0 if forgives else pytest.approx(16.1, 0.1))


def test_a_mail_of_ours_that_was_accepted_and_came_back_forgives_nothing(readers: MailingList) -> None:
    daily(Kind.SOFT_BOUNCE, range(30, 6, -1))
    Suppression.objects.all().delete()
    dispatch = accepted(reader(1).pk, readers.publication, 10)
    with world.days_ago(9):
        take_in([event(Kind.SOFT_BOUNCE, status="4.2.2", dispatch=dispatch.pk)])
    accepted(reader(2).pk, readers.publication, 8)
    daily(Kind.SOFT_BOUNCE, [0])
    assert suppressed() == {"reader1@inbox.example": "worn out"}


def test_what_a_mail_says_of_its_time_moves_no_success(readers: MailingList) -> None:
    """A bounce of today that is dated before an accepted mail is still one of today."""
    accepted(reader(1).pk, readers.publication, 10)
    take_in([event(Kind.SOFT_BOUNCE, status="4.2.2", at=timezone.now() - timedelta(days=30))])
    assert scores(["reader1@inbox.example"]) == {"reader1@inbox.example": 1.0}


def test_the_ledger_is_asked_about_suspects_only(
    readers: MailingList, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert lost_addresses(["reader1@inbox.example"]) == {}
    daily(Kind.SOFT_BOUNCE, range(5))
    with django_assert_num_queries(1):
        assert lost_addresses(["reader1@inbox.example"]) == {}


def test_a_listing_of_ours_costs_nobody(readers: MailingList) -> None:
    people = [*(f"reader{number}@inbox.example" for number in range(4)), "alone@single.example"]
    for day in range(30, -1, -1):
        with world.days_ago(day):
            take_in(event(email=email, status="5.7.1", event_id=f"{email} {day}") for email in people)
    assert suppressed() == {"alone@single.example": "worn out"}


def test_opens_and_deliveries_have_no_consequence(readers: MailingList) -> None:
    take_in(event(kind) for kind in (Kind.OPEN, Kind.CLICK, Kind.DELIVERED, Kind.DELAYED))
    assert suppressed() == {}
    assert ReturnedEvent.objects.count() == 4
    assert active("reader1@inbox.example") == 1


def test_anything_can_be_stored(readers: MailingList) -> None:
    odd = event(
        email="a\0b\udcff@x.example",
        event_id="e" * 5000,
        source="s" * 100,
        status="5" * 99,
        reason="\0" * 10 + "r\n" * 9000,
        dispatch=2**80,
        subscriber=-1,
        raw={"\0key": "\udc80" * 9000, "nested": [{"a": "\0"}], "at": timezone.now()},
    )
    assert take_in([odd]) == IntakeResult(1, 0)
    assert take_in([odd]) == IntakeResult(0, 1)
    stored = ReturnedEvent.objects.get()
    assert stored.dispatch_id is None
    assert stored.email == "ab?@x.example"


def test_what_fails_leaves_neither_row_nor_consequence(readers: MailingList, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(returns, "leave_all_lists", broken)
    complaint = event(Kind.COMPLAINT)
    with pytest.raises(DatabaseError):
        take_in([complaint])
    assert suppressed() == {}
    monkeypatch.undo()
    assert take_in([complaint]) == IntakeResult(1, 0)
    assert suppressed() == {"reader1@inbox.example": "complaint"}


def test_someone_suppressed_already_stays_as_they_are(readers: MailingList) -> None:
    suppress([("reader1@inbox.example", "asked by phone")], reason=Suppression.Reason.MANUAL)
    take_in([event(status="5.1.1")])
    assert suppressed() == {"reader1@inbox.example": "manual"}


def test_large_groups_are_taken_in_pieces(readers: MailingList) -> None:
    now: datetime = timezone.now()
    many = [event(Kind.DELIVERED, f"r{number}@inbox.example", at=now) for number in range(1203)]
    assert take_in(many) == IntakeResult(1203, 0)
    assert take_in(many) == IntakeResult(0, 1203)
