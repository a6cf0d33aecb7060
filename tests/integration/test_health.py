"""Alive and ready: two questions, asked of the real servers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.db import connection
from django.test import Client
from django.utils import timezone

from config import health
from distributor.cli import doctor
from distributor.delivery import heartbeats, release
from distributor.delivery.models import Heartbeat
from distributor.domain.findings import Finding

pytestmark = pytest.mark.django_db(transaction=True)
ALL = {"database": True, "redis": True, "migrations": True, "tick": True}


@pytest.fixture(autouse=True)
def _forget_migrations() -> Iterator[None]:
    health._all_are_applied.clear()
    yield
    health._all_are_applied.clear()


@pytest.fixture
def tick(broker: redis.Redis) -> None:
    release.tick()


def ready(client: Client) -> tuple[int, dict[str, bool]]:
    response = client.get("/readyz")
    answer = response.json()
    assert set(answer) == {"ready", "checks"}
    assert answer["ready"] == (response.status_code == 200)
    assert response.headers["Cache-Control"] == "no-store"
    return response.status_code, answer["checks"]


def test_ready_where_letters_go_out(client: Client, tick: None) -> None:
    assert ready(client) == (200, ALL)


def test_alive_touches_nothing(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"alive": True})
    assert response.headers["Cache-Control"] == "no-store"


def test_redis_is_away(client: Client, tick: None, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.REDIS_URL = "redis://:secret-of-redis@127.0.0.1:1/0"
    with caplog.at_level(logging.WARNING):
        assert ready(client) == (503, {**ALL, "redis": False})
    assert "Not ready, redis: ConnectionError" in caplog.text
    assert "secret-of-redis" not in caplog.text


def test_a_database_that_can_only_be_read(client: Client, tick: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        assert ready(client) == (503, {**ALL, "database": False})
    finally:
        connection.close()


def test_a_database_that_is_away(
    client: Client, tick: None, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    try:
        assert ready(client) == (503, {"database": False, "redis": True, "migrations": False, "tick": False})
    finally:
        connection.close()
    assert "OperationalError" in caplog.text
    assert "/nowhere" not in caplog.text


def test_migrations_that_are_not_applied(client: Client, tick: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'insights') "
            "RETURNING app, name, applied"
        )
        row = cursor.fetchone()
    try:
        assert ready(client) == (503, {**ALL, "migrations": False})
    finally:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", row)
    assert ready(client) == (200, ALL)


@pytest.mark.parametrize(("seconds", "fresh"), [(8, True), (12, False)])
def test_a_tick_that_is_late(client: Client, tick: None, seconds: int, fresh: bool) -> None:
    Heartbeat.objects.filter(name=heartbeats.TICK).update(at=timezone.now() - timedelta(seconds=seconds))
    assert ready(client)[1]["tick"] is fresh


def test_no_tick_yet(client: Client, broker: redis.Redis) -> None:
    assert ready(client) == (503, {**ALL, "tick": False})


def test_the_doctor_tells_of_the_tick(broker: redis.Redis) -> None:
    def tick() -> Finding:
        return next(finding for finding in doctor.examine() if finding.name == "tick")

    assert tick().message == "There was none yet: nothing is released without beat and a worker."
    release.tick()
    assert tick().state == "fine"
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=2))
    assert tick().state == "note"
    assert tick().message.startswith("The last one was 12")


def test_ticks_write_once_a_second(broker: redis.Redis) -> None:
    release.tick()
    first = Heartbeat.objects.get(name=heartbeats.TICK)
    release.tick()
    assert Heartbeat.objects.get(name=heartbeats.TICK).at == first.at
    Heartbeat.objects.update(at=first.at - timedelta(seconds=1.1))
    release.tick()
    assert Heartbeat.objects.get(name=heartbeats.TICK).at > first.at
