"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "distributor.delivery"
    label = "delivery"
