"""What posts cost, added up after: for a letter, and for an account over the last weeks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from distributor.delivery.models import Account
from distributor.delivery.posts import costs
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Deferred, Receipt
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import html

pytestmark = pytest.mark.django_db(transaction=True)

COST = {"currency": "USD", "amount": 0.2}


def test_costs_are_added_up_and_shown(draft: Draft, post_channel: ScriptedChannel, editor: Client) -> None:
    post_channel.answer = lambda _: Accepted(Receipt("1", raw={"cost": COST}))
    brand = world.make_publication()
    world.connect(brand, "scripted", "one")
    world.connect(brand, "scripted", "two")
    letter = world.make_letter(draft, brand)
    world.work(*world.queue(letter, "scripted"))
    assert costs.of(letter.dispatches.all()) == {"USD": 0.4}
    assert "Its posts have cost USD 0.40 so far." in html(editor.get(f"/desk/letters/{letter.pk}/"))
    assert html(editor.get("/desk/accounts/")).count("Posts of the last 30 days: USD 0.20") == 2
    account = Account.objects.get(name="one")
    assert costs.of_accounts([account], timezone.now() + timedelta(minutes=1)) == {}


def test_a_thread_that_broke_off_has_cost_what_is_out_of_it(draft: Draft, post_channel: ScriptedChannel) -> None:
    costing = [{"currency": "USD", "amount": amount} for amount in (0.015, 0.03)]
    post_channel.answer = lambda _: Deferred("Later.", raw={"cost": costing[min(len(post_channel.asked), 2) - 1]})
    brand = world.make_publication()
    world.connect(brand, "scripted")
    letter = world.make_letter(replace(draft), brand)
    [dispatch] = world.queue(letter, "scripted")
    world.work(dispatch)
    assert costs.of([dispatch]) == {"USD": 0.015}
    letter.dispatches.update(due_at=timezone.now())
    world.work(dispatch)
    assert costs.of([dispatch]) == {"USD": 0.03}  # the last answer counts the whole thread
