"""Pictures that are given by themselves, for letters that are to come."""

from __future__ import annotations

from distributor.domain.errors import SourceError
from distributor.domain.letters import DraftPicture
from distributor.letters import media_store
from distributor.letters.intake.pictures import NoPicture, picture_of
from distributor.letters.models import Media, Publication


def keep(content: bytes, publication: Publication) -> tuple[Media, bool]:
    """Store a picture, and return it with whether it is new: the same bytes again are the same picture.

    Raises SourceError for what is no picture, and ServiceAway where the store can't be written to.
    """
    try:
        renditions = picture_of(content)
    except NoPicture as error:
        raise SourceError(str(error)) from error
    before = Media.objects.filter(publication=publication, digest=renditions.name.digest).exists()
    media_store.keep([DraftPicture(renditions.name, renditions.files)], publication)
    return Media.objects.get(publication=publication, digest=renditions.name.digest), not before
