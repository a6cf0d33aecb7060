"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "distributor.notices"
    label = "notices"

    def ready(self) -> None:
        from distributor.audience import imports
        from distributor.delivery import transitions
        from distributor.notices import dispatch_notices, import_notices

        transitions.ANNOUNCE.fill("notices", dispatch_notices.note_event)
        imports.ANNOUNCE.fill("notices", import_notices.note_import)
