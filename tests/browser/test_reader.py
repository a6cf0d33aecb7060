"""A letter's page as a reader uses it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from distributor.audience.models import Subscription
from distributor.channels.kakao import share_script
from distributor.delivery.mail.link_tokens import RecipientLinks
from distributor.letters.models import Letter, Publication
from tests.browser.conftest import INSECURE, until
from tests.integration import world

Opener = Callable[..., Page]
Publisher = Callable[..., Letter]


def address(letter: Letter) -> str:
    return f"/lantern/letters/{letter.slug}/"


def size(page: Page) -> float:
    return float(page.locator(".body p").first.evaluate("element => parseFloat(getComputedStyle(element).fontSize)"))


def test_the_font_size_is_chosen_by_keyboard_and_remembered(open_page: Opener, publish: Publisher) -> None:
    page = open_page(address(publish("Fog")))
    sizes = []
    for label in ("-2", "-1", "0", "+1", "+2"):
        button = page.get_by_role("button", name=f"font-size {label}", exact=True)
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")
        assert page.locator(".settings [aria-pressed=true]").count() == 1
        sizes.append(size(page))
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 5
    page.reload()
    assert size(page) == sizes[4]
    expect(page.get_by_role("button", name="font-size +2")).to_have_attribute("aria-pressed", "true")
    page.goto(address(publish("Another letter", 2)))
    assert size(page) == sizes[4]
    page.get_by_role("button", name="font-size 0").click()
    page.reload()
    assert size(page) == sizes[2]


def test_the_top_10_closes_for_the_session_and_opens_again(open_page: Opener, publish: Publisher) -> None:
    page = open_page(address(publish("Fog")))
    panel = page.get_by_role("heading", name="Top 10 Stories")
    expect(panel).to_be_visible()
    expect(page.locator(".top-10 li")).to_have_text(["Fog"])
    page.get_by_role("button", name="X CLOSE").click()
    expect(panel).to_be_hidden()
    reopen = page.get_by_role("button", name="Top 10 Stories")
    expect(reopen).to_be_focused()
    page.reload()
    expect(panel).to_be_hidden()
    reopen.click()
    expect(panel).to_be_visible()
    expect(page.get_by_role("button", name="X CLOSE")).to_be_focused()


def test_the_link_is_copied_and_said_so(open_page: Opener, publish: Publisher, site: str) -> None:
    letter = publish("Fog")
    page = open_page(address(letter), permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Link share button").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}{address(letter)}"


def test_without_a_clipboard_the_link_is_there_to_copy(open_page: Opener, publish: Publisher, site: str) -> None:
    letter = publish("Fog")
    page = open_page(f"{site.replace('127.0.0.1', INSECURE)}{address(letter)}")
    assert page.evaluate("navigator.clipboard === undefined")
    page.get_by_role("link", name="Link share button").click()
    field = page.get_by_label("The letter’s link")
    expect(field).to_be_focused()
    expect(field).to_have_value(f"{site}{address(letter)}")
    assert page.evaluate("String(getSelection())") == f"{site}{address(letter)}"
    expect(page.locator("#said")).to_be_visible()


def test_kakao_opens_the_share_menu_or_copies_the_link(open_page: Opener, publish: Publisher, site: str) -> None:
    letter = publish("Fog")
    phone = open_page("/lantern/", permissions=["clipboard-read", "clipboard-write"])
    phone.add_init_script("navigator.share = async (data) => { window.shared = data; };")
    phone.goto(address(letter))
    phone.get_by_role("link", name="Kakao share button").click()
    assert phone.evaluate("window.shared") == {"title": "Fog", "url": f"{site}{address(letter)}"}
    computer = open_page("/lantern/", permissions=["clipboard-read", "clipboard-write"])
    computer.add_init_script("delete Navigator.prototype.share;")
    computer.goto(address(letter))
    computer.get_by_role("link", name="Kakao share button").click()
    expect(computer.get_by_role("status").filter(has_text="paste the link into a KakaoTalk chat")).to_be_visible()
    assert computer.evaluate("navigator.clipboard.readText()") == f"{site}{address(letter)}"


KAKAO_SDK = """window.Kakao = {
  init(key) { this.key = key; }, isInitialized() { return Boolean(this.key); },
  Share: { sendDefault(settings) { window.sent = [...(window.sent ?? []), settings]; } },
};"""


@pytest.fixture
def with_kakao_key(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    publication.channel_options = {"kakao": {"more": {"javascript_key": "0123456789abcdef"}}}
    publication.save()
    digest = base64.b64encode(hashlib.sha384(KAKAO_SDK.encode()).digest()).decode()
    monkeypatch.setattr(share_script, "INTEGRITY", f"sha384-{digest}")


def serve_kakao(page: Page, script: str = KAKAO_SDK) -> list[str]:
    """Stand in for Kakao's script, and note each time it is asked for."""
    asked: list[str] = []

    def serve(route: Route) -> None:
        asked.append(route.request.url)
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript"}
        route.fulfill(body=script, headers=headers)

    page.context.route("https://t1.kakaocdn.net/**", serve)
    return asked


