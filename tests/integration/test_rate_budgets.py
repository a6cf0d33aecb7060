"""Budgets: shared by all workers, waiting is a time on the row, and one account in trouble stops no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from distributor.delivery import control, release
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Account, Attempt, Dispatch, RateBudgetUse
from distributor.delivery.planning import claims
from distributor.delivery.posts import rate_budgets
from distributor.domain.capabilities import Budget
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Allowance, Deferred, Outcome, Receipt
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.conftest import ScriptedChannel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def brand() -> Publication:
    return world.make_publication()


def queued(draft: Draft, brand: Publication, count: int, *names: str) -> list[Dispatch]:
    for name in names or ("main",):
        world.connect(brand, "scripted", name)
    letters = [
        world.make_letter(replace(draft, title=f"Letter {number}", source=f"https://l.example/{number}"), brand)
        for number in range(count)
    ]
    return [dispatch for letter in letters for dispatch in world.queue(letter, "scripted")]


def work_off(dispatches: list[Dispatch]) -> None:
    """Tick and work until nothing that is due is left."""
    for _ in range(len(dispatches) + 1):
        release.tick()
        sending = Dispatch.objects.filter(state="sending").values_list("pk", flat=True)
        for pk in sending:
            world.send(pk)
    for dispatch in dispatches:
        dispatch.refresh_from_db()


def test_what_is_over_the_budget_waits_for_its_turn(
    draft: Draft, brand: Publication, post_channel: ScriptedChannel
) -> None:
    post_channel.budgets = (Budget(3, 900),)
    dispatches = queued(draft, brand, 8)
    began = timezone.now()
    work_off(dispatches)
    assert sorted(one.state for one in dispatches) == ["scheduled"] * 5 + ["sent"] * 3
    assert len(post_channel.asked) == 3
    waiting = sorted((one for one in dispatches if one.state == "scheduled"), key=lambda one: one.due_at)
    assert {one.remedy for one in waiting} == {"wait"}
    assert "3 in 15 minutes" in waiting[0].reason
    spans = [(one.due_at - began) / timedelta(minutes=15) for one in waiting]
    assert all(1 <= share < 1.1 for share in spans[:3])
    assert all(2 <= share < 2.2 for share in spans[3:])


def test_a_promised_turn_is_kept(draft: Draft, brand: Publication, post_channel: ScriptedChannel) -> None:
    post_channel.budgets = (Budget(2, 900),)
    dispatches = queued(draft, brand, 6)
    work_off(dispatches)
    later = timedelta(minutes=16)
    for model, name in ((RateBudgetUse, "at"), (Dispatch, "due_at")):  # sixteen minutes go by
        for row in model.objects.all():
            setattr(row, name, getattr(row, name) - later)
            row.save()
    work_off(dispatches)
    assert sorted(one.state for one in dispatches) == ["scheduled"] * 2 + ["sent"] * 4
    assert RateBudgetUse.objects.filter(used=True).count() == 4


def test_a_cancelled_dispatch_gives_its_turn_back(
    draft: Draft, brand: Publication, post_channel: ScriptedChannel
) -> None:
    post_channel.budgets = (Budget(1, 900),)
    dispatches = queued(draft, brand, 2)
    work_off(dispatches)
    [waiting] = [one for one in dispatches if one.state == "scheduled"]
    control.cancel(waiting.pk)
    assert not RateBudgetUse.objects.filter(used=False).exists()


def test_a_thread_uses_as_much_as_it_has_posts(draft: Draft, brand: Publication, post_channel: ScriptedChannel) -> None:
    post_channel.budgets, post_channel.uses = (Budget(5, 900),), 3
    dispatches = queued(draft, brand, 2)
    work_off(dispatches)
    assert sorted(one.state for one in dispatches) == ["scheduled", "sent"]


def test_an_account_that_has_to_rest_stops_no_other(
    draft: Draft, brand: Publication, post_channel: ScriptedChannel
) -> None:
    until = timezone.now() + timedelta(minutes=7)

    def answer(_: Any) -> Outcome:
        if len(post_channel.asked) == 1:
            return Deferred("It takes no more for now.", retry_at=until, code="429", whole_account=True)
        return Accepted(Receipt(str(len(post_channel.asked))))

    post_channel.answer = answer
    dispatches = queued(draft, brand, 3, "one", "two")
    work_off(dispatches)
    resting = Account.objects.exclude(rests_until=None).get()
    waiting = [one for one in dispatches if one.account_id == resting.pk]
    assert {one.state for one in dispatches if one.account_id != resting.pk} == {"sent"}
    assert {one.state for one in waiting} == {"scheduled"}
    assert all(one.due_at >= until for one in waiting)
    assert {one.reason for one in waiting} == {"It takes no more for now."}
    assert len(post_channel.asked) == 4  # one try of the account that has to rest, and three of the other


def test_what_the_network_says_is_left_is_believed(
    draft: Draft, brand: Publication, post_channel: ScriptedChannel
) -> None:
    until = timezone.now() + timedelta(minutes=3)
    post_channel.answer = lambda _: Accepted(
        Receipt(str(len(post_channel.asked))), Allowance(2 - len(post_channel.asked), until)
    )
    dispatches = queued(draft, brand, 4)
    work_off(dispatches)
    assert sorted(one.state for one in dispatches) == ["scheduled"] * 2 + ["sent"] * 2
    assert all(one.due_at == until for one in dispatches if one.state == "scheduled")


def test_a_slow_account_holds_few_workers(draft: Draft, brand: Publication, post_channel: ScriptedChannel) -> None:
    queued(draft, brand, 5, "slow", "quick")
    release.tick()
    release.tick()
    busy = [one.account.name for one in Dispatch.objects.filter(state="sending") if one.account]
    assert sorted(busy) == ["quick"] * claims.OF_AN_ACCOUNT + ["slow"] * claims.OF_AN_ACCOUNT
    # Whoever ends a post takes up the account's next one, without a tick.
    first = Dispatch.objects.filter(state="sending", account__name="quick").first()
    assert first is not None
    world.send(first.pk)
    assert Dispatch.objects.filter(state="sending", account__name="quick").count() == claims.OF_AN_ACCOUNT


def test_old_turns_are_forgotten(draft: Draft, brand: Publication, post_channel: ScriptedChannel) -> None:
    post_channel.budgets = (Budget(1, 900),)
    work_off(queued(draft, brand, 1))
    assert rate_budgets.forget(timezone.now()) == 0
    assert rate_budgets.forget(timezone.now() + timedelta(days=3)) == 1


def test_an_account_that_has_to_be_connected_again_is_not_used(
    draft: Draft, brand: Publication, post_channel: ScriptedChannel
) -> None:
    dispatches = queued(draft, brand, 2)
    accounts.ask_to_reconnect(Account.objects.get(), "Connect it again.")
    work_off(dispatches)
    assert {(one.state, one.reason, one.remedy) for one in dispatches} == {
        ("blocked", "Connect it again.", "reconnect")
    }
    assert post_channel.asked == []


def test_a_further_try_leaves_the_calls_of_earlier_ones_where_they_were(
    draft: Draft, brand: Publication, post_channel: ScriptedChannel
) -> None:
    post_channel.budgets = (Budget(9, 86_400),)
    post_channel.answer = lambda _: Deferred("Busy.")
    [dispatch] = queued(draft, brand, 1)
    work_off([dispatch])
    earlier = timezone.now() - timedelta(hours=20)
    RateBudgetUse.objects.update(at=earlier)
    Attempt.objects.update(started_at=earlier)
    Dispatch.objects.update(due_at=timezone.now())
    work_off([dispatch])
    assert len(post_channel.asked) == 2
    last = dispatch.attempts.get(number=2)
    assert last.ended_at is not None
    assert sorted(RateBudgetUse.objects.values_list("at", flat=True)) == [earlier, last.ended_at]
