"""The metrics, in the form of Prometheus' client library. docs/operations.md says what to watch."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from kombu.exceptions import KombuError
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector as BaseCollector
from redis.exceptions import RedisError

from distributor import __version__
from distributor.broker_connections import broker_connection
from distributor.delivery import heartbeats
from distributor.delivery.metrics import queries, totals

logger = logging.getLogger(__name__)

STATEMENT_SECONDS = 3  # Prometheus waits for ten as a rule
LOCK_SECONDS = 1
Families: TypeAlias = Iterator[Metric]


def registry() -> CollectorRegistry:
    """Return a registry with our metrics and none of the process that answers: there are several, each as good."""
    metrics = CollectorRegistry()
    metrics.register(Collector())
    return metrics


class Collector(BaseCollector):
    """Asks PostgreSQL and Redis at each scrape. What can't be asked is left out, and said in a metric of its own."""

    def describe(self) -> Iterable[Metric]:
        """Return nothing: registering us asks nothing."""
        return ()

    def collect(self) -> Families:
        """Yield all metrics. Raises nothing for a server that is away."""
        yield InfoMetricFamily("distributor_build", "The version that answers", {"version": __version__})
        success = GaugeMetricFamily(
            "distributor_scrape_collector_success",
            "Whether this part of the metrics could be collected",
            labels=["collector"],
        )
        duration = GaugeMetricFamily(
            "distributor_scrape_collector_duration_seconds",
            "How long collecting this part of the metrics took",
            labels=["collector"],
        )
        for name, collect in _PARTS:
            start = time.monotonic()
            families, is_complete = _collect_safely(name, collect)
            yield from families
            success.add_metric([name], float(is_complete))
            duration.add_metric([name], time.monotonic() - start)
        yield success
        yield duration


def _collect_safely(name: str, collect: Callable[[], Families]) -> tuple[list[Metric], bool]:
    try:
        return list(collect()), True
    except (DatabaseError, KombuError, RedisError, OSError) as error:
        logger.warning("The metrics of %s could not be collected: %s", name, type(error).__name__)
        return [], False


def _queues() -> Families:
    """Yield how many tasks wait in Redis, and how many workers are at: all are acknowledged when they are done."""
    queue_tasks = GaugeMetricFamily(
        "distributor_queue_tasks", "Tasks that wait for a worker in Redis, by queue", labels=["queue"]
    )
    with broker_connection() as broker:
        broker.ensure_connection(max_retries=0, timeout=2, reraise_as_library_errors=False)
        channel: Any = broker.default_channel  # kombu's types know what all brokers have in common
        for queue in settings.CELERY_TASK_QUEUES:
            queue_tasks.add_metric([queue.name], channel.client.llen(queue.name))
        yield queue_tasks
        yield GaugeMetricFamily(
            "distributor_unacknowledged_tasks",
            "Tasks that workers have taken and not finished",
            value=channel.client.hlen(channel.unacked_key),
        )


@transaction.atomic
def _now() -> Families:
    """Yield what is so at this moment."""
    _hurry()
    dispatches = GaugeMetricFamily(
        "distributor_dispatches",
        "Dispatches that are not finished, by channel and state; unconfirmed ones wait for a look or a person",
        labels=["channel", "state"],
    )
    for *labels, count in _rows(queries.UNFINISHED_DISPATCHES):
        dispatches.add_metric(labels, count)
    yield dispatches
    yield GaugeMetricFamily(
        "distributor_overdue_dispatch_seconds",
        "How long the dispatch waits that might go out for the longest time; 0 where none does",
        value=float(_rows(queries.OVERDUE_SECONDS)[0][0]),
    )
    recipients = GaugeMetricFamily(
        "distributor_waiting_recipients",
        "Recipients of mail that is being sent who have no outcome yet, by publication and relay",
        labels=["publication", "relay"],
    )
    for *labels, count in _rows(queries.WAITING_RECIPIENTS):
        recipients.add_metric(labels, float(count))
    yield recipients
    reconnect = GaugeMetricFamily(
        "distributor_accounts_to_reconnect", "Accounts that a person has to connect again", labels=["channel"]
    )
    for *labels, count in _rows(queries.ACCOUNTS_TO_RECONNECT):
        reconnect.add_metric(labels, count)
    yield reconnect
    age = heartbeats.age(heartbeats.TICK)
    if age is not None:
        yield GaugeMetricFamily("distributor_tick_age_seconds", "Since the last tick of the release", value=age)


@transaction.atomic
def _since() -> Families:
    """Yield what happened since the first scrape ever."""
    _hurry()
    sums = totals.bring_up_to_date()
    for name, metric, description, labels in _COUNTERS:
        counter = CounterMetricFamily(name, description, labels=labels)
        for values, value in sorted(sums[metric].items()):
            counter.add_metric(values, value)
        yield counter
    lateness = sums["lateness"]
    bounds = [*map(str, queries.LATENESS_BOUNDS), "+Inf"]
    yield HistogramMetricFamily(
        "distributor_release_lateness_seconds",
        "How much later dispatches were released than they might have gone out",
        buckets=[(f"{float(limit)}" if limit != "+Inf" else limit, lateness[limit,]) for limit in bounds],
        sum_value=lateness["sum",],
    )


_BY_RELAY = ("publication", "relay")
_COUNTERS = (
    (
        "distributor_deliveries",
        "deliveries",
        "Recipients of mail by publication, relay and outcome",
        (*_BY_RELAY, "outcome"),
    ),
    ("distributor_attempts", "attempts", "Tries that ended, by channel and outcome", ("channel", "outcome")),
    (
        "distributor_batch_takeovers",
        "takeovers",
        "Batches that were taken over from a worker that gave no sign of life",
        _BY_RELAY,
    ),
    ("distributor_possible_repeats", "repeats", "Mails that may have arrived twice", _BY_RELAY),
)
_PARTS: tuple[tuple[str, Callable[[], Families]], ...] = (("queues", _queues), ("now", _now), ("totals", _since))


def _hurry() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
