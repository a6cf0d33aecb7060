"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "distributor.desk"
    label = "desk"
