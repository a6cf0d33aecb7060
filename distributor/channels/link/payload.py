"""What a page's variant holds beside its article: what Open Graph, feeds and the page's own head say."""

from __future__ import annotations

from dataclasses import dataclass

from distributor.domain.variants import Payload


@dataclass(frozen=True, slots=True)
class LinkPayload(Payload):
    """The letter as others are told of it.

    `published` is ISO 8601, "" where the letter has no date of its own; `author` are the `authors` as one phrase;
    `image` and `canonical` are addresses in ASCII; `colour` is its card's, "" for the usual one;
    `pictures_without_text` counts those in the article.
    """

    title: str = ""
    description: str = ""
    image: str = ""
    image_alt: str = ""
    canonical: str = ""
    published: str = ""
    section: str = ""
    authors: tuple[str, ...] = ()
    author: str = ""
    bios: tuple[str, ...] = ()
    language: str = ""
    site_name: str = ""
    colour: str = ""
    series: str = ""
    number: int | None = None
    editor_note: str = ""
    share_bar: tuple[str, ...] = ()
    pictures_without_text: int = 0
