"""Pages on which people set things up, and those of errors: nothing is wrong with them for anyone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from distributor.delivery.accounts import dkim_keys
from distributor.letters.models import Publication
from distributor.people import languages
from tests.browser.accessibility import violations

PATHS = ("/desk/notices/", "/desk/settings/lantern/domain/", "/desk/publications/new/", "/desk/nowhere/")


@pytest.mark.parametrize(
    ("language", "options"),
    [("en", {}), ("ko", {"viewport": {"width": 375, "height": 800}}), ("ko", {"color_scheme": "dark"})],
    ids=["wide", "phone", "dark"],
)
def test_nothing_is_wrong_for_anyone(
    logged_in: Callable[..., Page], publication: Publication, language: str, options: dict[str, object]
) -> None:
    dkim_keys.make_key("lantern.example", "rsa")
    page = logged_in(**options)
    User.objects.update(is_superuser=True, email="mina@lantern.example")
    languages.choose(User.objects.get(), language)
    for path in PATHS:
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_notices_are_switched_off_by_keyboard_and_without_scripts(logged_in: Callable[..., Page]) -> None:
    page = logged_in(java_script_enabled=False)
    page.get_by_role("link", name="Your notices").click()
    page.get_by_role("checkbox", name="The week’s figures").press("Space")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved")
    expect(page.get_by_role("checkbox", name="The week’s figures")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="Going out failed")).to_be_checked()