def test_with_a_key_kakao_opens_and_its_script_comes_with_the_press(
    open_page: Opener, publish: Publisher, site: str, with_kakao_key: None
) -> None:
    letter = publish("Fog")
    page = open_page("/lantern/")
    asked = serve_kakao(page)
    page.goto(address(letter))
    page.wait_for_load_state("networkidle")
    assert asked == []  # who only reads is not seen by Kakao
    button = page.get_by_role("link", name="Kakao share button")
    button.focus()
    page.keyboard.press("Enter")
    until(page, "window.sent?.length === 1")
    button.click()
    until(page, "window.sent?.length === 2")
    assert asked == [share_script.SDK]
    assert page.evaluate("Kakao.key") == "0123456789abcdef"
    sent = page.evaluate("sent[0]")
    url = f"{site}{address(letter)}"
    assert (sent["content"]["title"], sent["content"]["link"]["webUrl"]) == ("Fog", url)
    expect(page.locator("#said")).to_be_hidden()


@pytest.mark.parametrize("script", ["", "window.Kakao = {};"])
def test_where_kakaos_script_is_away_or_another_one_the_link_is_copied(
    script: str, open_page: Opener, publish: Publisher, site: str, with_kakao_key: None
) -> None:
    letter = publish("Fog")
    page = open_page("/lantern/", permissions=["clipboard-read", "clipboard-write"])
    page.add_init_script("delete Navigator.prototype.share;")
    asked = serve_kakao(page, script) if script else []
    page.goto(address(letter))
    page.get_by_role("link", name="Kakao share button").click()
    expect(page.get_by_role("status").filter(has_text="paste the link into a KakaoTalk chat")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}{address(letter)}"
    assert page.evaluate("window.Kakao === undefined")  # a script that was changed on the way does not run
    assert len(asked) == (1 if script else 0)


def test_without_a_key_kakaos_script_may_not_run(open_page: Opener, publish: Publisher) -> None:
    page = open_page(address(publish("Fog")))
    policy = page.request.get(page.url).headers["content-security-policy"]
    assert "kakao" not in policy
    assert "kakaocdn" not in page.content()


def test_facebook_x_and_mail_are_plain_links(open_page: Opener, publish: Publisher) -> None:
    page = open_page(address(publish("Fog")))
    for name, begins in (
        ("Facebook", "https://www.facebook.com/sharer/sharer.php?u=http"),
        ("Twitter", "https://x.com/intent/tweet?text=Fog&url=http"),
        ("Mail", "mailto:?subject=Fog&body=Fog%0D%0A%0D%0Ahttp"),
    ):
        button = page.get_by_role("link", name=f"{name} share button")
        expect(button).to_be_visible()
        assert str(button.get_attribute("href")).startswith(begins)
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Facebook share button").click()
    assert popup.value.evaluate("window.opener === null")


