"""Django's handle on this app."""

from __future__ import annotations

from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    name = "distributor.newsroom"
    label = "newsroom"
