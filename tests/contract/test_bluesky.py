"""What is particular to Bluesky: keys, cards and pictures, facets, sessions."""

from __future__ import annotations

import io
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from distributor.channels.base import Credentials, Options
from distributor.channels.bluesky.adapter import BlueskyChannel
from distributor.channels.bluesky.capabilities import CAPABILITIES
from distributor.channels.bluesky.payload import BlueskyPayload, CardWords
from distributor.channels.connect_flow import AppKeys, AuthorisationEnded, ConnectRefused, NetworkAway
from distributor.channels.payloads import LinkPlace
from distributor.domain.outcomes import Accepted, Deferred, Receipt, Reconnect, Rejected
from distributor.domain.variants import Picture, Variant
from distributor.practice.bluesky import api as bluesky
from distributor.practice.bluesky.names import HANDLE, did_of
from tests.contract.cases.spec import LINK, posting
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.support.letters import saying

THREAD = Variant(
    "bluesky",
    parts=("바다가 남긴 것 🌊 1/3", "What the tide leaves 2/3", "And what it takes 3/3"),
    language="ko",
)
FAMILY = "👩‍👩‍👧"  # 1 character, 18 bytes
CARD = Picture(alt="A card", card={"title": "What the tide leaves"})
WORDS = CardWords("What the tide leaves", "Dear reader")
LETTER = replace(saying("Dear reader,\n\nThis morning the beach was full of small things."), language="en")


@pytest.fixture
def credentials(world: World) -> Credentials:
    return practice_account(world, "bluesky")


def record_of(world: World, place: int = 0) -> dict[str, Any]:
    return dict(world.posts("bluesky")[place]["data"]["record"])


# Posts


def test_a_thread_hangs_together_and_says_its_language(world: World, credentials: Credentials) -> None:
    outcome = BlueskyChannel().send(credentials, THREAD, new_intent())
    assert isinstance(outcome, Accepted)
    posts = world.posts("bluesky")[::-1]
    assert [post["text"] for post in posts] == list(THREAD.parts)
    refs = [{"uri": post["id"], "cid": post["data"]["cid"]} for post in posts]
    assert "reply" not in record_of(world, 2)
    assert record_of(world, 1)["reply"] == {"root": refs[0], "parent": refs[0]}
    assert record_of(world, 0)["reply"] == {"root": refs[0], "parent": refs[1]}
    assert {tuple(post["data"]["record"]["langs"]) for post in posts} == {("ko",)}
    assert outcome.receipt.raw["posts"] == refs
    assert outcome.receipt.remote_id == refs[0]["uri"]
    assert outcome.allowance is not None
    assert outcome.allowance.calls == (5_000 - 9) // 3


@pytest.mark.parametrize("out", [1, 2, 3])
def test_a_thread_goes_on_where_it_broke_off(out: int, world: World, credentials: Credentials) -> None:
    channel, intent = BlueskyChannel(), new_intent()
    channel.send(credentials, replace(THREAD, parts=THREAD.parts[:out]), intent)
    assert (channel.find_existing(credentials, intent, THREAD) is not None) == (out == 3)
    outcome = channel.send(credentials, THREAD, replace(intent, attempt=2))
    assert isinstance(outcome, Accepted)
    assert [post["text"] for post in world.posts("bluesky")[::-1]] == list(THREAD.parts)
    assert len(outcome.receipt.raw["posts"]) == 3


def test_what_is_out_is_never_written_over(world: World, credentials: Credentials) -> None:
    """The same intent with other words, as a first try again: what followers saw stays."""
    channel, intent = BlueskyChannel(), new_intent()
    first = channel.send(credentials, posting("bluesky")("The first words"), intent)
    second = channel.send(credentials, posting("bluesky")("Other words"), intent)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert first.receipt.raw == second.receipt.raw
    assert [post["text"] for post in world.posts("bluesky")] == ["The first words"]


def test_it_is_dated_at_the_first_try(world: World, credentials: Credentials) -> None:
    tried = datetime.now(UTC) - timedelta(hours=3)
    BlueskyChannel().send(credentials, posting("bluesky")("Late"), new_intent(attempt=4, at=tried))
    assert datetime.fromisoformat(record_of(world)["createdAt"]) == tried.replace(
        microsecond=tried.microsecond // 1000 * 1000
    )


