"""Letters in requests and answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from django.conf import settings
from django.db.models import Max, QuerySet
from ninja import Schema
from pydantic import Field, StringConstraints, create_model
from pydantic.fields import FieldInfo

from distributor.api.parameters import MOST_ID, Body, Moment, Text
from distributor.domain import media_names
from distributor.domain.letters import ALT_LIMIT
from distributor.letters.intake import drafts
from distributor.letters.intake.letter_fields import LetterFields
from distributor.letters.models import Byline
from distributor.letters.models import Letter as LetterRow
from distributor.letters.new_letters import NewLetter as NewRow

LONGEST_TEXT: Final = 10 * 1024 * 1024  # characters; in bytes the same limit holds, see `intake.text_encoding`
_URL: Final = r"^https?://[^\s<>\"\u0000]+$"
_EMAIL: Final = r"^([^@\s<>\u0000]+@[^@\s<>\u0000]+\.[^@\s<>\u0000]+)?$"
_MEDIA: Final = r"^media:[\w.-]+$"
_HTML: Final = "<p>Dear reader,</p><p>the garden sleeps.</p>"
_TIME: Final = "2026-12-01T08:00:00Z"

Url = Annotated[str, StringConstraints(max_length=drafts.URL_LIMIT, pattern=_URL)]
NoUrl = Annotated[str, StringConstraints(max_length=0)]
ChannelName = Annotated[Text, Field(min_length=1, max_length=drafts.CHANNEL_LIMIT)]


class NewAuthor(Body):
    """A person with a bio."""

    name: Text = Field(min_length=1, max_length=drafts.NAME_LIMIT, examples=["Maria Lee"])
    email: Annotated[str, StringConstraints(max_length=drafts.EMAIL_LIMIT, pattern=_EMAIL)] = Field(
        "", examples=["maria@lantern.example"]
    )
    bio: Text = Field("", max_length=10_000, examples=["Maria Lee gardens in Busan."])


class NewSeries(Body):
    """The named run that a letter belongs to, and its number in it."""

    title: Text = Field(min_length=1, max_length=drafts.SERIES_LIMIT, examples=["Letters from the garden"])
    number: int | None = Field(None, ge=1, le=2**31 - 1, description="From 1.", examples=[7])


class NewImage(Body):
    """A letter's picture."""

    url: Annotated[str, StringConstraints(max_length=drafts.URL_LIMIT, pattern=f"{_URL}|{_MEDIA}")] = Field(
        description="Its address, or the `reference` of one that was uploaded.",
        examples=["https://lantern.example/garden.jpg"],
    )
    alt: Text = Field("", max_length=ALT_LIMIT, description="What it shows.", examples=["A garden under snow."])


class LetterChange(Body):
    """What a letter says. What is not sent stays as it is, or as the text has it; null and "" mean: none."""

    title: Text | None = Field(None, max_length=drafts.TITLE_LIMIT, examples=["The winter garden"])
    html: Text | None = Field(
        None,
        max_length=LONGEST_TEXT,
        description="Its text, or a whole page in which the letter is looked for. It is made safe; see `left_out`.",
        examples=[_HTML],
    )
    markdown: Text | None = Field(
        None,
        max_length=LONGEST_TEXT,
        description="Its text as Markdown, with or without front matter.",
        examples=["Dear reader,\n\nthe garden sleeps."],
    )
    summary: Text | None = Field(
        None, max_length=drafts.SUMMARY_LIMIT, description="What it is about.", examples=["A garden in winter."]
    )
    editor_note: Text | None = Field(
        None, max_length=10_000, description="Introduces the series.", examples=["The seventh letter. ― ED."]
    )
    authors: list[NewAuthor] | None = Field(None, max_length=20)
    series: NewSeries | None = None
    section: Text | None = Field(None, max_length=drafts.SECTION_LIMIT, examples=["LETTER"])
    language: Text | None = Field(None, max_length=35, description="BCP 47; else it is judged.", examples=["en"])
    published_at: Moment | None = Field(
        None, description="When it is or will be public. Nothing goes out before it by itself.", examples=[_TIME]
    )
    canonical_url: Url | NoUrl | None = Field(
        None, description="Its address on the newsroom's site.", examples=["https://lantern.example/winter-garden"]
    )
    image: NewImage | None = None
    share_bar: list[ChannelName] | None = Field(
        None,
        max_length=50,
        description="Its channels, in order, by any name that people have for them.",
        examples=[["facebook", "twitter", "mail", "link"]],
    )
    social: dict[ChannelName, Annotated[Text, Field(max_length=drafts.SOCIAL_LIMIT)]] | None = Field(
        None, max_length=50, description="The newsroom's own text for posts, by channel.",
        examples=[{"twitter": "What a garden does in winter"}],
    )  # fmt: skip
    tags: list[Annotated[Text, Field(max_length=drafts.TAG_LIMIT)]] | None = Field(
        None, max_length=drafts.MOST_TAGS, description="Its topics, in order.", examples=[["winter", "gardens"]]
    )


