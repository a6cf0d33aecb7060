"""How a mail is looked at on the desk: in a light or a dark program, or in one that shows no pictures."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LIGHT: Final = "light"
DARK: Final = "dark"
PLAIN: Final = "plain"
LOOKS: Final[MappingProxyType[str, Promise]] = MappingProxyType(
    {LIGHT: _("Light"), DARK: _("Dark"), PLAIN: _("Without pictures")}
)
_ASKS_DARK: Final = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
_ASKS_LIGHT: Final = re.compile(r"\(\s*prefers-color-scheme\s*:\s*light\s*\)")
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"


def look_of(name: str) -> str:
    """Return a look by its name, "" for none of them: then it is as the browser has it."""
    return name if name in LOOKS else ""


def in_look(html: str, look: str) -> str:
    """Return a mail's document as a program shows it that is dark or light whatever the browser is."""
    if not look:
        return html
    is_dark = look == DARK
    html = _ASKS_DARK.sub(_ALWAYS if is_dark else _NEVER, html)
    html = _ASKS_LIGHT.sub(_NEVER if is_dark else _ALWAYS, html)
    scheme = f"<style>:root {{ color-scheme: {DARK if is_dark else LIGHT} !important }}</style>"
    return html.replace("<head>", f"<head>{scheme}", 1)


def with_pictures(look: str) -> bool:
    """Whether a look shows pictures."""
    return look != PLAIN
