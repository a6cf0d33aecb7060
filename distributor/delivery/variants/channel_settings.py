"""A publication's settings for its channels: which there are, what they may be, and how what is stored is read. Pure.

They are stored in `Publication.channel_options` by channel: those that channels share by their names, the channel's own
(`Channel.settings`) under `more`. Only what differs from its default is there (`channel_settings_store.store`). What is
there may be anything, since people wrote it by hand before there were doors for it: what can't be read counts as not
chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from distributor.channels import registry
from distributor.channels.base import Channel, ChannelSetting
from distributor.delivery.variants import letter_links
from distributor.domain import slots
from distributor.domain.errors import BadInput
from distributor.domain.text_lines import is_line

CHANNEL_KEY = "more"  # below it are the channel's own settings
NO, YES = "no", "yes"
YES_OR_NO = (NO, YES)
LONGEST = 500  # characters of a text
_WORDS = {"true": YES, "on": YES, "1": YES, "false": NO, "off": NO, "0": NO}

THREAD = ChannelSetting(
    "thread",
    "Thread",
    help="Split a post that is too long into a thread, instead of shortening it.",
    choices=YES_OR_NO,
    default=NO,
)
LINK = ChannelSetting(
    "link",
    "Link",
    help="Which post of a thread links to the letter.",
    choices=("last", "first", "none"),
    default="last",
    says={"last": "in the last post", "first": "in the first post", "none": "no link"},
)
# Where a letter is one post there is no first or last one.
ONE_LINK = replace(
    LINK,
    help="Whether the post links to the letter.",
    choices=("last", "none"),
    says={"last": "in the post", "none": "no link"},
)
PICTURE = ChannelSetting(
    "picture",
    "Picture",
    help="The letter’s own picture, or a card with its title.",
    choices=("auto", "own", "card", "none"),
    default="auto",
    says={
        "auto": "own picture, or a card if there is none",
        "own": "own picture only",
        "card": "card only",
        "none": "no picture",
    },
)
CAMPAIGN = ChannelSetting(
    "campaign",
    "UTM parameters",
    help="Add utm_source and others to the link, so that your web analytics show which channel readers come from.",
    choices=YES_OR_NO,
    default=YES,
)
# In mails only where it is asked for: their links are counted already.
MAIL_CAMPAIGN = replace(CAMPAIGN, default=NO)
SHORT = ChannelSetting(
    "short",
    "Link shortening",
    help="Shorten the link to the letter’s page in posts, and count its clicks.",
    choices=YES_OR_NO,
    default=NO,
)
TRACK = ChannelSetting(
    "track",
    "Open and click tracking",
    help="Count who opens a mail and who clicks its links.",
    choices=YES_OR_NO,
    default=YES,
)
SLOTS = ChannelSetting(
    "slots",
    "Slots",
    help=f"The times of the week at which letters go out when “next slot” is chosen, such as “{slots.EXAMPLE}”.",
    problem=slots.problem,
)


@dataclass(frozen=True, slots=True)
class SettingState:
    """One setting as it stands. `problem` says what is stored and can't be used, so that the default holds; else ""."""

    setting: ChannelSetting
    value: str
    problem: str = ""

    @property
    def chosen(self) -> bool:
        """Whether it differs from the default."""
        return self.value != self.setting.default

    def to_json(self) -> dict[str, Any]:
        setting = self.setting
        return {
            "name": setting.name,
            "label": setting.label,
            "help": setting.help,
            "choices": list(setting.choices),
            "default": setting.default,
            "value": self.value,
            **({"problem": self.problem} if self.problem else {}),
        }


def settings_of(channel: str) -> tuple[ChannelSetting, ...]:
    """Return what can be set for a channel: what it shares with others, then its own. Raises UnknownChannel."""
    adapter = registry.get(channel)
    return (*_shared_settings(adapter), *adapter.settings)


