"""What Prometheus is told, of real work in PostgreSQL and Redis."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client import generate_latest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from distributor.delivery import release
from distributor.delivery.mail import ledger
from distributor.delivery.metrics import queries, registry, totals
from distributor.delivery.models import Account, Attempt, Batch, Dispatch, Heartbeat
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Outcome, Receipt, Rejected, Unconfirmed
from distributor.domain.recipients import Recipient
from distributor.letters.models import Letter
from tests.integration import commands, world
from tests.integration.commands import COMMAND, Ran
from tests.integration.conftest import ScriptedChannel
from tests.integration.processes import environment
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "0123456789abcdef"
Samples = dict[str, float]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is committed late in these tests, so nothing has to be waited for."""
    monkeypatch.setattr(totals, "LAG_SECONDS", 0)


def scrape() -> Samples:
    """Return all samples by their name and labels, as they are written."""
    text = generate_latest(registry()).decode()
    read: Samples = {}
    for family in parse(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            read[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return read


@pytest.fixture
def letter(draft: Draft, broker: redis.Redis) -> Letter:
    return world.make_letter(draft)


def test_an_empty_house(broker: redis.Redis) -> None:
    read = scrape()
    assert read["distributor_queue_tasks{queue=distributor}"] == 0
    assert read["distributor_queue_tasks{queue=mail}"] == 0
    assert read["distributor_unacknowledged_tasks"] == 0
    assert read["distributor_overdue_dispatch_seconds"] == 0
    assert "distributor_tick_age_seconds" not in read
    assert read["distributor_release_lateness_seconds_count"] == 0
    for part in ("queues", "now", "totals"):
        assert read[f"distributor_scrape_collector_success{{collector={part}}}"] == 1


def test_tasks_that_wait(broker: redis.Redis) -> None:
    broker.rpush("mail", "a", "b")
    broker.rpush("distributor", "c")
    read = scrape()
    assert read["distributor_queue_tasks{queue=mail}"] == 2
    assert read["distributor_queue_tasks{queue=distributor}"] == 1


def test_dispatches_and_the_one_that_waits_for_the_longest_time(letter: Letter, post_channel: ScriptedChannel) -> None:
    world.connect(letter.publication, "scripted")
    link, post = world.queue(letter, "link", "scripted")
    assert post.waits_for == link
    due = timezone.now() - timedelta(seconds=90)
    Dispatch.objects.update(due_at=due, state="scheduled", hold_until=None)
    read = scrape()
    assert read["distributor_dispatches{channel=link,state=scheduled}"] == 1
    assert read["distributor_dispatches{channel=scripted,state=scheduled}"] == 1
    assert read["distributor_overdue_dispatch_seconds"] == pytest.approx(90, abs=5)
    Dispatch.objects.filter(pk=link.pk).update(state="paused")
    assert scrape()["distributor_overdue_dispatch_seconds"] == 0  # the post waits for a person's link
    Dispatch.objects.filter(pk=link.pk).update(state="sent", finished_at=timezone.now() - timedelta(seconds=30))
    assert scrape()["distributor_overdue_dispatch_seconds"] == pytest.approx(30, abs=5)
    Dispatch.objects.filter(pk=post.pk).update(state="held", hold_until=timezone.now() + timedelta(minutes=1))
    assert scrape()["distributor_overdue_dispatch_seconds"] == 0


def test_attempts_by_channel_and_outcome_are_counted_once(letter: Letter, post_channel: ScriptedChannel) -> None:
    scrape()  # counting begins
    world.connect(letter.publication, "scripted")
    outcomes: list[Outcome] = [Unconfirmed("lost"), Rejected("too long"), Accepted(Receipt("1"))]
    answers = iter(outcomes)
    post_channel.answer = lambda _: next(answers)
    for number in range(3):
        (dispatch,) = world.queue(_another(letter, number), "scripted")
        world.work(dispatch)
    for _ in range(2):
        read = scrape()
        for outcome in ("unconfirmed", "rejected", "accepted"):
            assert read[f"distributor_attempts_total{{channel=scripted,outcome={outcome}}}"] == 1
        assert read["distributor_dispatches{channel=scripted,state=unconfirmed}"] == 1
        assert read["distributor_release_lateness_seconds_count"] == 3
        assert read["distributor_release_lateness_seconds_bucket{le=+Inf}"] == 3
        assert read["distributor_release_lateness_seconds_bucket{le=30.0}"] == 3


def _another(letter: Letter, number: int) -> Letter:
    """Return a further letter of the same publication."""
    draft = Draft(f"https://lantern.example/{number}", f"Letter {number}", "<p>Dear all,</p>", "Dear all,")
    return world.make_letter(draft, letter.publication)


def test_what_was_before_the_first_scrape_is_not_counted(letter: Letter, post_channel: ScriptedChannel) -> None:
    world.connect(letter.publication, "scripted")
    (dispatch,) = world.queue(letter, "scripted")
    world.work(dispatch)
    Attempt.objects.update(ended_at=timezone.now() - timedelta(minutes=1))
    for outcome in totals.OUTCOMES:  # there, so that Prometheus sees the first one as a rise
        assert scrape()[f"distributor_attempts_total{{channel=scripted,outcome={outcome}}}"] == 0


def test_lateness_of_releases(letter: Letter, post_channel: ScriptedChannel) -> None:
    scrape()
    world.connect(letter.publication, "scripted")
    (dispatch,) = world.queue(letter, "scripted")
    Dispatch.objects.update(due_at=timezone.now() - timedelta(seconds=45), hold_until=None)
    world.work(dispatch)
    read = scrape()
    assert read["distributor_release_lateness_seconds_bucket{le=30.0}"] == 0
    assert read["distributor_release_lateness_seconds_bucket{le=60.0}"] == 1
    assert read["distributor_release_lateness_seconds_sum"] == pytest.approx(45, abs=5)


def _answer(recipient: Recipient | None) -> Accepted | Rejected:
    assert recipient is not None
    return Rejected("no", code="5.1.1") if recipient.email.startswith("reader3@") else Accepted(Receipt("1"))


def test_deliveries_go_into_the_totals_and_never_back(letter: Letter, mail_channel: ScriptedChannel) -> None:
    scrape()
    world.connect(letter.publication, "letterbox", "north")
    mail_channel.answer = _answer
    (dispatch,) = world.queue(letter, "letterbox", lists=[world.make_list(letter.publication, 5)])
    release.tick()
    dispatch.refresh_from_db()
    Dispatch.objects.update(spread_from=timezone.now(), recipients=5)
    read = scrape()
    assert read["distributor_waiting_recipients{publication=lantern,relay=north}"] == 5
    Dispatch.objects.update(spread_from=None, recipients=0)

    world.work(dispatch)
    Batch.objects.update(takeovers=2, repeats=1)
    expected = {
        "distributor_deliveries_total{outcome=accepted,publication=lantern,relay=north}": 4,
        "distributor_deliveries_total{outcome=rejected,publication=lantern,relay=north}": 1,
        "distributor_deliveries_total{outcome=failed,publication=lantern,relay=north}": 0,
        "distributor_batch_takeovers_total{publication=lantern,relay=north}": 2,
        "distributor_possible_repeats_total{publication=lantern,relay=north}": 1,
    }
    assert {name: scrape()[name] for name in expected} == expected
    assert not Dispatch.objects.get().counted
    Dispatch.objects.update(finished_at=timezone.now() - timedelta(minutes=11))
    for _ in range(2):
        assert {name: scrape()[name] for name in expected} == expected
    assert Dispatch.objects.get().counted
    assert "distributor_waiting_recipients{publication=lantern,relay=north}" not in scrape()


def test_a_mailing_with_an_open_batch_is_not_done(letter: Letter, mail_channel: ScriptedChannel) -> None:
    scrape()
    world.connect(letter.publication, "letterbox")
    (dispatch,) = world.queue(letter, "letterbox", lists=[world.make_list(letter.publication, 2)])
    world.work(dispatch)
    long_ago = timezone.now() - timedelta(hours=1)
    Dispatch.objects.update(state="cancelled", finished_at=long_ago)
    Batch.objects.update(state="waiting", accepted=0)
    scrape()
    assert not Dispatch.objects.get().counted
    ledger.close_cancelled(dispatch.pk)
    scrape()
    assert Dispatch.objects.get().counted


def test_accounts_that_wait_for_a_person(letter: Letter, post_channel: ScriptedChannel) -> None:
    world.connect(letter.publication, "scripted")
    Account.objects.update(needs_reconnect="Its authorisation has ended.")
    assert scrape()["distributor_accounts_to_reconnect{channel=scripted}"] == 1


def test_the_age_of_the_tick(broker: redis.Redis) -> None:
    release.tick()
    assert scrape()["distributor_tick_age_seconds"] < 5
    Heartbeat.objects.update(at=timezone.now() - timedelta(seconds=60))
    assert scrape()["distributor_tick_age_seconds"] == pytest.approx(60, abs=5)


def test_what_is_away_is_said_and_the_rest_is_there(letter: Letter, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    read = scrape()
    assert read["distributor_scrape_collector_success{collector=queues}"] == 0
    assert read["distributor_scrape_collector_success{collector=now}"] == 1
    assert "distributor_queue_tasks{queue=mail}" not in read
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        read = scrape()
    finally:
        connection.close()
    assert read["distributor_scrape_collector_success{collector=totals}"] == 0
    assert read["distributor_scrape_collector_success{collector=now}"] == 1


def test_the_page_for_operators_names_them_all(letter: Letter) -> None:
    """And its alerts ask for none that is not there."""
    release.tick()
    metrics = {
        name
        for family in parse(generate_latest(registry()).decode())
        for name in (family.name, f"{family.name}_total", *(sample.name for sample in family.samples))
    }
    page = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\bdistributor_(?!token)\w+", page)) <= metrics
    assert {family.name for family in parse(generate_latest(registry()).decode())} <= {
        name.removesuffix("_total") for name in re.findall(r"^\| `(\w+)", page, re.MULTILINE)
    }
    rules = yaml.safe_load(re.findall(r"```yaml\n(groups:.*?)```", page, re.DOTALL)[0])["groups"][0]["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 8
    for rule in rules:
        assert (
            {"alert", "expr", "labels", "annotations"} <= set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        )


def test_queries_use_what_is_bounded(letter: Letter) -> None:
    """With ten thousand old dispatches and attempts none of the queries reads the tables from end to end."""
    (dispatch,) = world.queue(letter, "link")
    past = timezone.now() - timedelta(days=30)
    copies = 10_000
    with connection.cursor() as cursor:
        Dispatch.objects.filter(pk=dispatch.pk).update(
            state="sent", finished_at=past, released_at=past, due_at=past, spread_from=past, counted=True
        )
        columns = [field.column for field in Dispatch._meta.fields if field.name not in ("id", "key", "target_key")]
        names = ", ".join(f'"{name}"' for name in columns)
        cursor.execute(
            f"INSERT INTO delivery_dispatch (key, target_key, {names}) "
            f"SELECT gen_random_uuid(), n::text, {names} FROM delivery_dispatch, generate_series(1, %s) n",
            [copies],
        )
        cursor.execute(
            "INSERT INTO delivery_attempt "
            "(dispatch_id, number, started_at, ended_at, outcome, reason, code, raw, kept) "
            "SELECT %s, n, %s, %s::timestamptz + n * interval '1 second', 'accepted', '', '', '{}', '{}' "
            "FROM generate_series(1, 30000) n",
            [dispatch.pk, past, past],
        )
        cursor.execute("ANALYZE delivery_dispatch, delivery_attempt, delivery_batch")
        asked: Any = {"after": timezone.now() - timedelta(minutes=1), "through": timezone.now(), "most": 100, "lag": 5}
        for query in (
            queries.UNFINISHED_DISPATCHES, queries.OVERDUE_SECONDS, queries.WAITING_RECIPIENTS, queries.UNDER_WAY,
            queries.ADD_ATTEMPTS, queries.ADD_RELEASES.replace("%(bounds)s", "ARRAY[1]"), queries.ADD_DELIVERIES,
        ):  # fmt: skip
            cursor.execute(f"EXPLAIN {query}", asked)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan on delivery_dispatch" not in plan, plan
            assert "Seq Scan on delivery_attempt" not in plan, plan


def test_off_unless_there_is_a_token(client: Client, settings: Any, broker: redis.Redis) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    for wrong in ("", "Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ünïcödé"):
        response = client.get("/metrics", headers={"Authorization": wrong} if wrong else {})
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert not response.content
    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.headers["Cache-Control"] == "no-store"
    assert "distributor_build_info" in {s.name for family in parse(response.content.decode()) for s in family.samples}


def test_openmetrics_where_it_is_asked_for(client: Client, settings: Any, letter: Letter) -> None:
    settings.METRICS_TOKEN = TOKEN
    accept = "application/openmetrics-text; version=1.0.0"
    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", "Accept": accept})
    assert response.headers["Content-Type"].startswith("application/openmetrics-text")
    families = openmetrics.text_string_to_metric_families(response.content.decode())  # type: ignore[no-untyped-call]
    assert len(list(families)) > 10


def test_the_command_answers_at_an_address_of_its_own(broker: redis.Redis) -> None:
    process = subprocess.Popen(
        [*COMMAND, "metrics", "--bind", "127.0.0.1:0", "--json"],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        port = json.loads(line)["port"]
        for _ in range(2):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as response:
                text = response.read().decode()
            assert "distributor_queue_tasks" in {family.name for family in parse(text)}
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert "Traceback" not in said


def test_the_command_writes_them_once(broker: redis.Redis) -> None:
    def run(*arguments: str) -> Ran:
        return commands.run("metrics", *arguments, env=environment())

    assert {family.name for family in parse(run().out)} >= {"distributor_queue_tasks"}
    samples = json.loads(run("--json").out)
    assert {"name": "distributor_queue_tasks", "labels": {"queue": "mail"}, "value": 0} in samples
    refused = run("--bind", "nowhere")
    assert (refused.code, refused.said.count("\n")) == (2, 1)
    assert "write it as 127.0.0.1:9464" in refused.said
