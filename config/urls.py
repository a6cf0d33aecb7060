"""The desk for editors, the reader's pages for everyone, the API and webhooks for programs, health for operators."""

from __future__ import annotations

from django.urls import include, path

from config.health import healthz, readyz
from config.metrics import metrics

handler400 = "config.error_pages.bad_request"
handler403 = "config.error_pages.forbidden"
handler404 = "config.error_pages.not_found"
handler500 = "config.error_pages.server_error"
urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("desk/", include("distributor.desk.urls")),
    path("webhooks/", include("distributor.api.urls")),
    path("api/v1/", include("distributor.api.v1.service")),
    path("", include("distributor.reader.urls")),
]
