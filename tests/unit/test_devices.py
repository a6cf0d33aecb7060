"""What a browser is called in the list of sessions."""

from __future__ import annotations

import pytest

from distributor.domain.devices import device_of

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("user_agent", "browser", "system"),
    [
        (CHROME, "Chrome", "Windows"),
        (f"{CHROME} Edg/140.0.0.0", "Edge", "Windows"),
        (f"{CHROME} Whale/4.0", "Whale", "Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/19 Safari/605", "Safari", "macOS"),
        ("curl/8.1", "curl", ""),
        ("", "", ""),
    ],
)
def test_browsers_are_told_apart(user_agent: str, browser: str, system: str) -> None:
    assert device_of(user_agent) == (browser, system)
