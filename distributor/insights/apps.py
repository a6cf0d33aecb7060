"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "distributor.insights"
    label = "insights"

    def ready(self) -> None:
        from distributor.audience import mail_reads, privacy
        from distributor.insights import actions, personal_data, tracking
        from distributor.letters.top_letters import TOP_LETTERS

        privacy.KEEPERS.fill("followed and returned", privacy.Keeper(personal_data.tell, personal_data.forget))
        mail_reads.READS.fill(tracking.read_condition)
        TOP_LETTERS.fill(actions.top_letters)
