"""A letter as one channel will carry it, and what an editor should know about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Concern:
    """Something an editor should know before approving. `refuse` means: it can't go out like this."""

    message: str
    level: Literal["note", "warning", "refuse"] = "warning"


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture that a post carries, as a description: `url` of the letter's own, or "" for a card drawn of `card`.

    `card` holds what a card says: title, series, number, author, publication, language (texts). `alt` is the
    alternative text; `width` and `height` are pixels.
    """

    alt: str = ""
    url: str = ""
    card: Mapping[str, str] = field(default_factory=dict)
    width: int = 1200
    height: int = 630

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "card": dict(self.card)}


@dataclass(frozen=True, slots=True)
class Variant:
    """The letter as rendered for one channel.

    - `parts`: the texts of a post, one a post; several are a thread. Empty for channels without posts (mail, link).
    - `length`, `limit`: the longest part as the channel counts it, against its limit; `limit` None means no limit.
    - `subject`, `html`, `text`: mail and web documents. A mail's are Jinja2 sources for the recipient pass.
    - `link`, `image_url`: what the post links to and shows; empty for none.
    - `picture`: what is attached to the post (the first one of a thread); None for nothing.
    - `language`: the letter's language as a BCP 47 tag, "" where it is not known.
    - `data`: what else the channel's adapter needs (a Kakao template object, for example), JSON types only.
    - `dropped`: what did not fit, as sentences for the preview.
    """

    channel: str
    parts: tuple[str, ...] = ()
    length: int = 0
    limit: int | None = None
    subject: str = ""
    html: str = ""
    text: str = ""
    link: str = ""
    image_url: str = ""
    picture: Picture | None = None
    language: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the variant as JSON types; `from_json` reads it back unchanged."""
        return {
            "channel": self.channel,
            "parts": list(self.parts),
            "length": self.length,
            "limit": self.limit,
            "subject": self.subject,
            "html": self.html,
            "text": self.text,
            "link": self.link,
            "image_url": self.image_url,
            "picture": self.picture.to_json() if self.picture else None,
            "language": self.language,
            "data": dict(self.data),
            "dropped": list(self.dropped),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Variant:
        """Read what `to_json` wrote."""
        picture = value.get("picture")
        return cls(
            **{
                **value,
                "parts": tuple(value["parts"]),
                "dropped": tuple(value["dropped"]),
                "picture": Picture(**picture) if picture else None,
            }
        )
