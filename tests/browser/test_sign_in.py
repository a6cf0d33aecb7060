"""Logging in as an editor does: a second factor set up and used, by keyboard, and a passkey of Chromium's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import redis
from django.contrib.auth.models import User
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.accessibility import violations
from tests.integration import conftest as services
from tests.integration.sign_in import PASSWORD, make_editor, secret_on, totp

Opener = Callable[..., Page]
PHONE = {"viewport": {"width": 375, "height": 800}, "color_scheme": "dark", "locale": "ko-KR"}

broker = services.broker


@pytest.fixture
def mina(site: str, broker: redis.Redis) -> User:
    return make_editor()


@pytest.fixture
def authenticator(open_page: Opener, site: str) -> Callable[[Page], CDPSession]:
    """Give a page's browser a place for passkeys, whose owner is always there and says yes."""

    def add(page: Page) -> CDPSession:
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return session

    return add


def log_in(page: Page) -> None:
    """Type name and password, by keyboard alone."""
    page.goto("/desk/login/")
    expect(page.locator("[name=username]")).to_be_focused()
    page.keyboard.type("mina")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def log_out(page: Page) -> None:
    page.locator("form.logout button").click()
    page.wait_for_url("**/desk/login/**")


def is_right(page: Page) -> None:
    assert violations(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone-dark-korean"])
def test_two_factors(
    open_page: Opener, site: str, mina: User, authenticator: Callable[[Page], CDPSession], options: dict[str, object]
) -> None:
    page = open_page("/desk/login/", base_url=site.replace("127.0.0.1", "localhost"), **options)
    authenticator(page)
    is_right(page)
    log_in(page)
    page.wait_for_url("**/desk/")

    page.goto("/desk/account/app/")
    is_right(page)
    secret = secret_on(page.content())
    page.locator("#id_code").focus()
    page.keyboard.type(totp(secret))
    page.keyboard.press("Enter")
    page.wait_for_url("**/recovery-codes/")
    expect(page.locator(".codes code")).to_have_count(10)
    is_right(page)
    page.goto("/desk/account/")
    is_right(page)

    log_out(page)
    log_in(page)
    page.wait_for_url("**/second-factor/")
    is_right(page)
    expect(page.locator("#id_code")).to_be_focused()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.locator("#id_code-error")).to_be_visible()
    expect(page.locator("#id_code")).to_be_focused()
    page.keyboard.type(totp(secret, steps_from_now=1))
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")

    page.goto("/desk/account/passkeys/add/")
    is_right(page)
    page.locator("#id_name").fill("<b>Laptop</b>")
    page.locator("#passkey-add").press("Enter")
    page.wait_for_url("**/desk/account/")
    expect(page.locator(".passkeys strong")).to_have_text("<b>Laptop</b>")
    is_right(page)

    log_out(page)
    page.locator("#passkey-use").press("Enter")  # alone
    page.wait_for_url("**/desk/")
    log_out(page)
    log_in(page)  # after the password
    page.wait_for_url("**/second-factor/")
    is_right(page)
    page.locator("#passkey-use").press("Enter")
    page.wait_for_url("**/desk/")
    page.goto("/desk/account/")
    page.locator(".passkeys button").press("Enter")
    expect(page.locator(".passkeys")).to_have_count(0)


def test_without_a_passkey_it_says_so(
    open_page: Opener, site: str, mina: User, authenticator: Callable[[Page], CDPSession]
) -> None:
    page = open_page("/desk/login/", base_url=site.replace("127.0.0.1", "localhost"))
    session = authenticator(page)
    page.locator("#passkey-use").click()  # there is none yet
    expect(page.locator("#passkey-error")).to_have_text("The browser gave no passkey: log in with your password.")
    is_right(page)
    session.send("WebAuthn.disable")
