"""Value objects for a letter, before and after it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from distributor.domain.media_names import MediaName
from distributor.domain.source_keys import SourceKey

ALT_LIMIT = 2000  # characters of a picture's alternative text; no network takes more


@dataclass(frozen=True, slots=True)
class AuthorView:
    """A person with a bio. `email` and `bio` are empty when the page does not give them."""

    name: str
    email: str = ""
    bio: str = ""


@dataclass(frozen=True, slots=True)
class SeriesView:
    """The run a letter belongs to and its number in it (from 1), where the letter says so."""

    title: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A piece of a source that did not become part of the letter.

    `what` names it ("comments", "shortcode"), `why` is a sentence for the editor, `html` its sanitised markup, by
    which it is put back, `length` the characters of its visible text. `place` is how many of the body's elements stand
    before it, -1 where that is not known: it is put back at the end then.
    """

    what: str
    why: str
    html: str = ""
    length: int = 0
    place: int = -1


@dataclass(frozen=True, slots=True)
class DraftPicture:
    """A picture that comes with a draft, to be stored with its letter: its files by their widths in pixels.

    `source` is the address that it was fetched from, "" for what came with the letter.
    """

    name: MediaName
    files: Mapping[int, bytes] = field(repr=False, hash=False)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What intake understood of one source. What was not found is empty and named in `missing`.

    `source` says where it came from (canonical URL, URL, file, an entry's id), "" for what was typed or pasted.
    `body_html` is sanitised; `body_text` is its plain text. `share_bar` holds channel names in the page's order.

    - `keys`: by what the source names its letter: what makes the same letter of it another time.
    - `feed`: the name of the feed that it is an entry of (`FeedName.name`), "" for what is no entry.
    - `summary`: what the newsroom says the letter is about, as one text; `social`: its own words by channel; `tags`:
      its topics, in its own words.
    - `slug`: the end of its address that the source asks for.
    - `language_inferred`: the source does not name its language (and `missing` says so); the text was judged.
    - `left_out`: what is in the source and not in the letter; `notices`: what an editor should know, as sentences.
    - `withheld`: why the source itself says that the letter is not to go out yet, as a sentence; "" where it does not.
    - `pictures`: those that are to be stored with the letter; `body_html` and `image_url` name them as `media:NAME`.
    """

    source: str
    title: str
    body_html: str
    body_text: str
    series: SeriesView | None = None
    editor_note: str = ""
    authors: tuple[AuthorView, ...] = ()
    section: str = ""
    language: str = ""
    published_at: datetime | None = None
    canonical_url: str = ""
    image_url: str = ""
    image_alt: str = ""
    share_bar: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    summary: str = ""
    social: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    slug: str = ""
    language_inferred: bool = False
    left_out: tuple[LeftOut, ...] = ()
    notices: tuple[str, ...] = ()
    withheld: str = ""
    pictures: tuple[DraftPicture, ...] = ()
    keys: tuple[SourceKey, ...] = ()
    feed: str = ""


@dataclass(frozen=True, slots=True)
class LogoView:
    """A publication's logo: its absolute address, and the size in CSS pixels at which it is shown."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PublicationView:
    """A brand that sends.

    `site_url` is where its public pages live, without a trailing slash. `reply_to` is where answers to its mail go, ""
    for the sender's address. `colour` is `#rrggbb`, or "" for the usual ones. `other_languages` are those that some of
    its letters are written in, beside `language`. The fonts are names of `rendering.fonts`, "" for the usual ones.
    """

    slug: str
    name: str
    site_url: str
    sender_name: str = ""
    sender_email: str = ""
    time_zone: str = "UTC"
    language: str = "en"
    postal_address: str = ""
    reply_to: str = ""
    colour: str = ""
    logo: LogoView | None = None
    other_languages: tuple[str, ...] = ()
    text_font: str = ""
    heading_font: str = ""

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages of its letters, the main one first."""
        return tuple(dict.fromkeys((self.language, *self.other_languages)))

    @property
    def root_url(self) -> str:
        """Where the whole installation's pages live, "" where there is no site."""
        return self.site_url.removesuffix(f"/{self.slug}")


@dataclass(frozen=True, slots=True)
class ShareLink:
    """One link by which a reader passes a letter on: the channel's name, what the link is called, where it leads."""

    name: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter as rendering sees it.

    `url` is the address that followers are sent to: our own page when `link` is in the share bar, else the canonical
    URL; empty when there is neither. Where a channel's variant has it with campaign parameters, or a short one in its
    place, `plain_url` is what it was: what readers pass on, and what addresses in the body are relative to.
    `share_links` are the links with which they do; whoever makes a variant gives them along (`channels.share_bar`).
    `summary` and `social` are the newsroom's own words: what the letter is about, and a post's text by channel.
    `tags` are its topics.
    `own_text` is what an editor wrote for this one variant, in place of what its template says; None for nothing.
    """

    publication: PublicationView
    slug: str
    title: str
    body_html: str
    body_text: str
    url: str = ""
    series: SeriesView | None = None
    editor_note: str = ""
    authors: tuple[AuthorView, ...] = ()
    section: str = ""
    language: str = ""
    published_at: datetime | None = None
    canonical_url: str = ""
    image_url: str = ""
    image_alt: str = ""
    share_bar: tuple[str, ...] = ()
    plain_url: str = ""
    share_links: tuple[ShareLink, ...] = ()
    summary: str = ""
    social: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    own_text: str | None = None

    @property
    def shared_url(self) -> str:
        """The address that says nothing of the channel."""
        return self.plain_url or self.url
