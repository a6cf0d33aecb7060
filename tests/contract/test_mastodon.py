"""What is particular to Mastodon: settings, limits of the account’s server, pictures, threads, look-ups."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from distributor.channels import pictures
from distributor.channels.base import Credentials, Options
from distributor.channels.mastodon.adapter import MastodonChannel
from distributor.channels.mastodon.media import MEDIA_ID
from distributor.channels.mastodon.payload import MastodonPayload
from distributor.domain.outcomes import Accepted, Deferred, Receipt, Reconnect, Rejected
from distributor.domain.variants import Picture, Variant
from distributor.practice.mastodon import api as mastodon
from distributor.practice.mastodon.posts import id_of
from tests.contract.cases.spec import LINK, posting
from tests.contract.conftest import World, new_intent, practice_account
from tests.contract.support.letters import saying

THREAD = Variant(
    "mastodon", parts=("바다가 남긴 것 🌊 1/3", f"What the #tide leaves {LINK}?a=1&b=2 2/3", "And what it takes 3/3")
)
CARD = Picture(alt="A card", card={"title": "What the tide leaves"})
LETTER = replace(saying("This morning the beach was full of small things. " * 40), language="pt-BR")
HEADERS = {"Authorization": f"Bearer {mastodon.TOKEN}"}


@pytest.fixture
def credentials(world: World) -> Credentials:
    return practice_account(world, "mastodon")


def data_of(world: World, place: int = 0) -> dict[str, Any]:
    return dict(world.posts("mastodon")[place]["data"])


def texts(world: World) -> list[str]:
    return [post["text"] for post in world.posts("mastodon")[::-1]]


# Posts


def test_a_thread_hangs_together(world: World, credentials: Credentials) -> None:
    outcome = MastodonChannel().send(credentials, replace(THREAD, language="pt-BR"), new_intent())
    assert isinstance(outcome, Accepted)
    posts = world.posts("mastodon")[::-1]
    assert texts(world) == list(THREAD.parts)
    assert [post["reply_to"] for post in posts] == ["", posts[0]["id"], posts[1]["id"]]
    assert outcome.receipt.raw["ids"] == [post["id"] for post in posts]
    assert {post["data"]["language"] for post in posts} == {"pt"}
    assert outcome.allowance is not None
    assert outcome.allowance.calls == 297
    assert timedelta(0) < outcome.allowance.ends_at - datetime.now(UTC) <= timedelta(hours=3)


@pytest.mark.parametrize("out", [1, 2, 3])
@pytest.mark.parametrize("hours", [0, 2])
def test_a_thread_goes_on_where_it_broke_off(out: int, hours: int, world: World, credentials: Credentials) -> None:
    """Also when the server has forgotten the Idempotency-Keys: another key stands for that here."""
    channel, intent = MastodonChannel(), new_intent()
    channel.send(credentials, replace(THREAD, parts=THREAD.parts[:out]), intent if not hours else new_intent())
    assert (channel.find_existing(credentials, intent, THREAD) is not None) == (out == 3)
    outcome = channel.send(credentials, THREAD, replace(intent, attempt=2))
    assert isinstance(outcome, Accepted)
    assert texts(world) == list(THREAD.parts)
    assert len(outcome.receipt.raw["ids"]) == 3


def test_the_same_words_from_before_are_not_taken_for_this_post(world: World, credentials: Credentials) -> None:
    channel = MastodonChannel()
    channel.send(credentials, THREAD, new_intent())
    later = new_intent(attempt=2, at=datetime.now(UTC) + timedelta(minutes=6))
    assert channel.find_existing(credentials, later, THREAD) is None
    assert isinstance(channel.send(credentials, THREAD, later), Accepted)
    assert len(texts(world)) == 6


def test_it_is_found_among_many(world: World, credentials: Credentials) -> None:
    channel, intent = MastodonChannel(), new_intent()
    outcome = channel.send(credentials, THREAD, intent)
    assert isinstance(outcome, Accepted)
    for number in range(90):
        world.http.post("/mastodon/api/v1/statuses", json={"status": f"{number}"}, headers=HEADERS).raise_for_status()
    found = channel.find_existing(credentials, intent, THREAD)
    assert found is not None
    assert found.remote_id == outcome.receipt.remote_id


def test_further_accounts_have_posts_of_their_own(world: World, credentials: Credentials) -> None:
    channel, intent = MastodonChannel(), new_intent()
    second = replace(credentials, values={**credentials.values, "access_token": f"{mastodon.TOKEN}-2"})
    for one in (credentials, second):
        assert isinstance(channel.send(one, THREAD, intent), Accepted)
    assert len({post["account"] for post in world.posts("mastodon")}) == 2
    assert channel.identify(second).values["user_id"] == id_of("2")


@pytest.mark.parametrize("gone", [(), (0,), (0, 1, 2)])
def test_recall_takes_back_all_of_a_thread_also_what_is_gone(
    gone: tuple[int, ...], world: World, credentials: Credentials
) -> None:
    channel = MastodonChannel()
    outcome = channel.send(credentials, THREAD, new_intent())
    assert isinstance(outcome, Accepted)
    receipt = outcome.receipt
    for place in gone:
        some = Receipt(receipt.thread[place])
        assert isinstance(channel.recall(credentials, THREAD, some), Accepted)
    assert isinstance(channel.recall(credentials, THREAD, receipt), Accepted)
    assert texts(world) == []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("429", Deferred), ("500", Deferred), ("drop-after-accept", Deferred), ("expired-token", Reconnect)],
)
def test_recall_that_does_not_succeed_can_be_repeated(
    fault: str, kind: type, world: World, credentials: Credentials
) -> None:
    outcome = MastodonChannel().send(credentials, posting("mastodon")("Hello"), new_intent())
    assert isinstance(outcome, Accepted)
    world.fault("mastodon", fault)
    assert type(MastodonChannel().recall(credentials, THREAD, outcome.receipt)) is kind
    assert isinstance(MastodonChannel().recall(credentials, THREAD, Receipt(outcome.receipt.remote_id)), Accepted)
    assert texts(world) == []


# Settings and limits


def test_settings_arrive(world: World, credentials: Credentials) -> None:
    channel = MastodonChannel()
    plain = channel.compose(LETTER, Options())
    assert isinstance(channel.send(credentials, plain, new_intent()), Accepted)
    assert data_of(world) | {"pictures": [], "media_ids": []} == {
        "media_ids": [], "pictures": [], "visibility": "public", "sensitive": False, "spoiler_text": "",
        "language": "pt",
    }  # fmt: skip
    more = {"visibility": "unlisted", "sensitive": "yes", "spoiler_text": "Wet feet"}
    chosen = channel.compose(LETTER, Options(more=more))
    assert isinstance(channel.send(credentials, chosen, new_intent()), Accepted)
    assert data_of(world)["visibility"] == "unlisted"
    assert data_of(world)["sensitive"] is True
    assert data_of(world)["spoiler_text"] == "Wet feet"
    misspelt = channel.compose(LETTER, Options(more={"visibility": "everybody"}))
    assert MastodonPayload.of(misspelt).visibility == "private"


@pytest.mark.parametrize("visibility", ["public", "private"])
def test_who_sees_it_is_said(visibility: str) -> None:
    channel = MastodonChannel()
    concerns = channel.check(channel.compose(LETTER, Options(more={"visibility": visibility})))
    assert [one.message for one in concerns] == (
        ["Only its followers will see the post."] if visibility == "private" else []
    )


def test_a_content_warning_takes_of_the_room(world: World, credentials: Credentials) -> None:
    channel = MastodonChannel()
    long = replace(LETTER, body_text="바다 " * 400)
    made = channel.compose(long, Options(more={"spoiler_text": "w" * 200}))
    assert made.limit == 300
    assert isinstance(channel.send(credentials, made, new_intent()), Accepted)
    whole = replace(channel.compose(long, Options()), payload=MastodonPayload(spoiler_text="w" * 200))
    assert isinstance(channel.send(credentials, whole, new_intent()), Rejected)


def test_a_content_warning_that_leaves_no_room_is_refused() -> None:
    made = MastodonChannel().compose(LETTER, Options(more={"spoiler_text": "w" * 499}))
    assert "refuse" in [one.level for one in MastodonChannel().check(made)]


def test_the_longest_post_is_the_publications_setting_and_the_accounts_limit() -> None:
    channel = MastodonChannel()
    long = replace(LETTER, body_text="tide " * 300)
    usual = channel.compose(long, Options())
    chosen = channel.compose(long, Options(more={"characters": "5000"}))
    assert (usual.limit, chosen.limit) == (500, 5_000)
    assert len(chosen.parts[0]) > 1_499
    assert not chosen.dropped
    assert not [one for one in channel.check(chosen) if one.level == "refuse"]
    assert channel.compose(long, Options(more={"characters": "many"})).limit == 500

    def said(variant: Variant, **values: str) -> list[str]:
        return [one.level for one in channel.check_account(Credentials(1, "x", values), variant)]

    assert said(usual) == said(usual, characters="500", link_length="23") == []
    assert said(usual, characters="5000") == ["note"]  # it could have more
    assert said(chosen) == said(chosen, characters="500") == ["warning"]  # it takes less
    assert said(chosen, characters="5000") == []
    assert said(usual, characters="500", link_length="200") == ["warning"]


def test_what_the_server_is_known_to_refuse_is_not_begun(world: World, credentials: Credentials) -> None:
    small = replace(credentials, values={**credentials.values, "characters": "20"})
    outcome = MastodonChannel().send(small, replace(THREAD, parts=("short", "x" * 21)), new_intent())
    assert isinstance(outcome, Rejected)
    assert outcome.remedy == "shorten"
    assert texts(world) == []


@pytest.mark.parametrize(
    ("part", "fits"),
    [
        ("a" * 500, True),
        ("a" * 501, False),
        ("👩‍👩‍👧" * 500, True),
        ("a" * 476 + f" {LINK}{'x' * 300}", True),
        ("a" * 477 + f" {LINK}{'x' * 300}", False),
        ("a" * 489 + " example.com", False),
    ],
)
def test_the_check_and_the_judge_count_alike(part: str, fits: bool, world: World, credentials: Credentials) -> None:
    variant = posting("mastodon")(part)
    assert bool(MastodonChannel().check(replace(variant, link=LINK))) != fits
    assert isinstance(MastodonChannel().send(credentials, variant, new_intent()), Accepted) == fits


# Pictures


def test_a_picture_goes_with_the_first_post_and_its_alt_text(world: World, credentials: Credentials) -> None:
    variant = replace(THREAD, picture=CARD)
    assert MastodonChannel().calls(variant) == 4
    assert isinstance(MastodonChannel().send(credentials, variant, new_intent()), Accepted)
    [picture] = data_of(world, 2)["pictures"]
    assert picture["alt"] == "A card"
    answer = world.http.get(f"/files/{picture['file']}")
    assert answer.headers["content-type"] in ("image/png", "image/jpeg")
    assert len(answer.content) > 1_000
    assert [data_of(world, place)["pictures"] for place in (0, 1)] == [[], []]


def test_a_picture_that_takes_a_moment_is_not_uploaded_again(
    world: World, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[Picture] = []

    def load(picture: Picture, _limits: object) -> pictures.LoadedPicture:
        loads.append(picture)
        return pictures.LoadedPicture(b"\x89PNG" + b"x" * mastodon.PROCESSED_LATER, "image/png", 100, 100, picture.alt)

    monkeypatch.setattr(pictures, "load", load)
    channel, intent, variant = MastodonChannel(), new_intent(), replace(THREAD, picture=CARD)
    for attempt in (1, 2):
        outcome = channel.send(credentials, variant, replace(intent, attempt=attempt))
        assert isinstance(outcome, Deferred)
        assert outcome.retry_at is not None
        assert timedelta(0) < outcome.retry_at - datetime.now(UTC) <= timedelta(seconds=10)
        intent = replace(intent, kept=outcome.keep or {})
    assert texts(world) == []
    assert isinstance(channel.send(credentials, variant, replace(intent, attempt=3)), Accepted)
    assert len(loads) == 1
    assert data_of(world, 2)["media_ids"] == [intent.kept[MEDIA_ID]]


def test_a_picture_that_the_server_forgot_is_uploaded_anew(world: World, credentials: Credentials) -> None:
    intent = replace(new_intent(attempt=2), kept={MEDIA_ID: "404"})
    assert isinstance(MastodonChannel().send(credentials, replace(THREAD, picture=CARD), intent), Accepted)
    assert len(data_of(world, 2)["pictures"]) == 1
