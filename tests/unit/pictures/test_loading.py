"""What a post's picture is by the time it is uploaded: fetched once, made fit, or a card in its place."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image

from distributor.channels import http, pictures, registry
from distributor.channels.base import Options
from distributor.channels.payloads import PostPayload
from distributor.channels.posts import card_url, compose_post, picture_concerns
from distributor.channels.recent_cache import Recent
from distributor.channels.twitter.payload import TwitterPayload
from distributor.delivery.variants.previews import preview
from distributor.domain.capabilities import Capabilities, PictureLimits
from distributor.domain.errors import SourceError
from distributor.domain.variants import Picture, Variant
from tests.unit.rendering.letters import BARE, LETTER

URL = "https://harbor.example.com/quay.jpg"
CARD = {"title": "What the fog horn knows", "publication": "Harbor Letters"}
SMALL = PictureLimits(max_side=300, max_bytes=30_000, alt_text=20)
POSTS = Capabilities("Posts", limit=280, pictures=PictureLimits(size=(800, 400), alt_text=40, by_url=True))


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were asked for. Those with `gone` in them answer nothing, those with `odd` no picture."""
    asked: list[str] = []

    def fetch(url: str, *, limit: int) -> bytes:
        asked.append(url)
        if "gone" in url:
            raise SourceError(f"{url} answers 404: check the picture’s address.")
        out = io.BytesIO()
        Image.new("RGB", (900, 600), "red").save(out, "JPEG")
        return b"<svg/>" if "odd" in url else out.getvalue()

    monkeypatch.setattr(http, "fetch_picture", fetch)
    monkeypatch.setattr(pictures, "_contents", Recent(seconds=60, most_bytes=1_000_000))
    monkeypatch.setattr(pictures, "_pictures", Recent(seconds=60, most_bytes=1_000_000))
    return asked


def test_five_channels_fetch_a_picture_once(network: list[str]) -> None:
    picture = Picture(alt="The quay", url=URL, card=CARD)
    made = [pictures.load(picture, replace(SMALL, max_side=side)) for side in (300, 300, 200, 1000, 300)]
    assert [(one.width, one.height) for one in made] == [(300, 200), (300, 200), (200, 133), (900, 600), (300, 200)]
    assert network == [URL]
    assert made[0] is made[1] is made[4]
    assert (made[0].alt, made[0].type, made[0].name) == ("The quay", "image/jpeg", "picture.jpg")


@pytest.mark.parametrize("what", ["gone", "odd"])
def test_a_card_stands_in_for_a_picture_that_is_not_there(
    network: list[str], what: str, caplog: pytest.LogCaptureFixture
) -> None:
    loaded = pictures.load(Picture(alt="The quay", url=f"https://h.example/{what}.jpg", card=CARD), PictureLimits())
    assert (loaded.width, loaded.height, loaded.name) == (1200, 630, "picture.png")
    assert loaded.alt == "What the fog horn knows"
    assert "card is drawn" in caplog.text
    pictures.load(Picture(url=f"https://h.example/{what}.jpg", card=CARD), PictureLimits())
    assert len(network) == (2 if what == "gone" else 1)  # what was away may be back


def test_what_stands_in_for_a_picture_is_told_with_its_reason(network: list[str]) -> None:
    quay = Picture(alt="The quay", url=URL, card=CARD)
    assert pictures.available(quay, PictureLimits()) == quay
    pictures.load(quay, PictureLimits())
    assert network == [URL]  # fetched once for both
    gone = pictures.available(replace(quay, url="https://h.example/gone.jpg?key=1"), PictureLimits())
    assert (gone.url, gone.alt) == ("", "What the fog horn knows")
    assert gone.absence.startswith("A card stands in for the letter’s picture: https://h.example/gone.jpg")
    odd = pictures.available(replace(quay, url="https://h.example/odd.jpg?key=1"), PictureLimits())
    assert odd.absence.endswith("https://h.example/odd.jpg can’t be used. That is not a picture that can be read.")
    assert pictures.available(odd, PictureLimits()) == odd


