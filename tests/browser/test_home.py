"""The desk's first page as an editor uses it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.letters.models import Letter, Publication
from distributor.practice.networks import ACCOUNTS
from tests.browser.accessibility import violations
from tests.integration import world

Opener = Callable[..., Page]
CHANNELS = ("link", "twitter", "facebook", "bluesky", "mastodon")
TITLES = ("What the fog horn knows", "Seven ways to read the tide", "안개 속에서 쓴 편지", "Now", "Frost")


@pytest.fixture
def newsroom(publication: Publication) -> Publication:
    """A letter of each kind."""
    for account in ACCOUNTS:
        accounts.connect(publication, account.channel, account.name, account.values, practice=True)
    now = timezone.now()
    for number, title in enumerate(TITLES):
        draft = Draft(
            source=f"https://l.example/{title}", title=title, body_html="<p>It is.</p>", body_text="It is.",
            series=SeriesView("Letters from the Pier", number + 1), authors=(AuthorView("Ida Holm"),),
        )  # fmt: skip
        letter = world.make_letter(draft, publication)
        at = now + timedelta(days=number + 1)
        rows = queue_letter(letter, at=at, channels=CHANNELS, approve=number in (1, 3)).dispatches
        if number == 2:
            Dispatch.objects.filter(letter=letter).update(state="sent", released_at=now - timedelta(days=1))
            Dispatch.objects.filter(pk=rows[1].pk).update(state="failed", reason="It is too long for X.")
            Dispatch.objects.filter(pk=rows[2].pk).update(state="unconfirmed", reason="The answer was lost.")
        if number == 3:
            Dispatch.objects.filter(letter=letter).update(state="sending", released_at=now)
    for number in range(60):
        Letter.objects.create(
            publication=publication, slug=f"old-{number}", title=f"Old letter {number}", body_html="", body_text=""
        )
    return publication


@pytest.mark.parametrize("scripts", [True, False])
def test_a_letter_is_found_and_approved_from_the_first_page(
    logged_in: Opener, newsroom: Publication, scripts: bool
) -> None:
    page = logged_in(java_script_enabled=scripts)
    needs = page.get_by_role("region", name="Needs you")
    expect(needs.get_by_role("listitem").first).to_contain_text("The answer was lost.")
    expect(page.get_by_role("region", name="Next up")).to_contain_text("Seven ways to read the tide")
    expect(page.get_by_role("region", name="Going out now")).to_contain_text("Now")
    page.get_by_role("link", name="Page 2").click()
    expect(page.get_by_role("link", name="Frost")).to_be_visible()
    page.get_by_label("Search").fill("fog horn")
    page.get_by_label("State").select_option("To approve")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("table.letters tbody tr")).to_have_count(1)
    page.get_by_role("link", name="What the fog horn knows").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("What the fog horn knows")


@pytest.mark.parametrize(
    "options",
    [{}, {"viewport": {"width": 375, "height": 800}}, {"color_scheme": "dark"}],
    ids=["wide", "phone", "dark"],
)
def test_nothing_is_wrong_for_anyone(logged_in: Opener, newsroom: Publication, options: dict[str, object]) -> None:
    page = logged_in(**options)
    for path in ("/desk/", "/desk/?page=2", "/desk/?q=nothing+at+all", "/desk/?since=soon"):
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
