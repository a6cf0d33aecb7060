"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "distributor.insights"
    label = "insights"

    def ready(self) -> None:
        from distributor.audience import privacy
        from distributor.insights import personal_data

        privacy.keeps("followed and returned", tell=personal_data.tell, forget=personal_data.forget)
