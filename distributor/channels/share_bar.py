"""All channels' share records, and the links with which a mail's readers pass a letter on. Loads no adapter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module

from distributor.channels.folders import NAMES
from distributor.channels.sharing import ASKED, ShareButton, Sharing, in_language
from distributor.domain.letters import LetterView, ShareLink
from distributor.rendering.addresses import ascii_url


def _record(name: str) -> Sharing:
    record: Sharing = import_module(f"distributor.channels.{name}.sharing").SHARING
    return record


SHARING: Mapping[str, Sharing] = {name: _record(name) for name in NAMES}
USUAL = tuple(name for name, sharing in SHARING.items() if sharing.usual)


def shared_on(share_bar: Iterable[str]) -> tuple[tuple[str, Sharing, ShareButton], ...]:
    """Return the channels of a share bar on which readers can share, each once and in its order.

    They are the usual ones where it names none. What is no channel, and what readers can't share on, is left out.
    """
    records = ((name, SHARING.get(name)) for name in dict.fromkeys(share_bar or USUAL))
    return tuple((name, sharing, sharing.button) for name, sharing in records if sharing and sharing.button)


def share_links(letter: LetterView) -> tuple[ShareLink, ...]:
    """Return the links of a letter's share bar as they work in a mail, without a script; none without an address.

    Where a network can't be reached by an address alone, the link leads to the letter's page, which has the button.
    """
    url = ascii_url(letter.shared_url)
    if not url:
        return ()
    language = letter.language or letter.publication.language or "en"
    return tuple(
        ShareLink(name, in_language(sharing.label, language), _address(button, letter.title, url))
        for name, sharing, button in shared_on(letter.share_bar)
    )


def _address(button: ShareButton, title: str, url: str) -> str:
    alone = button.address and ASKED not in button.address
    return button.address_for(title, url) if alone else url