def test_links_tags_and_people_can_be_clicked(world: World, credentials: Credentials) -> None:
    text = f"바다 🌊 #물때 with @{bluesky.FRIEND} and @nobody.example.org: {LINK}"
    assert isinstance(BlueskyChannel().send(credentials, posting("bluesky")(text), new_intent()), Accepted)
    shown = {
        text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(): facet["features"][0]
        for facet in record_of(world)["facets"]
    }
    assert shown == {
        "#물때": {"$type": "app.bsky.richtext.facet#tag", "tag": "물때"},
        f"@{bluesky.FRIEND}": {"$type": "app.bsky.richtext.facet#mention", "did": did_of(bluesky.FRIEND)},
        LINK: {"$type": "app.bsky.richtext.facet#link", "uri": LINK},
    }


def test_further_accounts_have_posts_of_their_own(world: World, credentials: Credentials) -> None:
    channel, intent = BlueskyChannel(), new_intent()
    second = replace(
        credentials, values={**credentials.values, "access_token": f"{credentials.values['access_token']}-2"}
    )
    for one in (credentials, second):
        assert isinstance(channel.send(one, posting("bluesky")("Hello"), intent), Accepted)
    assert len({post["account"] for post in world.posts("bluesky")}) == 2
    assert channel.identify(replace(second, values={**second.values, "access_token": ""})).remote_id == did_of("")


@pytest.mark.parametrize("out", [(), (0,), (0, 1, 2)])
def test_recall_takes_back_all_of_a_thread_also_what_is_gone(
    out: tuple[int, ...], world: World, credentials: Credentials
) -> None:
    channel = BlueskyChannel()
    outcome = channel.send(credentials, THREAD, new_intent())
    assert isinstance(outcome, Accepted)
    receipt = outcome.receipt
    for place in out:
        some = Receipt(receipt.thread[place])
        assert isinstance(channel.recall(credentials, THREAD, some), Accepted)
    assert isinstance(channel.recall(credentials, THREAD, receipt), Accepted)
    assert world.posts("bluesky") == []


def test_recall_without_the_list_of_posts_takes_back_the_first(world: World, credentials: Credentials) -> None:
    outcome = BlueskyChannel().send(credentials, THREAD, new_intent())
    assert isinstance(outcome, Accepted)
    assert isinstance(BlueskyChannel().recall(credentials, THREAD, Receipt(outcome.receipt.remote_id)), Accepted)
    assert len(world.posts("bluesky")) == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("429", Deferred), ("500", Deferred), ("drop-after-accept", Deferred), ("expired-token", Reconnect)],
)
def test_recall_that_does_not_succeed_can_be_repeated(
    fault: str, kind: type, world: World, credentials: Credentials
) -> None:
    outcome = BlueskyChannel().send(credentials, posting("bluesky")("Hello"), new_intent())
    assert isinstance(outcome, Accepted)
    world.fault("bluesky", fault)
    assert type(BlueskyChannel().recall(credentials, THREAD, outcome.receipt)) is kind
    assert isinstance(BlueskyChannel().recall(credentials, THREAD, outcome.receipt), Accepted)
    assert world.posts("bluesky") == []


# What is shown


def test_a_card_goes_with_the_link(world: World, credentials: Credentials) -> None:
    payload = BlueskyPayload(show="card", card=WORDS, link="first")
    variant = Variant("bluesky", parts=("Hello",), link=LINK, picture=CARD, payload=payload)
    assert isinstance(BlueskyChannel().send(credentials, variant, new_intent()), Accepted)
    shown = record_of(world)["embed"]
    thumb = shown["external"].pop("thumb")
    assert shown == {"$type": "app.bsky.embed.external", "external": {"uri": LINK, **asdict(WORDS)}}
    [picture] = world.posts("bluesky")[0]["data"]["pictures"]
    content = world.http.get(f"/files/{picture['file']}").content
    assert len(content) == thumb["size"] <= 1_000_000
    assert Image.open(io.BytesIO(content)).size == (1200, 630)


def test_a_picture_has_its_alt_text_and_shape(world: World, credentials: Credentials) -> None:
    payload = BlueskyPayload(show="picture")
    variant = Variant("bluesky", parts=("Hello", "again"), link=LINK, picture=CARD, payload=payload)
    assert isinstance(BlueskyChannel().send(credentials, variant, new_intent()), Accepted)
    [image] = record_of(world, 1)["embed"]["images"]
    assert (image["alt"], image["aspectRatio"]) == ("A card", {"width": 1200, "height": 630})
    assert "embed" not in record_of(world, 0)


