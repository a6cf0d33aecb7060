"""What can be done with publications and letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from distributor.domain.digests import DigestHour
from distributor.domain.errors import BadInput, UnclearLetter
from distributor.domain.feed_news import Entry, EntryKind, entry_kinds
from distributor.domain.letters import ALT_LIMIT, Draft
from distributor.letters import (
    draft_rows,
    letter_keys,
    media_store,
    new_letters,
    publication_settings,
    source_doubts,
    source_feeds,
    source_locks,
    versions,
)
from distributor.letters.models import Letter, Logo, Publication, Version
from distributor.letters.new_letters import NewDraft, NewLetter
from distributor.letters.publication_settings import PublicationSetting, RawValue, Value
from distributor.letters.slugs import slug_of_draft, take_slug
from distributor.rendering.photos import Photo

# What config/urls.py and the reader answer to.
RESERVED_SLUGS = frozenset({"c", "desk", "healthz", "o", "s", "static", "u", "webhooks"})


@dataclass(frozen=True, slots=True)
class Intake:
    """The stored letter, and whether it is new (`created`) or was there already.

    `entry_kind` says of a feed's entry whether it goes out by its feed's rule; all else is news. `version` is what it
    wrote of a letter that was there, None where that says the same as before; `new` is what was stored of a new one.
    """

    letter: Letter
    created: bool
    entry_kind: EntryKind = "news"
    version: Version | None = None
    new: NewLetter | None = None


@dataclass(frozen=True, slots=True)
class SourceIntake:
    """What became of a source: its letters in its order, and of a feed the entries that a person is asked about."""

    intakes: tuple[Intake, ...]
    doubts: tuple[UnclearLetter, ...] = ()


@transaction.atomic
def take_in_all(
    drafts: Sequence[Draft],
    *,
    publication: Publication,
    now: datetime,
    actor: str = "",
    origin: str = "",
    corrects: Letter | None = None,
    is_new: bool = False,
) -> SourceIntake:
    """Store all drafts of a source as `take_in` does, or none of them; a feed's entries are told apart by its rule.

    Of a feed what is clear is stored, whatever is asked about the rest; it `corrects` a letter by the entry that may be
    that one. `now` is aware. Raises UnclearLetter with all that is to be said where nothing is clear, or where it is no
    feed, and BadInput.
    """
    is_feed = all(draft.feed for draft in drafts)
    if corrects is not None and len(drafts) != 1 and not is_feed:
        raise BadInput(f"These are {len(drafts)} letters, and L{corrects.pk} is one: give the one that corrects it.")
    source_doubts.check_keys(drafts)
    if len(drafts) != 1:
        source_locks.lock_publication(publication)
    feeds = dict.fromkeys(draft.feed for draft in drafts if draft.feed)
    connection_times = {name: source_feeds.note_reading(publication, name, now=now) for name in feeds}
    take = partial(take_in, publication=publication, actor=actor, origin=origin)
    if len(drafts) == 1:
        take = partial(take, corrects=corrects)
    intakes, unclear = _take_in_drafts(drafts, partial(take, is_new=is_new))
    if corrects is not None and len(drafts) != 1:
        indexes = [index for index, error in unclear.items() if corrects.pk in error.candidates]
        index = source_doubts.correction_of(indexes, corrects)
        intakes[index] = take(drafts[index], corrects=corrects)
        del unclear[index]
    if unclear and not (is_feed and intakes):
        raise source_doubts.together(list(unclear.values()))
    intakes |= _entry_kinds(drafts, intakes, connection_times)
    return SourceIntake(tuple(intakes[index] for index in sorted(intakes)), tuple(unclear.values()))


def _take_in_drafts(
    drafts: Sequence[Draft], take: Callable[[Draft], Intake]
) -> tuple[dict[int, Intake], dict[int, UnclearLetter]]:
    """Take in what is clear; return that, and what is to be said of the rest, by their places."""
    intakes: dict[int, Intake] = {}
    unclear: dict[int, UnclearLetter] = {}
    for index, draft in enumerate(drafts):
        try:
            intakes[index] = take(draft)
        except UnclearLetter as error:
            unclear[index] = error
    return intakes, unclear


def _entry_kinds(
    drafts: Sequence[Draft], intakes: Mapping[int, Intake], connection_times: Mapping[str, datetime | None]
) -> dict[int, Intake]:
    """Return the intakes of feeds' entries, with whether each is news."""
    entries: dict[int, Intake] = {}
    for name, connected_at in connection_times.items():
        members = [index for index in sorted(intakes) if drafts[index].feed == name]
        feed_entries = [Entry(intakes[index].created, drafts[index].published_at) for index in members]
        kinds = entry_kinds(feed_entries, connected_at=connected_at)
        entries |= {index: replace(intakes[index], entry_kind=kind) for index, kind in zip(members, kinds, strict=True)}
    return entries


@transaction.atomic
def take_in(
    draft: Draft,
    *,
    publication: Publication,
    actor: str = "",
    origin: str = "",
    corrects: Letter | None = None,
    is_new: bool = False,
) -> Intake:
    """Store a draft as a letter, a new one or the one that has the draft's keys; nothing is sent by it.

    Where the keys don't say for sure which letter it is, a person has to: it `corrects` one, or it `is_new`. What
    changed becomes the letter's next version: by `actor` (see `Version`), from `origin`, in words; "" for what the
    draft's source is called. Raises UnclearLetter where nobody has said which letter it is, and BadInput where it
    can't correct that one.
    """
    draft = media_store.with_copies(draft, publication)
    media_store.keep(draft.pictures, publication)  # before anything is locked: it may be far away
    # Equal ones one at a time, so that the same source twice at once is still one letter.
    slug = slug_of_draft(draft)
    source_locks.lock_source(draft, slug, publication)
    if corrects is not None and corrects.publication_id != publication.pk:
        raise BadInput(f"L{corrects.pk} is a letter of {corrects.publication.name}: name one of {publication.name}.")
    origin = origin or draft.source
    letter = _lock(corrects) if corrects else letter_keys.letter_of(draft, publication, is_new=is_new)
    if letter is None:
        new = NewDraft(draft, take_slug(slug, publication), origin)
        (new_letter,) = new_letters.store([new], publication=publication, actor=actor, takes_keys=is_new)
        return Intake(new_letter.letter, created=True, new=new_letter)
    letter.source = (draft.source or origin)[: new_letters.SOURCE_LENGTH]
    draft_rows.write(letter, draft)
    letter_keys.give(letter, draft.keys, from_others=corrects is not None or is_new)
    return Intake(letter, created=False, version=versions.record(letter, actor=actor, origin=origin))


def _lock(letter: Letter) -> Letter:
    """Return a letter as it is stored now, locked until the transaction ends."""
    Letter.objects.select_for_update(of=("self",)).values_list("pk").get(pk=letter.pk)
    letter.refresh_from_db()
    return letter


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
        raise BadInput(
            f"“{slug or name}” makes no short name that addresses can start with: choose another short name."
        )
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
        new_value = _stored_value(row, setting, value)
        if getattr(row, setting.field) != new_value:
            setattr(row, setting.field, new_value)
            changes.append(setting)
    if problem := publication_settings.conflict(row):
        raise BadInput(problem)
    if changes:
        row.save(update_fields=[setting.field for setting in changes])
    publication.refresh_from_db()
    return tuple(changes)


def _stored_value(publication: Publication, setting: PublicationSetting, value: Value) -> object:
    """Return what the model's field holds for a setting's value."""
    if isinstance(value, Photo):
        return _logo(publication, value)
    if setting.name == "digests":  # those that are on keep the time since when
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
