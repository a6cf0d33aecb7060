"""The desk for editors, the reader's pages for everyone."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("desk/", include("distributor.desk.urls")),
    path("", include("distributor.reader.urls")),
]
