"""The bytes of a post's picture: the letter's own, fetched and made fit, or a card drawn of what the letter says."""

from __future__ import annotations

from dataclasses import dataclass, field

from distributor.channels import http
from distributor.domain.capabilities import PictureLimits
from distributor.domain.errors import SourceError
from distributor.domain.variants import Picture
from distributor.rendering import cards, photos

FETCH_LIMIT = 30 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Loaded:
    """A picture that keeps its network's limits. `width` and `height` in pixels, `type` a media type."""

    content: bytes = field(repr=False)
    type: str
    width: int
    height: int
    alt: str

    @property
    def name(self) -> str:
        """A file name for uploads."""
        return "picture.jpg" if self.type == "image/jpeg" else "picture.png"


def load(picture: Picture, limits: PictureLimits) -> Loaded:
    """Return a variant's picture in a form that the network takes.

    Where the letter's own picture can't be fetched or read, a card is drawn in its place. Raises nothing for that.
    """
    if picture.url:
        try:
            made = photos.shrink(http.fetch_picture(picture.url, limit=FETCH_LIMIT), limits)
        except (SourceError, photos.Unreadable):
            made = None
        if made is not None:
            return Loaded(made.content, made.type, made.width, made.height, picture.alt)
    drawn = photos.shrink(cards.draw(picture.card, (picture.width, picture.height)), limits)
    return Loaded(drawn.content, drawn.type, drawn.width, drawn.height, picture.alt)
