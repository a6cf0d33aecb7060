"""What can be done with publications and letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from distributor.domain.digests import DigestHour
from distributor.domain.errors import BadInput
from distributor.domain.letters import ALT_LIMIT, AuthorView, Draft
from distributor.letters import media_store, publication_settings, versions
from distributor.letters.models import Author, Byline, Letter, Logo, Publication, Series
from distributor.letters.publication_settings import PublicationSetting, RawValue, Value
from distributor.rendering.photos import Photo

SLUG_LENGTH = 100
# What config/urls.py and the reader answer to.
RESERVED_SLUGS = frozenset({"c", "desk", "healthz", "o", "s", "static", "u", "webhooks"})


@dataclass(frozen=True, slots=True)
class Intake:
    """The stored letter, and whether it is new (`created`) or the update of one from the same source."""

    letter: Letter
    created: bool


@transaction.atomic
def take_in(draft: Draft, *, publication: Publication, actor: str = "", origin: str = "") -> Intake:
    """Store a draft as a letter. The same source again updates the same letter; nothing is sent by it.

    What changed becomes the letter's next version: by `actor` (see `Version`), from `origin`, in words; "" for what the
    draft's source is called.
    """
    draft = media_store.with_copies(draft, publication)
    media_store.keep(draft.pictures, publication)  # before anything is locked: it may be far away
    # One at a time for a publication, so that the same source twice at once is still one letter.
    Publication.objects.select_for_update().get(pk=publication.pk)
    letter = Letter.objects.filter(publication=publication, source=draft.source[:500]).first()
    created = letter is None
    if letter is None:
        slug = _free_slug(draft.slug or draft.title, publication.letters.all())
        letter = Letter(publication=publication, source=draft.source[:500], slug=slug)
    letter.title = draft.title
    letter.series = _series(draft, publication)
    letter.number = draft.series.number if draft.series else None
    letter.editor_note = draft.editor_note
    letter.section = draft.section
    letter.language = draft.language
    letter.published_at = draft.published_at
    letter.canonical_url = draft.canonical_url
    # What an editor wrote about a picture stays with it, where the source says nothing of it.
    previous_alt = letter.image_alt if letter.image_url == draft.image_url else ""
    letter.image_url, letter.image_alt = draft.image_url, draft.image_alt or previous_alt
    letter.share_bar = list(draft.share_bar)
    letter.summary, letter.social = draft.summary, dict(draft.social)
    letter.language_inferred = draft.language_inferred
    letter.withheld, letter.notices = draft.withheld, list(draft.notices)
    letter.left_out = [asdict(piece) for piece in draft.left_out]
    letter.body_html = draft.body_html
    letter.body_text = draft.body_text
    letter.save()
    _set_bylines(letter, draft.authors)
    versions.record(letter, actor=actor, origin=origin or draft.source)
    return Intake(letter, created)


@transaction.atomic
def describe_picture(letter: Letter, alt: str, *, actor: str = "", origin: str = "") -> None:
    """Set what a letter's picture shows, for people who don't see it: its next version, by `actor`, from `origin`.

    Raises BadInput where there is no picture.
    """
    if not letter.image_url:
        raise BadInput("The letter has no picture to describe: cards that are drawn for it say what stands on them.")
    letter.image_alt = " ".join(alt.split())[:ALT_LIMIT]
    letter.save(update_fields=["image_alt", "updated_at"])
    versions.record(letter, actor=actor, origin=origin)


def _series(draft: Draft, publication: Publication) -> Series | None:
    if draft.series is None:
        return None
    title = draft.series.title
    series, _ = Series.objects.get_or_create(publication=publication, slug=_slug(title), defaults={"title": title})
    return series


def _set_bylines(letter: Letter, authors: Sequence[AuthorView]) -> None:
    letter.bylines.all().delete()
    for position, view in enumerate(authors):
        author = _author(view.name, letter.publication)
        if (view.email or author.email, view.bio or author.bio) != (author.email, author.bio):
            author.email = view.email or author.email
            author.bio = view.bio or author.bio
            author.save()
        Byline.objects.get_or_create(letter=letter, author=author, defaults={"position": position})


def _author(name: str, publication: Publication) -> Author:
    author = Author.objects.filter(publication=publication, name=name).first()
    return author or Author.objects.create(
        publication=publication, name=name, slug=_free_slug(name, publication.authors.all())
    )


def _slug(title: str) -> str:
    """Return a slug of the title; a title of signs only gets one made of its hash, so that it is stable."""
    return slugify(title, allow_unicode=True)[:SLUG_LENGTH].strip("-") or sha256(title.encode()).hexdigest()[:12]


def _free_slug(title: str, among: QuerySet[Letter] | QuerySet[Author]) -> str:
    base = _slug(title)
    used_slugs = set(among.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in used_slugs:
        slug, number = f"{base}-{number}", number + 1
    return slug


def create_publication(
    *,
    name: str,
    slug: str = "",
    sender_name: str = "",
    sender_email: str = "",
    time_zone: str = "UTC",
    language: str = "en",
    share_bar: Sequence[str] = (),
) -> Publication:
    """Create a brand that sends.

    Raises BadInput when its short name (slug) is taken, reserved or can't be made, or another value can't be used.
    """
    short = slugify(slug or name)
    if not short or short in RESERVED_SLUGS:
        raise BadInput(f"“{slug or name}” makes no short name that addresses can start with: give another with --slug.")
    if Publication.objects.filter(slug=short).exists():
        raise BadInput(f"There is a publication “{short}” already: choose another short name.")
    raw_values = {
        "name": name,
        "sender-name": sender_name,
        "sender-email": sender_email,
        "time-zone": time_zone,
        "language": language,
        "share-bar": ",".join(share_bar),
    }
    values = publication_settings.check_all(raw_values)
    return Publication.objects.create(
        slug=short, **{publication_settings.SETTINGS[setting].field: value for setting, value in values.items()}
    )


@transaction.atomic
def edit_publication(publication: Publication, raw_values: Mapping[str, RawValue]) -> tuple[PublicationSetting, ...]:
    """Change these settings by their names, and no others; an empty text goes back to the default.

    Returns those whose value is another one now; `publication` has them, too. All or nothing: raises BadInput for a
    value that can't be used, and for settings that don't go together. Letters that are planned keep their times.
    """
    values = publication_settings.check_all(raw_values)
    # Two editors at once: each one's changes go into what is stored then.
    row = Publication.objects.select_for_update().get(pk=publication.pk)
    changes = []
    for setting in map(publication_settings.SETTINGS.__getitem__, values):
        value = values[setting.name]
        new_value = _stored_value(row, value)
        if getattr(row, setting.field) != new_value:
            setattr(row, setting.field, new_value)
            changes.append(setting)
    if problem := publication_settings.conflict(row):
        raise BadInput(problem)
    if changes:
        row.save(update_fields=[setting.field for setting in changes])
    publication.refresh_from_db()
    return tuple(changes)


def _stored_value(publication: Publication, value: Value) -> object:
    """Return what the model's field holds for a setting's value."""
    if isinstance(value, Photo):
        return _logo(publication, value)
    if isinstance(value, bool):  # digests that are on keep the time since when
        return (publication.digests_from or timezone.now()) if value else None
    return value


def _logo(publication: Publication, picture: Photo) -> Logo:
    """Return the row of a logo; the same picture again is the same one."""
    fields = {"content": picture.content, "type": picture.type, "width": picture.width, "height": picture.height}
    key = sha256(picture.content).hexdigest()[:16]
    return Logo.objects.get_or_create(publication=publication, key=key, defaults=fields)[0]


def switch_digests(publication: Publication, at: DigestHour | None, *, now: datetime) -> None:
    """Let a publication's digests go out at this local hour, from `now` (aware) on, or with None not at all.

    Digests that are on keep the time since when. Raises BadInput for an hour or a weekday that there is not.
    """
    if at is None:
        publication.digests_from = None
    else:
        if not (0 <= at.hour <= 23 and 0 <= at.weekday <= 6):
            raise BadInput("A digest's hour is from 0 to 23, its weekday from 0 (Monday) to 6: give others.")
        publication.digests_from = publication.digests_from or now
        publication.digest_hour, publication.digest_weekday = at.hour, at.weekday
    publication.save(update_fields=["digests_from", "digest_hour", "digest_weekday"])


def publication(slug: str = "", *, named_by: str = "--publication") -> Publication:
    """Return the named publication, or the only one. Raises BadInput with what to do where that is not clear.

    `named_by` is what names it where the sentence is read.
    """
    publications = list(Publication.objects.order_by("slug"))
    slugs = ", ".join(candidate.slug for candidate in publications)
    if not publications:
        raise BadInput(
            "There is no publication yet: make one with “distributor publications add NAME --sender ADDRESS”."
        )
    if slug:
        match = next((candidate for candidate in publications if candidate.slug == slug), None)
        if match is None:
            raise BadInput(f"There is no publication “{slug}”: choose from {slugs}.")
        return match
    if len(publications) > 1:
        raise BadInput(f"There are several publications: name one with {named_by}, from {slugs}.")
    return publications[0]
