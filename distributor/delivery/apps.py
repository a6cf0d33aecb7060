"""Django's handle on this app."""

from __future__ import annotations

from functools import partial

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "distributor.delivery"
    label = "delivery"

    def ready(self) -> None:
        from distributor.audience import privacy
        from distributor.delivery import personal_data, wakeups
        from distributor.letters import pings

        privacy.keeps("deliveries", tell=personal_data.tell, forget=personal_data.forget)
        pings.wake_by(partial(wakeups.after_commit, "letters.ping"))
