"""A real browser on a live server with a real database. Without a browser these tests are skipped, with a reason."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Route,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.letters.models import Letter, Publication
from tests.integration import conftest as scripted
from tests.integration import world
from tests.integration.processes import wait_for

PATIENCE = 60_000  # milliseconds, after which something hangs; how fast a busy machine is decides nothing
expect.set_options(timeout=PATIENCE)
# The shell without windows comes first: a fresh profile takes it a quarter of the time that it takes a whole browser.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# An address that is no secure context for a browser, unlike 127.0.0.1: there is no clipboard to write to.
INSECURE = "lantern.test"
NAMES_OF_SITE = ("127.0.0.1", INSECURE, "localhost")  # passkeys are of a name, and no network address is one
FLAGS = (
    "--no-sandbox",  # as root, which containers are
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    f"--host-resolver-rules=MAP {INSECURE} 127.0.0.1",
)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Chromium without windows, started once for all browser tests: the address that drives it."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"There is no browser here: install one of {', '.join(NAMES)}.")
    config = tmp_path_factory.mktemp("chromium") / "config.json"
    config.write_text(json.dumps({"executablePath": path, "args": FLAGS, "headless": True}))
    command = [sys.executable, "-m", "playwright", "launch-server", "--browser", "chromium", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        os.killpg(server.pid, signal.SIGTERM)


# Not for the session: while Playwright runs, no other event loop can in this thread, and the SMTP client has its own.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, in which Django would refuse the database to the tests.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        yield playwright.chromium.connect(chromium)
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def until(page: Page, expression: str) -> None:
    """Wait until JavaScript says so. Playwright's own waiting asks again by `eval`, which our pages' policy forbids."""
    wait_for(lambda: page.evaluate(expression), what=expression)


@pytest.fixture
def site(transactional_db: None, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address that letters' links lead to."""
    url = live_server.url.replace("localhost", "127.0.0.1")
    monkeypatch.setattr(settings, "SITE_URL", url)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", [*settings.ALLOWED_HOSTS, INSECURE])
    return url


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a page in a fresh profile. Nothing leaves this machine; errors in the page fail the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def guard(route: Route) -> None:
        ours = route.request.url.startswith(tuple(site.replace("127.0.0.1", name) for name in NAMES_OF_SITE))
        route.continue_() if ours else route.abort()

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            problems.append(message.text)

    def make(path: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "base_url": site, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        context.route("**/*", guard)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", listen)
        page.goto(path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def publication(site: str) -> Publication:
    return world.make_publication()


@pytest.fixture
def publish(publication: Publication) -> Callable[..., Letter]:
    """Take in and publish a letter."""

    def make(title: str, number: int = 1) -> Letter:
        draft = Draft(
            source=f"https://lantern.example/{title}",
            title=title,
            body_html="".join(f"<p>Paragraph {n} of the letter says what it says.</p>" for n in range(40)),
            body_text="It says what it says.",
            series=SeriesView("Letters from the Pier", number),
            editor_note="People who keep the light write to the town. ― ED.",
            authors=(AuthorView("Ida Holm", "ida@lantern.example", "Ida Holm keeps the light."),),
            section="LETTER",
            share_bar=("facebook", "twitter", "kakao", "mail", "link"),
        )
        letter = world.make_letter(draft, publication)
        world.work(*world.queue(letter, "link"))
        return letter

    return make


@pytest.fixture
def logged_in(open_page: Callable[..., Page], site: str) -> Callable[..., Page]:
    """Open the desk's first page as an editor whose session has begun already."""

    def make(**options: Any) -> Page:
        client = Client()
        client.force_login(world.make_colleague("mina"))
        name = settings.SESSION_COOKIE_NAME
        session = {
            "name": name, "value": client.cookies[name].value, "domain": urlsplit(site).hostname, "path": "/",
            "expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax",
        }  # fmt: skip
        return open_page("/desk/", storage_state={"cookies": [session], "origins": []}, **options)

    return make


# The channel whose answers a test scripts, a letter, and the practice world: the other tests' fixtures serve here too.
long_turns = scripted.long_turns
mail_channel = scripted.mail_channel
draft = scripted.draft
practice = scripted.practice
