"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "distributor.delivery"
    label = "delivery"

    def ready(self) -> None:
        from distributor.audience import privacy
        from distributor.delivery import keeping

        privacy.keeps("deliveries", tell=keeping.tell, forget=keeping.forget)
