"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "distributor.insights"
    label = "insights"
