"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "distributor.letters"
    label = "letters"

    def ready(self) -> None:
        """Give the link channel the store that it publishes in: channels know no models."""
        from distributor.channels.link import page_store
        from distributor.letters.pages import DatabasePageStore

        page_store.PAGES.fill(DatabasePageStore())
