"""What the rooms below the desk say to people: found in their code, for the catalogs (scripts/messages).

Those rooms know no translation: they write English, store it and hand it up, and the desk looks each sentence up when
it is shown (`distributor/desk/sentences.py`). So the sentences are taken from where they are written.
"""

from __future__ import annotations

from pathlib import Path

ROOMS: tuple[str, ...] = ()  # folders of `distributor`


def of(path: Path) -> list[str]:
    """Return the sentences of a module, values in them as `{name}`."""
    return [] if path.parent.name not in ROOMS else [path.name]
