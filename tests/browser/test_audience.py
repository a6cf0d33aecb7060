"""The audience screens as an editor uses them: found while typing, many at once, a segment by clicking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from distributor.audience import actions, growth, search, segments
from distributor.audience.models import Consent, MailingList, Segment, Subscriber, Suppression, Tag
from distributor.domain.segment_words import read
from distributor.letters.models import Publication
from tests.browser.accessibility import violations
from tests.integration import world

Opener = Callable[..., Page]


@pytest.fixture
def readers(publication: Publication) -> MailingList:
    made = world.make_list(publication, 12)
    Subscriber.objects.filter(email="reader3@inbox.example").update(name="Sofía Holm", attributes={"city": "Seoul"})
    search.index_backlog(100)
    growth.record()
    return made


def audience(page: Page) -> None:
    page.get_by_role("link", name="Audience").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People")


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_is_found_by_a_part_of_their_name(logged_in: Opener, readers: MailingList, scripts: bool) -> None:
    page = logged_in(java_script_enabled=scripts)
    audience(page)
    page.get_by_label("Part of an address or a name").fill("fía ho")
    if not scripts:
        page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="reader3@inbox.example").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sofía Holm")
    expect(page.get_by_text("Seoul")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_many_are_tagged_after_a_question(logged_in: Opener, readers: MailingList, scripts: bool) -> None:
    page = logged_in(java_script_enabled=scripts)
    page.goto("/desk/people/?q=reader1")  # 1, 10 and 11
    page.get_by_label("With those who are chosen").select_option("Add a tag")
    page.get_by_label("All whom this search is about").check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("3 people")).to_be_visible()
    assert not Tag.objects.exists()
    page.get_by_label("Tag", exact=True).fill("Press")
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.get_by_text("3 people are different now")).to_be_visible()
    assert Subscriber.objects.filter(tags=["press"]).count() == 3


def test_a_person_is_added_by_keyboard_alone(logged_in: Opener, readers: MailingList) -> None:
    page = logged_in()
    audience(page)
    page.get_by_role("link", name="Add a person").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Mail address").press_sequentially("ana@inbox.example")
    page.get_by_label("Readers").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("On paper, at the fair")
    page.keyboard.press("Enter")
    expect(page.get_by_text("ana@inbox.example is added")).to_be_visible()
    assert Consent.objects.get().how == "On paper, at the fair"


def test_a_segment_is_put_together_by_clicking(logged_in: Opener, readers: MailingList) -> None:
    page = logged_in()
    page.goto("/desk/segments/new/")
    page.get_by_label("Name", exact=True).fill("Seoul or press")
    box = page.locator(".builder")
    box.get_by_label("Group").select_option("At least one of these holds")
    box.get_by_role("button", name="Add a condition").click()
    box.get_by_label("Field").select_option("Attribute")
    box.get_by_label("Name of the attribute").fill("city")
    box.get_by_label("Value").fill("Seoul")
    expect(page.get_by_label("Rule", exact=True)).to_have_value("attributes.city is Seoul")
    expect(page.locator("#rule-count")).to_contain_text("1 person would get mail now")
    box.get_by_role("button", name="Add a group").click()
    inner = box.locator(".group .group")
    inner.get_by_label("Field").select_option("List")
    inner.get_by_label("Value").select_option("Readers")
    expect(page.get_by_label("Rule", exact=True)).to_have_value("attributes.city is Seoul or on list readers")
    expect(page.locator("#rule-count")).to_contain_text("12 people would get mail now")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Seoul or press is stored")).to_be_visible()
    expect(box.get_by_label("Field").first).to_have_value("attribute")
    assert Segment.objects.get().rule["any"][1] == {"on list": "readers"}


def test_a_rule_of_many_levels_is_left_to_its_words(logged_in: Opener, readers: MailingList) -> None:
    page = logged_in()
    page.goto("/desk/segments/new/")
    page.get_by_label("Name", exact=True).fill("Deep")
    deep = "name is a or (name is b and (name is c or (name is d and name is e)))"
    page.get_by_label("Rule", exact=True).fill(deep)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("more than can be clicked")).to_be_visible()
    expect(page.get_by_label("Rule", exact=True)).to_have_value(deep)


def stored_segment(page: Page, readers: MailingList, words: str) -> Segment:
    segment = segments.add(readers.publication, "some", rule=read(words))
    page.goto(f"/desk/segments/{segment.pk}/")
    return segment


def test_a_condition_on_what_is_gone_stays(logged_in: Opener, readers: MailingList) -> None:
    page = logged_in()
    old = actions.create_list(readers.publication, "old")
    actions.archive_list(old)
    words = "on list old and tagged press"
    segment = stored_segment(page, readers, words)
    box = page.locator(".builder")
    expect(box.get_by_label("Value").nth(0)).to_have_value("old")
    expect(box.get_by_label("Value").nth(1)).to_have_value("press")
    box.get_by_label("Group").select_option("At least one of these holds")
    page.get_by_role("button", name="Save").click()  # before the words could change
    expect(page.get_by_text("Some is stored")).to_be_visible()
    segment.refresh_from_db()
    assert segment.rule == {"any": [{"on list": "old"}, {"tagged": "press"}]}


def test_what_was_clicked_is_not_lost_where_the_desk_is_away(logged_in: Opener, readers: MailingList) -> None:
    page = logged_in()
    segment = stored_segment(page, readers, "on list readers and never opened")
    page.route("**/segments/words/", lambda route: route.abort())
    page.locator(".builder").get_by_label("Group").select_option("At least one of these holds")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("does not say yet what you clicked")).to_be_visible()
    segment.refresh_from_db()
    assert "all" in segment.rule
    page.unroute("**/segments/words/")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Some is stored")).to_be_visible()
    segment.refresh_from_db()
    assert "any" in segment.rule


def test_without_its_last_condition_a_rule_is_empty(logged_in: Opener, readers: MailingList) -> None:
    page = logged_in()
    segment = stored_segment(page, readers, "on list readers")
    box = page.locator(".builder")
    box.get_by_label("Value").select_option("–")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("A condition is not finished")).to_be_visible()
    expect(page.get_by_label("Rule", exact=True)).to_have_value("on list readers")
    box.get_by_role("button", name="Remove").click()
    expect(page.get_by_label("Rule", exact=True)).to_have_value("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Say who is in it.")).to_be_visible()
    segment.refresh_from_db()
    assert segment.rule == {"on list": "readers"}


def test_the_builder_follows_what_is_typed(logged_in: Opener, readers: MailingList) -> None:
    page = logged_in()
    stored_segment(page, readers, "on list readers")
    box = page.locator(".builder")
    rule = page.get_by_label("Rule", exact=True)
    rule.fill("not on list readers and clicked in 7 days")
    expect(box.get_by_label("Days")).to_have_value("7")
    box.get_by_label("Days").fill("8")
    expect(rule).to_have_value("not on list readers and clicked in 8 days")
    rule.fill('name in (a, "b, c")')  # a comma in a value: no row can say that
    expect(page.get_by_text("more than can be clicked")).to_be_visible()
    expect(box).to_be_hidden()
    page.get_by_label("Name", exact=True).fill("")
    rule.fill("never clicked")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Give it a name")).to_be_visible()
    expect(box.get_by_label("Field")).to_have_value("clicked")
    expect(rule).to_have_value("never clicked")


def test_a_list_shows_its_growth_and_a_phone_never_scrolls_sideways(logged_in: Opener, readers: MailingList) -> None:
    person = world.reader(3)
    Suppression.objects.create(email="a.very.long.address.that.goes.on@inbox.example", reason="manual")
    page = logged_in(viewport={"width": 360, "height": 740})
    for path in (
        *("people/", "people/new/", f"people/{person.pk}/", f"people/{person.pk}/edit/", "lists/", "lists/new/"),
        *(f"lists/{readers.pk}/", "segments/new/", "returns/suppressed/", "returns/suppressed/many/"),
    ):
        page.goto(f"/desk/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    page.goto(f"/desk/lists/{readers.pk}/")
    expect(page.locator("svg polyline")).to_have_count(1)
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("rowheader").first).to_be_visible()


SETTINGS: dict[str, dict[str, Any]] = {
    "wide": {},
    "phone": {"viewport": {"width": 375, "height": 800}},
    "dark": {"color_scheme": "dark"},
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_axe_has_nothing_to_say(logged_in: Opener, readers: MailingList, setting: str) -> None:
    person = world.reader(3)
    Subscriber.objects.filter(pk=person.pk).update(tags=["press"])
    Consent.objects.create(subscriber=person, list=readers, at=timezone.now(), how="On paper", actor="mina")
    Suppression.objects.create(email="reader5@inbox.example", reason="complaint", detail="spam button")
    rule = read("attributes.city is Seoul and (tagged press or opened in 30 days)")
    segment = segments.add(readers.publication, "seoul", rule=rule)
    page = logged_in(**SETTINGS[setting])
    problems = {}
    for path in (
        *("people/", "people/?q=xyz", f"people/{person.pk}/", f"people/{world.reader(5).pk}/", "people/new/"),
        *(f"people/{person.pk}/edit/", f"people/{person.pk}/erase/", "lists/", f"lists/{readers.pk}/", "lists/new/"),
        *("segments/", f"segments/{segment.pk}/", "imports/", "returns/", "returns/suppressed/"),
        "returns/suppressed/many/?reason=complaint",
    ):
        page.goto(f"/desk/{path}")
        if path.startswith("segments/") and path != "segments/":
            expect(page.locator(".builder")).to_be_visible()
        problems[path] = violations(page)
    page.goto("/desk/people/?q=reader1")
    page.get_by_label("With those who are chosen").select_option("Put on a list")
    page.get_by_label("All whom this search is about").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.get_by_text("Say how they agreed")).to_be_visible()
    problems["many at once"] = violations(page)
    assert {path: rows for path, rows in problems.items() if rows} == {}
