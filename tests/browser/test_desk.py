"""The desk as an editor uses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from distributor.audience import segments
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.domain.segment_words import read
from distributor.letters.models import Letter, Publication
from distributor.practice.networks import ACCOUNTS
from tests.integration import world

Opener = Callable[..., Page]

TEXT = """---
title: What the fog horn knows
share_bar: [twitter, mail, link]
---

Dear neighbours,

The horn is back, and it is louder than it ever was.
"""


@pytest.fixture
def practice(publication: Publication) -> None:
    for one in ACCOUNTS:
        accounts.connect(publication, one.channel, one.name, one.values, practice=True)


def take_in(page: Page) -> None:
    page.get_by_role("link", name="Queue a letter").first.click()
    page.get_by_role("textbox", name="Markdown").fill(TEXT)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the fog horn knows")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_editor_logs_in(open_page: Opener, scripts: bool) -> None:
    world.make_colleague("mina", password="a-long-password")
    page = open_page("/desk/", java_script_enabled=scripts)
    page.get_by_label("Name").fill("mina")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("link", name="Audience")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_letter_goes_from_markdown_to_its_own_page(
    logged_in: Opener, publication: Publication, practice: None, scripts: bool
) -> None:
    world.make_list(publication, 3)
    page = logged_in(java_script_enabled=scripts)
    take_in(page)
    expect(page.locator(".variants").first.get_by_role("heading", level=3)).to_have_text(
        ["X (Twitter)", "Mail", "Link"]
    )
    page.get_by_role("checkbox", name="Link", exact=True).check()
    for name in ("X (Twitter)", "Mail"):
        page.get_by_role("checkbox", name=name).uncheck()
    page.get_by_role("button", name="Keep as drafts").click()
    row = page.locator("tr", has=page.get_by_role("rowheader", name=re.compile("^Link")))
    expect(row.locator(".pill")).to_have_text("draft")
    row.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("It goes out now")).to_be_visible()
    dispatch = Dispatch.objects.get()
    assert dispatch.state == "scheduled"
    world.work(dispatch)
    if not scripts:
        page.reload()
    expect(row.locator(".pill")).to_have_text("sent")
    with page.expect_popup() as popup:
        row.get_by_role("link", name="View page").click()
    expect(popup.value.get_by_role("heading", level=1)).to_have_text("What the fog horn knows")


def test_a_mail_is_shown_wide_and_narrow(logged_in: Opener, publication: Publication) -> None:
    page = logged_in()
    take_in(page)
    for name, least, most in (("computer", 500, 1000), ("phone", 300, 400)):
        frame = page.locator(f"iframe[title='The mail on a {name}']")
        frame.scroll_into_view_if_needed()
        expect(frame.content_frame.get_by_role("heading", name="What the fog horn knows")).to_be_visible()
        box = frame.bounding_box()
        assert box is not None
        assert least < box["width"] < most
    page.get_by_text("Text part").click()
    expect(page.locator(".text-part")).to_contain_text("The horn is back")


def test_counts_move_while_the_page_is_open(
    logged_in: Opener, publication: Publication, mail_channel: object, site: str
) -> None:
    readers = world.make_list(publication, 5)
    world.connect(publication, "letterbox")
    page = logged_in()
    take_in(page)
    (dispatch,) = world.queue(Letter.objects.get(), "letterbox", lists=[readers])
    page.reload()
    expect(page.locator(".pill")).to_have_text("scheduled")
    page.evaluate("window.notReloaded = true")
    world.work(dispatch)
    expect(page.locator(".counts").first).to_have_text("5 of 5 accepted")
    expect(page.locator("#dispatches .pill")).to_have_text("sent")
    expect(page.locator("#follow-state")).to_have_text("Letterbox: sent")
    assert page.evaluate("window.notReloaded")


def test_what_an_editor_types_survives_the_live_table(
    logged_in: Opener, publication: Publication, practice: None
) -> None:
    page = logged_in()
    take_in(page)
    letter = Letter.objects.get()
    later, sooner = world.queue(letter, "twitter", "link")
    if later.channel == "link":
        later, sooner = sooner, later
    page.reload()
    row = page.locator(f"#dispatch-{later.pk}")
    row.locator("summary", has_text="Change the time").click()
    row.get_by_label("New time").fill("tomorrow 9:00")
    world.work(sooner)
    expect(page.locator(f"#dispatch-{sooner.pk} .pill")).to_have_text("sent")
    expect(row.get_by_label("New time")).to_have_value("tomorrow 9:00")
    expect(row.get_by_label("New time")).to_be_focused()


def test_a_lost_answer_is_settled_by_a_person(logged_in: Opener, publication: Publication, practice: None) -> None:
    page = logged_in()
    take_in(page)
    (dispatch,) = world.queue(Letter.objects.get(), "twitter")
    Dispatch.objects.filter(pk=dispatch.pk).update(state="unconfirmed", reason="X did not answer.")
    page.reload()
    expect(page.get_by_text("say whether it is there")).to_be_visible()
    expect(page.locator("#dispatches").get_by_text("Practice", exact=True)).to_be_visible()
    page.get_by_label("Its address").fill("https://x.com/lantern/status/7")
    page.get_by_role("button", name="Mark as sent").click()
    expect(page.locator("#dispatches .pill").nth(1)).to_have_text("sent")
    expect(page.get_by_role("link", name="View post")).to_have_attribute("href", "https://x.com/lantern/status/7")


def test_a_mistake_keeps_what_was_typed(logged_in: Opener, publication: Publication) -> None:
    page = logged_in()
    take_in(page)
    page.get_by_role("textbox", name="When").fill("when pigs fly")
    page.get_by_role("checkbox", name="X (Twitter)").uncheck()
    page.get_by_role("button", name="Approve and queue").click()
    expect(page.locator(".error")).to_contain_text("“when pigs fly” is not a time that can be understood")
    expect(page.get_by_role("textbox", name="When")).to_have_value("when pigs fly")
    expect(page.get_by_role("checkbox", name="X (Twitter)")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="Link", exact=True)).to_be_checked()
    assert not Dispatch.objects.exists()


def test_a_phone_never_scrolls_sideways_on_the_desk(
    logged_in: Opener, publication: Publication, practice: None
) -> None:
    page = logged_in(viewport={"width": 375, "height": 700})
    take_in(page)
    letter = Letter.objects.get()
    world.queue(letter, "twitter", "link")
    for path in ("/desk/", "/desk/letters/new/", f"/desk/letters/{letter.pk}/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, path


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_tried_and_then_put_on_a_list(
    logged_in: Opener, publication: Publication, tmp_path: Path, scripts: bool
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\nida@inbox.example\nnobody\n")
    page = logged_in(java_script_enabled=scripts)
    page.get_by_role("link", name="Audience").click()
    page.get_by_role("link", name="Imports").click()
    page.get_by_label("A CSV file").set_input_files(file)
    page.get_by_label("List", exact=True).fill("readers")
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_role("heading", name="Dry run: nothing was stored")).to_be_visible()
    expect(page.get_by_text("“nobody” is not a mail address")).to_be_visible()
    if not scripts:  # a browser gives a file away once
        page.get_by_label("A CSV file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    expect(page.get_by_text("1 added, 0 updated, 0 unchanged, 1 refused")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_a_status_means_is_chosen_and_kept_until_the_import(
    logged_in: Opener, publication: Publication, tmp_path: Path, scripts: bool
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,Status\nida@inbox.example,active\nbo@inbox.example,dormant\n")
    page = logged_in(java_script_enabled=scripts, viewport={"width": 375, "height": 800})
    page.get_by_role("link", name="Audience").click()
    page.get_by_role("link", name="Imports").click()
    page.get_by_label("List", exact=True).fill("readers")
    for button, heading in (
        *(("Dry run", "Who gets mail?"), ("Dry run", "Dry run: nothing was stored"), ("Import", "Done")),
    ):
        if not scripts or heading == "Who gets mail?":
            page.get_by_label("A CSV file").set_input_files(file)
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        if heading == "Who gets mail?":
            page.get_by_label("dormant").select_option("They get none")
    expect(page.get_by_role("heading", name="Who gets mail?")).to_have_count(0)
    expect(page.get_by_text("1 added, 0 updated, 0 unchanged, 1 had left")).to_be_visible()


def test_segments_are_counted_where_they_are_listed(logged_in: Opener, publication: Publication) -> None:
    world.make_list(publication, 3)
    segments.add(publication, "some", rule=read("email contains reader1"))
    page = logged_in()
    page.get_by_role("link", name="Audience").click()
    page.get_by_role("link", name="Segments").click()
    expect(page.locator("td[data-fragment]")).to_have_text("1")
