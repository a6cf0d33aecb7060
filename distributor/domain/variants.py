"""A letter as one channel will carry it, and what an editor should know about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from distributor.domain import json_records
from distributor.domain.json_records import Sparse


@dataclass(frozen=True, slots=True)
class Concern:
    """Something an editor should know before approving. `refuse` means: it can't go out like this."""

    message: str
    level: Literal["note", "warning", "refuse"] = "warning"


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture that a post carries, as a description: `url` of the letter's own, or "" for a card drawn of `card`.

    `card` holds what a card says: title, series, number, author, publication, language (texts). `alt` is the
    alternative text; `width` and `height` are pixels. `absence` is a sentence on why a card stands where the letter's
    own picture was to be, "" where it doesn't.
    """

    alt: str = ""
    url: str = ""
    card: Mapping[str, str] = field(default_factory=dict)
    width: int = 1200
    height: int = 630
    absence: Sparse[str] = ""


@dataclass(frozen=True, slots=True)
class Payload:
    """What the variants of one channel hold beside what all have. Each channel declares its own (`Channel.payload`).

    A payload is a frozen dataclass of what `json_records` can store, and each field has a default: an older version may
    have stored a variant without it. This one, without fields, stands for a payload that is not there.
    """

    def to_json(self) -> dict[str, object]:
        """Return it as it is stored; `from_json` reads it back unchanged."""
        return json_records.to_json(self)

    @classmethod
    def from_json(cls, stored: object) -> Self:
        """Read what `to_json` wrote, by this version or another one. Raises BadRecord."""
        return json_records.from_json(cls, stored, path="data")

    @classmethod
    def of(cls, variant: Variant) -> Self:
        """Return a variant's payload, one of defaults where it has none.

        Raises TypeError for a variant of another channel.
        """
        payload = variant.payload
        if isinstance(payload, cls):
            return payload
        if type(payload) is Payload:
            return cls()
        raise TypeError(f"A variant of {variant.channel} has a {type(payload).__name__}, no {cls.__name__}.")


@dataclass(frozen=True, slots=True)
class Variant:
    """The letter as rendered for one channel.

    - `parts`: the texts of a post, one a post; several are a thread. Empty for channels without posts (mail, link).
    - `length`, `limit`: the longest part as the channel counts it, against its limit; `limit` None means no limit.
    - `subject`, `html`, `text`: mail and web documents. A mail's are Jinja2 sources for the recipient pass.
    - `link`, `image_url`: what the post links to and shows; empty for none.
    - `picture`: what is attached to the post (the first one of a thread); None for nothing.
    - `language`: the letter's language as a BCP 47 tag, "" where it is not known.
    - `payload`: what else the channel's adapter needs, in the channel's own type.
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
    payload: Payload = field(default_factory=Payload)
    dropped: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the variant as JSON types; `from_json` reads it back unchanged. Its payload stands below `data`."""
        stored = json_records.to_json(replace(self, payload=Payload()))
        del stored["payload"]
        return {**stored, "data": self.payload.to_json()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], *, payload: type[Payload]) -> Variant:
        """Read what `to_json` wrote, by this version or another one. `payload` is its channel's. Raises BadRecord."""
        variant = json_records.from_json(cls, {name: value for name, value in stored.items() if name != "payload"})
        return replace(variant, payload=payload.from_json(stored.get("data", {})))
