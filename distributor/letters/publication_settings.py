"""What can be set for a publication, as one table: names, words for editors, how a text is read, how a value is shown.

The desk's form, `distributor publications edit` and their checks are made of it. Every setting stands in the field of
`Publication` that is named like it. What `text_of` shows, `check` takes back; only a logo goes in as a picture's
bytes and comes back as its address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, Literal

from django.db.models import Field

from distributor.channels import registry
from distributor.domain.errors import BadInput
from distributor.domain.planning import LONGEST_HOLD_MINUTES
from distributor.letters import setting_values as values
from distributor.letters.models import Publication
from distributor.rendering.photos import Photo

RawValue = str | bytes
Value = str | int | time | list[str] | Photo | None
Input = Literal["text", "email", "number", "time", "colour", "picture"]

LONGEST_MINUTES_BETWEEN = 24 * 60


@dataclass(frozen=True, slots=True)
class PublicationSetting:
    """One setting. `read` makes a value of what is given, never empty, and raises BadInput with one sentence.

    `empty` says in words what holds where it is left empty. `input` is how a form asks for it; `suggestions` are values
    that a form can offer.
    """

    name: str
    label: str
    help: str
    group: str
    read: Callable[[Any], Value]
    show: Callable[[Any], str] = str
    empty: str = ""
    input: Input = "text"
    suggestions: Callable[[], Sequence[str]] = tuple
    required: bool = False

    @property
    def field(self) -> str:
        """The name of the model's field."""
        return self.name.replace("-", "_")

    @property
    def default(self) -> Any:
        """What holds where nothing is set."""
        return self._column.get_default()

    @property
    def longest(self) -> int | None:
        """The most characters that a text may have."""
        return getattr(self._column, "max_length", None)

    @property
    def _column(self) -> Field[Any, Any]:
        column = Publication._meta.get_field(self.field)  # noqa: SLF001 - Django's own name for it
        assert isinstance(column, Field)
        return column


_TABLE = (
    PublicationSetting(
        "name",
        "Name",
        "The name that readers and subscribers see.",
        "General",
        values.line,
        required=True,
    ),
    PublicationSetting(
        "language",
        "Language",
        "The language that its letters are written in, as a code such as ko or en.",
        "General",
        values.language,
    ),
    PublicationSetting(
        "other-languages",
        "Other languages",
        "Languages that some letters are written in. The preview warns about a letter in any other language.",
        "General",
        values.languages,
        ", ".join,
        empty="none",
    ),
    PublicationSetting(
        "time-zone",
        "Time zone",
        "Times on the desk and the quiet hours are in this time zone.",
        "General",
        values.zone,
        suggestions=values.zone_names,
    ),
    PublicationSetting(
        "colour",
        "Accent colour",
        "Used in emails, on web pages and on cards. It is made darker or lighter where text would be hard to read.",
        "Branding",
        values.colour,
        empty="the standard colours",
        input="colour",
    ),
    PublicationSetting(
        "logo",
        "Logo",
        "Shown at the top of emails and web pages, in place of the name. PNG, JPEG, GIF or WebP.",
        "Branding",
        values.logo,
        values.logo_address,
        empty="the name, as text",
        input="picture",
    ),
    PublicationSetting(
        "sender-name",
        "Sender name",
        "The name that emails come from.",
        "Email",
        values.line,
        empty="the publication’s name",
    ),
    PublicationSetting(
        "sender-email",
        "Sender email address",
        "The address that emails come from. Your mail server must be allowed to send for its domain.",
        "Email",
        values.address,
        empty="no email can be sent",
        input="email",
    ),
    PublicationSetting(
        "reply-to",
        "Reply-to email address",
        "Where replies from subscribers go.",
        "Email",
        values.address,
        empty="the sender email address",
        input="email",
    ),
    PublicationSetting(
        "postal-address",
        "Postal address",
        "Shown at the foot of every email. Many countries’ laws ask for it.",
        "Email",
        values.line,
        empty="not shown",
    ),
    PublicationSetting(
        "share-bar",
        "Default share bar",
        "The channels of a letter whose page names none, in this order and separated by commas.",
        "Publishing",
        values.share_bar,
        ", ".join,
        empty="none",
        suggestions=registry.names,
    ),
    PublicationSetting(
        "hold-minutes",
        "Hold",
        "For how many minutes after approval an editor can still take a letter back.",
        "Publishing",
        values.minutes(LONGEST_HOLD_MINUTES),
        input="number",
    ),
    PublicationSetting(
        "minutes-between-channels",
        "Minutes between channels",
        "How far apart the channels of one letter go out. With 0 they go out together.",
        "Publishing",
        values.minutes(LONGEST_MINUTES_BETWEEN),
        input="number",
    ),
    PublicationSetting(
        "quiet-from",
        "Quiet hours from",
        "Nothing goes out between these two times; it waits until they end.",
        "Publishing",
        values.clock,
        "{:%H:%M}".format,
        empty="no quiet hours",
        input="time",
    ),
    PublicationSetting(
        "quiet-until",
        "Quiet hours until",
        "The end may be on the next morning.",
        "Publishing",
        values.clock,
        "{:%H:%M}".format,
        empty="no quiet hours",
        input="time",
    ),
)

SETTINGS: Mapping[str, PublicationSetting] = {setting.name: setting for setting in _TABLE}


def text_of(setting: PublicationSetting, publication: Publication) -> str:
    """Return a setting's value as editors write it; "" where it is empty."""
    value = getattr(publication, setting.field)
    return "" if value is None else setting.show(value)


def to_json(setting: PublicationSetting, publication: Publication) -> dict[str, str]:
    """Return a setting and its value, as texts."""
    return {
        "name": setting.name,
        "label": setting.label,
        "help": setting.help,
        "group": setting.group,
        "empty": setting.empty,
        "value": text_of(setting, publication),
    }


def check(setting: PublicationSetting, text: RawValue) -> Value:
    """Return what is given as the setting's value; nothing is the default. Raises BadInput that says which setting."""
    if isinstance(text, str):
        text = text.strip()
    if not text:
        if setting.required:
            raise BadInput(f"{setting.label}: it can’t be empty.")
        value: Value = setting.default
        return value
    if isinstance(text, bytes) != (setting.input == "picture"):
        raise BadInput(f"{setting.label}: give {'a picture' if setting.input == 'picture' else 'text'}.")
    try:
        value = setting.read(text)
    except BadInput as error:
        raise BadInput(f"{setting.label}: {error}") from None
    if isinstance(value, str) and setting.longest and len(value) > setting.longest:
        raise BadInput(f"{setting.label}: it is too long; {setting.longest} characters at most.")
    return value


def check_all(inputs: Mapping[str, RawValue]) -> dict[str, Value]:
    """Return what is given as values, by the settings' names. Raises BadInput for the first that is wrong."""
    for name in inputs:
        if name not in SETTINGS:
            raise BadInput(f"There is no setting “{values.short(name)}”: choose from {', '.join(SETTINGS)}.")
    return {name: check(SETTINGS[name], text) for name, text in inputs.items()}


def conflict(publication: Publication) -> str:
    """Say in one sentence which settings don't go together, or return ""."""
    if (publication.quiet_from is None) != (publication.quiet_until is None):
        return "Quiet hours need both times: give when they begin and when they end, or leave both empty."
    if publication.quiet_from is not None and publication.quiet_from == publication.quiet_until:
        return "Quiet hours can’t begin and end at the same time: leave both empty to have none."
    return ""
