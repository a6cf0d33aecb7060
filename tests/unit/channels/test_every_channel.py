"""What holds for every channel in the registry, without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import product
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels import registry, stored_variants
from distributor.channels.base import AccountField, Channel, Credentials, Options
from distributor.channels.connect_flow import AppKeys, FreshCredentials, Identity, Redirect, generated_values
from distributor.domain.letters import AuthorView, LetterView, SeriesView
from distributor.domain.text_length import measure
from tests.unit.fitting.texts import PROPERTY, TEXTS
from tests.unit.rendering.letters import LETTER

every = pytest.mark.parametrize("name", registry.names())
SECRET_LOOKING = re.compile(r"token|key|secret|password")
# Kakao’s names for what others call a client id, which is in the address that editors are sent to, and for what pages
# hold in the open.
PUBLIC_KEYS = {"rest_api_key", "javascript_key"}
POSTING = tuple(name for name in registry.names() if not registry.get(name).capabilities.addressed)
LIMITED = tuple(name for name in POSTING if registry.get(name).capabilities.limit is not None)
URLS = st.sampled_from(["", LETTER.url, "https://편지.example.org/한글/7", "https://a.example/" + "long-" * 60])


def fields_of(channel: Channel) -> tuple[AccountField, ...]:
    """Return all that is ever asked for a channel."""
    asked = channel.connect_flow
    return (*channel.fields, *((*asked.app_fields, *asked.questions) if asked else ()))


@every
def test_pictures_have_sizes(name: str) -> None:
    pictures = registry.get(name).capabilities.pictures
    if pictures is not None:
        assert min(*pictures.size, pictures.max_bytes, pictures.most) > 0
        assert max(pictures.size) <= pictures.max_side
        assert pictures.types
        assert pictures.alt_text >= 0


@every
def test_settings_are_named_and_explained(name: str) -> None:
    settings = registry.get(name).settings
    assert len({setting.name for setting in settings}) == len(settings)
    for setting in settings:
        assert setting.label
        assert not setting.choices or setting.default in setting.choices
        assert set(setting.says) <= set(setting.choices)
        assert not (setting.problem and setting.default and setting.problem(setting.default))


@every
def test_fields_are_named_and_secrets_are_secret(name: str) -> None:
    channel = registry.get(name)
    names = [field.name for field in channel.fields]
    assert len(set(names)) == len(names)
    for field in fields_of(channel):
        assert field.label
        looks_secret = SECRET_LOOKING.search(field.name) and field.name not in PUBLIC_KEYS
        assert field.secret or not looks_secret, f"{field.name} has to be secret"
        assert not (field.hidden and field.make)


@every
def test_what_holds_secrets_shows_none(name: str) -> None:
    values = {field.name: f"s3cret-{field.name}" for field in fields_of(registry.get(name))} or {"x": "s3cret-x"}
    holders = (
        Credentials(1, "x", values),
        AppKeys(values),
        Redirect("https://example.org/", keep=values),
        Identity("1", "x", values),
        FreshCredentials(values),
    )
    for holder in holders:
        assert "s3cret" not in repr(holder)


@every
def test_what_is_made_up_is_new_and_only_where_nothing_is_given(name: str) -> None:
    fields = registry.get(name).fields
    made = generated_values(fields, {})
    again = generated_values(fields, {})
    assert set(made) == {field.name for field in fields if field.make}
    assert all(made[name] != again[name] for name in made)
    assert generated_values(fields, made) == {}


LETTERS: st.SearchStrategy[LetterView] = st.builds(
    lambda title, body, url, series, author, note, image: replace(
        LETTER,
        title=title,
        body_text=body,
        body_html=f"<p>{body.encode(errors='replace').decode()}</p>",  # intake lets no lone surrogate into HTML
        url=url,
        canonical_url=url,
        series=SeriesView(series, 7) if series else None,
        authors=(AuthorView(author),) if author else (),
        editor_note=note,
        image_url=image,
        image_alt=note,
    ),
    TEXTS,
    TEXTS,
    URLS,
    TEXTS,
    TEXTS,
    TEXTS,
    st.sampled_from(["", "https://harbor.example.com/quay.jpg"]),
)


LINKS: tuple[Literal["first", "last", "none"], ...] = ("first", "last", "none")
PICTURES: tuple[Literal["auto", "own", "card", "none"], ...] = ("auto", "own", "card", "none")


@cache
def options_of(name: str, *, all_chosen: bool = False) -> tuple[Options, ...]:
    """Return every combination of what a publication can choose for a channel, and of what it leaves as it is.

    With `all_chosen` it leaves nothing: what isn't set is read as its default, which is one of its choices.
    """
    choices = [
        [(setting.name, value) for value in (*setting.choices, *([] if all_chosen and setting.choices else [""]))]
        for setting in registry.get(name).settings
    ]
    return tuple(
        Options(thread=thread, link=link, picture=picture, more=dict(more))
        for thread, link, picture, more in product((False, True), LINKS, PICTURES, product(*choices))
    )


@pytest.mark.parametrize("name", POSTING)
@PROPERTY
@given(letter=LETTERS, data=st.data())
def test_no_part_is_ever_over_the_limit(name: str, letter: LetterView, data: st.DataObject) -> None:
    channel = registry.get(name)
    limits = channel.capabilities
    variant = channel.compose(letter, data.draw(st.sampled_from(options_of(name))))
    for part in variant.parts:
        assert part.strip()
        assert limits.limit is None or measure(part, limits) <= limits.limit
        assert limits.bytes_limit is None or len(part.encode()) <= limits.bytes_limit
    assert limits.threads or len(variant.parts) <= 1
    assert not (variant.picture and limits.pictures is None)
    channel.check(variant)
    assert stored_variants.read(json.loads(json.dumps(variant.to_json()))) == variant


@pytest.mark.parametrize("name", [name for name in POSTING if registry.get(name).settings])
@PROPERTY
@given(letter=LETTERS, data=st.data())
def test_no_stored_setting_ever_breaks_composing(name: str, letter: LetterView, data: st.DataObject) -> None:
    """What is stored may have been written by hand: a channel may refuse it, in a concern, and nothing else."""
    channel = registry.get(name)
    more = {setting.name: data.draw(TEXTS) for setting in channel.settings}
    options = Options(more=more)
    variant = channel.compose(letter, options)
    channel.check(variant)
    channel.not_before(options, datetime(2027, 1, 1, tzinfo=UTC))
    assert stored_variants.read(json.loads(json.dumps(variant.to_json()))) == variant


SENTENCE = "오늘 아침 바닷가에는 작은 것들이 가득했습니다. "


def assert_within_limit(channel: Channel, options: Options, *, sentences: int) -> None:
    letter = replace(LETTER, title="바다가 남긴 것 🌊 " * 40, body_text=SENTENCE * sentences)
    limit = channel.capabilities.limit or 0
    variant = channel.compose(letter, options)
    assert variant.parts
    assert max(measure(part, channel.capabilities) for part in variant.parts) == variant.length <= limit


def sentences_to_cut(channel: Channel) -> int:
    """Return how many sentences are half as much again as a post has room for."""
    return round(1.5 * (channel.capabilities.limit or 0) / len(SENTENCE))


@pytest.mark.parametrize("name", LIMITED)
def test_every_choice_keeps_the_limit(name: str) -> None:
    channel = registry.get(name)
    sentences = min(sentences_to_cut(channel), 400)
    for options in options_of(name, all_chosen=True):
        assert_within_limit(channel, options, sentences=sentences)


@pytest.mark.parametrize("name", LIMITED)
def test_the_longest_letters_keep_the_limit(name: str) -> None:
    """So long that a thread on X has more than eighty posts, and that Facebook cuts it too."""
    channel = registry.get(name)
    sentences = max(sentences_to_cut(channel), 400)
    for thread, link in product((False, True), LINKS):
        assert_within_limit(channel, Options(thread=thread, link=link), sentences=sentences)


@pytest.mark.parametrize("name", POSTING)
def test_accounts_are_judged_without_a_network(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`check_account` is asked for each preview: it is pure, and an account that can't be read breaks nothing."""
    monkeypatch.setattr("socket.socket.connect", _refuse)
    channel = registry.get(name)
    variant = channel.compose(LETTER, Options())
    values: Mapping[str, str] = {field.name: "https://nobody.example.org/x" for field in channel.fields}
    for account in (Credentials(1, "x", {}), Credentials(1, "x", values)):
        concerns = channel.check_account(account, variant)
        assert all(one.level != "refuse" for one in concerns)


def _refuse(*_args: Any) -> None:
    raise AssertionError(f"something connects ({datetime.now(UTC)})")
