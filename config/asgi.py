"""The web door: `uvicorn config.asgi:application`."""

from __future__ import annotations

import os

import django
from django.conf import settings

from config.request_gate import RequestGate
from config.turns import TurnHandler
from distributor import private_folder

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)
private_folder.close()

application = RequestGate(
    TurnHandler(settings.WEB_CONNECTIONS), room=settings.WEB_CONNECTIONS * settings.WAITING_PER_CONNECTION
)