def _shared_settings(channel: Channel) -> tuple[ChannelSetting, ...]:
    limits = channel.capabilities
    candidates = (
        (limits.threads, THREAD),
        (limits.links and not limits.link_needed and not limits.addressed, LINK if limits.threads else ONE_LINK),
        (limits.pictures is not None, PICTURE),
        (limits.links and letter_links.takes_campaign(channel.name), MAIL_CAMPAIGN if limits.addressed else CAMPAIGN),
        (limits.links and letter_links.takes_short(channel.name), SHORT),
        (limits.addressed, TRACK),
        (True, SLOTS),
    )
    return tuple(setting for makes_sense, setting in candidates if makes_sense)


def check(setting: ChannelSetting, text: str) -> str:
    """Return a chosen value as it is stored; an empty one is the default.

    Raises BadInput with a sentence that names the choices.
    """
    value = text.strip()
    if not value:
        return setting.default
    if not setting.choices:
        return _checked_text(setting, value)
    if setting.choices == YES_OR_NO:
        value = _WORDS.get(value.lower(), value)
    choice_text = next((choice for choice in setting.choices if choice.lower() == value.lower()), None)
    if choice_text is None:
        raise BadInput(
            f"“{_short(value)}” is not a choice for {setting.name}: choose from {', '.join(setting.choices)}."
        )
    return choice_text


def _checked_text(setting: ChannelSetting, value: str) -> str:
    if not is_line(value):
        raise BadInput(f"{setting.name} has to be one line of text.")
    if len(value) > LONGEST:
        raise BadInput(f"{setting.name} is too long: {LONGEST} characters at most.")
    if setting.problem and (problem := setting.problem(value)):
        raise BadInput(problem)
    return value


def _short(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:40]}…"


def read(setting: ChannelSetting, raw: object) -> str:
    """Return the value of a shared setting as it holds, whatever is stored; `None` is nothing."""
    return _state_of(setting, raw).value


def entry_of(channel_options: object, channel: str) -> Mapping[str, Any]:
    """Return what is stored for one channel; nothing where that is no object of JSON."""
    return object_of(object_of(channel_options).get(channel))


def channel_values(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the channel's own settings as `Options.more` has them.

    A text stays as it is, whatever it says: channels know best what a word that they don't know must not do.
    """
    return {name: _text(value) for name, value in object_of(entry.get(CHANNEL_KEY)).items() if _is_plain(value)}


def states_of(channel_options: object, channel: str) -> tuple[SettingState, ...]:
    """Return all settings for a channel with what holds by a publication's options. Raises UnknownChannel."""
    entry = entry_of(channel_options, channel)
    channel_entry, channel_names = object_of(entry.get(CHANNEL_KEY)), own_names(channel)
    return tuple(
        _state_of(setting, (channel_entry if setting.name in channel_names else entry).get(setting.name))
        for setting in settings_of(channel)
    )


def own_names(channel: str) -> frozenset[str]:
    """Return the names of the channel's own settings, which are stored under `OWN`."""
    return frozenset(setting.name for setting in registry.get(channel).settings)


def object_of(value: object) -> Mapping[str, Any]:
    """Return an object of JSON; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def _state_of(setting: ChannelSetting, raw: object) -> SettingState:
    if raw is None:
        return SettingState(setting, setting.default)
    if not _is_plain(raw):
        return SettingState(setting, setting.default, f"{setting.name} is stored as something other than text.")
    try:
        return SettingState(setting, check(setting, _text(raw)))
    except BadInput as error:
        return SettingState(setting, setting.default, str(error))


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def check_all(channel: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Return chosen values by name as they are stored. Raises UnknownChannel, and BadInput for the first bad one."""
    settings = {setting.name: setting for setting in settings_of(channel)}
    label = registry.get(channel).capabilities.label
    for name in texts:
        if name not in settings:
            raise BadInput(f"There is no setting “{_short(name)}” for {label}: choose from {', '.join(settings)}.")
    return {name: check(settings[name], text) for name, text in texts.items()}
