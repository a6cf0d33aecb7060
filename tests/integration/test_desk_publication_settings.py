"""The settings page: what an editor changes is stored and nothing else; each setting of a publication has a door."""

from __future__ import annotations

import io
import re
from html import unescape

import click
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from distributor.cli.commands import cli
from distributor.letters.actions import create_publication, edit_publication
from distributor.letters.models import Publication
from distributor.letters.publication_settings import SETTINGS
from tests.integration import world
from tests.integration.desk import Response, errors, html, said

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/desk/settings/lantern/"
# Fields of a publication that are no settings, each with its reason.
INTERNAL = {
    "id": "the database’s own",
    "slug": "its addresses are made of it, and published ones must not change",
    "created_at": "a fact",
    "templates_digest": "made of the templates that it stores, whose door is `desk/templates`",
    "channel_options": "by channel, with doors of its own: test_channel_options_have_their_own_door",
}


@pytest.fixture
def brand() -> Publication:
    return world.make_publication()


def as_shown(page: Response) -> dict[str, str]:
    """Return what a browser would send for the page's form as it stands."""
    sent = {}
    for tag in re.findall(r"<input [^>]*>", page.content.decode()):
        attributes = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        unchecked = attributes["type"] == "checkbox" and " checked" not in tag
        if attributes["type"] != "file" and not unchecked and "setting" in attributes.get("name", ""):
            sent[attributes["name"]] = attributes.get("value", "")
    for name, options in re.findall(
        r'<select id="[^"]*" name="([^"]*)"[^>]*>(.*?)</select>', page.content.decode(), re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        assert chosen, name
        sent[name] = unescape(chosen[1])
    return sent


def everything(publication: Publication) -> dict[str, object]:
    return {**Publication.objects.values().get(pk=publication.pk)}


def logo(kind: str = "PNG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (600, 200), "green").save(out, kind)
    return SimpleUploadedFile("logo", out.getvalue())


def test_every_setting_of_a_publication_has_its_doors(editor: Client, brand: Publication) -> None:
    fields = {field.name for field in Publication._meta.get_fields() if field.concrete}
    doors = {setting.field for setting in SETTINGS.values()}
    assert fields - doors - INTERNAL.keys() == set(), "a field without a door: add it to letters/publication_settings"
    assert not INTERNAL.keys() & doors
    assert fields >= INTERNAL.keys() | doors
    page = html(editor.get(PAGE))
    assert 'href="/desk/channel-settings/mail/lantern/"' in page  # tracking is a setting of its channel
    for setting in SETTINGS.values():
        assert f'name="setting-{setting.name}"' in page
        assert f">{setting.label}</label>" in page
        assert setting.help in page


def test_channel_options_have_their_own_door(editor: Client, brand: Publication) -> None:
    group = cli.get_command(click.Context(cli), "publications")
    assert isinstance(group, click.Group)
    assert {"show", "edit", "channel-settings"} <= set(group.commands)
    assert editor.get("/desk/channel-settings/mail/lantern/").status_code == 200


def test_the_page_as_it_stands_changes_nothing(editor: Client, brand: Publication) -> None:
    given = {
        "share-bar": "mail, link",
        "quiet-from": "22:00",
        "quiet-until": "7:00",
        "digests": "yes",
        "digest-weekday": "Friday",
        "colour": "#1f6b3a",
        "other-languages": "ko",
    }
    edit_publication(brand, given)
    before = everything(brand)
    answer = editor.post(PAGE, as_shown(editor.get(PAGE)))
    assert answer.headers["location"] == PAGE
    assert said(answer) == "Nothing has changed."
    assert everything(brand) == before


def test_an_editor_changes_some_settings(editor: Client, brand: Publication) -> None:
    before = everything(brand)
    changes = {
        "setting-postal-address": "속초시 부둣길 12",
        "setting-share-bar": "Facebook, mail",
        "setting-digests": "yes",
        "setting-digest-hour": "7:00",
    }
    answer = editor.post(PAGE, {**as_shown(editor.get(PAGE)), **changes})
    assert said(answer).startswith("Saved: Postal address, Default share bar, Send digests, Digest hour.")
    after = everything(brand)
    assert after.pop("digests_from") is not None
    wanted = {"postal_address": "속초시 부둣길 12", "share_bar": ["facebook", "mail"], "digest_hour": 7}
    assert after == {name: value for name, value in {**before, **wanted}.items() if name != "digests_from"}
    form = as_shown(editor.get(PAGE))
    assert form["setting-digests"] == "yes"
    del form["setting-digests"]  # the box that is not ticked any more is not sent
    editor.post(PAGE, form)
    assert everything(brand)["digests_from"] is None


def test_what_another_editor_changed_meanwhile_stays(editor: Client, brand: Publication) -> None:
    mine = as_shown(editor.get(PAGE))
    edit_publication(brand, {"name": "The Beacon", "digests": "yes", "colour": "#1f6b3a"})
    editor.post(PAGE, {**mine, "setting-postal-address": "12 North Quay"})
    brand.refresh_from_db()
    assert (brand.name, brand.postal_address, brand.colour) == ("The Beacon", "12 North Quay", "#1f6b3a")
    assert brand.digests_from is not None


def test_mistakes_are_one_sentence_each_and_nothing_is_stored(editor: Client, brand: Publication) -> None:
    before = everything(brand)
    wrong = {"setting-name": " ", "setting-time-zone": "Seoul", "setting-hold-minutes": "soon", "setting-colour": "red"}
    answer = editor.post(PAGE, {**as_shown(editor.get(PAGE)), "setting-postal-address": "12 North Quay", **wrong})
    assert answer.status_code == 422
    assert errors(answer) == [
        "It can’t be empty.",
        "There is no time zone “Seoul”: write one like Asia/Seoul.",
        "“red” is not a colour: write one like #1f6b3a.",
        "Give whole minutes from 0 to 10,080.",
    ]
    assert 'value="12 North Quay"' in html(answer), "what was typed is still there"
    half = editor.post(PAGE, {**as_shown(editor.get(PAGE)), "setting-quiet-from": "22:00"})
    assert half.status_code == 422
    (problem,) = errors(half)
    assert problem.startswith("Quiet hours need both times")
    assert everything(brand) == before


def test_a_logo_is_uploaded_replaced_and_removed(editor: Client, brand: Publication) -> None:
    form = as_shown(editor.get(PAGE))
    assert "Remove the logo" not in html(editor.get(PAGE))
    assert said(editor.post(PAGE, {**form, "setting-logo": logo()})).startswith("Saved: Logo.")
    page = html(editor.get(PAGE))
    assert "Remove the logo" in page
    source = re.search(r'<img class="logo" src="([^"]+)"', page)
    assert source
    assert editor.get(source[1]).headers["content-type"] == "image/png"
    editor.post(PAGE, as_shown(editor.get(PAGE)))
    brand.refresh_from_db()
    assert brand.logo, "a form without a file leaves it"
    editor.post(PAGE, {**as_shown(editor.get(PAGE)), "setting-remove-logo": "yes"})
    brand.refresh_from_db()
    assert brand.logo is None


@pytest.mark.parametrize(
    "content",
    [b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"GIF89a", b"\x89PNG"],
    ids=["svg", "no-gif", "no-png"],
)
def test_what_is_no_picture_is_no_logo(editor: Client, brand: Publication, content: bytes) -> None:
    upload = SimpleUploadedFile("logo.svg", content, content_type="image/svg+xml")
    answer = editor.post(PAGE, {**as_shown(editor.get(PAGE)), "setting-logo": upload})
    assert errors(answer) == ["The logo can’t be read: give a PNG, JPEG, GIF or WebP picture."]
    brand.refresh_from_db()
    assert brand.logo is None


def test_only_editors_see_it_and_each_publication_has_its_own(
    client: Client, editor: Client, brand: Publication
) -> None:
    create_publication(name="항구 편지", slug="harbor", language="ko")
    assert Client().get(PAGE).headers["location"].startswith("/desk/login/")
    assert editor.get("/desk/settings/nowhere/").status_code == 404
    page = html(editor.get("/desk/settings/harbor/"))
    assert '<span lang="ko">항구 편지</span>' in page
    editor.post(
        "/desk/settings/harbor/", {**as_shown(editor.get("/desk/settings/harbor/")), "setting-name": "부두 편지"}
    )
    assert sorted(Publication.objects.values_list("name", flat=True)) == ["The Lantern Post", "부두 편지"]


def test_without_a_publication_it_says_how_to_make_one(editor: Client) -> None:
    assert "distributor publications add" in html(editor.get("/desk/settings/"))
