"""Django's handle on this app."""

from __future__ import annotations

from functools import partial

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "distributor.delivery"
    label = "delivery"

    def ready(self) -> None:
        from distributor.audience import mail_history, privacy
        from distributor.delivery import control, personal_data, reapproval, wakeups
        from distributor.delivery.accounts import connect_flow
        from distributor.delivery.mail import history
        from distributor.delivery.mail_history import acceptances
        from distributor.letters import pings, versions

        privacy.KEEPERS.fill("deliveries", privacy.Keeper(personal_data.tell, personal_data.forget))
        mail_history.ACCEPTANCES.fill(acceptances)
        mail_history.TRIES.fill(mail_history.Tries(history.tries, history.tries_at, history.refusals))
        pings.WAKE.fill(partial(wakeups.after_commit, "letters.ping"))
        connect_flow.RESUME.fill(control.resume)
        versions.STOPS.fill("delivery", reapproval.stop_changed)
