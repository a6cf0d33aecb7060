"""Django's handle on this app."""

from __future__ import annotations

from functools import partial

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "distributor.delivery"
    label = "delivery"

    def ready(self) -> None:
        from distributor.audience import mail_history, privacy, transactional_mails
        from distributor.delivery import control, personal_data, reapproval, wakeups
        from distributor.delivery.accounts import connect_flow
        from distributor.delivery.mail import history, transactional
        from distributor.delivery.mail_history import acceptances
        from distributor.letters import pings, versions

        privacy.KEEPERS.fill("deliveries", privacy.Keeper(personal_data.tell, personal_data.forget))
        mail_history.ACCEPTANCES.fill(acceptances)
        mail_history.TRIES.fill(mail_history.Tries(history.tries, history.tries_at, history.refusals))
        transactional_mails.MAILS.fill(
            transactional_mails.TransactionalMails(transactional.addresses, transactional.note_return)
        )
        privacy.KEEPERS.fill(
            "transactional mails", privacy.Keeper(personal_data.tell_transactional, personal_data.forget_transactional)
        )
        pings.WAKE.fill(partial(wakeups.after_commit, "letters.ping"))
        connect_flow.RESUME.fill(control.resume)
        versions.STOPS.fill("withheld", reapproval.take_back_withheld)
        versions.STOPS.fill("delivery", reapproval.stop_changed)