def test_go_top_goes_to_the_top(open_page: Opener, publish: Publisher) -> None:
    page = open_page(address(publish("Fog")), reduced_motion="reduce")
    page.get_by_role("link", name="go top").click()
    until(page, "scrollY === 0")
    expect(page.get_by_text("LETTER", exact=True)).to_be_attached()


def test_previous_and_next_lead_through_the_series(open_page: Opener, publish: Publisher) -> None:
    publish("First", 1)
    second = publish("Second", 2)
    publish("Third", 3)
    page = open_page(address(second))
    page.get_by_role("link", name="Next letter, no. 3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Third")
    page.get_by_role("link", name="Previous letter, no. 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second")
    page.get_by_role("link", name="Letters from the Pier").click()
    expect(page.get_by_role("heading", level=2)).to_have_text(["Third", "Second", "First"])


def test_without_scripts_the_letter_is_all_there(open_page: Opener, publish: Publisher, site: str) -> None:
    letter = publish("Fog")
    page = open_page(address(letter), java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Fog")
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("heading", name="Top 10 Stories")).to_be_visible()
    page.get_by_role("link", name="Link share button").click()
    expect(page.get_by_label("The letter’s link")).to_be_visible()
    expect(page.get_by_label("The letter’s link")).to_have_value(f"{site}{address(letter)}")


def test_a_phone_never_scrolls_sideways(open_page: Opener, publish: Publisher) -> None:
    letter = publish("A title with averyveryverylongwordthatnobodywouldeverwritebutsomebodydoes in it")
    page = open_page(address(letter), viewport={"width": 375, "height": 700})
    for path in (address(letter), "/lantern/", "/lantern/series/letters-from-the-pier/", "/nowhere/", "/desk/login/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, path


def test_leaving_a_list(open_page: Opener, publish: Publisher, publication: Publication, site: str) -> None:
    readers = world.make_list(publication, 1)
    (dispatch,) = world.queue(publish("Fog"), "mail", lists=[readers])
    subscription = Subscription.objects.get()
    page = open_page(RecipientLinks(dispatch.pk).of(subscription.subscriber_id)["unsubscribe_url"])
    expect(page.get_by_role("heading", name="Leave “Readers”?")).to_be_visible()
    subscription.refresh_from_db()
    assert subscription.state == "active"
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", name="You have left “Readers”")).to_be_visible()
    subscription.refresh_from_db()
    assert subscription.state == "left"
    assert page.context.cookies() == []
    page.get_by_role("button", name="I left by mistake").click()
    expect(page.get_by_role("heading", name="You are back on “Readers”")).to_be_visible()
    subscription.refresh_from_db()
    assert (subscription.state, subscription.left_at, subscription.left_source) == ("active", None, "")


def test_a_page_from_before_leaving_promises_no_mail(
    open_page: Opener, publish: Publisher, publication: Publication
) -> None:
    publication.digests_from = timezone.now()
    publication.save()
    readers = world.make_list(publication, 1)
    (dispatch,) = world.queue(publish("Fog"), "mail", lists=[readers])
    subscription = Subscription.objects.get()
    link = RecipientLinks(dispatch.pk).of(subscription.subscriber_id)["unsubscribe_url"]
    first, second = open_page(link), open_page(link)
    first.get_by_role("button", name="Unsubscribe").press("Enter")
    expect(first.get_by_role("heading", name="You have left “Readers”")).to_be_visible()
    second.get_by_role("button", name="Once a day").click()
    expect(second.get_by_role("alert")).to_contain_text("You are on no list any more")
    subscription.refresh_from_db()
    assert (subscription.state, subscription.cadence) == ("left", "each letter")
    second.get_by_role("button", name="I left by mistake").click()
    expect(second.get_by_role("heading", name="You are back on “Readers”")).to_be_visible()
