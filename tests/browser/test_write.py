"""Writing letters in a browser: the editor, what is kept of what is typed, pictures, two people, the keyboard alone."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.letters import autosaves, edits
from distributor.letters.models import Autosave, Letter, Media, Publication
from distributor.practice.networks import ACCOUNTS
from tests.browser.accessibility import violations
from tests.browser.conftest import until
from tests.integration import world

Opener = Callable[..., Page]
Publisher = Callable[..., Letter]

DROP = """([kind, data, name, type]) => {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  const target = document.querySelector(".cm-content");
  const box = target.getBoundingClientRect();
  const place = { clientX: box.x + 5, clientY: box.y + 5, bubbles: true, cancelable: true };
  target.dispatchEvent(kind === "drop"
    ? new DragEvent("drop", { ...place, dataTransfer: transfer })
    : new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: transfer }));
}"""


PASTE_ADDRESS = """(address) => {
  const transfer = new DataTransfer();
  transfer.setData("text/plain", address);
  const paste = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: transfer });
  document.querySelector(".cm-content").dispatchEvent(paste);
}"""


def write(page: Page, title: str, text: str) -> None:
    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_label("Title").fill(title)
    page.locator(".cm-content").click()
    page.keyboard.insert_text(text)


def kept(page: Page) -> None:
    expect(page.locator("#save-state")).to_contain_text("Your changes are kept")


def saved(page: Page) -> None:
    expect(page.get_by_text("The letter is saved. Look at its variants")).to_be_visible()


def picture() -> str:
    content = io.BytesIO()
    Image.new("RGB", (900, 600), "navy").save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


def text_of(page: Page) -> str:
    return page.locator("#letter-form textarea[name=text]").input_value()


def test_a_letter_is_written_with_a_live_preview_and_saved(logged_in: Opener, publication: Publication) -> None:
    page = logged_in()
    write(page, "The horn", "Dear *neighbours*,\n\n## The horn\n\nIt is back.")
    shown = page.locator("#shown")
    expect(shown.get_by_role("heading", name="The horn")).to_be_visible()
    expect(shown.locator("em")).to_have_text("neighbours")
    page.get_by_label("Tags").fill("fog, horns")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The horn")
    saved(page)
    letter = Letter.objects.get()
    assert (letter.tags, "<h2>The horn</h2>" in letter.body_html) == (["fog", "horns"], True)
    assert not Autosave.objects.exists()
    assert page.evaluate("localStorage.length") == 0


def test_what_is_typed_is_kept_by_itself_and_found_again_after_a_reload_and_elsewhere(
    logged_in: Opener, publication: Publication
) -> None:
    page = logged_in()
    write(page, "Half a letter", "It begins")
    kept(page)
    assert not Letter.objects.exists()
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("It begins")
    page.get_by_role("link", name="Letters", exact=True).first.click()
    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_role("link", name="Half a letter").click()
    expect(page.locator(".cm-content")).to_contain_text("It begins")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Throw them away").click()
    expect(page.get_by_text("Your unsaved changes are gone.")).to_be_visible()
    assert not Autosave.objects.exists()


def test_a_lost_session_loses_no_word(logged_in: Opener, publication: Publication) -> None:
    user_name = "mina"
    page = logged_in()
    write(page, "The horn", "Before.")
    kept(page)
    User.objects.filter(username=user_name).update(password="")
    User.objects.get(username=user_name).set_password("x")
    user = User.objects.get(username=user_name)
    user.set_password("a-long-password")
    user.save()
    Session.objects.all().delete()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(" After.")
    expect(page.locator("#save-state")).to_contain_text("You are logged out")
    assert Autosave.objects.get().values["text"] == ["Before."]
    # Pressed all the same, nothing is lost by it.
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#save-state")).to_contain_text("You are logged out")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Log in").click()
    login = popup.value
    login.get_by_label("Name").fill(user_name)
    login.get_by_label("Password").fill("a-long-password")
    login.get_by_role("button", name="Log in", exact=True).click()
    expect(login.get_by_role("link", name="Write", exact=True)).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The horn")
    assert Letter.objects.get().body_text == "Before. After."


def test_what_the_server_never_got_comes_back_from_the_browser(logged_in: Opener, publish: Publisher) -> None:
    letter = publish("Fog")
    page = logged_in()
    page.goto(f"/desk/letters/{letter.pk}/edit/")
    page.route("**/autosave/", lambda route: route.abort())
    page.get_by_label("Summary").fill("Kept here alone.")
    expect(page.locator("#save-state")).to_contain_text("The desk does not answer.")
    page.reload()
    expect(page.get_by_text("Your changes from this browser are back.")).to_be_visible()
    expect(page.get_by_label("Summary")).to_have_value("Kept here alone.")
    assert not Autosave.objects.exists()
    page.unroute("**/autosave/")
    page.locator("#restored").get_by_role("button", name="Throw them away").click()
    expect(page.get_by_label("Summary")).to_have_value("")
    assert letter.versions.count() == 1


def test_older_changes_of_this_browser_replace_no_newer_ones(logged_in: Opener, publish: Publisher) -> None:
    letter = publish("Fog")
    page = logged_in()
    user_name = User.objects.get().username
    page.goto(f"/desk/letters/{letter.pk}/edit/")
    page.route("**/autosave/", lambda route: route.abort())
    page.get_by_label("Summary").fill("Older, here alone.")
    expect(page.locator("#save-state")).to_contain_text("The desk does not answer.")
    values = {"summary": ["Newer, from another browser."], "title": ["Fog"]}
    now = timezone.now()
    autosaves.keep(values, editor=user_name, publication=letter.publication, letter=letter, key="", base=1, now=now)
    page.reload()
    expect(page.get_by_label("Summary")).to_have_value("Newer, from another browser.")
    older = page.locator("#older")
    expect(older).to_contain_text("This browser has older changes")
    page.unroute("**/autosave/")
    page.reload()
    older.get_by_role("button", name="Show them").click()
    expect(page.get_by_label("Summary")).to_have_value("Older, here alone.")
    kept(page)
    assert Autosave.objects.get().values["summary"] == ["Older, here alone."]


def test_the_later_of_two_is_told_while_writing_and_when_saving(logged_in: Opener, publish: Publisher) -> None:
    letter = publish("Fog")
    page = logged_in()
    page.goto(f"/desk/letters/{letter.pk}/edit/")
    edits.edit_letter(letter, {"title": "Mist", "summary": "Theirs."}, actor="jun", origin="the desk")
    page.get_by_label("Title").fill("Haze")
    expect(page.locator("#save-state")).to_contain_text("jun saved version 2 of this letter while you write")
    page.get_by_role("button", name="Save").click()
    clash = page.get_by_role("alert").filter(has_text="Somebody else changed the same")
    expect(clash.locator("ins")).to_have_text("Mist")
    expect(page.get_by_label("Title")).to_have_value("Haze")
    expect(page.get_by_label("Summary")).to_have_value("Theirs.")
    letter.refresh_from_db()
    assert (letter.title, letter.versions.count()) == ("Mist", 2)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Haze")
    letter.refresh_from_db()
    assert (letter.title, letter.summary, letter.versions.count()) == ("Haze", "Theirs.", 3)


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_is_dropped_or_pasted_with_its_words(logged_in: Opener, publication: Publication, kind: str) -> None:
    page = logged_in()
    write(page, "The pier", "Look:")
    page.evaluate(DROP, [kind, picture(), "pier.png", "image/png"])
    dialog = page.get_by_role("dialog", name="What does the picture show?")
    dialog.get_by_label("For people who don’t see it").fill("The [old] pier")
    dialog.get_by_role("button", name="Add the picture").click()
    shown = page.locator("#shown img")
    expect(shown).to_have_attribute("alt", "The [old] pier")
    until(page, "document.querySelector('#shown img')?.naturalWidth > 0")
    page.get_by_role("button", name="Save").click()
    saved(page)
    assert Media.objects.get().name.reference in Letter.objects.get().body_html


def test_a_chosen_file_is_the_letters_picture(logged_in: Opener, publication: Publication) -> None:
    page = logged_in()
    write(page, "The pier", "Look:")
    file = {"name": "pier.png", "mimeType": "image/png", "buffer": base64.b64decode(picture())}
    page.get_by_label("File", exact=True).set_input_files(file)  # type: ignore[arg-type]
    page.get_by_label("What it shows, for people who don’t see it").fill("The pier")
    page.get_by_role("button", name="Use as the letter’s picture").click()
    expect(page.get_by_label("What the picture shows")).to_have_value("The pier")
    page.get_by_role("button", name="Save").click()
    saved(page)
    assert Letter.objects.get().image_url == Media.objects.get().name.reference


def test_a_typo_is_corrected_after_approval_in_four_actions(
    logged_in: Opener, publish: Publisher, publication: Publication
) -> None:
    letter = publish("Fog")
    [account] = [candidate for candidate in ACCOUNTS if candidate.channel == "twitter"]
    accounts.connect(publication, account.channel, account.name, account.values, practice=True)
    (dispatch,) = world.queue(letter, "twitter")
    page = logged_in()
    page.goto(f"/desk/letters/{letter.pk}/")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Title").fill("Fog again")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("What is approved goes out as it was approved")).to_be_visible()
    assert "Fog again" not in str(Dispatch.objects.get(pk=dispatch.pk).approved_variant)
    page.get_by_role("button", name="Approve again").first.click()
    expect(page.get_by_role("link", name="See the difference")).to_have_count(0)
    assert "Fog again" in str(Dispatch.objects.get(pk=dispatch.pk).approved_variant)


def test_by_keyboard_alone(logged_in: Opener, publication: Publication) -> None:
    page = logged_in()
    page.goto("/desk/letters/write/")
    page.get_by_label("Title").focus()
    page.keyboard.type("The horn")
    page.keyboard.press("Enter")  # saves nothing
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Italic")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.type("Dear all")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.keyboard.press("Control+b")
    until(page, "document.querySelector('#letter-form textarea[name=text]').value === 'Dear **all**'")
    page.keyboard.press("Control+k")
    page.keyboard.type("lantern.example")
    page.keyboard.press("Enter")
    until(
        page, "document.querySelector('#letter-form textarea[name=text]').value.includes('(https://lantern.example)')"
    )
    page.keyboard.press("Tab")
    expect(page.locator("#shown")).to_be_focused()
    page.keyboard.press("Control+s")
    saved(page)
    assert '<a href="https://lantern.example">all</a></strong>' in Letter.objects.get().body_html


def test_bold_before_a_korean_particle_is_bold(logged_in: Opener, publication: Publication) -> None:
    page = logged_in()
    write(page, "강조", "“강조”는")
    page.keyboard.press("Home")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+b")
    expect(page.locator("#shown strong")).to_have_text("“강조”")


def test_a_file_that_is_dropped_on_an_empty_text_is_taken_in_and_an_address_is_offered_to_be(
    logged_in: Opener, publication: Publication
) -> None:
    page = logged_in()
    page.goto("/desk/letters/write/")
    page.locator(".cm-content").click()
    page.evaluate(PASTE_ADDRESS, "https://lantern.example/fog")
    expect(page.get_by_role("textbox", name="Web address").first).to_have_value("https://lantern.example/fog")
    page.goto("/desk/letters/write/")
    letter = base64.b64encode(b"# Fog\n\nDear all,\n\nthe fog is back.").decode()
    page.evaluate(DROP, ["drop", letter, "fog.md", "text/markdown"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Fog")


def test_a_save_waits_for_what_is_being_kept(logged_in: Opener, publication: Publication) -> None:
    page = logged_in()
    write(page, "The horn", "Dear all.")
    with page.expect_request("**/autosave/"):
        pass
    page.get_by_role("button", name="Save").click()
    saved(page)
    assert not Autosave.objects.exists()


def test_without_a_script_a_letter_is_written_shown_and_corrected(logged_in: Opener, publication: Publication) -> None:
    page = logged_in(java_script_enabled=False)
    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_label("Title").fill("The horn")
    page.locator("textarea[name=text]").fill("Dear *all*,\n\nit is back.")
    page.locator(".save-bar").get_by_role("button", name="Preview").click()
    expect(page.locator("#shown em")).to_have_text("all")
    page.get_by_role("button", name="Save").click()
    saved(page)
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Title").fill("The horns")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()
    page.get_by_role("link", name="Versions").click()
    page.get_by_role("link", name="Version 1").click()
    page.get_by_role("button", name="Go back to this version").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The horn")


@pytest.mark.parametrize(
    "options",
    [{}, {"viewport": {"width": 360, "height": 780}}, {"color_scheme": "dark"}],
    ids=["wide", "phone", "dark"],
)
def test_axe_has_nothing_to_say_and_nothing_is_wider_than_the_screen(
    logged_in: Opener, publish: Publisher, options: dict[str, object]
) -> None:
    letter = publish("Fog")
    edits.edit_letter(letter, {"title": "Mist"}, actor="jun", origin="the desk")
    page = logged_in(**options)
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    for path in ("write/", f"{letter.pk}/edit/", f"{letter.pk}/versions/", f"{letter.pk}/versions/2/"):
        page.goto(f"/desk/letters/{path}")
        if "edit" in path:
            expect(page.locator("#shown p").nth(39)).to_be_attached()
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert messages == []
    page.goto(f"/desk/letters/{letter.pk}/edit/")
    edits.edit_letter(letter, {"title": "Haze"}, actor="jun", origin="the desk")
    page.get_by_label("Title").fill("Cloud")
    messages.clear()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Somebody else changed the same")).to_be_visible()
    assert violations(page) == []
    assert [message for message in messages if "409" not in message] == []