@pytest.mark.parametrize(("link", "place"), [("first", 2), ("last", 0)])
def test_the_card_of_a_thread_is_where_the_link_is_chosen(
    link: LinkPlace, place: int, world: World, credentials: Credentials
) -> None:
    variant = replace(THREAD, link=LINK, payload=BlueskyPayload(show="card", card=WORDS, link=link))
    assert isinstance(BlueskyChannel().send(credentials, variant, new_intent()), Accepted)
    assert [("embed" in record_of(world, number)) for number in range(3)] == [number == place for number in range(3)]


def test_what_is_composed_follows_the_setting() -> None:
    channel = BlueskyChannel()
    card = channel.compose(LETTER, Options())
    assert (BlueskyPayload.of(card).show, card.link) == ("card", LINK)
    assert BlueskyPayload.of(card).card == CardWords(LETTER.title, LETTER.body_text.split("\n\n")[1])
    assert LINK not in "".join(card.parts)
    picture = channel.compose(LETTER, Options(more={"show": "picture"}))
    assert BlueskyPayload.of(picture).show == "picture"
    assert picture.parts[0].endswith(LINK)
    assert picture.picture is not None
    unlinked = channel.compose(replace(LETTER, url=""), Options())
    assert BlueskyPayload.of(unlinked).show == "picture"
    assert [one.level for one in channel.check(unlinked)] == ["warning"]
    assert channel.check(card) == ()


@pytest.mark.parametrize(
    ("part", "what"),
    [("a" * 301, "301 characters"), (FAMILY * 170, "3,060 bytes"), ("a" * 300, ""), (FAMILY * 166, "")],
)
def test_both_limits_are_checked_and_the_judge_agrees(
    part: str, what: str, world: World, credentials: Credentials
) -> None:
    variant = posting("bluesky")(part)
    refused = [one.message for one in BlueskyChannel().check(variant) if one.level == "refuse"]
    assert (what in refused[0]) if what else not refused
    assert isinstance(BlueskyChannel().send(credentials, variant, new_intent()), Rejected if what else Accepted)


# Sessions


def test_logging_in_renewing_and_logging_in_again(world: World, credentials: Credentials) -> None:
    channel = BlueskyChannel()
    typed = replace(credentials, values={"handle": f"@{HANDLE}", "app_password": bluesky.PASSWORD})
    identity = channel.identify(typed)
    assert (identity.remote_id, identity.name) == (did_of(""), HANDLE)
    assert identity.expires_at is not None
    assert timedelta(minutes=110) < identity.expires_at - datetime.now(UTC) <= timedelta(hours=2)
    connected = replace(credentials, values=identity.values)
    assert channel.identify(connected).values == identity.values  # the session is used, not another one begun
    assert isinstance(channel.send(connected, posting("bluesky")("Hello"), new_intent()), Accepted)
    assert channel.token_renewal is not None
    renewed = channel.token_renewal.renew(AppKeys(endpoint=credentials.endpoint), connected)
    assert renewed.expires_at is not None
    for name in ("access_token", "refresh_token"):
        assert renewed.values[name] not in ("", identity.values[name])
    # The old refresh token is used up: the password helps on.
    again = channel.token_renewal.renew(AppKeys(endpoint=credentials.endpoint), connected)
    assert isinstance(
        channel.send(replace(credentials, values=again.values), posting("bluesky")("Hi"), new_intent()), Accepted
    )
    changed = replace(connected, values={**connected.values, "app_password": "wrong"})
    with pytest.raises(AuthorisationEnded, match="app password"):
        channel.token_renewal.renew(AppKeys(endpoint=credentials.endpoint), changed)
    assert world.arrived("bluesky") == 2


def test_without_a_session_a_fresh_one_is_asked_for(credentials: Credentials) -> None:
    typed = replace(credentials, values={"handle": HANDLE, "app_password": bluesky.PASSWORD})
    outcome = BlueskyChannel().send(typed, posting("bluesky")("Hello"), new_intent())
    assert isinstance(outcome, Reconnect)
    assert outcome.expired


def test_logins_are_few(credentials: Credentials) -> None:
    typed = replace(credentials, values={"handle": HANDLE, "app_password": "wrong"})
    for _ in range(30):
        with pytest.raises(ConnectRefused, match="does not know this handle"):
            BlueskyChannel().identify(typed)
    with pytest.raises(NetworkAway):
        BlueskyChannel().identify(typed)


def test_capabilities_say_what_bluesky_says() -> None:
    assert (CAPABILITIES.limit, CAPABILITIES.bytes_limit, CAPABILITIES.counts) == (300, 3_000, "graphemes")
    assert [(budget.calls, budget.seconds) for budget in CAPABILITIES.budgets] == [(1_666, 3_600), (11_666, 86_400)]
