"""What each channel is in a share bar: the signs by which a page's button is known, and how our readers share there.

Each channel's folder has one such record in its `share_record.py`. Intake, the reader and mails read them all through
`share_bar`. Value objects only, without an import that is slow: a page is understood without any network's library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

if TYPE_CHECKING:
    from distributor.channels.base import Options

Texts = Mapping[str, str]
"""Words by language (the first part of a BCP 47 tag). English is always there, and stands in for what is not."""

SERVER = "{server}"  # what an address keeps open until the reader says which server is theirs


def in_language(texts: Texts, language: str) -> str:
    """Return the words in a language (a BCP 47 tag), the English ones where it has none."""
    return texts.get(language.replace("_", "-").partition("-")[0].lower()) or texts["en"]


@dataclass(frozen=True, slots=True)
class ShareAddress:
    """Addresses at which a network takes a share: on `host` and on every host below it.

    Their path, or path and query, in lower case, begins with the regular expression `path`.
    """

    host: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class ShareSigns:
    """By what a button in a page's share bar is known to name this network.

    - `words`: every word that labels, class names, data attributes and script calls have for it, in lower case.
    - `apart`: names that some write as two words, each with the word of `words` that it means.
    - `class_words`: short forms that class names alone use.
    - `plain_classes`: class names in which its word says nothing, since any link or box may have them.
    - `addresses`, `schemes`: where a link leads that shares there; `open_schemes` share where they name no recipient.
    - `sites`: its hosts' names without their ending (`t` is t.me), or whole host names. Whatever else is there is a
      profile ("follow us"), not a share.
    - `closing_labels`: labels of it that on a bare button close a box.
    - `verb`: its word is what one does, so that "Email this" shares for sure.
    - `copies`: it is the address itself: "copyUrl()" names it, and beside another name it is only what is shared.
    """

    words: tuple[str, ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    class_words: tuple[str, ...] = ()
    plain_classes: tuple[str, ...] = ()
    addresses: tuple[ShareAddress, ...] = ()
    schemes: tuple[str, ...] = ()
    open_schemes: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    closing_labels: tuple[str, ...] = ()
    verb: bool = False
    copies: bool = False


@dataclass(frozen=True, slots=True)
class SharedPage:
    """A page that a reader passes on. `url` is absolute and ASCII; `image` is a picture's address, or ""."""

    title: str
    url: str
    description: str = ""
    image: str = ""
    language: str = "en"
    button: str = ""  # what a card's button says: "Read the letter"


@dataclass(frozen=True, slots=True)
class ShareScript:
    """A network's own script that shares. It is loaded when a reader presses the button, and not before.

    Its functions are named as they are reached from `window`: `started()` says whether `start(key)` was called, and
    `share(message)` gets what the JSON text `message` holds. `sources` are what the page's Content-Security-Policy has
    to allow for it, by directive.
    """

    address: str
    integrity: str
    key: str
    start: str
    started: str
    share: str
    message: str
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShareButton:
    """How a reader shares a page on this channel, without a key, a cookie or a script of somebody else's.

    - `icon`: what stands in an `<svg viewBox="0 0 24 24">`, in the current colour.
    - `name`: what the button is called, also by screen readers; `hint`: what pressing it does.
    - `address`: where it leads, with `{title}` and `{url}` in it, which are percent-encoded. "" where no address shares
      there: the button then shows the page's link.
    - `action`: what a script does instead: `copy` the link, open the device's share `menu` (or copy the link where
      there is none), or ask for the reader's `server`, which `address` then has as `{server}`.
    - `copied`: what is said once the link was copied; `asks`: how the reader's server is asked for.
    - `script`: makes the network's own script for a page, where the publication's settings of the channel have what it
      needs, else None.
    """

    icon: str
    name: Texts
    hint: Texts
    address: str = ""
    action: Literal["", "copy", "menu", "server"] = ""
    copied: Texts = field(default_factory=lambda: {"en": "Copied", "ko": "복사했습니다"})
    asks: Texts = field(default_factory=dict)
    script: Callable[[Options, SharedPage], ShareScript | None] | None = None

    def address_for(self, title: str, url: str) -> str:
        """Return where the button leads for a page, in ASCII; a reader's server is left open as `{server}`.

        Spaces are %20, never +: mail programs and some apps show a plus as it is (RFC 6068 §5).
        """
        encoded_title, encoded_url = (quote(value, safe="", errors="replace") for value in (title, url))
        return self.address.replace("{title}", encoded_title).replace("{url}", encoded_url)


@dataclass(frozen=True, slots=True)
class ShareRecord:
    """What one channel is in share bars.

    `label` is how people call it. `button` is how readers share there, or None, and then `no_button` says why not. A
    channel with `usual` is in the share bar of a letter that names no channels.
    """

    label: Texts
    signs: ShareSigns
    button: ShareButton | None = None
    no_button: str = ""
    usual: bool = False
