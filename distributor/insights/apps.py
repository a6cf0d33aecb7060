"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "distributor.insights"
    label = "insights"

    def ready(self) -> None:
        from distributor.audience import privacy
        from distributor.insights import keeping

        privacy.keeps("followed and returned", tell=keeping.tell, forget=keeping.forget)
