"""The desk for editors, the reader's pages for everyone."""

from __future__ import annotations

from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("healthz", healthz),
    path("desk/", include("distributor.desk.urls")),
    path("", include("distributor.reader.urls")),
]
