"""The Celery app. Django is set up by Celery's own fixup, before the task modules are imported."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from inspect import signature

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Django's checks load the pages of all doors, which no worker shows; `migrate` has run them (celery.fixups.django).
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")

from celery import Celery, Task  # its Django fixup looks at the environment
from celery.signals import setup_logging, task_postrun, task_prerun, worker_process_shutdown
from django.conf import settings
from django.utils.log import configure_logging
from structlog import contextvars

from config.beat import SCHEDULE

app = Celery(
    "distributor",
    include=[
        "tasks.audience",
        "tasks.delivery",
        "tasks.digests",
        "tasks.insights",
        "tasks.letters",
        "tasks.newsroom",
        "tasks.notices",
        "tasks.people",
        "tasks.webhooks",
    ],
)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE


@setup_logging.connect
def _log_as_everywhere(**_: object) -> None:
    """Keep Celery from setting up logs by its options: workers and beat write what the settings say."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


@task_prerun.connect
def _name_task(
    task_id: str, task: Task[..., object], args: Sequence[object], kwargs: Mapping[str, object], **_: object
) -> None:
    """Have each line say which task it is about, and the ids of what that works on."""
    contextvars.clear_contextvars()
    contextvars.bind_contextvars(task=task.name, task_id=task_id, **_ids(task, args, kwargs))


def _ids(task: Task[..., object], args: Sequence[object], kwargs: Mapping[str, object]) -> dict[str, object]:
    """Return a task's arguments that are ids, by their names: `dispatch_id`, `account_id`."""
    arguments = signature(task.run).bind_partial(*args, **kwargs).arguments
    return {name: value for name, value in arguments.items() if name.endswith("_id")}


@task_postrun.connect
def _forget_task(**_: object) -> None:
    contextvars.clear_contextvars()


@worker_process_shutdown.connect
def _say_goodbye(**_: object) -> None:
    """End kept SMTP connections with QUIT: a pool's processes end without running what `atexit` was told."""
    from distributor.channels.mail.smtp import keeper

    keeper.close()
