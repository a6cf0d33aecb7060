"""Which settings a channel has, what they may be, and that nothing that is stored breaks anything."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels import registry
from distributor.channels.base import ChannelSetting, Options
from distributor.channels.mastodon.payload import MastodonPayload
from distributor.delivery.variants import channel_settings
from distributor.delivery.variants.previews import options_for, preview
from distributor.domain.errors import BadInput, UnknownChannel
from distributor.domain.variants import Variant
from tests.unit.rendering.letters import LETTER

every = pytest.mark.parametrize("channel", registry.names())
SHARED: dict[str, dict[str, Any]] = {
    "thread": {"thread": True},
    "link": {"link": "none"},
    "picture": {"picture": "none"},
    "campaign": {"campaign": True},
    "short": {"short": True},
    "track": {"track": False},
}
LONG = replace(LETTER, body_text="The tide came in, and it brought what it always brings. " * 30, image_alt="The quay")


def composed(channel: str, options: Options) -> list[Variant]:
    """Compose the letter with every combination of the channel's own choices."""
    own = [
        [(setting.name, choice) for choice in setting.choices or ("",)] for setting in registry.get(channel).settings
    ]
    made = [preview(LONG, channel, options=replace(options, more=dict(more))).variant for more in product(*own)]
    return [variant for variant in made if variant is not None]


@every
def test_what_is_offered_changes_what_goes_out_and_nothing_else_does(channel: str) -> None:
    offered = {setting.name for setting in channel_settings.settings_of(channel)}
    plain = composed(channel, Options())
    assert plain
    changed = {name for name, chosen in SHARED.items() if composed(channel, Options(**chosen)) != plain}
    assert changed == offered & set(SHARED)


@every
def test_a_channels_own_settings_are_named_like_no_shared_one(channel: str) -> None:
    names = [setting.name for setting in channel_settings.settings_of(channel)]
    assert len(set(names)) == len(names)
    assert not {setting.name for setting in registry.get(channel).settings} & {*SHARED, channel_settings.CHANNEL_KEY}


@every
def test_the_defaults_are_what_goes_out_where_nothing_is_chosen(channel: str) -> None:
    standing = channel_settings.states_of({}, channel)
    assert not any(one.chosen or one.problem for one in standing)
    chosen: dict[str, Any] = {"more": {}}
    own = channel_settings.own_names(channel)
    for one in standing:
        (chosen["more"] if one.setting.name in own else chosen)[one.setting.name] = one.value
    assert replace(options_for("", {channel: chosen}, channel), more={}) == options_for("", {}, channel)


SENSES = ChannelSetting("senses", "Senses", choices=("Few", "many"), default="many")


@pytest.mark.parametrize(
    ("setting", "text", "value"),
    [
        (SENSES, "Few", "Few"),
        (SENSES, " few ", "Few"),
        (SENSES, "MANY", "many"),
        (SENSES, "", "many"),
        (channel_settings.THREAD, "true", "yes"),
        (channel_settings.THREAD, "On", "yes"),
        (channel_settings.THREAD, "0", "no"),
        (ChannelSetting("note", "Note"), "  물때 🌊 ", "물때 🌊"),
        (ChannelSetting("note", "Note", default="none"), "   ", "none"),
    ],
)
def test_what_is_taken(setting: ChannelSetting, text: str, value: str) -> None:
    assert channel_settings.check(setting, text) == value


@pytest.mark.parametrize(
    ("setting", "text", "sentence"),
    [
        (SENSES, "none", "“none” is not a choice for senses: choose from Few, many."),
        (SENSES, "x" * 999, f"“{'x' * 40}…” is not a choice for senses: choose from Few, many."),
        (channel_settings.THREAD, "maybe", "“maybe” is not a choice for thread: choose from no, yes."),
        (ChannelSetting("note", "Note"), "two\nlines", "note has to be one line of text."),
        (ChannelSetting("note", "Note"), "a\0b", "note has to be one line of text."),
        (ChannelSetting("note", "Note"), "x" * 501, "note is too long: 500 characters at most."),
        (ChannelSetting("note", "Note", problem=lambda text: f"Not {text}."), "that", "Not that."),
    ],
)
def test_what_is_refused_in_one_sentence(setting: ChannelSetting, text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=f"^{re.escape(sentence)}$"):
        channel_settings.check(setting, text)