def test_a_card_keeps_the_limits_too(network: list[str]) -> None:
    loaded = pictures.load(Picture(alt="A title that is too long for it", card=CARD), SMALL)
    assert len(loaded.content) <= 30_000
    assert max(loaded.width, loaded.height) == 300
    assert loaded.alt == "A title that is too…"
    assert network == []


def test_nothing_is_kept_for_long_and_not_too_much() -> None:
    now = [0.0]
    recent: Recent[bytes] = Recent(seconds=10, most_bytes=10, clock=lambda: now[0])
    assert recent.keep("a", b"123456") == b"123456"
    now[0] = 9.9
    assert recent.get("a") == b"123456"
    now[0] = 10
    assert recent.get("a") is None
    recent.keep("a", b"1234")
    recent.keep("b", b"12345")
    recent.keep("b", b"123456")
    assert (recent.get("a"), recent.get("b")) == (b"1234", b"123456")
    recent.keep("c", b"1")
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (None, b"123456", b"1")
    assert recent.keep("d", b"1" * 11) == b"1" * 11
    assert (recent.get("d"), recent.get("c")) == (None, b"1")


# What editors are told


def composed(letter: object = LETTER, capabilities: Capabilities = POSTS, **options: str) -> Variant:
    return compose_post("posts", "social/twitter.txt", letter, capabilities, Options(**options))  # type: ignore[arg-type]


def told(variant: Variant, capabilities: Capabilities = POSTS) -> str:
    return " ".join(concern.message for concern in picture_concerns(variant, capabilities))


def test_what_is_said_of_a_picture() -> None:
    assert "no alternative text" in told(composed())
    assert told(composed(replace(LETTER, image_alt="The quay at noon"))) == ""
    assert "takes 40 characters" in told(composed(replace(LETTER, image_alt="The quay at noon " * 3)))
    assert told(composed(replace(LETTER, image_url=""))) == ""
    arabic = replace(LETTER, image_url="", title="ميناء")
    assert "leaves out the title" in told(composed(arabic))
    silent = replace(POSTS, pictures=replace(POSTS.pictures or SMALL, alt_text=0))
    assert told(composed(capabilities=silent), silent) == ""
    assert told(composed(picture="none")) == ""


def test_the_address_of_a_card() -> None:
    page = "https://letters.example.com/harbor/letters/tide-tables"
    assert PostPayload.of(composed(picture="card")).card_url == f"{page}/card-800x400.png"
    assert PostPayload.of(composed(replace(LETTER, url=LETTER.canonical_url))).card_url == ""
    assert PostPayload.of(composed(BARE)).card_url == ""
    assert PostPayload.of(composed(picture="none")).card_url == ""
    upload = replace(POSTS, pictures=replace(POSTS.pictures or SMALL, by_url=False))
    assert PostPayload.of(composed(capabilities=upload)).card_url == ""
    korean = replace(LETTER, url="https://letters.example.com/harbor/letters/조석표/")
    assert card_url(korean, (800, 400)).endswith("/letters/%EC%A1%B0%EC%84%9D%ED%91%9C/card-800x400.png")
    assert card_url(replace(LETTER, url="https://letters.example.com/harborside/x"), (800, 400)) == ""


def test_a_post_without_a_link_still_has_its_picture() -> None:
    assert not any("picture" in sentence for sentence in composed(link="none").dropped)


def test_every_preview_says_it(monkeypatch: pytest.MonkeyPatch, network: list[str]) -> None:
    class Posts(type(registry.CHANNELS["twitter"])):  # type: ignore[misc]
        name = "posts"
        capabilities = POSTS
        compose: Callable[..., Variant] = staticmethod(
            lambda letter, options: replace(composed(letter), payload=TwitterPayload())
        )

    monkeypatch.setitem(registry.CHANNELS, "posts", Posts())
    messages = [concern.message for concern in preview(LETTER, "posts", options=Options()).concerns]
    assert sum("no alternative text" in message for message in messages) == 1
