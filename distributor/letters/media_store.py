"""Where the files of pictures are: a folder of the data folder, or an S3-compatible service (see `config.media`)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from distributor.domain import media_names
from distributor.domain.errors import ServiceAway, SourceError
from distributor.domain.letters import Draft, DraftPicture
from distributor.domain.media_names import MediaName
from distributor.lazy_modules import LazyModule
from distributor.letters.models import Media, Publication
from distributor.rendering.addresses import ascii_url

if TYPE_CHECKING:
    from distributor.letters.intake import pictures
else:
    pictures = LazyModule("distributor.letters.intake.pictures")

SOURCE_LIMIT = 500  # characters

logger = logging.getLogger(__name__)


def keep(draft_pictures: Iterable[DraftPicture], publication: Publication) -> None:
    """Store pictures that a draft brings along, files before rows; what is there already stays as it is.

    Raises ServiceAway where the store can't be written to.
    """
    for picture in draft_pictures:
        name = picture.name
        if Media.objects.filter(publication=publication, digest=name.digest).exists():
            continue
        for width, content in picture.files.items():
            _write(_path(name, width), content)
        Media.objects.get_or_create(
            publication=publication,
            digest=name.digest,
            defaults={
                "width": name.width,
                "height": name.height,
                "suffix": name.suffix,
                "size": sum(map(len, picture.files.values())),
                "source": picture.source if len(picture.source) <= SOURCE_LIMIT else "",
            },
        )


def with_copies(draft: Draft, publication: Publication) -> Draft:
    """Return the draft with its pictures on the web as the publication's media.

    Those are what it copied from there before, and what is at an address at which it serves its media itself.
    """
    sources = [source for source in pictures.remote_sources(draft) if len(source) <= SOURCE_LIMIT]
    if not sources:
        return draft
    copies = Media.objects.filter(publication=publication, source__in=sources).order_by("pk")  # the newest counts
    names = {copy.source: copy.name for copy in copies}
    site_url = f"{ascii_url(settings.SITE_URL)}/{publication.slug}"
    for source in sources:
        name = media_names.of_address(source, site_url)
        if name is not None and belongs(name, publication.slug):
            names[source] = name
    return pictures.with_copies(draft, names) if names else draft


def read(name: MediaName, width: int) -> bytes | None:
    """Return the file of a picture in one of its widths; None where the store does not have it. Raises ServiceAway."""
    try:
        with _store().open(_path(name, width)) as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None
    except Exception as error:
        raise _away(error) from error


def at_address(url: str) -> bytes | None:
    """Return a stored picture by the address at which the site serves it; None for an address of anyone else.

    Raises SourceError where it is not there any more, and ServiceAway.
    """
    site = ascii_url(settings.SITE_URL)
    slug, _, file = url.removeprefix(f"{site}/").partition("/media/")
    name_and_width = media_names.of_file(file) if url.startswith(f"{site}/") else None
    if name_and_width is None:
        return None
    content = read(*name_and_width) if belongs(name_and_width[0], slug) else None
    if content is None:
        raise SourceError(f"The stored picture {file} is gone: take the letter in again.")
    return content


def belongs(name: MediaName, slug: str) -> bool:
    """Return whether a publication, by its short name, has a picture."""
    return Media.objects.filter(
        publication__slug=slug, digest=name.digest, width=name.width, height=name.height, suffix=name.suffix
    ).exists()


def check() -> None:
    """Write a small file and remove it again. Raises ServiceAway with what is wrong."""
    try:
        path = _store().save("check", ContentFile(b"Distributor may write here."))
        _store().delete(path)
    except Exception as error:
        raise _away(error) from error


def _write(path: str, content: bytes) -> None:
    """One that a killed process left half written is written anew; another one's is the same file."""
    try:
        if not _store().exists(path) or _store().size(path) != len(content):
            _store().delete(path)
            _store().save(path, ContentFile(content))
    except Exception as error:
        raise _away(error) from error


def _away(error: Exception) -> ServiceAway:
    """Say it without the store's own words, which may hold its address and keys."""
    logger.warning("The media store can't be used: %s", type(error).__name__)
    return ServiceAway(
        f"The pictures’ store can’t be used ({type(error).__name__}): check DISTRIBUTOR_MEDIA_URL, or the rights and "
        "the room of the folder “media” in the data folder."
    )


def _store() -> Storage:
    return storages["media"]


def _path(name: MediaName, width: int) -> str:
    """Folders of some thousand files each, for file systems and people that list them."""
    return f"{name.digest[:2]}/{name.file(width)}"
