"""What a browser says that it is, in a few words: “Firefox on Windows”. It is a hint for its owner, no proof."""

from __future__ import annotations

from typing import Final

# The first that fits counts: browsers also name those that they are like.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
_LONGEST: Final = 60  # characters of what is no browser that we know


def device_of(user_agent: str) -> tuple[str, str]:
    """Return browser and system of a User-Agent header, "" for what it does not say. Of a program its first word."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if not browser and not system:
        browser = user_agent.split(" ")[0].partition("/")[0][:_LONGEST]
    return browser, system
