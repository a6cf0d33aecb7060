"""Our web door with an event stream at an address of its own, for whoever asks."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path

from config.asgi import application as application
from config.urls import handler400 as handler400
from config.urls import handler403 as handler403
from config.urls import handler404 as handler404
from config.urls import handler500 as handler500
from config.urls import urlpatterns as all_patterns
from distributor.domain.announcements import TYPES
from distributor.webhooks.streams import Listener, event_stream


def events(request: HttpRequest) -> HttpResponseBase:
    return event_stream(request, Listener(None, tuple(TYPES)))


settings.ROOT_URLCONF = __name__
urlpatterns = [path("events", events), *all_patterns]
