"""What is announced of letters: each version is one thing that happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from distributor.letters import versions
from distributor.letters.models import Version
from distributor.webhooks.outbox import News, announce


def announce_versions(letter_versions: Sequence[Version]) -> None:
    """Announce that letters are new, or say something else."""
    for type_name, is_new in (("letter.taken_in", True), ("letter.changed", False)):
        rows = [version for version in letter_versions if (version.number == 1) is is_new]
        if rows:
            announce(type_name, [News(version.letter.publication_id, _data(version)) for version in rows])


def _data(version: Version) -> dict[str, Any]:
    letter, content = version.letter, versions.content_of(version)
    data = {
        "letter": letter.pk,
        "version": version.number,
        "title": content.title,
        "series": letter.series.title if letter.series else None,
        "language": content.language or letter.publication.language,
        "url": content.canonical_url,
        "by": version.actor,
    }
    return data if version.number == 1 else data | {"changes": list(version.changes)}
