"""The table of a publication's settings: what they take, what they refuse, and that each text comes back."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from distributor.channels.base import Options
from distributor.delivery.variants.previews import preview
from distributor.domain.errors import BadInput
from distributor.letters.models import Publication
from distributor.letters.publication_settings import SETTINGS, PublicationSetting, RawValue, check_all, conflict
from distributor.letters.publication_settings.values import LARGEST_UPLOAD
from distributor.rendering.photos import Photo
from tests.unit.rendering.letters import LETTER

TEXTS = [setting for setting in SETTINGS.values() if setting.input not in ("picture", "yes-no")]


def png() -> bytes:
    """A wide picture of which nothing is seen."""
    out = io.BytesIO()
    Image.new("RGBA", (900, 200), (10, 60, 40, 0)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "given_text", "value", "shown"),
    [
        ("name", "  항구   편지 ", "항구 편지", "항구 편지"),
        ("language", "KO", "ko", "ko"),
        ("language", "zh_hant_tw", "zh-Hant-TW", "zh-Hant-TW"),
        ("other-languages", "EN, pt-br,en", ["en", "pt-BR"], "en, pt-BR"),
        ("time-zone", "asia/seoul", "Asia/Seoul", "Asia/Seoul"),
        ("time-zone", "America/New York", "America/New_York", "America/New_York"),
        ("sender-email", "Letters@Harbor.Example", "Letters@harbor.example", "Letters@harbor.example"),
        ("reply-to", "redaktion@häfen.example", "redaktion@xn--hfen-loa.example", "redaktion@xn--hfen-loa.example"),
        ("postal-address", "12 North Quay\n Sokcho ", "12 North Quay Sokcho", "12 North Quay Sokcho"),
        (
            "share-bar",
            "Facebook, X (Twitter),mail,facebook",
            ["facebook", "twitter", "mail"],
            "facebook, twitter, mail",
        ),
        ("hold-minutes", "15", 15, "15"),
        ("minutes-between-channels", "0", 0, "0"),
        ("quiet-from", "22:00", time(22), "22:00"),
        ("quiet-until", "7am", time(7), "07:00"),
        ("colour", "#1F6B3A", "#1f6b3a", "#1f6b3a"),
        ("warm-up-from", "2026-12-01", date(2026, 12, 1), "2026-12-01"),
        ("digest-hour", "07:00", 7, "7:00"),
        ("digest-weekday", "sunday", 6, "Sunday"),
        ("colour", "fa0", "#ffaa00", "#ffaa00"),
    ],
)
def test_a_text_becomes_a_value_that_is_shown_as_it_is_written(
    name: str, given_text: str, value: object, shown: str
) -> None:
    setting = SETTINGS[name]
    publication = Publication(**{setting.field: setting.check(given_text)})
    assert getattr(publication, setting.field) == value
    assert setting.text_of(publication) == shown
    assert setting.check(shown) == value


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("name", "  ", "Name: It can’t be empty."),
        ("name", "x" * 201, "Name: It is too long: 200 characters at most."),
        ("language", "korean", "Language: “korean” is not a language code: write one like ko, en or pt-BR."),
        ("time-zone", "Seoul", "Time zone: There is no time zone “Seoul”: write one like Asia/Seoul."),
        ("sender-email", "letters@", "Sender email address: “letters@” is not an email address"),
        ("reply-to", "a@b, c@d", "Reply-to email address: “a@b, c@d” is not an email address"),
        ("postal-address", "12 North\x00 Quay", "Postal address: Write it without control characters."),
        ("share-bar", "facebook, fax", "Default share bar: There is no channel “fax”: choose from facebook, twitter"),
        ("hold-minutes", "-1", "Hold, in minutes: Give whole minutes from 0 to 10,080."),
        ("hold-minutes", "10081", "Hold, in minutes: Give whole minutes from 0 to 10,080."),
        ("hold-minutes", "9" * 5000, "Hold, in minutes: Give whole minutes from 0 to 10,080."),
        ("minutes-between-channels", "1.5", "Minutes between channels: Give whole minutes from 0 to 1,440."),
        ("quiet-from", "25:00", "Quiet hours from: “25:00” is not a time of day: write one like 22:00."),
        ("warm-up-from", "1 December", "Warm-up from: “1 December” is not a day: write one like 2026-12-01."),
        ("digests", "maybe", "Send digests: “maybe” is neither yes nor no."),
        ("digest-hour", "24", "Digest hour: “24” is not an hour: write one from 0 to 23."),
        ("digest-weekday", "8", "Day of the weekly digest: “8” is not a day of the week: choose from Monday"),
        ("colour", "green", "Accent colour: “green” is not a colour: write one like #1f6b3a."),
        ("logo", "logo.png", "Logo: Give a picture."),
        ("logo", b"<svg onload='alert(1)'/>", "Logo: The logo can’t be read: give a PNG, JPEG, GIF or WebP picture."),
        ("logo", bytes(LARGEST_UPLOAD + 1), "Logo: The logo is too large"),
        ("colour", b"#fff", "Accent colour: Give text."),
        ("nonsense", "", "There is no setting “nonsense”: choose from name, language"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "bytes",
)
def test_what_can_not_be_is_one_sentence(name: str, text: RawValue, problem: str) -> None:
    with pytest.raises(BadInput) as error:
        check_all({name: text})
    assert str(error.value).startswith(problem)


@pytest.mark.parametrize("setting", TEXTS, ids=lambda setting: setting.name)
@given(text=st.text(max_size=60))
def test_any_text_is_taken_as_it_will_be_shown_or_refused(setting: PublicationSetting, text: str) -> None:
    try:
        value = setting.check(text)
    except BadInput:
        return
    publication = Publication(**{setting.field: value})
    if not (setting.required and not setting.text_of(publication)):
        assert setting.check(setting.text_of(publication)) == value
    publication.clean_fields(exclude={field.name for field in Publication._meta.fields} - {setting.field})


@pytest.mark.parametrize("setting", [*SETTINGS.values()], ids=lambda setting: setting.name)
def test_nothing_is_the_default(setting: PublicationSetting) -> None:
    if setting.required:
        return
    assert setting.check("") == setting.default == getattr(Publication(), setting.field)
    assert setting.empty or setting.text_of(Publication()), "what holds where it is empty has to be said"


def test_every_setting_is_said_in_whole_sentences_and_once() -> None:
    assert len({setting.label for setting in SETTINGS.values()}) == len(SETTINGS)
    assert all(setting.help.endswith(".") for setting in SETTINGS.values())
    assert set(SETTINGS["time-zone"].offers()) <= available_timezones()


def test_a_logo_is_made_small_and_stays_transparent() -> None:
    logo = SETTINGS["logo"].check(png())
    assert isinstance(logo, Photo)
    assert (logo.type, logo.width, logo.height) == ("image/png", 560, 124)
    assert Image.open(io.BytesIO(logo.content)).getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize(
    ("begin", "end", "problem"),
    [
        (None, None, ""),
        (time(22), time(7), ""),
        (time(22), None, "Quiet hours need both times"),
        (None, time(7), "Quiet hours need both times"),
        (time(7), time(7), "Quiet hours can’t begin and end at the same time"),
    ],
    ids=["none", "night", "no-end", "no-begin", "same"],
)
def test_quiet_hours_come_in_pairs(begin: time | None, end: time | None, problem: str) -> None:
    said = conflict(Publication(quiet_from=begin, quiet_until=end))
    assert said.startswith(problem)
    assert bool(said) == bool(problem)


@pytest.mark.parametrize(
    ("language", "others", "noted"),
    [("ko", ("en",), False), ("en-GB", ("en",), False), ("", (), False), ("fr", ("en",), True), ("en", (), True)],
)
def test_a_letter_in_a_language_that_is_not_the_publications_is_pointed_out(
    language: str, others: tuple[str, ...], noted: bool
) -> None:
    publication = replace(LETTER.publication, language="ko", other_languages=others)
    made = preview(replace(LETTER, publication=publication, language=language), "mail", options=Options())
    notes = [concern.message for concern in made.concerns if "its language is" in concern.message]
    assert bool(notes) == noted


def test_the_guide_names_every_setting() -> None:
    guide = (Path(__file__).parents[3] / "docs/editors/publication.md").read_text(encoding="utf-8")
    for setting in SETTINGS.values():
        assert f"| {setting.label} | `{setting.name}` | {setting.help} |" in guide
