"""The table of a publication's settings, and the checks of several at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from distributor.channels import registry
from distributor.domain.digests import WEEKDAYS
from distributor.domain.errors import BadInput
from distributor.domain.planning import LONGEST_HOLD_MINUTES
from distributor.letters.models import Publication
from distributor.letters.publication_settings import values
from distributor.letters.publication_settings.setting import PublicationSetting, RawValue, Value

LONGEST_MINUTES_BETWEEN = 24 * 60

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
        "Further languages that letters are written in. The preview points out a letter in any other language.",
        "General",
        values.languages,
        ", ".join,
        empty="none",
        input="list",
    ),
    PublicationSetting(
        "time-zone",
        "Time zone",
        "Times on the desk and the quiet hours are in this time zone.",
        "General",
        values.zone,
        offers=values.zone_names,
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
        "text-font",
        "Text font",
        "The font of emails and web pages: only such as mail programs and browsers have.",
        "Branding",
        values.font,
        empty="the standard fonts",
        input="choice",
        offers=values.font_names,
    ),
    PublicationSetting(
        "heading-font",
        "Heading font",
        "The font of titles and headings.",
        "Branding",
        values.font,
        empty="the text font",
        input="choice",
        offers=values.font_names,
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
        "warm-up-from",
        "Warm-up from",
        "The first day of a new sending domain: it sends few emails at first, and more from day to day.",
        "Email",
        values.day,
        date.isoformat,
        empty="no warm-up",
        input="date",
    ),
    PublicationSetting(
        "share-bar",
        "Default share bar",
        "The channels of letters whose page names none, in this order, with commas between.",
        "Publishing",
        values.share_bar,
        ", ".join,
        empty="none",
        input="list",
        offers=registry.names,
    ),
    PublicationSetting(
        "hold-minutes",
        "Hold, in minutes",
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
        "No letter goes out between these two times: it waits until they end. Digests keep their own hour.",
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
    PublicationSetting(
        "stop-on-change",
        "Stop when the source changes",
        "An approved letter whose source changes stops until somebody decides. Otherwise what was approved goes out, "
        "and the change is pointed out.",
        "Publishing",
        values.yes_or_no,
        values.yes_if,
        empty=values.NO,
        input="yes-no",
        column="stops_on_change",
    ),
    PublicationSetting(
        "four-eyes",
        "Four eyes",
        "Nobody approves what they wrote themselves: somebody else does. "
        "What feeds and doors send by a rule still goes out.",
        "Publishing",
        values.yes_or_no,
        values.yes_if,
        empty=values.NO,
        input="yes-no",
        column="four_eyes",
    ),
    PublicationSetting(
        "digests",
        "Send digests",
        "Subscribers who have chosen so get one email a day or week instead of each letter.",
        "Digests",
        values.yes_or_no,
        values.yes_if,
        empty=values.NO,
        input="yes-no",
        column="digests_from",
    ),
    PublicationSetting(
        "digest-hour",
        "Digest hour",
        "When digests go out, on each subscriber’s own clock.",
        "Digests",
        values.hour,
        "{}:00".format,
        input="choice",
        offers=lambda: [f"{hour}:00" for hour in range(24)],
    ),
    PublicationSetting(
        "digest-weekday",
        "Day of the weekly digest",
        "The day on which the weekly one goes out.",
        "Digests",
        values.weekday,
        WEEKDAYS.__getitem__,
        input="choice",
        offers=lambda: WEEKDAYS,
    ),
)

SETTINGS: Mapping[str, PublicationSetting] = {setting.name: setting for setting in _TABLE}


def check_all(raw_values: Mapping[str, RawValue]) -> dict[str, Value]:
    """Return what is given as values, by the settings' names. Raises BadInput for the first that is wrong."""
    checked_values = {}
    for name, text in raw_values.items():
        setting = SETTINGS.get(name)
        if setting is None:
            raise BadInput(f"There is no setting “{values.short(name)}”: choose from {', '.join(SETTINGS)}.")
        try:
            checked_values[name] = setting.check(text)
        except BadInput as error:
            raise BadInput(f"{setting.label}: {error}") from None
    return checked_values


def conflict(publication: Publication) -> str:
    """Say in one sentence which settings don't go together, or return ""."""
    if (publication.quiet_from is None) != (publication.quiet_until is None):
        return "Quiet hours need both times: give when they begin and when they end, or leave both empty."
    if publication.quiet_from is not None and publication.quiet_from == publication.quiet_until:
        return "Quiet hours can’t begin and end at the same time: leave both empty to have none."
    return ""
