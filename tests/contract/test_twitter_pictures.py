"""Pictures on X: uploaded in parts before the post, with their alternative text, or nothing is posted."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from distributor.channels import pictures
from distributor.channels.base import Credentials, Options
from distributor.channels.pictures import LoadedPicture
from distributor.channels.posts import picture_concerns
from distributor.channels.twitter.adapter import TwitterChannel
from distributor.channels.twitter.uploads import CHUNK
from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed
from distributor.domain.variants import Concern, Picture, Variant
from distributor.practice import identities
from tests.contract.conftest import World, new_intent
from tests.contract.scripted_http import HANGS_UP, Answer, Call, scripted_http
from tests.contract.support.letters import LETTER
from tests.contract.support.twitter import OAUTH1, THREAD, account_of

CARD = Picture(alt="바다 — a card & its “title”", card={"title": "What the tide leaves behind"}, width=1600, height=900)
SHOWN = replace(THREAD, picture=CARD)
ALL_CALLS = ["initialize", "append", "finalize", "metadata", "tweets"]


def noise(size: int) -> LoadedPicture:
    """Return a picture of at least so many bytes."""
    side = int((size / 3) ** 0.5) + 1
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(out, "PNG")
    return LoadedPicture(out.getvalue(), "image/png", side, side, "Noise")


@pytest.mark.parametrize("values", [{"access_token": identities.X_TOKEN}, OAUTH1])
def test_a_card_goes_with_the_first_post(values: dict[str, str], world: World) -> None:
    """Also with OAuth 1, whose signature covers neither JSON nor multipart."""
    account = Credentials(1, "x", values, world.endpoints["twitter"])
    outcome = TwitterChannel().send(account, SHOWN, new_intent())
    assert isinstance(outcome, Accepted), outcome
    first, *others = world.posts("twitter")[::-1]
    [picture] = first["data"]["pictures"]
    assert picture["alt"] == CARD.alt
    assert [post["data"] for post in others] == [{}, {}]
    limits = TwitterChannel.capabilities.pictures
    assert limits is not None
    file = world.http.get(f"/files/{picture['file']}")
    assert file.content == pictures.load(CARD, limits).content
    with Image.open(io.BytesIO(file.content)) as opened:
        assert opened.size == (1600, 900)
    assert f'alt="{CARD.alt}"'.replace("&", "&amp;") in world.http.get("/twitter").text


def test_a_large_picture_arrives_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    large = noise(2 * CHUNK + CHUNK // 2)
    monkeypatch.setattr(pictures, "load", lambda _picture, _limits: large)
    assert isinstance(TwitterChannel().send(account_of(world), SHOWN, new_intent()), Accepted)
    [picture] = world.posts("twitter")[-1]["data"]["pictures"]
    assert world.http.get(f"/files/{picture['file']}").content == large.content
    assert len(large.content) > 2 * CHUNK


@pytest.mark.parametrize(
    "picture",
    [
        LoadedPicture(b"GIF8 and no more", "image/png", 1, 1, ""),
        LoadedPicture(b"\x89PNG" * 1_400_000, "image/png", 1, 1, ""),
    ],
)
def test_a_picture_that_x_refuses_keeps_the_post_back(
    picture: LoadedPicture, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "load", lambda _picture, _limits: picture)
    outcome = TwitterChannel().send(account_of(world), SHOWN, new_intent())
    assert isinstance(outcome, Rejected)
    assert "nothing was posted" in outcome.reason
    assert outcome.raw["status"] == 400
    assert world.posts("twitter") == []


def test_a_post_with_a_picture_is_found_again(world: World) -> None:
    """X writes a link to the picture behind the text that it gives back."""
    x, account, intent = TwitterChannel(), account_of(world), new_intent()
    variant = Variant("twitter", parts=("See https://letters.example.org/7/",), picture=CARD)
    world.fault("twitter", "drop-after-accept")
    assert isinstance(x.send(account, variant, intent), Unconfirmed)
    assert x.find_existing(account, intent, variant) is not None
    assert isinstance(x.send(account, variant, replace(intent, attempt=2)), Accepted)
    assert len(world.posts("twitter")) == 1


def test_a_thread_that_goes_on_uploads_nothing_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    x, account, intent = TwitterChannel(), account_of(world), new_intent()
    assert isinstance(x.send(account, replace(SHOWN, parts=THREAD.parts[:1]), intent), Accepted)
    monkeypatch.setattr(pictures, "load", lambda _picture, _limits: pytest.fail("the picture is there already"))
    assert isinstance(x.send(account, SHOWN, replace(intent, attempt=2)), Accepted)
    assert ["pictures" in post["data"] for post in world.posts("twitter")] == [False, False, True]


def told(variant: Variant) -> tuple[Concern, ...]:
    """Return what an editor is told: by the channel, and by what all channels with pictures share."""
    return (*TwitterChannel().check(variant), *picture_concerns(variant, TwitterChannel.capabilities))


def test_an_alternative_text_is_cut_in_sight() -> None:
    x = TwitterChannel()
    letter = replace(LETTER, image_url="https://letters.example.org/tide.jpg", image_alt="A shell. " * 200)
    variant = x.compose(letter, Options())
    assert variant.picture is not None
    assert variant.picture.alt == "A shell. " * 200
    assert any("takes 1,000 characters, and the rest is cut" in one.message for one in told(variant))
    silent = x.compose(replace(letter, image_alt=""), Options())
    assert sum("no alternative text" in one.message for one in told(silent)) == 1


# Every step of an upload, and what may go wrong with it.


def uploading(step: str, said: Answer, *, status: Answer | None = None) -> tuple[Outcome, list[str]]:
    """Send with one step answered as a test wants it; return the outcome and the steps that were asked for."""

    def judge(call: Call) -> Answer:
        name = step_of(call)
        if name == step:
            return said
        if name == "upload":
            return status or Answer()
        if name == "tweets":
            return Answer(201, {"data": {"id": "1"}})
        return Answer(body={"data": {"id": "77"}} if name in ("initialize", "finalize") else {})

    with scripted_http(judge) as server:
        account = Credentials(1, "x", {"access_token": "secret-token"}, server.url)
        outcome = TwitterChannel().send(account, replace(SHOWN, parts=("one",)), new_intent())
        return outcome, [step_of(call) for call in server.calls]


def step_of(call: Call) -> str:
    return call.path.partition("?")[0].rpartition("/")[2]


def test_the_steps_of_an_upload() -> None:
    bodies: dict[str, Any] = {}

    def judge(call: Call) -> Answer:
        bodies[step_of(call)] = call.body
        return Answer(body={"data": {"id": "77"}})

    with scripted_http(judge) as server:
        account = Credentials(1, "x", {"access_token": "t"}, server.url)
        assert isinstance(TwitterChannel().send(account, replace(SHOWN, parts=("one",)), new_intent()), Accepted)
        assert server.asked == [
            "POST /2/media/upload/initialize",
            "POST /2/media/upload/77/append",
            "POST /2/media/upload/77/finalize",
            "POST /2/media/metadata",
            "POST /2/tweets",
        ]
    begun = json.loads(bodies["initialize"])
    assert (begun["media_type"], begun["media_category"]) == ("image/png", "tweet_image")
    assert b'name="segment_index"\r\n\r\n0\r\n' in bodies["append"]
    assert json.loads(bodies["metadata"]) == {"id": "77", "metadata": {"alt_text": {"text": CARD.alt}}}
    assert json.loads(bodies["tweets"]) == {"media": {"media_ids": ["77"]}, "text": "one"}


@pytest.mark.parametrize("step", ["initialize", "append", "finalize", "metadata"])
@pytest.mark.parametrize(
    ("said", "kind", "remedy"),
    [
        (Answer(400, {"detail": "bad"}), Rejected, "change"),
        (Answer(401, {"detail": "who"}), Reconnect, "reconnect"),
        (Answer(402, {"title": "CreditsDepleted"}), Rejected, "settings"),
        (Answer(403, {"detail": "no scope for secret-token"}), Rejected, "reconnect"),
        (Answer(429, {"title": "Too Many Requests"}, {"x-rate-limit-reset": "1800000000"}), Deferred, "wait"),
        (Answer(503, "<html>busy"), Deferred, "wait"),
        (Answer(302, "", {"Location": "https://example.org/"}), Deferred, "wait"),
        (HANGS_UP, Deferred, "wait"),
    ],
)
def test_nothing_is_posted_when_a_step_fails(step: str, said: Answer, kind: type[Outcome], remedy: str) -> None:
    outcome, steps = uploading(step, said)
    assert isinstance(outcome, kind)
    assert not isinstance(outcome, Accepted)
    assert outcome.remedy == remedy
    assert steps == ALL_CALLS[: ALL_CALLS.index(step) + 1]
    assert "secret-token" not in repr(outcome)
    if isinstance(outcome, Deferred):
        assert "nothing was posted" in outcome.reason
        assert not outcome.whole_account
        assert (outcome.retry_at is not None) == (said.status == 429)
    if said.status not in (0, 302):  # a redirect is not followed and says nothing
        assert outcome.raw["status"] == said.status


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"data": []}', '{"data": {"id": "../users/me"}}', "<html>"])
def test_an_upload_without_a_number_is_none(body: str) -> None:
    outcome, steps = uploading("initialize", Answer(200, body))
    assert isinstance(outcome, Deferred)
    assert steps == ["initialize"]


@pytest.mark.parametrize(
    ("state", "then", "kind"),
    [
        ("succeeded", "", Accepted),
        ("pending", "succeeded", Accepted),
        ("pending", "in_progress", Deferred),
        ("in_progress", "failed", Rejected),
        ("failed", "", Rejected),
        ("pending", "?", Deferred),
    ],
)
def test_a_picture_that_x_still_works_on_is_asked_for_once(state: str, then: str, kind: type[Outcome]) -> None:
    def info(state: str) -> Answer:
        return Answer(body={"data": {"id": "77", "processing_info": {"state": state, "check_after_secs": 60}}})

    outcome, steps = uploading("finalize", info(state), status=info(then))
    assert isinstance(outcome, kind)
    assert steps.count("upload") == (1 if then else 0)
    assert ("tweets" in steps) == (kind is Accepted)
    if isinstance(outcome, Deferred):
        assert outcome.retry_at is not None
        assert timedelta(seconds=50) < outcome.retry_at - datetime.now(UTC) <= timedelta(seconds=60)


# The judge's own rules


def test_the_judge_takes_parts_in_order_and_for_their_owner_only(world: World) -> None:
    headers = {"Authorization": f"Bearer {identities.X_TOKEN}"}
    root, png = "/twitter/2/media/upload", noise(100).content

    def begin(**more: object) -> Any:
        payload = {"media_type": "image/png", "total_bytes": len(png), "media_category": "tweet_image", **more}
        return world.http.post(f"{root}/initialize", json=payload, headers=headers)

    def append(media_id: str, index: int, chunk: bytes, by: dict[str, str] = headers) -> int:
        files = {"media": ("chunk", chunk, "application/octet-stream")}
        url = f"{root}/{media_id}/append"
        return world.http.post(url, data={"segment_index": str(index)}, files=files, headers=by).status_code

    def finish(media_id: str) -> int:
        return world.http.post(f"{root}/{media_id}/finalize", headers=headers).status_code

    def show(*media_ids: str) -> int:
        payload = {"text": "Look", "media": {"media_ids": media_ids}}
        return world.http.post("/twitter/2/tweets", json=payload, headers=headers).status_code

    for wrong in ({"media_type": "text/html"}, {"total_bytes": 6_000_000}, {"total_bytes": "1"}):
        assert begin(**wrong).status_code == 400
    assert world.http.post(f"{root}/initialize", json={}).status_code == 401
    media_id = begin().json()["data"]["id"]
    other = {"Authorization": f"Bearer {identities.X_TOKEN}-2"}
    assert append("404", 0, png) == append(media_id, 1, png) == append(media_id, 0, png, other) == 400
    assert append(media_id, 0, png[:50]) == 200
    assert finish(media_id) == show(media_id) == 400
    assert append(media_id, 0, png[50:]) == 400
    assert append(media_id, 1, png[50:] + b"more") == 400
    assert append(media_id, 1, png[50:]) == finish(media_id) == 200
    for alt, status in (("", 400), ("a" * 1001, 400), ("a" * 1000, 200)):
        payload = {"id": media_id, "metadata": {"alt_text": {"text": alt}}}
        assert world.http.post("/twitter/2/media/metadata", json=payload, headers=headers).status_code == status
    assert show(media_id, "404") == 400
    assert show(media_id) == 201
