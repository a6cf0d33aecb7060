"""Settings on the desk: what an editor chooses is stored, and goes out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from distributor.channels import registry
from distributor.channels.base import AccountField, ChannelSetting
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Account
from distributor.delivery.variants import channel_settings, channel_settings_store
from distributor.domain.capabilities import PictureLimits
from distributor.domain.errors import BadInput
from distributor.domain.letters import Draft
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import errors, html, said

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/desk/channel-settings/scripted/"
NUMBERS = "010-1234-5678\r\n010-2345-6789, 010-3456-7890\r\n"


@pytest.fixture
def channel(post_channel: ScriptedChannel) -> ScriptedChannel:
    post_channel.pictures = PictureLimits()
    post_channel.settings = (
        ChannelSetting(
            "tone", "Tone", help="How it sounds.", choices=("calm", "loud"), default="calm", says={"loud": "Loudly"}
        ),
        ChannelSetting("hidden", "Hidden", choices=("no", "yes"), default="no"),
        ChannelSetting("motto", "Motto", problem=lambda text: "That is not a motto." if text == "x" else ""),
    )
    return post_channel


@pytest.fixture
def brand(channel: ScriptedChannel) -> Publication:
    return world.make_publication()


def stored(brand: Publication) -> Any:
    brand.refresh_from_db()
    return brand.channel_options


# What a browser sends for the form as it stands at first: no box is ticked but the one of the campaign.
FORM = {
    "setting-link": "last",
    "setting-picture": "auto",
    "setting-campaign": "yes",
    "setting-tone": "calm",
    "setting-motto": "",
    "save": "yes",
}


def test_an_editor_settings_and_only_what_differs_is_stored(editor: Client, brand: Publication) -> None:
    page = html(editor.get(PAGE))
    for words in ("Settings for Scripted", "Loudly", "calm (the default)", "How it sounds.", "The Lantern Post"):
        assert words in page
    answer = editor.post(PAGE, FORM)
    assert answer.headers["location"] == f"{PAGE}lantern/"
    assert said(answer).startswith("Saved: The Lantern Post goes out like this on Scripted.")
    assert stored(brand) == {}
    chosen = {
        **FORM,
        "setting-tone": "loud",
        "setting-hidden": "yes",
        "setting-motto": " 물때 ",
        "setting-picture": "card",
    }
    del chosen["setting-campaign"]  # a box that is not ticked is not sent
    editor.post(f"{PAGE}lantern/", chosen)
    own = {"tone": "loud", "hidden": "yes", "motto": "물때"}
    assert stored(brand) == {"scripted": {"picture": "card", "campaign": False, "more": own}}
    page = html(editor.get(PAGE))
    assert '<option value="loud" selected>Loudly</option>' in page
    assert 'value="물때"' in page
    editor.post(PAGE, FORM)
    assert stored(brand) == {}


def test_what_can_not_be_is_one_sentence_and_nothing_is_stored(editor: Client, brand: Publication) -> None:
    answer = editor.post(PAGE, {**FORM, "setting-tone": "shrill", "setting-motto": "x", "setting-picture": "card"})
    assert answer.status_code == 422
    assert errors(answer) == ["“shrill” is not a choice for tone: choose from calm, loud.", "That is not a motto."]
    assert stored(brand) == {}


def test_what_is_stored_wrong_is_told_and_put_right(editor: Client, brand: Publication) -> None:
    brand.channel_options = {"scripted": {"picture": 7, "more": {"tone": "shrill"}}, "gone": ["as it was"]}
    brand.save()
    page = html(editor.get(PAGE))
    assert page.count("What is stored can’t be used, so the default holds:") == 2
    assert "“shrill” is not a choice for tone" in page
    editor.post(PAGE, FORM)
    assert stored(brand) == {"gone": ["as it was"]}


@pytest.mark.parametrize("options", [[], "x", 7, {"scripted": []}, {"scripted": {"picture": [], "more": 3}}])
def test_nothing_that_is_stored_breaks_a_page_or_a_post(
    options: Any, editor: Client, brand: Publication, draft: Draft, channel: ScriptedChannel
) -> None:
    Publication.objects.update(channel_options=options)
    brand.refresh_from_db()
    world.connect(brand, "scripted")
    letter = world.make_letter(draft, brand)
    assert editor.get(PAGE).status_code == 200
    assert editor.get(f"/desk/letters/{letter.pk}/").status_code == 200
    [dispatch] = world.queue(letter, "scripted")
    world.work(dispatch)
    assert dispatch.state == "sent"
    editor.post(PAGE, {**FORM, "setting-tone": "loud"})
    assert stored(brand)["scripted"]["more"] == {"tone": "loud"}


def test_a_setting_shows_in_the_letters_variants_and_goes_out(
    editor: Client, brand: Publication, draft: Draft, channel: ScriptedChannel
) -> None:
    world.connect(brand, "scripted")
    letter = world.make_letter(draft, brand)
    page = html(editor.get(f"/desk/letters/{letter.pk}/"))
    address = f"{PAGE}lantern/?letter={letter.pk}"
    assert f'href="{address}"' in page
    assert "card/scripted.png" in page
    assert letter.title in html(editor.get(address))
    answer = editor.post(address, {**FORM, "setting-picture": "none"})
    assert answer.headers["location"] == f"/desk/letters/{letter.pk}/"
    assert "card/scripted.png" not in html(editor.get(f"/desk/letters/{letter.pk}/"))
    [dispatch] = world.queue(letter, "scripted")
    world.work(dispatch)
    assert dispatch.variant is not None
    assert dispatch.variant["picture"] is None
    sent = html(editor.get(f"/desk/dispatches/{dispatch.pk}/"))
    assert PAGE not in sent  # what went out can't be chosen otherwise


@pytest.mark.parametrize("name", registry.names())
def test_every_channel_has_its_page(name: str, editor: Client, brand: Publication) -> None:
    page = html(editor.get(f"/desk/channel-settings/{name}/"))
    for setting in channel_settings.settings_of(name):
        assert f'name="setting-{setting.name}"' in page
    assert ("Save" in page) == bool(channel_settings.settings_of(name))
    listed = html(editor.get("/desk/accounts/"))
    assert (f'href="/desk/channel-settings/{name}/lantern/"' in listed) == bool(
        registry.get(name).fields and channel_settings.settings_of(name)
    )


def test_each_publication_settings_for_itself(editor: Client, brand: Publication) -> None:
    other = world.make_publication("harbor")
    page = html(editor.get(f"{PAGE}harbor/"))
    assert f'href="{PAGE}lantern/"' in page
    editor.post(f"{PAGE}harbor/", {**FORM, "setting-tone": "loud"})
    assert stored(other) == {"scripted": {"more": {"tone": "loud"}}}
    assert stored(brand) == {}


def test_what_there_is_not(editor: Client, brand: Publication, draft: Draft) -> None:
    letter = world.make_letter(draft, brand)
    other = world.make_publication("harbor")
    for address in ("/desk/channel-settings/pigeon/", f"{PAGE}nobody/", f"{PAGE}{other.slug}/?letter={letter.pk}"):
        assert editor.get(address).status_code == 404
    assert editor.get(f"{PAGE}lantern/?letter=x").status_code == 200


def test_there_is_nothing_to_set_before_there_is_a_publication(editor: Client, channel: ScriptedChannel) -> None:
    assert "There is no publication yet" in html(editor.get(PAGE))
    assert editor.post(PAGE, FORM).status_code == 422


def test_the_page_is_for_editors(client: Client, brand: Publication) -> None:
    assert client.get(PAGE).headers["location"].startswith("/desk/login/")
    assert client.post(PAGE, FORM).headers["location"].startswith("/desk/login/")
    assert stored(brand) == {}


def test_settings_of_two_editors_at_once_are_both_kept(brand: Publication) -> None:
    """Each has the publication as it was before the other one chose."""
    another = Publication.objects.get(pk=brand.pk)
    channel_settings_store.store(brand, "scripted", {"tone": "loud"})
    channel_settings_store.store(another, "scripted", {"motto": "tides"})
    channel_settings_store.store(brand, "mail", {"track": "no"})
    assert stored(brand) == {"scripted": {"more": {"tone": "loud", "motto": "tides"}}, "mail": {"track": False}}
    with pytest.raises(BadInput, match="not a choice for tone"):
        channel_settings_store.store(brand, "scripted", {"motto": "", "tone": "shrill"})
    assert stored(brand)["scripted"]["more"] == {"tone": "loud", "motto": "tides"}


@pytest.fixture
def circle(channel: ScriptedChannel) -> ScriptedChannel:
    channel.fields = (
        AccountField("key", "Key", secret=True),
        AccountField("circle", "Phone numbers", secret=True, lines=True),
    )
    return channel


def test_a_list_is_typed_in_lines_counted_and_kept(editor: Client, brand: Publication, circle: ScriptedChannel) -> None:
    address = "/desk/accounts/scripted/add/"
    assert '<textarea id="id_circle" name="circle"' in html(editor.get(address))
    typed = {"publication": brand.pk, "name": "main", "key": "k-1", "circle": NUMBERS}
    assert "010-" not in html(editor.post(address, {**typed, "name": ""}))
    editor.post(address, typed)
    account = Account.objects.get()
    kept = "010-1234-5678\n010-2345-6789, 010-3456-7890"
    assert accounts.credentials(account).values == {"key": "k-1", "circle": kept}

    again = f"{address}?account={account.pk}"
    page = html(editor.get(again))
    assert "3 are stored, and not shown again." in page
    assert "010-" not in page
    assert errors(editor.post(again, {**typed, "key": "", "circle": ""})) == ["Give it: Key."]
    editor.post(again, {**typed, "key": "k-2", "circle": ""})
    account.refresh_from_db()
    assert accounts.credentials(account).values == {"key": "k-2", "circle": kept}
    editor.post(again, {**typed, "key": "k-2", "circle": "010-9999-9999"})
    account.refresh_from_db()
    assert accounts.credentials(account).values["circle"] == "010-9999-9999"
    assert "1 is stored" in html(editor.get(again))


def test_a_kept_list_goes_to_no_other_account(editor: Client, brand: Publication, circle: ScriptedChannel) -> None:
    accounts.connect(brand, "scripted", "main", {"key": "k-1", "circle": NUMBERS})
    again = f"/desk/accounts/scripted/add/?account={Account.objects.get().pk}"
    answer = editor.post(again, {"publication": brand.pk, "name": "another", "key": "k-2", "circle": ""})
    assert errors(answer) == ["A scripted account also needs: Phone numbers."]
    assert Account.objects.count() == 1
