"""What a publication can choose for X, and what its posts cost."""

from __future__ import annotations

from dataclasses import replace

from distributor.channels import stored_variants
from distributor.channels.base import Options
from distributor.channels.twitter.adapter import TwitterChannel
from distributor.channels.twitter.payload import TwitterPayload
from distributor.channels.twitter.prices import cost
from distributor.domain.costs import totals
from distributor.domain.outcomes import Accepted, Deferred, Receipt, Rejected
from distributor.domain.variants import Picture, Variant
from distributor.practice import identities
from tests.contract.conftest import World, new_intent
from tests.contract.support.letters import LETTER
from tests.contract.support.twitter import THREAD, account_of, begun

# Settings


def test_settings_go_with_the_first_post(world: World) -> None:
    x = TwitterChannel()
    address = f"https://x.com/i/communities/{identities.X_COMMUNITY}"
    chosen = Options(thread=True, picture="none", more={"reply_settings": "mentionedUsers", "community_id": address})
    variant = x.compose(replace(LETTER, body_text="Small things lay on the beach. " * 30), chosen)
    assert len(variant.parts) > 2
    assert not [one for one in x.check(variant) if one.level == "refuse"]
    assert isinstance(x.send(account_of(world), stored_variants.read(variant.to_json()), new_intent()), Accepted)
    first, *others = world.posts("twitter")[::-1]
    assert first["data"] == {"reply_settings": "mentionedUsers", "community_id": identities.X_COMMUNITY}
    assert [post["data"] for post in others] == [{}] * (len(variant.parts) - 1)


def test_a_setting_that_x_does_not_know_is_refused_before(world: World) -> None:
    x = TwitterChannel()
    for setting in ({"reply_settings": "friends"}, {"community_id": "the harbor"}):
        variant = x.compose(LETTER, Options(picture="none", more=setting))
        assert [one for one in x.check(variant) if one.level == "refuse"]
        assert isinstance(x.send(account_of(world), variant, new_intent()), Rejected)
    elsewhere = x.compose(LETTER, Options(picture="none", more={"community_id": "42"}))
    assert isinstance(x.send(account_of(world), elsewhere, new_intent()), Rejected)
    assert world.posts("twitter") == []


def test_nothing_is_chosen_by_itself() -> None:
    variant = TwitterChannel().compose(LETTER, Options())
    assert variant.payload == TwitterPayload()


def test_two_cashtags_are_a_concern(world: World) -> None:
    x = TwitterChannel()
    for text, concern in (("$HBR and $TIDE rose", True), ("$HBR rose by $5 to $10", False)):
        variant = Variant("twitter", parts=(text,))
        assert any("by $" in one.message for one in x.check(variant)) == concern
        assert isinstance(x.send(account_of(world), variant, new_intent()), Rejected) == concern


# Cost


def test_a_receipt_says_what_its_posts_cost(world: World) -> None:
    x, account, intent = begun(world, 1)
    world.fault("twitter", "429")
    partly = x.send(account, THREAD, replace(intent, attempt=2))
    assert isinstance(partly, Deferred)
    assert partly.raw["cost"] == {"currency": "USD", "amount": 0.015}
    outcome = x.send(account, THREAD, replace(intent, attempt=3))
    assert isinstance(outcome, Accepted)
    assert outcome.receipt.raw["cost"] == {"currency": "USD", "amount": 0.23}  # two posts and one with a link
    plain, odd = Receipt("1"), Receipt("2", raw={"cost": {"currency": "KRW", "amount": "odd"}})
    assert totals(one.raw for one in (outcome.receipt, outcome.receipt, plain, odd)) == {"USD": 0.46}


def test_prices_can_be_chosen_and_the_note_follows() -> None:
    x = TwitterChannel()
    chosen = x.compose(LETTER, Options(picture="none", more={"price_with_url": "0.05"}))
    assert cost(chosen) == 0.05
    assert any("about $0.050 on X; without a link it would be $0.015" in one.message for one in x.check(chosen))
    odd = x.compose(LETTER, Options(picture="none", more={"price_with_url": "cheap"}))
    assert cost(odd) == 0.2
    assert any("“cheap” is not a price" in one.message for one in x.check(odd))
    described = Variant("twitter", parts=("one",), picture=Picture(alt="A card"))
    assert (cost(described), cost(replace(described, picture=Picture())), cost(described, posts=0)) == (0.02, 0.015, 0)
