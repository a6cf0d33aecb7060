"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "distributor.people"
    label = "people"
