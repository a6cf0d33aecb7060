"""A template from the list to the next letter: written, previewed, refused at its line, saved, compared, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from distributor.cli.accounts import connect_practice
from distributor.domain.letters import Draft
from distributor.letters.models import Letter, Publication
from tests.browser.accessibility import violations
from tests.integration import world
from tests.integration.processes import Practice

LIST = "/desk/templates/lantern/"
POST = "/desk/templates/lantern/social/twitter.txt/"
MAIL = "/desk/templates/lantern/email/letter.html/"
LOOK = "/desk/look/lantern/"
CHANNELS = "/desk/channels/lantern/"


@pytest.fixture
def letter(publication: Publication, draft: Draft) -> Letter:
    return world.make_letter(replace(draft, share_bar=("twitter", "link")), publication)


def write(page: Page, text: str) -> None:
    """Write a template as people do, in the place of what stands there."""
    editor = page.get_by_role("textbox", name="Text of the template")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")  # the browser itself would replace a selection by elements with styles
    page.keyboard.insert_text(text)


def test_a_template_is_written_tried_refused_saved_compared_and_taken_back(
    logged_in: Callable[..., Page], letter: Letter
) -> None:
    page = logged_in()
    page.get_by_role("link", name="Channels").click()
    page.get_by_role("link", name="Templates").click()
    page.get_by_role("link", name="X (Twitter)").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text(letter.title)).to_be_visible()

    write(page, "Read this\n{{ letter.titel }}")
    expect(frame.get_by_role("alert")).to_contain_text("Line 2:")
    expect(page.locator(".cm-broken")).to_have_text("{{ letter.titel }}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Not saved")
    expect(page.get_by_role("alert")).to_contain_text("{{ letter.titel }}")
    expect(page.locator(".cm-broken")).to_have_text("{{ letter.titel }}")
    assert violations(page) == []

    write(page, "Read this: {{ letter.title }} {{ link }}")
    expect(frame.get_by_text(f"Read this: {letter.title}")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved as version 1")
    page.goto(f"/desk/letters/{letter.pk}/")
    expect(page.get_by_text(f"Read this: {letter.title}")).to_be_visible()

    page.goto(POST)
    page.get_by_role("link", name="Version 1").click()
    expect(page.locator(".difference ins").first).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Back to ours").click()
    expect(page.get_by_role("status")).to_contain_text("Ours holds again, as version 2")
    page.get_by_role("link", name="Version 1").click()
    page.get_by_role("button", name="Go back to this version").click()
    expect(page.get_by_role("status")).to_contain_text("Saved as version 3")


def test_without_a_script_it_is_shown_and_saved_all_the_same(logged_in: Callable[..., Page], letter: Letter) -> None:
    page = logged_in(java_script_enabled=False)
    page.goto(MAIL)
    masthead = "{% extends 'common:email/letter.html' %}\n{% block masthead %}Our own{% endblock %}"
    page.get_by_label("Template").fill(masthead)
    page.get_by_role("button", name="Show").click()
    expect(page.frame_locator("iframe").get_by_text("Our own")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved as version 1")
    page.goto(LOOK)
    page.get_by_label("Accent colour").fill("#f0e68c")
    page.get_by_label("Heading font").select_option("Verdana")
    page.get_by_role("button", name="Show").last.click()
    heading = page.frame_locator("iframe").get_by_role("heading", name=letter.title)
    expect(heading).to_have_css("font-family", re.compile("^Verdana"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is too little to read").first).to_be_visible()


@pytest.mark.parametrize(
    ("options", "language"),
    [({}, "en"), ({"color_scheme": "dark"}, "en"), ({"viewport": {"width": 375, "height": 800}}, "ko")],
    ids=["light", "dark", "phone-ko"],
)
def test_everybody_can_use_these_pages(
    logged_in: Callable[..., Page], letter: Letter, practice: Practice, options: dict[str, object], language: str
) -> None:
    assert practice.url
    connect_practice(letter.publication, ["twitter", "mastodon"])
    page = logged_in(**options)
    if language == "ko":
        page.get_by_role("button", name="한국어").click()
    for path in (CHANNELS, LIST, POST, MAIL, LOOK):
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth"), path
