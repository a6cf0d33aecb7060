"""All channels' share records, and the links with which a mail's readers pass a letter on. Loads no adapter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module

from distributor.channels.folders import NAMES
from distributor.channels.share_records import SERVER, ShareButton, ShareRecord, in_language
from distributor.domain.letters import LetterView, ShareLink
from distributor.rendering.addresses import ascii_url


def _record(name: str) -> ShareRecord:
    record: ShareRecord = import_module(f"distributor.channels.{name}.share_record").SHARE_RECORD
    return record


SHARE_RECORDS: Mapping[str, ShareRecord] = {name: _record(name) for name in NAMES}
USUAL = tuple(name for name, record in SHARE_RECORDS.items() if record.usual)


def shared_on(share_bar: Iterable[str]) -> tuple[tuple[str, ShareRecord, ShareButton], ...]:
    """Return the channels of a share bar on which readers can share, each once and in its order.

    They are the usual ones where it names none. What is no channel, and what readers can't share on, is left out.
    """
    records = ((name, SHARE_RECORDS.get(name)) for name in dict.fromkeys(share_bar or USUAL))
    return tuple((name, record, record.button) for name, record in records if record and record.button)


def share_links(letter: LetterView) -> tuple[ShareLink, ...]:
    """Return the links of a letter's share bar as they work in a mail, without a script; none without an address.

    Where a network can't be reached by an address alone, the link leads to the letter's page, which has the button.
    """
    url = ascii_url(letter.shared_url)
    if not url:
        return ()
    language = letter.language or letter.publication.language or "en"
    return tuple(
        ShareLink(name, in_language(record.label, language), _address(button, letter.title, url))
        for name, record, button in shared_on(letter.share_bar)
    )


def _address(button: ShareButton, title: str, url: str) -> str:
    alone = button.address and SERVER not in button.address
    return button.address_for(title, url) if alone else url
