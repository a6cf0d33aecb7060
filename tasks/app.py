"""The Celery app. Django is set up by Celery's own fixup, before the task modules are imported."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from celery import Celery  # its Django fixup looks at the environment
from celery.signals import worker_process_shutdown

from config.beat import SCHEDULE

app = Celery("distributor", include=["tasks.delivery", "tasks.digests", "tasks.insights", "tasks.letters"])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE


@worker_process_shutdown.connect
def _say_goodbye(**_: object) -> None:
    """End kept SMTP connections with QUIT: a pool's processes end without running what `atexit` was told."""
    from distributor.channels.mail.smtp import keeper

    keeper.close()
