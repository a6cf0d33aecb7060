"""What is announced of letters: each version is one thing that happened."""

from __future__ import annotations

from distributor.letters import versions
from distributor.letters.models import Version
from distributor.webhooks.outbox import News, announce


def announce_version(version: Version) -> None:
    """Announce that a letter is new, or says something else."""
    letter, content = version.letter, versions.content_of(version)
    is_new = version.number == 1
    data = {
        "letter": letter.pk,
        "version": version.number,
        "title": content.title,
        "series": letter.series.title if letter.series else None,
        "language": content.language or letter.publication.language,
        "url": content.canonical_url,
        "by": version.actor,
    }
    if not is_new:
        data["changes"] = list(version.changes)
    announce("letter.taken_in" if is_new else "letter.changed", [News(letter.publication_id, data)])
