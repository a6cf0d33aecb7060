"""One action for many people: tags, lists, suppression, for those who are chosen or all that a filter is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from distributor.audience import actions, bulk, segments, tags
from distributor.audience.bulk import Selection
from distributor.audience.directory import PeopleFilter
from distributor.audience.models import Consent, MailingList, Subscriber, Subscription, Suppression
from distributor.audience.subscriptions import Agreement
from distributor.audience.suppression import suppress_one
from distributor.domain.errors import BadInput
from distributor.domain.segment_words import read
from distributor.letters.models import Publication
from tests.integration import world

pytestmark = pytest.mark.django_db(transaction=True)

EVERYBODY = Selection()
AGREED = Agreement(datetime(2026, 1, 31, 9, tzinfo=UTC), "On paper, at the fair")


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def readers(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> MailingList:
    monkeypatch.setattr(bulk, "GROUP", 2)
    return world.make_list(publication, 5)


def active(mailing_list: MailingList) -> set[str]:
    rows = Subscription.objects.filter(list=mailing_list, state="active")
    return set(rows.values_list("subscriber__email", flat=True))


@pytest.mark.usefixtures("readers")
def test_a_tag_is_given_and_taken_of_a_filter_that_it_changes() -> None:
    assert bulk.add_tag(Selection(scope=PeopleFilter(text="reader")), " Press ") == 5
    assert bulk.add_tag(EVERYBODY, "press") == 0
    assert tags.all_tags() == ["press"]
    assert bulk.remove_tag(Selection(scope=PeopleFilter(tag="press")), "PRESS") == 5
    assert not Subscriber.objects.exclude(tags=[]).exists()


@pytest.mark.parametrize("tag", ["", "  ", "a,b", 'a"b', "x" * 51])
def test_a_bad_tag_is_refused(tag: str) -> None:
    with pytest.raises(BadInput):
        bulk.add_tag(EVERYBODY, tag)


def test_a_segment_asks_for_a_tag(publication: Publication, readers: MailingList) -> None:
    bulk.add_tag(Selection(ids=(world.reader(1).pk, world.reader(2).pk)), "press")
    segment = segments.add(publication, "press", rule=read("tagged Press and not tagged vip"))
    assert segments.count(segment) == 2
    assert {row.email for row in segments.members(segment)} == {"reader1@inbox.example", "reader2@inbox.example"}
    assert bulk.add_tag(Selection(scope=PeopleFilter(segment=segment)), "vip") == 2
    assert segments.count(segment) == 0


def test_putting_on_a_list_keeps_the_consent_and_brings_back_only_who_agreed_later(
    publication: Publication, readers: MailingList
) -> None:
    friends = actions.create_list(publication, "friends")
    gone = world.reader(0)
    actions.subscribe(gone.email, to=friends)
    actions.unsubscribe(gone.key, lists=[friends], how="a click")
    suppress_one(world.reader(1).email, detail="asked")
    tally = bulk.Tally()
    assert bulk.put_on(EVERYBODY, friends, AGREED, actor="mina", tally=tally) == 4
    assert (tally.people, tally.leavers, tally.silent, tally.members) == (4, 1, 1, 0)
    assert gone.email not in active(friends)
    assert Consent.objects.filter(list=friends, how=AGREED.how, actor="mina").count() == 5
    tally = bulk.Tally()
    assert bulk.put_on(EVERYBODY, friends, Agreement(timezone.now(), "By phone"), actor="mina", tally=tally) == 1
    assert (tally.leavers, tally.members) == (0, 4)
    assert gone.email in active(friends)
    with pytest.raises(BadInput):
        bulk.put_on(EVERYBODY, friends, Agreement(timezone.now() + timedelta(days=1), "x"), actor="mina")


def test_moving_takes_the_cadence_and_the_day_along(publication: Publication, readers: MailingList) -> None:
    friends = actions.create_list(publication, "friends")
    actions.set_cadence(world.reader(1).key, publication=publication, cadence=Subscription.Cadence.WEEKLY)
    since = Subscription.objects.get(subscriber=world.reader(1)).since
    assert bulk.move(EVERYBODY, origin=readers, target=friends, actor="mina") == 5
    assert active(readers) == set()
    assert len(active(friends)) == 5
    assert Subscription.objects.get(list=friends, subscriber=world.reader(1)).cadence == "weekly"
    consent = Consent.objects.get(list=friends, subscriber=world.reader(1))
    assert (consent.at, consent.actor) == (since, "mina")
    assert Subscription.objects.filter(list=readers, left_how="moved to the list friends").count() == 5


def test_a_move_counts_who_is_on_neither_list_then(publication: Publication, readers: MailingList) -> None:
    friends = actions.create_list(publication, "friends")
    gone = world.reader(0)
    actions.subscribe(gone.email, to=friends)
    actions.unsubscribe(gone.key, lists=[friends], how="a click")
    tally = bulk.Tally()
    assert bulk.move(EVERYBODY, origin=readers, target=friends, actor="mina", tally=tally) == 5
    assert (tally.people, tally.dropouts) == (5, 1)
    assert gone.email not in active(friends) | active(readers)


def test_moving_needs_two_lists_of_one_publication(publication: Publication, readers: MailingList) -> None:
    other = actions.create_list(world.make_publication("other"), "friends")
    archived = actions.create_list(publication, "old")
    actions.archive_list(archived)
    for target in (readers, other, archived):
        with pytest.raises(BadInput):
            bulk.move(EVERYBODY, origin=readers, target=target, actor="mina")
    assert len(active(readers)) == 5


def test_taking_off_and_suppressing(publication: Publication, readers: MailingList) -> None:
    chosen = Selection(ids=(world.reader(1).pk, world.reader(2).pk))
    assert bulk.take_off(chosen, readers, reason="taken off by mina") == 2
    assert bulk.take_off(chosen, readers, reason="again") == 0
    assert len(active(readers)) == 3
    assert bulk.suppress(Selection(scope=PeopleFilter(state="active")), detail="asked by phone") == 3
    assert set(Suppression.objects.values_list("reason", "detail")) == {("manual", "asked by phone")}
    assert bulk.suppress(EVERYBODY, detail="x") == 2


def test_an_archived_list_gets_nobody_and_no_letter(publication: Publication, readers: MailingList) -> None:
    actions.archive_list(readers)
    with pytest.raises(BadInput, match="archived"):
        bulk.put_on(EVERYBODY, readers, AGREED, actor="mina")
    assert not actions.open_lists(publication).exists()
    actions.restore_list(readers)
    assert actions.open_lists(publication).get() == readers
