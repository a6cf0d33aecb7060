"""The desk for editors, the reader's pages for everyone, webhooks for mail providers."""

from __future__ import annotations

from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("healthz", healthz),
    path("desk/", include("distributor.desk.urls")),
    path("webhooks/", include("distributor.api.urls")),
    path("", include("distributor.reader.urls")),
]
