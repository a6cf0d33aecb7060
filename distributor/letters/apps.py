"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "distributor.letters"
    label = "letters"

    def ready(self) -> None:
        """Give channels what they can't know: where pages and pictures are, and what the settings allow."""
        from django.conf import settings

        from distributor.channels import pictures
        from distributor.channels.addresses import ALLOWED_NETWORKS
        from distributor.channels.link import page_store
        from distributor.letters import media_store
        from distributor.letters.pages import DatabasePageStore

        pictures.PICTURE_STORE.fill(media_store.at_address)
        page_store.PAGES.fill(DatabasePageStore())
        ALLOWED_NETWORKS.fill("settings", settings.ALLOWED_NETWORKS)
