"""From a letter to its author and series, by a short link to a letter, and to one that is gone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from distributor.channels import stored_variants
from distributor.domain.outcomes import Receipt
from distributor.insights import actions as insights
from distributor.letters import short_links
from distributor.letters.models import Letter
from distributor.letters.pages import DatabasePageStore

Opener = Callable[..., Page]
Publisher = Callable[..., Letter]

PHONE = {"width": 375, "height": 700}


def test_a_reader_follows_an_author(open_page: Opener, publish: Publisher) -> None:
    letter = publish("Fog", 1)
    publish("Frost", 2)
    page = open_page(f"/lantern/letters/{letter.slug}/", viewport=PHONE)
    page.get_by_role("link", name="More letters by Ida Holm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ida Holm")
    expect(page.get_by_text("Ida Holm keeps the light.")).to_be_visible()
    expect(page.get_by_role("heading", level=2)).to_have_text(["Frost", "Fog"])
    feed = page.get_by_role("link", name="Atom").get_attribute("href")
    assert feed == "/lantern/authors/ida-holm/feed.atom"
    answer = page.request.get(feed)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert "Frost" in answer.text()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_short_link_opens_the_letter_and_then_says_that_it_is_gone(
    open_page: Opener, publish: Publisher, site: str
) -> None:
    letter = publish("Fog")
    code = short_links.keep(letter, "twitter")
    page = open_page(f"/s/{code}", viewport=PHONE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Fog")
    assert page.url == f"{site}/lantern/letters/fog/?utm_source=twitter&utm_medium=social&utm_campaign=fog"
    assert page.locator("link[rel=canonical]").get_attribute("href") == f"{site}/lantern/letters/fog/"
    expect(page.get_by_label("The letter’s link")).to_have_value(f"{site}/lantern/letters/fog/")
    assert insights.short_clicks(letter) == {"twitter": 1}

    dispatch = letter.dispatches.get()
    DatabasePageStore().remove(stored_variants.read(dispatch.variant or {}), Receipt(str(dispatch.key)))
    for path in (f"/s/{code}", "/lantern/letters/fog/"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 410
        expect(page.get_by_role("heading", name="This letter was taken down")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("link", name="Read other letters of The Lantern Post").click()
    expect(page.get_by_text("No letter has been published yet")).to_be_visible()
