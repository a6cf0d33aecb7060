"""The web door: `uvicorn config.asgi:application`."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application  # Django reads its settings at import

application = get_asgi_application()
