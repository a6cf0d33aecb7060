"""The bytes of a post's picture: the letter's own, fetched and made fit, or a card drawn of what the letter says."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from distributor.channels import http
from distributor.channels.recent_cache import Recent
from distributor.domain.capabilities import PictureLimits
from distributor.domain.errors import SourceError
from distributor.domain.variants import Picture
from distributor.ports import Port
from distributor.rendering import cards, photos

FETCH_LIMIT = 30 * 1024 * 1024  # bytes
KEPT_SECONDS = 120.0  # the channels of one letter go out within seconds; an editor who changes its picture, later
KEPT_BYTES = 16 * 1024 * 1024

_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}

log = logging.getLogger(__name__)

StoredPicture = Callable[[str], bytes | None]
"""Returns a stored picture by the address at which it is served; None for every other address. Raises SourceError."""

PICTURE_STORE: Port[StoredPicture] = Port("the stored pictures of letters")


@dataclass(frozen=True, slots=True)
class LoadedPicture:
    """A picture that keeps its network's limits. `width` and `height` in pixels, `type` a media type."""

    content: bytes = field(repr=False)
    type: str
    width: int
    height: int
    alt: str

    @property
    def name(self) -> str:
        """A file name for uploads."""
        return f"picture.{_SUFFIXES.get(self.type, 'bin')}"

    def __len__(self) -> int:
        return len(self.content)


_contents: Recent[bytes] = Recent(seconds=KEPT_SECONDS, most_bytes=KEPT_BYTES)
_pictures: Recent[LoadedPicture] = Recent(seconds=KEPT_SECONDS, most_bytes=KEPT_BYTES)


def load(picture: Picture, limits: PictureLimits) -> LoadedPicture:
    """Return a variant's picture in a form that the network takes, its alternative text cut to what it takes.

    Where the letter's own picture can't be fetched, read or made fit, a card is drawn in its place, and its alternative
    text is the letter's title. Raises nothing for that; Unreadable only where not even a card keeps the limits.
    """
    try:
        return _own_picture(picture, limits) if picture.url else _card(picture, limits)
    except (SourceError, photos.Unreadable) as error:
        log.warning("A card is drawn in the place of a letter’s picture: %s", error)
        return _card(picture, limits)


def available(picture: Picture, limits: PictureLimits) -> Picture:
    """Return the picture as the post can have it now: the letter's own, else its card, which says why under `absence`.

    What was fetched for it is kept for the post itself.
    """
    if not picture.url:
        return picture
    try:
        _own_picture(picture, limits)
    except SourceError as error:
        reason = str(error)
    except photos.Unreadable as error:
        reason = f"{http.without_secrets(picture.url)} can’t be used. {error}"
    else:
        return picture
    alt = picture.card.get("title", "")
    return replace(picture, url="", alt=alt, absence=f"A card stands in for the letter’s picture: {reason}")


def _own_picture(picture: Picture, limits: PictureLimits) -> LoadedPicture:
    """Raises SourceError for what can't be fetched, Unreadable for what can't be read or made fit."""
    key = (picture.url, picture.alt, limits)
    if (cached_picture := _pictures.get(key)) is not None:
        return cached_picture
    content = _contents.get(picture.url)
    if content is None:
        stored_content = PICTURE_STORE.get()(picture.url)  # our own address may be one that only this machine reaches
        content = _contents.keep(picture.url, stored_content or http.fetch_picture(picture.url, limit=FETCH_LIMIT))
    return _pictures.keep(key, _picture(photos.shrink(content, limits), picture.alt, limits))


def _card(picture: Picture, limits: PictureLimits) -> LoadedPicture:
    alt = picture.card.get("title", "") if picture.url else picture.alt
    card = photos.shrink(cards.draw(picture.card, (picture.width, picture.height)), limits)
    return _picture(card, alt, limits)


def _picture(photo: photos.Photo, alt: str, limits: PictureLimits) -> LoadedPicture:
    return LoadedPicture(photo.content, photo.type, photo.width, photo.height, short_alt(alt, limits))


def short_alt(alt: str, limits: PictureLimits) -> str:
    """Return an alternative text that the network takes, cut with an ellipsis where it is too long for it."""
    alt = alt.strip()
    return f"{alt[: limits.alt_text - 1].rstrip()}…" if 0 < limits.alt_text < len(alt) else alt
