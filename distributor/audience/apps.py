"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class AudienceConfig(AppConfig):
    name = "distributor.audience"
    label = "audience"
