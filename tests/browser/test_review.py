"""The review of a letter in a browser: from typed text to five channels approved, variants as they are typed."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.letters.models import Letter, Publication
from distributor.practice.networks import ACCOUNTS
from tests.browser.accessibility import violations
from tests.integration import world

Opener = Callable[..., Page]
Publisher = Callable[..., Letter]

BAR = ["link", "mail", "twitter", "facebook", "bluesky"]
MOST_ACTIONS = 8


def ready(publication: Publication) -> None:
    """Connect practice accounts, and let the publication have a list, a share bar and a hold."""
    for account in ACCOUNTS:
        accounts.connect(publication, account.channel, account.name, account.values, practice=True)
    publication.share_bar, publication.hold_minutes = BAR, 10
    publication.save()
    world.make_list(publication, 12)


def test_a_letter_goes_from_typed_text_to_five_approved_channels_in_few_actions(
    logged_in: Opener, publication: Publication
) -> None:
    ready(publication)
    page = logged_in()
    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_label("Title").fill("The horn is back")
    page.locator(".cm-content").click()
    page.keyboard.insert_text("Dear neighbours,\n\nThe horn is back, and louder.")
    actions = 0

    def press(button: Locator) -> None:
        nonlocal actions
        button.click()
        actions += 1

    press(page.get_by_role("button", name="On to the review"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("The horn is back")
    expect(page.locator(".figures")).to_contain_text("Mail to 12 readers, 3 posts, and the letter’s page, 10 minutes")
    press(page.get_by_role("button", name="Approve", exact=True))
    expect(page.get_by_text("Approved. Mail to 12 readers")).to_be_visible()
    assert actions <= MOST_ACTIONS
    assert sorted(Dispatch.objects.values_list("channel", "state")) == sorted((name, "held") for name in BAR)


def test_variants_are_drawn_as_they_are_typed_and_enter_sends_nothing(
    logged_in: Opener, publication: Publication, publish: Publisher
) -> None:
    ready(publication)
    letter = publish("Fog")
    page = logged_in()
    page.goto(f"/desk/letters/{letter.pk}/review/")
    expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible()
    card = page.locator("#variant-twitter")
    card.get_by_text("only").click()
    card.get_by_label("Text").fill("The horn, in my own words.")
    expect(card.locator(".shown-variant")).to_contain_text("The horn, in my own words.")
    expect(card.locator(".length")).to_contain_text("of 280")
    assert not Dispatch.objects.filter(channel="twitter").exists()
    card.get_by_label("Link", exact=True).select_option("own")
    card.get_by_label("Address of the link").fill("https://lantern.example/horn")
    card.get_by_label("Address of the link").press("Enter")
    expect(card.locator(".shown-variant")).to_contain_text("https://lantern.example/horn")
    assert not Dispatch.objects.filter(channel="twitter").exists()
    card.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("What you wrote is kept.")).to_be_visible()
    assert Dispatch.objects.get(channel="twitter").state == "draft"
    expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible()
    # Another time is another plan; Enter shows it and approves nothing.
    page.get_by_label("When (").fill("tomorrow 9:00")
    page.get_by_label("When (").press("Enter")
    expect(page.locator(".figures")).to_contain_text("Can be taken back until")
    expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible()
    assert not Dispatch.objects.exclude(channel="link").exclude(state="draft").exists()


def test_the_page_is_accessible_in_light_and_dark_on_a_desk_and_a_phone_and_in_korean(
    logged_in: Opener, publication: Publication, publish: Publisher
) -> None:
    ready(publication)
    publication.share_bar = [account.channel for account in ACCOUNTS] + ["link"]
    publication.save()
    letter = publish("Fog")
    Letter.objects.filter(pk=letter.pk).update(share_bar=[])
    page = logged_in()
    for width, scheme in ((1280, "light"), (1280, "dark"), (375, "light"), (375, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(f"/desk/letters/{letter.pk}/review/")
        expect(page.locator(".figures")).to_be_visible()
        page.evaluate("document.querySelectorAll('details.edit').forEach((part) => { part.open = true; })")
        assert violations(page) == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, scheme)
    page.get_by_role("button", name="한국어").click()
    expect(page.locator(".figures")).to_contain_text("독자 12명에게 메일")
    page.get_by_role("link", name="어둡게").click()
    expect(page.locator("#variant-mail iframe").first).to_have_attribute("src", re.compile("look=dark"))


def test_without_a_script_it_is_read_edited_and_approved(logged_in: Opener, publication: Publication) -> None:
    ready(publication)
    page = logged_in(java_script_enabled=False)
    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_label("Title").fill("The horn is back")
    page.get_by_label("Text", exact=False).first.fill("The horn is back, and louder.")
    page.get_by_role("button", name="On to the review").click()
    page.get_by_label("When (").press("Enter")
    expect(page.locator(".figures")).to_contain_text("Mail to 12 readers")
    assert not Dispatch.objects.exists()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("Approved. Mail to 12 readers")).to_be_visible()
    assert Dispatch.objects.filter(state="held").count() == 5
