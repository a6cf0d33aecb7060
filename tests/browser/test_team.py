"""The team's pages in a browser: roles, who did what, and what a writer is offered."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from distributor.letters.models import Letter, Publication
from distributor.people import audit, roles
from tests.browser.accessibility import violations
from tests.integration import world

pytestmark = pytest.mark.django_db(transaction=True)

SETTINGS = {
    "1280": {},
    "375 dark": {"viewport": {"width": 375, "height": 700}, "color_scheme": "dark"},
    "375 Korean": {"viewport": {"width": 375, "height": 700}, "locale": "ko-KR"},
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_axe_has_nothing_to_say_and_nothing_is_wider_than_the_screen(
    logged_in: Callable[..., Page], publish: Callable[..., Letter], setting: str
) -> None:
    letter = publish("The horn is back")
    page = logged_in(**SETTINGS[setting])
    mina = User.objects.get(username="mina")
    roles.store(mina, "admin", None)
    beacon = Publication.objects.create(slug="beacon", name="The Beacon")
    world.make_colleague("ida", "writer", letter.publication)
    audit.record("dispatches.cancel", actor="ida", door="desk", subject="dispatch 12", publication=letter.publication,
                 before={"state": "held"}, after={"state": "cancelled"})  # fmt: skip
    for path in ("/desk/editors/", "/desk/audit/"):
        page.goto(path)
        if path == "/desk/editors/":
            page.locator("details.actions summary").first.click()
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        if shots := os.environ.get("TEAM_SHOTS"):
            page.screenshot(path=f"{shots}/{path.split('/')[2]}-{setting}.png", full_page=True)
    roles.store(mina, None, None)
    roles.store(mina, "writer", beacon)
    roles.store(mina, "writer", letter.publication)
    page.goto(f"/desk/letters/{letter.pk}/")
    assert violations(page) == []
    if setting == "1280":
        expect(page.get_by_role("link", name="Accounts")).to_have_count(0)
        expect(page.get_by_role("link", name="Team")).to_have_count(0)
    if shots := os.environ.get("TEAM_SHOTS"):
        page.screenshot(path=f"{shots}/letter-{setting}.png", full_page=True)
