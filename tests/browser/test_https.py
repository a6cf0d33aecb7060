"""An https site in a browser, on the real web server: cookies, and pictures of a letter from another host."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from distributor.domain.letters import Draft
from distributor.letters.models import Letter
from tests.browser.conftest import until
from tests.integration import world
from tests.integration.web import web
from tests.servers.base import free_port, write_certificate

PASSWORD = "a-long-password"
PICTURE = "https://pictures.example/fog.gif"
GIF = base64.b64decode("R0lGODlhAQABAPAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
REFUSED = "document.addEventListener('securitypolicyviolation', event => (window.refused = event.blockedURI))"


@pytest.fixture
def letter(transactional_db: None, draft: Draft) -> Letter:
    body = f'<p>Dear neighbours,</p><p><img src="{PICTURE}" alt="Fog"></p>'
    with_picture = replace(draft, body_html=body, image_url=PICTURE, image_alt="Fog", share_bar=("link", "mail"))
    return world.put_online(with_picture, world.make_publication())


@pytest.fixture
def https_page(browser: Browser, letter: Letter, tmp_path: Path) -> Iterator[Page]:
    certificate = str(write_certificate(tmp_path / "site.pem"))
    port = free_port()
    address = f"https://127.0.0.1:{port}"
    options = (f"--ssl-keyfile={certificate}", f"--ssl-certfile={certificate}")
    with web(*options, port=port, DISTRIBUTOR_SITE_URL=address):
        context = browser.new_context(base_url=address, ignore_https_errors=True)
        context.route("**/*", lambda route: _answer(route, address))
        yield context.new_page()
        context.close()


def _answer(route: Route, site: str) -> None:
    """Let the site's own addresses through, answer others with a picture: what is refused does not get here."""
    if route.request.url.startswith(site):
        route.continue_()
    else:
        route.fulfill(body=GIF, content_type="image/gif")


def is_shown(page: Page) -> None:
    until(page, f"[...document.images].some(image => image.src === '{PICTURE}' && image.naturalWidth > 0)")


def test_a_letter_shows_its_pictures_and_no_others(https_page: Page, letter: Letter) -> None:
    https_page.add_init_script(REFUSED)
    https_page.goto(f"/lantern/letters/{letter.slug}/")
    is_shown(https_page)
    https_page.evaluate("new Image().src = 'https://spy.example/?seen'")
    until(https_page, "window.refused === 'https://spy.example/?seen'")


def cookies_of(context: BrowserContext) -> dict[str, tuple[bool, bool, str]]:
    return {cookie["name"]: (cookie["secure"], cookie["httpOnly"], cookie["path"]) for cookie in context.cookies()}


def test_an_editor_logs_in_and_sees_the_pictures_of_variants(https_page: Page, letter: Letter) -> None:
    hashed = PBKDF2PasswordHasher().encode(PASSWORD, "salt")  # as the server's own hashers read it
    user = world.make_colleague("mina")
    User.objects.filter(pk=user.pk).update(password=hashed)
    https_page.goto(f"/desk/login/?next=/desk/letters/{letter.pk}/")
    https_page.get_by_label("Name").fill("mina")
    https_page.get_by_label("Password").fill(PASSWORD)
    https_page.get_by_role("button", name="Log in", exact=True).click()
    expect(https_page.get_by_role("heading", level=1)).to_contain_text(letter.title)
    assert cookies_of(https_page.context) == dict.fromkeys(("__Host-csrftoken", "__Host-sessionid"), (True, True, "/"))
    https_page.evaluate("document.querySelectorAll('img').forEach(image => (image.loading = 'eager'))")
    is_shown(https_page)
    https_page.goto(f"/desk/letters/{letter.pk}/mail/mail/")
    expect(https_page.locator("img[alt=Fog]").first).to_be_visible()
    assert https_page.locator("img[alt=Fog]").first.evaluate("image => image.naturalWidth") == 1
