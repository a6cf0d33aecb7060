"""Django's handle on this app."""

from __future__ import annotations

from dataclasses import asdict

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "distributor.desk"
    label = "desk"

    def ready(self) -> None:
        from distributor.delivery import editor_mails as delivery_mails
        from distributor.people import editor_mails

        editor_mails.SEND.fill(lambda mail: delivery_mails.send(**asdict(mail)))
