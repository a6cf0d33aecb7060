"""Notices of imports: each file once, when its people are on its list."""

from __future__ import annotations

from distributor.audience.models import Import
from distributor.notices import ledger
from distributor.notices.kinds import IMPORT


def note_import(import_id: int) -> None:
    """Write down that a file is on its list."""
    row = Import.objects.get(pk=import_id)
    data = {
        "name": row.name,
        "list": row.list_slug,
        "added": row.added,
        "updated": row.updated,
        "unchanged": row.unchanged,
        "refused": row.refused,
        "kept_out": row.kept_out,
    }
    ledger.note(IMPORT, [ledger.NewNotice(str(row.pk), row.publication_id, data)])
