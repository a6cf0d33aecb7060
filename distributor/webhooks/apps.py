"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "distributor.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from distributor.audience import imports, person_events, privacy
        from distributor.delivery import transitions
        from distributor.letters import versions
        from distributor.webhooks import (
            dispatch_announcements,
            import_announcements,
            letter_announcements,
            person_announcements,
            personal_data,
        )

        versions.ANNOUNCE.fill("webhooks", letter_announcements.announce_versions)
        transitions.ANNOUNCE.fill("webhooks", dispatch_announcements.announce_event)
        person_events.ANNOUNCE.fill("webhooks", person_announcements.announce_people)
        imports.ANNOUNCE.fill("webhooks", import_announcements.announce_import)
        privacy.KEEPERS.fill("announcements", privacy.Keeper(personal_data.tell, personal_data.forget))