@pytest.mark.parametrize(
    ("channel", "name", "bad", "good"),
    [
        ("twitter", "price", "cheap", "0.01"),
        ("twitter", "price_with_url", "-1", "0"),
        ("twitter", "community_id", "gardeners", "https://x.com/i/communities/123"),
        ("mastodon", "characters", "49", "5000"),
        ("mastodon", "characters", "many", "50"),
    ],
)
def test_texts_that_a_network_would_not_understand(channel: str, name: str, bad: str, good: str) -> None:
    with pytest.raises(BadInput, match=r"\.$"):
        channel_settings.check_all(channel, {name: bad})
    assert channel_settings.check_all(channel, {name: good}) == {name: good}


def test_unknown_names() -> None:
    with pytest.raises(UnknownChannel):
        channel_settings.settings_of("pigeon")
    with pytest.raises(BadInput, match="There is no setting “track” for Bluesky: choose from thread, link, picture, "):
        channel_settings.check_all("bluesky", {"track": "no"})
    with pytest.raises(BadInput, match=r"There is no setting “thread” for Link: choose from slots\."):
        channel_settings.check_all("link", {"thread": "yes"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*SHARED, "more", "x"]), inner),
    max_leaves=8,
)


@given(JSON, st.sampled_from([*registry.names(), "pigeon"]))
def test_whatever_is_stored_gives_options(stored: object, channel: str) -> None:
    for whole in (stored, {channel: stored}, {channel: {"more": stored}}):
        options = options_for("lantern", whole, channel)
        assert {type(options.thread), type(options.track), type(options.campaign), type(options.short)} == {bool}
        assert options.link in channel_settings.LINK.choices
        assert options.picture in channel_settings.PICTURE.choices
        assert all(isinstance(one, str) for one in (*options.more, *options.more.values()))


@pytest.mark.parametrize("bad", [None, "sideways", 7, [], {"yes": True}, "", 0.5])
def test_a_bad_value_is_the_default_and_only_that_one(bad: object) -> None:
    stored = {"twitter": {**dict.fromkeys(SHARED, bad), "picture": "card"}}
    options = options_for("", stored, "twitter")
    assert options == replace(options_for("", {}, "twitter"), picture="card")


def test_words_written_by_hand_are_understood() -> None:
    """`"no"` is no truth, although it is a text that is not empty."""
    options = options_for("", {"mastodon": {"thread": "no", "short": 1, "more": {"sensitive": True}}}, "mastodon")
    assert (options.thread, options.short, options.more) == (False, True, {"sensitive": "yes"})


def test_an_unknown_word_of_the_channels_own_reaches_it() -> None:
    """A misspelt circle of readers must never become “everybody”: the channel refuses it or takes the narrowest."""
    misspelt = {"twitter": {"more": {"reply_settings": "frends"}}, "mastodon": {"more": {"visibility": "frends"}}}
    refused = preview(LONG, "twitter", options=options_for("", misspelt, "twitter"))
    assert refused.refused
    narrow = preview(LONG, "mastodon", options=options_for("", misspelt, "mastodon")).variant
    assert narrow is not None
    assert MastodonPayload.of(narrow).visibility == "private"


def test_a_bad_value_is_shown_with_what_is_wrong() -> None:
    stored = {"telegram": {"link": "first", "more": {"silent": "loud", "show": ["picture"], "above": "YES"}}}
    told = {one.setting.name: one for one in channel_settings.states_of(stored, "telegram")}
    assert told["silent"].problem == "“loud” is not a choice for silent: choose from no, yes."
    assert told["show"].problem == "show is stored as something other than text."
    assert told["link"].problem.startswith("“first” is not a choice")  # one post has no first one
    assert {told[name].value for name in ("silent", "link")} == {"no", "last"}
    assert (told["above"].value, told["above"].problem, told["above"].chosen) == ("yes", "", True)
    assert json.loads(json.dumps(told["silent"].to_json()))["problem"]
    assert "problem" not in told["above"].to_json()
