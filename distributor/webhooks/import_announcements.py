"""What is announced of imports: each file once, however many people it holds."""

from __future__ import annotations

from distributor.audience.models import Import
from distributor.webhooks.outbox import News, announce


def announce_import(import_id: int) -> None:
    """Announce that a file is on its list."""
    row = Import.objects.get(pk=import_id)
    data = {
        "import": row.pk,
        "name": row.name,
        "list": row.list_slug,
        "added": row.added,
        "updated": row.updated,
        "unchanged": row.unchanged,
        "refused": row.refused,
        "kept_out": row.kept_out,
    }
    announce("import.done", [News(row.publication_id, data)])
