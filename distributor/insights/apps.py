"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "distributor.insights"
    label = "insights"

    def ready(self) -> None:
        from distributor.audience import privacy
        from distributor.insights import actions, personal_data
        from distributor.letters.top_letters import TOP_LETTERS

        privacy.KEEPERS.fill("followed and returned", privacy.Keeper(personal_data.tell, personal_data.forget))
        TOP_LETTERS.fill(actions.top_letters)
