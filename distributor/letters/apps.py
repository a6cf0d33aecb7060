"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "distributor.letters"
    label = "letters"
