"""A letter as one channel will carry it, and what an editor should know about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Concern:
    """Something an editor should know before approving. `refuse` means: it can't go out like this."""

    message: str
    level: Literal["note", "warning", "refuse"] = "warning"


@dataclass(frozen=True, slots=True)
class Variant:
    """The letter as rendered for one channel.

    - `parts`: the texts of a post, one a post; several are a thread. Empty for channels without posts (mail, link).
    - `length`, `limit`: the longest part as the channel counts it, against its limit; `limit` None means no limit.
    - `subject`, `html`, `text`: mail and web documents. A mail's are Jinja2 sources for the recipient pass.
    - `link`, `image_url`: what the post links to and shows; empty for none.
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
            "data": dict(self.data),
            "dropped": list(self.dropped),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Variant:
        """Read what `to_json` wrote."""
        return cls(**{**value, "parts": tuple(value["parts"]), "dropped": tuple(value["dropped"])})