class NewLetter(LetterChange):
    """A letter: its text as `html`, as `markdown` or at a `url`, and what is members of it, which goes before that."""

    publication: Text = Field("", max_length=50, description="Needed where there are several.", examples=["lantern"])
    id: Text = Field(
        "",
        max_length=drafts.URL_LIMIT,
        description="Your name for it: sent again with the same, it is the same letter, whatever it says.",
        examples=["cms-4711"],
    )
    url: Url | NoUrl = Field(
        "", description="A page to read the letter from.", examples=["https://lantern.example/winter-garden"]
    )
    slug: Text = Field("", max_length=100, description="The end of its address here.", examples=["winter-garden"])
    copy_pictures: bool = Field(False, description="Store copies of its pictures on the web here.", examples=[False])
    corrects: int | None = Field(None, ge=1, le=MOST_ID, description="It is this letter corrected.", examples=[12])
    is_new: bool = Field(False, description="It is a letter of its own wherever that is not sure.", examples=[False])


class Author(Schema):
    """A person with a bio."""

    name: str = Field(examples=["Maria Lee"])
    email: str = Field(examples=["maria@lantern.example"])
    bio: str = Field(examples=["Maria Lee gardens in Busan."])


class Series(Schema):
    """The named run that a letter belongs to, and its number in it."""

    title: str = Field(examples=["Letters from the garden"])
    number: int | None = Field(examples=[7])


class Image(Schema):
    """A letter's picture."""

    url: str = Field(examples=["https://lantern.example/garden.jpg"])
    alt: str = Field(examples=["A garden under snow."])


class Key(Schema):
    """A name by which the letter's source is recognised."""

    kind: str = Field(examples=["id"])
    value: str = Field(examples=["cms-4711"])


class LeftOut(Schema):
    """A piece of the source that is not in the letter."""

    what: str = Field(examples=["comments"])
    why: str = Field(examples=["They are its readers’."])
    html: str = Field(description="What is put back; empty where nothing can be.", examples=["<p>Lovely!</p>"])
    length: int = Field(description="Characters of its text.", examples=[7])


class Letter(Schema):
    """A letter as it is now."""

    id: int = Field(examples=[12])
    publication: str = Field(examples=["lantern"])
    title: str = Field(examples=["The winter garden"])
    slug: str = Field(examples=["winter-garden"])
    source: str = Field(description="Where it came from.", examples=["https://lantern.example/winter-garden"])
    keys: list[Key] = Field(description="What makes a source this letter.")
    version: int = Field(description="Its latest version.", examples=[1])
    page_url: str = Field(description="Its page here, empty while that is not live.", examples=[""])
    series: Series | None
    authors: list[Author]
    editor_note: str = Field(examples=["The seventh letter. ― ED."])
    section: str = Field(examples=["LETTER"])
    language: str = Field(examples=["en"])
    language_inferred: bool = Field(description="Judged by its text.", examples=[False])
    published_at: datetime | None = Field(examples=[_TIME])
    canonical_url: str = Field(examples=["https://lantern.example/winter-garden"])
    image: Image | None
    share_bar: list[str] = Field(examples=[["facebook", "twitter", "mail", "link"]])
    summary: str = Field(examples=["A garden in winter."])
    social: dict[str, str] = Field(examples=[{"twitter": "What a garden does in winter"}])
    tags: list[str] = Field(description="Its topics.", examples=[["winter", "gardens"]])
    withheld: str = Field(description="Why its source says that it is not to go out yet.", examples=[""])
    notices: list[str] = Field(description="What intake has to say of it.", examples=[[]])
    created_at: datetime = Field(examples=[_TIME])
    updated_at: datetime = Field(examples=[_TIME])
    html: str = Field(description="Its text, safe.", examples=[_HTML])
    text: str = Field(description="Its text alone.", examples=["Dear reader,\n\nthe garden sleeps."])
    left_out: list[LeftOut]


