"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "distributor.api"
    label = "api"
