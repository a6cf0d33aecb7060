"""URLs of this door."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "reader"
urlpatterns: list[URLPattern] = []
