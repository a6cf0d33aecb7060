"""Django's handle on this app."""

from __future__ import annotations

from functools import partial

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "distributor.delivery"
    label = "delivery"

    def ready(self) -> None:
        from distributor.audience import privacy
        from distributor.delivery import keeping, wake
        from distributor.letters import pinging

        privacy.keeps("deliveries", tell=keeping.tell, forget=keeping.forget)
        pinging.wake_by(partial(wake.after_commit, "letters.ping"))
