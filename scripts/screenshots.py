"""Draw the pictures of README and docs: scripts/screenshots [--all FOLDER]

A demo is run in a folder of its own, with the practice world; a browser logs in at its desk and looks. Without an
option the pictures in docs/images are drawn anew. With `--all` every screen is drawn into a folder: wide and narrow,
light and dark, in English and Korean, to be looked at by whoever changed one. Needs a Chromium (on Debian: apt install
chromium-headless-shell).
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs/images"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 300.0  # seconds until the demo has delivered everything
OURS = ("DISTRIBUTOR_", "DATABASE_URL", "REDIS_URL", "DJANGO_")
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 375, "height": 760}
_SIGNS = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Demo:
    """A demo that stays up: where its desk and its practice world are, and how to log in."""

    desk: str
    practice: str
    password: str


@dataclass(frozen=True)
class Screen:
    """A page of the desk: its name as a file, and how to come to it from the start page."""

    name: str
    visit: Callable[[Page, Demo], None]


def at(path: str) -> Callable[[Page, Demo], None]:
    """Return a visit to a page of the desk by its address."""
    return lambda page, demo: _go(page, demo.desk + path)


def by(start: str, *selectors: str) -> Callable[[Page, Demo], None]:
    """Return a visit to the page behind the first link that matches, and so on from there."""

    def visit(page: Page, demo: Demo) -> None:
        _go(page, demo.desk + start)
        for selector in selectors:
            page.locator(selector).first.click()
            page.wait_for_load_state()

    return visit


def practice(path: str) -> Callable[[Page, Demo], None]:
    """Return a visit to a page of the practice world."""
    return lambda page, demo: _go(page, f"{demo.practice}/{path}")


LETTER = "main a[href^='/desk/letters/']:not([href*='new']):not([href*='write'])"
SCREENS = (
    Screen("home", at("")),
    Screen("write", at("letters/write/")),
    Screen("letter", by("", LETTER)),
    Screen("review", by("", LETTER, "a[href$='/review/']")),
    Screen("calendar", at("calendar/")),
    Screen("people", at("people/")),
    Screen("person", by("people/", "main table a[href^='/desk/people/']")),
    Screen("lists", at("lists/")),
    Screen("segments", at("segments/")),
    Screen("imports", at("imports/")),
    Screen("channels", at("channels/")),
    Screen("templates", at("templates/")),
    Screen("template", by("templates/", "main a[href*='/templates/'][href$='.html/']")),
    Screen("look", at("look/")),
    Screen("feeds", at("feeds/")),
    Screen("returns", at("returns/")),
    Screen("settings", at("settings/")),
    Screen("team", at("editors/")),
    Screen("audit", at("audit/")),
    Screen("account", at("account/")),
    Screen("notices", at("notices/")),
)
# Of these README and docs tell: the file's name there, and the screen.
DRAWN = {"desk": "letter", "calendar": "calendar", "people": "people"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="draw every screen in every setting, into a folder")
    folder = parser.parse_args().all
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise SystemExit(f"There is no browser here: install one of {', '.join(BROWSERS)}.")
    with running_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        if folder:
            draw_all(browser, demo, folder)
        else:
            draw_images(browser, demo)
        browser.close()


def draw_images(browser: Browser, demo: Demo) -> None:
    """Draw the pictures in docs/images."""
    with logged_in(browser, demo) as page:
        visit_of = {screen.name: screen.visit for screen in SCREENS}
        for name, screen in DRAWN.items():
            visit_of[screen](page, demo)
            _draw(page, IMAGES / f"{name}.png")
        visits = {"mail": practice("mail/1/"), "twitter": practice("twitter")}
        for name, visit in visits.items():
            visit(page, demo)
            _draw(page, IMAGES / f"{name}.png")


def draw_all(browser: Browser, demo: Demo, folder: Path) -> None:
    """Draw every screen, wide and narrow, light and dark, in English and Korean."""
    folder.mkdir(parents=True, exist_ok=True)
    for (width, size), scheme, language in product(
        (("wide", WIDE), ("narrow", NARROW)), ("light", "dark"), ("en", "ko")
    ):
        with logged_in(browser, demo, viewport=size, color_scheme=scheme) as page:
            choose_language(page, demo, language)
            for screen in SCREENS:
                screen.visit(page, demo)
                _draw(page, folder / f"{screen.name}-{width}-{scheme}-{language}.png", whole=True)


def choose_language(page: Page, demo: Demo, language: str) -> None:
    """Choose the desk's language for who is logged in, as one does at the foot of each page."""
    _go(page, demo.desk)
    page.locator(f"footer button[value={language}]").click()
    page.wait_for_load_state()


@contextmanager
def logged_in(browser: Browser, demo: Demo, **options: object) -> Iterator[Page]:
    """Open the desk in a fresh profile and log in."""
    context = browser.new_context(**{"viewport": WIDE, **options})  # type: ignore[arg-type] # a mapping of many types
    page = context.new_page()
    _go(page, demo.desk)
    page.locator("[name=username]").fill("editor")
    page.locator("[name=password]").fill(demo.password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_load_state()
    yield page
    context.close()


@contextmanager
def running_demo() -> Iterator[Demo]:
    """Run a demo as on a terminal, where it stays up, and end it at the end."""
    with tempfile.TemporaryDirectory(prefix="distributor-screenshots-") as home:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        pid, terminal = pty.fork()
        if not pid:
            os.environ.clear()
            os.environ.update(kept, DISTRIBUTOR_HOME=home, COLUMNS="250", PYTHONPATH=str(ROOT))
            os.execv(sys.executable, [sys.executable, "-P", "-m", "distributor.cli", "demo"])  # noqa: S606
        try:
            yield _read_demo(terminal)
        finally:
            os.kill(pid, signal.SIGINT)
            _drain(terminal)
            os.waitpid(pid, 0)


def _read_demo(terminal: int) -> Demo:
    """Read what the demo says until it says that one may look around."""
    text, deadline = b"", time.monotonic() + PATIENCE
    while b"press Ctrl-C" not in text:
        if time.monotonic() > deadline:
            raise SystemExit(f"The demo takes too long:\n{text.decode()}")
        try:
            text += _SIGNS.sub(b"", os.read(terminal, 4096))
        except OSError:  # it has ended
            raise SystemExit(f"The demo did not stay up:\n{text.decode()}") from None
    words = text.decode()
    desk = re.search(r"Desk +(\S+) .*password (\S+)", words)
    practice_url = re.search(r"Practice world +(\S+?)/? ", words)
    if desk is None or practice_url is None:
        raise SystemExit(f"The demo does not say where its desk is:\n{words}")
    return Demo(desk[1], practice_url[1], password=desk[2])


def _drain(terminal: int) -> None:
    """Read until the demo has ended: its last words would keep it waiting."""
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        return


def _go(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("load")


def _draw(page: Page, path: Path, *, whole: bool = False) -> None:
    if whole:  # what loads when it comes into sight
        page.mouse.wheel(0, 20_000)
        page.wait_for_load_state("networkidle")
        page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=path, full_page=whole, animations="disabled")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
