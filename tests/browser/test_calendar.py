"""The calendar as an editor uses it: by mouse, by keyboard and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.variants import channel_settings_store
from distributor.domain.letters import Draft
from distributor.letters.models import Letter, Publication
from distributor.practice.networks import ACCOUNTS
from tests.browser.accessibility import violations
from tests.integration import world

Opener = Callable[..., Page]
SEOUL = ZoneInfo("Asia/Seoul")
CHANNELS = ("link", "twitter", "facebook", "bluesky", "mastodon")


def seoul(days: int, hour: int, minute: int = 0) -> datetime:
    day = timezone.now().astimezone(SEOUL) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def weekday_from_now() -> int:
    """In how many days it is a Tuesday, at least a week from now: none of its neighbours has passed."""
    today = timezone.now().astimezone(SEOUL)
    return 7 + (1 - today.weekday()) % 7


@pytest.fixture
def publication(publication: Publication) -> Publication:
    publication.time_zone = "Asia/Seoul"
    publication.quiet_from, publication.quiet_until = time(22), time(7)
    publication.save()
    for account in ACCOUNTS:
        accounts.connect(publication, account.channel, account.name, account.values, practice=True)
    return publication


def take_in(publication: Publication, title: str) -> Letter:
    draft = Draft(source=f"https://l.example/{title}", title=title, body_html="<p>It is.</p>", body_text="It is.")
    return world.make_letter(draft, publication)


@pytest.fixture
def dispatches(publication: Publication) -> list[Dispatch]:
    letter = take_in(publication, "What the fog horn knows")
    return list(queue_letter(letter, at=seoul(weekday_from_now(), 9), channels=CHANNELS, approve=False).dispatches)


def open_calendar(page: Page, view: str, days: int) -> None:
    page.goto(f"/desk/calendar/?view={view}&day={seoul(days, 9):%Y-%m-%d}")


def cell(page: Page, days: int, hour: int | None = None) -> Locator:
    place = f"td[data-day='{seoul(days, 9):%Y-%m-%d}']"
    return page.locator(place if hour is None else f"{place}[data-hour='{hour}']")


def times(dispatches: list[Dispatch]) -> set[datetime]:
    return {Dispatch.objects.get(pk=dispatch.pk).due_at for dispatch in dispatches}


def test_a_letter_is_dragged_to_another_day_with_all_its_channels(
    logged_in: Opener, dispatches: list[Dispatch]
) -> None:
    page, days = logged_in(), weekday_from_now()
    open_calendar(page, "month", days)
    page.locator(".entry a").drag_to(cell(page, days + 1))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_contain_text("What the fog horn knows")
    expect(dialog.get_by_label("All 5 channels of the letter")).to_be_checked()
    expect(dialog.locator(".moves tbody tr")).to_have_count(5)
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(cell(page, days + 1).locator(".entry")).to_contain_text("09:00 KST")
    expect(page.locator(".message.success")).to_have_count(5)
    assert times(dispatches) == {seoul(days + 1, 9)}
    assert "view=month" in page.url


def test_one_channel_is_dragged_to_another_hour_and_is_asked_about_a_quiet_one(
    logged_in: Opener, dispatches: list[Dispatch]
) -> None:
    page, days = logged_in(viewport={"width": 1280, "height": 1400}), weekday_from_now()
    open_calendar(page, "week", days)
    page.locator(".entry a").drag_to(cell(page, days, 5))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Time")).to_have_value("05:00")
    expect(dialog.locator(".concern.warning").first).to_contain_text("05:00 KST is in the quiet hours (22:00 to 07:00)")
    expect(dialog.get_by_role("button", name="Move all the same")).to_be_visible()
    dialog.get_by_role("radio", name=re.compile("Only ")).check()
    expect(dialog.locator(".moves tbody tr")).to_have_count(1)
    dialog.get_by_label("Time").fill("18:30")
    expect(dialog.get_by_role("button", name="Move", exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(cell(page, days, 18).locator(".entry")).to_contain_text("18:30 KST")
    expect(page.locator(".entry")).to_have_count(2)
    assert times(dispatches) == {seoul(days, 9), seoul(days, 18, 30)}


def test_a_letter_is_moved_by_keyboard_alone(logged_in: Opener, dispatches: list[Dispatch]) -> None:
    page, days = logged_in(), weekday_from_now()
    open_calendar(page, "week", days)
    entry = page.locator(".entry a")
    entry.focus()
    page.keyboard.press("Alt+ArrowDown")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Time")).to_have_value("10:00")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(entry).to_be_focused()
    page.keyboard.press("Alt+ArrowRight")
    expect(dialog.get_by_role("button", name="Move", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(cell(page, days + 1, 9).locator(".entry")).to_be_visible()
    assert times(dispatches) == {seoul(days + 1, 9)}


def test_a_letter_is_moved_without_a_script(logged_in: Opener, dispatches: list[Dispatch]) -> None:
    page, days = logged_in(java_script_enabled=False), weekday_from_now()
    open_calendar(page, "list", days)
    page.locator(".entry a").click()
    page.get_by_label("Time").fill("05:30")
    page.get_by_role("button", name="Check first").click()
    expect(page.locator(".concern.warning").first).to_contain_text("is in the quiet hours")
    page.get_by_label("Time").fill("17:00")
    page.get_by_role("button", name="Move all the same").click()
    expect(page.locator(".entry")).to_contain_text("17:00 KST")
    assert times(dispatches) == {seoul(days, 17)}


def test_the_next_slot_is_one_press_away(
    logged_in: Opener, publication: Publication, dispatches: list[Dispatch]
) -> None:
    channel_settings_store.store(publication, "link", {"slots": "daily 12:15"})
    page = logged_in()
    page.goto(f"/desk/letters/{dispatches[0].letter_id}/when/")
    page.get_by_role("link", name=re.compile("Next free slot of Link")).click()
    expect(page.get_by_label("Time")).to_have_value("12:15")
    expect(page.locator(".moves time").first).to_contain_text("12:15 KST")
    expect(page.get_by_text("Too few mailings say which hour is best")).to_be_visible()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the fog horn knows")
    assert {at.astimezone(SEOUL).time() for at in times(dispatches)} == {time(12, 15)}


PAGES = ("calendar/?view=month", "calendar/?view=week", "calendar/?view=list", "slots/", "dispatches/{}/when/")


@pytest.mark.parametrize(
    "options",
    [{}, {"viewport": {"width": 375, "height": 800}}, {"color_scheme": "dark"}],
    ids=["wide", "phone", "dark"],
)
def test_nothing_is_wrong_for_anyone(
    logged_in: Opener, publication: Publication, dispatches: list[Dispatch], options: dict[str, object]
) -> None:
    channel_settings_store.store(publication, "twitter", {"slots": "daily 12:15"})
    page, days = logged_in(**options), weekday_from_now()
    for path in PAGES:
        joined = f"/desk/{path.format(dispatches[1].pk)}"
        page.goto(f"{joined}&day={seoul(days, 9):%Y-%m-%d}" if "?" in joined else joined)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth"), path
    open_calendar(page, "month", days)
    page.locator(".entry a").click()
    expect(page.get_by_role("dialog").get_by_label("Time")).to_be_visible()
    assert violations(page) == []
