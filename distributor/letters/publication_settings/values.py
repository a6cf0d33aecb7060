"""How the texts that editors write for a publication become values. Each raises BadInput with one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from zoneinfo import available_timezones

from distributor.channels import registry
from distributor.domain.capabilities import PictureLimits
from distributor.domain.digests import WEEKDAYS
from distributor.domain.errors import BadInput
from distributor.domain.mail_addresses import normal_address
from distributor.domain.text_lines import is_line, one_line
from distributor.domain.times import clock_time
from distributor.letters.intake.share_words import channel_named
from distributor.letters.models import Logo
from distributor.rendering import photos
from distributor.rendering.fonts import FONTS
from distributor.rendering.photos import Photo

LARGEST_UPLOAD = 10_000_000  # bytes of a logo as it is given
# Twice as wide as it is shown, for fine screens; PNG, since mail programs show it and it may be transparent.
LOGO = PictureLimits(max_bytes=200_000, max_side=2 * max(Logo.SHOWN_WITHIN), types=("image/png",))

YES, NO = "yes", "no"
_YES_OR_NO = {YES: True, "on": True, "true": True, "1": True, NO: False, "off": False, "false": False, "0": False}
_HOUR = re.compile(r"(\d{1,2})(?::00)?", re.ASCII)

_LANGUAGE = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{2,8}){0,3})", re.IGNORECASE)
_COLOUR = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)


def line(value: str) -> str:
    """Return a text as one line."""
    if not is_line(" ".join(value.split())):
        raise BadInput("Write it without control characters.")
    return one_line(value)


def address(value: str) -> str:
    """Return a mail address with its domain in the form that mail servers use (IDNA)."""
    normal = normal_address(value)
    if normal is None or not normal.isascii():  # a sender's has to work at every server, also at one without SMTPUTF8
        raise BadInput(f"“{short(value)}” is not an email address: write one like letters@harbor.example.")
    return normal


@lru_cache(maxsize=1)
def _zones() -> Mapping[str, str]:
    return {name.lower(): name for name in available_timezones()}


def zone_names() -> Sequence[str]:
    """Return the time zones that are named after places."""
    return sorted(
        name for name in _zones().values() if "/" in name and not name.startswith(("Etc/", "posix/", "right/"))
    )


def zone(value: str) -> str:
    """Return a time zone’s name, however its letters are written."""
    name = _zones().get(value.replace(" ", "_").lower())
    if name is None:
        raise BadInput(f"There is no time zone “{short(value)}”: write one like Asia/Seoul.")
    return name


def language(value: str) -> str:
    """Return a language's tag in its usual letters (RFC 5646 §2.1.1): `ko`, `pt-BR`, `zh-Hant`."""
    parts = _LANGUAGE.fullmatch(value.replace("_", "-"))
    if parts is None:
        raise BadInput(f"“{short(value)}” is not a language code: write one like ko, en or pt-BR.")
    usual = {2: str.upper, 4: str.title}
    subtags = (usual.get(len(part), str.lower)(part) for part in parts[2].split("-")[1:])
    return "-".join((parts[1].lower(), *subtags))


def languages(value: str) -> list[str]:
    """Return languages’ tags, given with commas between them."""
    return list(dict.fromkeys(map(language, _words(value))))


def share_bar(value: str) -> list[str]:
    """Return channels' names, in order; each may be given as a letter's share bar names it."""
    channels: dict[str, None] = {}
    for word in _words(value):
        channel = channel_named(word)
        if channel is None:
            raise BadInput(f"There is no channel “{short(word)}”: choose from {', '.join(registry.names())}.")
        channels[channel] = None
    return list(channels)


def _words(value: str) -> list[str]:
    return [word for part in value.split(",") if (word := part.strip())]


def minutes(longest: int) -> Callable[[str], int]:
    """Return what reads whole minutes, up to so many."""

    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit() and int(value[:9]) <= longest):
            raise BadInput(f"Give whole minutes from 0 to {longest:,}.")
        return int(value)

    return read


def clock(value: str) -> time:
    """Return a time of day."""
    moment = clock_time(value)
    if moment is None:
        raise BadInput(f"“{short(value)}” is not a time of day: write one like 22:00.")
    return moment


def day(value: str) -> date:
    """Return a day."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadInput(f"“{short(value)}” is not a day: write one like 2026-12-01.") from None


def yes_or_no(value: str) -> bool:
    """Return whether something is wanted."""
    if value.lower() not in _YES_OR_NO:
        raise BadInput(f"“{short(value)}” is neither yes nor no.")
    return _YES_OR_NO[value.lower()]


def yes_if(value: object) -> str:
    """Return a switch's state as `yes_or_no` reads it."""
    return YES if value else NO


def hour(value: str) -> int:
    """Return a whole hour of the day."""
    digits = _HOUR.fullmatch(value)
    if digits is None or int(digits[1]) > 23:
        raise BadInput(f"“{short(value)}” is not an hour: write one from 0 to 23.")
    return int(digits[1])


def weekday(value: str) -> int:
    """Return a day of the week: 0 is Monday."""
    days = [day.lower() for day in WEEKDAYS]
    if value.lower() not in days:
        raise BadInput(f"“{short(value)}” is not a day of the week: choose from {', '.join(WEEKDAYS)}.")
    return days.index(value.lower())


def colour(value: str) -> str:
    """Return a colour as `#rrggbb`."""
    digits = _COLOUR.fullmatch(value)
    if digits is None:
        raise BadInput(f"“{short(value)}” is not a colour: write one like #1f6b3a.")
    hexadecimals = digits[1].lower()
    return f"#{hexadecimals if len(hexadecimals) == 6 else ''.join(digit * 2 for digit in hexadecimals)}"


def font(value: str) -> str:
    """Return the name of a font (`rendering.fonts`)."""
    names = {key: key for key in FONTS} | {font.label.lower(): key for key, font in FONTS.items()}
    if value.lower() not in names:
        raise BadInput(f"“{short(value)}” is not a font that you can choose: choose from {', '.join(FONTS)}.")
    return names[value.lower()]


def font_names() -> Sequence[str]:
    """Return the names of the fonts that can be chosen, after "" for the usual one."""
    return ("", *FONTS)


def logo(content: bytes) -> Photo:
    """Return a picture as small as it is shown; what is transparent stays so."""
    if len(content) > LARGEST_UPLOAD:
        raise BadInput(f"The logo is too large: give a picture of at most {LARGEST_UPLOAD // 1_000_000} MB.")
    try:
        return photos.shrink(content, LOGO, transparent=True)
    except photos.Unreadable:
        raise BadInput("The logo can’t be read: give a PNG, JPEG, GIF or WebP picture.") from None


def logo_address(picture: Logo) -> str:
    """Return the path at which a logo is served."""
    return picture.view(site_url=f"/{picture.publication.slug}").url


def short(value: str) -> str:
    """Return so much of a text as a sentence about it quotes."""
    return value if len(value) <= 40 else f"{value[:40]}…"
