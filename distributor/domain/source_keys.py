"""By what a source names its letter: the keys that make two sources the same letter. Never the title.

| kind | value | who gives it |
|---|---|---|
| `guid` | an entry's own id, with the feed's address where it says something in that feed only | feeds |
| `site guid` | such a short id, with the address of the feed's site: the feed's own may change | feeds |
| `id` | `id` of the front matter, or of the API | whoever writes the source |
| `program id` | `id` of the API once more: given by a program, which copies no files | systems |
| `address` | the canonical address, normalised (`letter_addresses`) | pages, feeds, front matter |
| `file` | the file's absolute path | files and folders |
| `entry` | a feed's address, and a hash of what the entry says | feeds, of entries that have none of the above |
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from distributor.domain.letter_addresses import canonical_address, letter_address

KeyKind = Literal["guid", "site guid", "id", "address", "file", "entry", "program id"]
VALUE_LIMIT = 500  # characters

# RFC 4151, RFC 8141, AT Protocol, and UUIDs: names that are the same in no two places.
_GLOBAL_ID = re.compile(
    r"(?:urn|tag|did|ni|doi):\S+|at://\S+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, order=True)
class SourceKey:
    """One name that a source gives its letter: no two letters of a publication have the same."""

    kind: KeyKind
    value: str


@dataclass(frozen=True, slots=True)
class FeedName:
    """By what a feed is recognised: its addresses (where it was read, where it says it is), and that of its site.

    Each is canonical (`letter_addresses.canonical_address`) or "".
    """

    addresses: tuple[str, ...] = ()
    site: str = ""

    @property
    def name(self) -> str:
        """The one name by which a feed is stored, "" where it has none."""
        return next(iter(self.addresses), self.site)


def feed_name(*, url: str = "", own_link: str = "", site: str = "") -> FeedName:
    """Return a feed's name from where it was read, the address that it gives for itself, and that of its site."""
    addresses = dict.fromkeys(filter(None, (canonical_address(url), canonical_address(own_link))))
    return FeedName(tuple(addresses), canonical_address(site))


def guid_keys(guid: str, feed: FeedName) -> tuple[SourceKey, ...]:
    """Return the keys of a feed's entry by its id.

    An id that is a web address is one in every spelling; one that is made to be unique needs no feed; any other is
    unique in its feed, and most likely in its site.
    """
    guid = guid.strip()
    if not guid:
        return ()
    if re.match(r"https?://", guid, re.IGNORECASE):
        address = letter_address(guid)  # some feeds give their site's address for every entry
        return (_key("guid", address),) if address else ()
    if _GLOBAL_ID.fullmatch(guid):
        return (_key("guid", guid),)
    keys = [_key("guid", f"{address} {guid}") for address in feed.addresses]
    return (*keys, _key("site guid", f"{feed.site} {guid}")) if feed.site else tuple(keys)


def address_keys(urls: Iterable[str]) -> tuple[SourceKey, ...]:
    """Return the key of the first of these addresses that can name a letter, if any does."""
    address = next(filter(None, map(letter_address, urls)), "")
    return (_key("address", address),) if address else ()


def id_keys(identifier: str) -> tuple[SourceKey, ...]:
    """Return the key of what a source calls its letter's id, if it does."""
    return (_key("id", identifier.strip()),) if identifier.strip() else ()


def program_keys(identifier: str) -> tuple[SourceKey, ...]:
    """Return the key of what a program calls its letter's id, if it does."""
    return (_key("program id", identifier.strip()),) if identifier.strip() else ()


def file_keys(path: str) -> tuple[SourceKey, ...]:
    """Return the key of a file by its absolute path, if there is one."""
    return (_key("file", path),) if path else ()


def entry_keys(feed: str, title: str, text: str) -> tuple[SourceKey, ...]:
    """Return the key of a feed's entry that has neither id nor address: only the same words are the same letter."""
    words = "\n".join(" ".join(part.split()) for part in (title, text))
    digest = hashlib.sha256(words.encode(errors="replace")).hexdigest()
    return (_key("entry", f"{feed} {digest}"),) if feed else ()


def _key(kind: KeyKind, value: str) -> SourceKey:
    digest = hashlib.sha256(value.encode(errors="replace")).hexdigest()
    return SourceKey(kind, value if len(value) <= VALUE_LIMIT else f"sha256:{digest}")
