"""The share bar's buttons for readers, made of the channels' records. None of them sets a cookie.

What a button is and where it leads is its channel's (`channels/NAME/share_record.py`); here it is put into a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from distributor.channels.base import Options
from distributor.channels.share_bar import shared_on
from distributor.channels.share_records import SERVER, ShareButton, SharedPage, ShareScript, in_language

_SUBMIT = {"en": "Share", "ko": "공유하기"}
_INVALID = {
    "en": "Write the server’s name, such as example.social.",
    "ko": "example.social처럼 서버 이름을 적어 주세요.",
}
LETTER_LINK = "#letter-link"  # the field with the letter's link: where a button leads that needs a script
OptionsOf = Callable[[str], Options]
"""The publication's settings for a channel, by its name."""


@dataclass(frozen=True, slots=True)
class ServerForm:
    """What a form says that asks for the reader's server: its field's label, its button, and what is no server."""

    label: str
    submit: str
    invalid: str


@dataclass(frozen=True, slots=True)
class PageButton:
    """One button on a letter's page. `href` works without a script; with one, `action` comes first.

    `copy` copies the link, `menu` opens the device's own share menu, or copies the link where there is none. `server`
    asks for the reader's server by `form`, and goes to its `address`. `script` loads the network's own script and
    shares with that; it is as `menu` where that fails. `data` is for the page's script, `sources` what the page's
    policy allows for it.
    """

    name: str
    label: str
    title: str
    icon: str
    href: str
    action: str = ""
    form: ServerForm | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def external(self) -> bool:
        """Whether it leads to another site."""
        return self.href.startswith("https://")


def buttons(
    share_bar: Iterable[str], page: SharedPage, *, options_of: OptionsOf | None = None
) -> tuple[PageButton, ...]:
    """Return the buttons in the share bar's order, the usual ones where it names none.

    A channel on which readers can't share gets no button. `options_of` tells the publication's settings, for buttons
    that can do more with them; without it they do what needs none.
    """
    share_buttons = []
    for name, _, button in shared_on(share_bar):
        script = button.script(options_of(name), page) if options_of and button.script else None
        share_buttons.append(_button(name, button, page, script))
    return tuple(share_buttons)


def language_of(language: str) -> str:
    """Return the language that the buttons speak to readers of this one."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    return primary if all(primary in button.name for _, _, button in shared_on(())) else "en"


def _button(name: str, button: ShareButton, page: SharedPage, script: ShareScript | None) -> PageButton:
    address = button.address_for(page.title, page.url)
    data = {"copied": in_language(button.copied, page.language)} if button.action else {}
    if button.action == "server":
        data["address"] = address
    return PageButton(
        name=name,
        label=in_language(button.name, page.language),
        title=in_language(button.hint, page.language),
        icon=button.icon,
        href=address if address and SERVER not in address else LETTER_LINK,
        action="script" if script else button.action,
        form=_form(button, page.language) if button.asks else None,
        data=data | (_script_data(script) if script else {}),
        sources=script.sources if script else {},
    )


def _form(button: ShareButton, language: str) -> ServerForm:
    return ServerForm(
        in_language(button.asks, language), in_language(_SUBMIT, language), in_language(_INVALID, language)
    )


def _script_data(script: ShareScript) -> dict[str, str]:
    return {
        "script": script.address,
        "integrity": script.integrity,
        "key": script.key,
        "start": script.start,
        "started": script.started,
        "call": script.share,
        "message": script.message,
    }
