"""A publication's wishes for its channels: which there are, what they may be, and how what is stored is read. Pure.

They are stored in `Publication.channel_options` by channel: those that channels share by their names, the channel's own
(`Channel.wishes`) under `more`. Only what differs from its default is there (`wishing.store`). What is there may be
anything, since people wrote it by hand before there were doors for it: what can't be read counts as not wished.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from distributor.channels import registry
from distributor.channels.base import Channel, Wish
from distributor.delivery import linking
from distributor.domain.errors import BadInput

OWN = "more"  # below it are the channel's own wishes
NO, YES = "no", "yes"
YES_OR_NO = (NO, YES)
LONGEST = 500  # characters of a text
_WORDS = {"true": YES, "on": YES, "1": YES, "false": NO, "off": NO, "0": NO}

THREAD = Wish(
    "thread",
    "Thread",
    help="A text that does not fit becomes a thread; else it is cut.",
    choices=YES_OR_NO,
    default=NO,
)
LINK = Wish(
    "link",
    "Link",
    help="Which post of a thread carries the letter’s link.",
    choices=("last", "first", "none"),
    default="last",
    says={"last": "in the last post", "first": "in the first post", "none": "left out"},
)
# Where a letter is one post there is no first or last one.
ONE_LINK = replace(
    LINK,
    help="Whether the post carries the letter’s link.",
    choices=("last", "none"),
    says={"last": "in the post", "none": "left out"},
)
PICTURE = Wish(
    "picture",
    "Picture",
    help="The letter’s own, or a card that is drawn of its title, where a picture is shown.",
    choices=("auto", "own", "card", "none"),
    default="auto",
    says={
        "auto": "its own, else a drawn card",
        "own": "only its own",
        "card": "only a drawn card",
        "none": "none",
    },
)
CAMPAIGN = Wish(
    "campaign",
    "Campaign parameters",
    help="The letter’s link says by which channel a reader comes, for your web statistics (utm_source and others).",
    choices=YES_OR_NO,
    default=YES,
)
# In mails only where it is asked for: their links are counted already.
MAIL_CAMPAIGN = replace(CAMPAIGN, default=NO)
SHORT = Wish(
    "short",
    "Short link",
    help="Posts carry a short link of ours to the letter’s page, whose clicks are counted.",
    choices=YES_OR_NO,
    default=NO,
)
TRACK = Wish(
    "track",
    "Opens and clicks",
    help="Who opens a mail and follows its links is counted.",
    choices=YES_OR_NO,
    default=YES,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One wish as it stands. `problem` says what is stored and can't be used, so that the default holds; else ""."""

    wish: Wish
    value: str
    problem: str = ""

    @property
    def wished(self) -> bool:
        """Whether it differs from the default."""
        return self.value != self.wish.default

    def to_json(self) -> dict[str, Any]:
        wish = self.wish
        return {
            "name": wish.name,
            "label": wish.label,
            "help": wish.help,
            "choices": list(wish.choices),
            "default": wish.default,
            "value": self.value,
            **({"problem": self.problem} if self.problem else {}),
        }


def of(channel: str) -> tuple[Wish, ...]:
    """Return what can be wished of a channel: what it shares with others, then its own. Raises UnknownChannel."""
    known = registry.get(channel)
    return (*_shared(known), *known.wishes)


def _shared(channel: Channel) -> tuple[Wish, ...]:
    limits = channel.capabilities
    offered = (
        (limits.threads, THREAD),
        (limits.links and not limits.link_needed and not limits.addressed, LINK if limits.threads else ONE_LINK),
        (limits.pictures is not None, PICTURE),
        (limits.links and linking.takes_campaign(channel.name), MAIL_CAMPAIGN if limits.addressed else CAMPAIGN),
        (limits.links and linking.takes_short(channel.name), SHORT),
        (limits.addressed, TRACK),
    )
    return tuple(wish for makes_sense, wish in offered if makes_sense)


def checked(wish: Wish, text: str) -> str:
    """Return a wished value as it is stored; an empty one is the default.

    Raises BadInput with a sentence that names the choices.
    """
    value = text.strip()
    if not value:
        return wish.default
    if not wish.choices:
        return _checked_text(wish, value)
    if wish.choices == YES_OR_NO:
        value = _WORDS.get(value.lower(), value)
    found = next((choice for choice in wish.choices if choice.lower() == value.lower()), None)
    if found is None:
        raise BadInput(f"“{_short(value)}” is no choice for {wish.name}: choose from {', '.join(wish.choices)}.")
    return found


def _checked_text(wish: Wish, value: str) -> str:
    if not value.isprintable():
        raise BadInput(f"{wish.name} has to be one line of text.")
    if len(value) > LONGEST:
        raise BadInput(f"{wish.name} is too long: {LONGEST} characters at most.")
    if wish.problem and (problem := wish.problem(value)):
        raise BadInput(problem)
    return value


def _short(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:40]}…"


def read(wish: Wish, stored: object) -> str:
    """Return the value of a shared wish as it holds, whatever is stored; `None` is nothing."""
    return _standing(wish, stored).value


def stored_of(channel_options: object, channel: str) -> Mapping[str, Any]:
    """Return what is stored for one channel; nothing where that is no object of JSON."""
    return object_of(object_of(channel_options).get(channel))


def own(stored: Mapping[str, Any]) -> dict[str, str]:
    """Return the channel's own wishes as `Options.more` has them.

    A text stays as it is, whatever it says: channels know best what a word that they don't know must not do.
    """
    return {name: _text(value) for name, value in object_of(stored.get(OWN)).items() if _is_plain(value)}


def standing(channel_options: object, channel: str) -> tuple[Standing, ...]:
    """Return all wishes for a channel with what holds by a publication's options. Raises UnknownChannel."""
    stored = stored_of(channel_options, channel)
    mine, theirs = object_of(stored.get(OWN)), own_names(channel)
    return tuple(_standing(wish, (mine if wish.name in theirs else stored).get(wish.name)) for wish in of(channel))


def own_names(channel: str) -> frozenset[str]:
    """Return the names of the channel's own wishes, which are stored under `OWN`."""
    return frozenset(wish.name for wish in registry.get(channel).wishes)


def object_of(value: object) -> Mapping[str, Any]:
    """Return an object of JSON; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def _standing(wish: Wish, stored: object) -> Standing:
    if stored is None:
        return Standing(wish, wish.default)
    if not _is_plain(stored):
        return Standing(wish, wish.default, f"{wish.name} is stored as something that is no text.")
    try:
        return Standing(wish, checked(wish, _text(stored)))
    except BadInput as error:
        return Standing(wish, wish.default, str(error))


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def checked_all(channel: str, wished: Mapping[str, str]) -> dict[str, str]:
    """Return wished values by name as they are stored. Raises UnknownChannel, and BadInput for the first bad one."""
    known = {wish.name: wish for wish in of(channel)}
    label = registry.get(channel).capabilities.label
    for name in wished:
        if not known:
            raise BadInput(f"There is nothing to wish of {label}.")
        if name not in known:
            raise BadInput(f"There is no wish “{_short(name)}” for {label}: choose from {', '.join(known)}.")
    return {name: checked(known[name], text) for name, text in wished.items()}