LONG_FIELDS: Final = ("html", "text", "left_out")
SHORT_FIELDS: Final = tuple(name for name in Letter.model_fields if name not in LONG_FIELDS)


def _sparse() -> Any:
    """Return Letter's schema with all but the id optional: for lists, whose caller says which fields they want."""
    members: dict[str, Any] = {
        name: (spec.annotation, _optional(spec)) for name, spec in Letter.model_fields.items() if name != "id"
    }
    return create_model("LetterItem", __base__=Schema, __doc__="A letter in a list.", id=(int, ...), **members)


def _optional(spec: FieldInfo) -> Any:
    return Field(None, description=spec.description, examples=spec.examples, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


LetterItem = _sparse()


def complete(rows: QuerySet[LetterRow]) -> QuerySet[LetterRow]:
    """Have rows come with all that an answer says of them, in few queries."""
    letters = rows.select_related("publication", "series", "page").defer("page__variant")
    return letters.prefetch_related("bylines__author", "keys").annotate(latest_version=Max("versions__number"))


def fields_of(row: LetterRow, names: Iterable[str]) -> dict[str, Any]:
    """Return these fields of a letter. The row is such as `complete` gives."""
    return {name: _VALUES[name](row) if name in _VALUES else getattr(row, name) for name in names}


def answer(row: LetterRow) -> Letter:
    """Return a letter whole. The row is such as `complete` gives."""
    return Letter(**fields_of(row, Letter.model_fields))


def new_answer(new: NewRow) -> Letter:
    """Return a letter that was stored just now, as `answer` does of what is read again."""
    row = new.letter
    stored_values: dict[str, Any] = {
        "keys": [Key(kind=key.kind, value=key.value) for key in new.keys],
        "version": new.version.number,
        "page_url": "",
        "authors": [_author(byline) for byline in new.bylines],
        # As PostgreSQL gives times back.
        "published_at": row.published_at.astimezone(UTC) if row.published_at else None,
    }
    other_names = [name for name in Letter.model_fields if name not in stored_values]
    return Letter(**fields_of(row, other_names), **stored_values)


def item(row: LetterRow, names: Sequence[str]) -> dict[str, Any]:
    """Return these fields of a letter, and its id, for a list."""
    return fields_of(row, ("id", *names))


def letter_fields(body: LetterChange) -> LetterFields:
    """Return what a body says of a letter beside its text; null is "none"."""
    members = body.model_dump(exclude_unset=True)
    fields = LetterFields()
    for name in ("title", "summary", "editor_note", "section", "language", "canonical_url"):
        if name in members:
            fields[name] = members[name] or ""
    for name, empty in (("authors", []), ("share_bar", []), ("social", {}), ("tags", []), ("series", None)):
        if name in members:
            fields[name] = members[name] or empty  # type: ignore[literal-required]
    if "published_at" in members:
        fields["published_at"] = members["published_at"].isoformat() if members["published_at"] else None
    if "image" in members:
        image = members["image"] or {}
        fields["image_url"] = image.get("url", "")
        if "alt" in image or not image:
            fields["image_alt"] = image.get("alt", "")
    return fields


def _site_url(row: LetterRow) -> str:
    return f"{settings.SITE_URL}/{row.publication.slug}"


def _series(row: LetterRow) -> Series | None:
    return Series(title=row.series.title, number=row.number) if row.series else None


def _authors(row: LetterRow) -> list[Author]:
    return [_author(byline) for byline in sorted(row.bylines.all(), key=lambda byline: byline.position)]


def _author(byline: Byline) -> Author:
    view = byline.author.view()
    return Author(name=view.name, email=view.email, bio=view.bio)


def _image(row: LetterRow) -> Image | None:
    url = media_names.address(row.image_url, _site_url(row))
    return Image(url=url, alt=row.image_alt) if url else None


_VALUES: Final[dict[str, Any]] = {
    "id": lambda row: row.pk,
    "publication": lambda row: row.publication.slug,
    "keys": lambda row: [Key(kind=key.kind, value=key.value) for key in row.keys.all()],
    "version": lambda row: row.latest_version or 0,
    "page_url": lambda row: f"{settings.SITE_URL}{row.page.path}" if hasattr(row, "page") else "",
    "series": _series,
    "authors": _authors,
    "image": _image,
    "html": lambda row: media_names.with_addresses(row.body_html, _site_url(row)),
    "text": lambda row: row.body_text,
    "left_out": lambda row: [LeftOut(**{name: piece[name] for name in LeftOut.model_fields}) for piece in row.left_out],
}
