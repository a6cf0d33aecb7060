"""What axe-core finds wrong with a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def violations(page: Page) -> list[str]:
    """Return each violation with the elements that it is about, as axe-core's own rules have it."""
    response = Axe().run(page).response
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in response["violations"]
        for node in violation["nodes"]
    ]
