"""The share bar of a letter's page, with every channel that there is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from distributor.channels.folders import NAMES
from distributor.domain.letters import Draft
from distributor.letters.intake import parse
from distributor.letters.models import Letter, Publication
from tests.integration import world

Opener = Callable[..., Page]

SHARED = ("facebook", "twitter", "kakao", "mail", "link", "linkedin", "telegram", "bluesky", "mastodon", "threads")


@pytest.fixture
def letter(publication: Publication) -> Letter:
    """A Korean letter whose share bar names all channels."""
    draft = Draft(
        source="https://lantern.example/tide",
        title="바다가 남긴 것",
        body_html="<p>아침 바닷가에는 작은 것들이 남아 있습니다. 파도는 밤새 그것들을 골라 놓았습니다.</p>" * 6,
        body_text="아침 바닷가에는 작은 것들이 남아 있습니다.",
        language="ko",
        section="LETTER",
        share_bar=NAMES,
    )
    taken = world.make_letter(draft, publication)
    world.work(*world.queue(taken, "link"))
    return taken


def address(letter: Letter) -> str:
    return f"/lantern/letters/{letter.slug}/"


@pytest.mark.parametrize("width", [375, 1280])
def test_every_channel_that_readers_can_share_on_has_a_named_button(
    width: int, open_page: Opener, letter: Letter
) -> None:
    page = open_page(address(letter), viewport={"width": width, "height": 800})
    buttons = page.locator(".share a")
    expect(buttons).to_have_count(len(SHARED))
    for at, name in enumerate(SHARED):
        button = buttons.nth(at)
        expect(button).to_have_class(f"share-{name}")
        expect(button).to_have_accessible_name(button.inner_text().strip())
        assert "공유 버튼" in button.inner_text()
        box = button.bounding_box()
        icon = button.locator("svg path").first.bounding_box()
        assert box is not None
        assert icon is not None
        assert (
            min(box["width"], box["height"]) >= 44
        )  # https://www.w3.org/WAI/WCAG22/Understanding/target-size-enhanced
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert max(icon["width"], icon["height"]) > 10
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_is_read_again_with_the_buttons_that_it_shows(open_page: Opener, letter: Letter) -> None:
    page = open_page(address(letter))
    (read,) = parse(page.content().encode(), name="page.html", url=page.url)
    assert read.share_bar == SHARED
    assert "마스토돈" not in read.body_text


def test_mastodon_goes_to_the_readers_own_server_and_remembers_it(open_page: Opener, letter: Letter) -> None:
    page = open_page("/lantern/")
    page.add_init_script("window.open = (...values) => { window.opened = values; };")
    page.goto(address(letter))
    button = page.get_by_role("link", name="마스토돈 공유 버튼")
    field = page.get_by_label("나의 마스토돈 서버")
    expect(field).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(field).to_be_focused()
    for wrong in ("nowhere", "two words.example", "https://"):
        field.fill(wrong)
        field.press("Enter")
        assert field.evaluate("element => element.validationMessage") == "example.social처럼 서버 이름을 적어 주세요."
    assert page.evaluate("window.opened === undefined")
    text = f"{letter.title} {page.locator('#letter-url').input_value()}"
    there = f"https://tidewater.example/share?text={page.evaluate('encodeURIComponent', text)}"
    for typed in ("Tidewater.example", "https://tidewater.example/@kim", "@kim@tidewater.example"):
        page.evaluate("delete window.opened")
        field.fill(typed)
        field.press("Enter")
        assert page.evaluate("window.opened") == [there, "_blank", "noopener,noreferrer"]
    page.reload()
    button.click()
    expect(field).to_have_value("tidewater.example")
    button.click()
    expect(field).to_be_hidden()


def test_without_a_script_mastodon_shows_the_link(open_page: Opener, letter: Letter) -> None:
    page = open_page(address(letter), java_script_enabled=False)
    page.get_by_role("link", name="마스토돈 공유 버튼").click()
    expect(page.locator("#letter-url")).to_be_visible()
    expect(page.locator("#server-mastodon")).to_be_hidden()
