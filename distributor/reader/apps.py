"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class ReaderConfig(AppConfig):
    name = "distributor.reader"
    label = "reader"
