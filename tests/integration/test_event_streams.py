"""The event stream: what happens as it happens, nothing twice, nothing missed, and no connection held."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, suppress
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection, transaction
from django.http import StreamingHttpResponse
from django.test import RequestFactory

from distributor.audience import actions
from distributor.cli.services import free_port
from distributor.domain.announcements import DEFAULT_TYPES, TYPES
from distributor.domain.errors import BadInput, ServiceAway
from distributor.letters.models import Publication
from distributor.webhooks import outbox, stream_source, streams
from distributor.webhooks.models import Announcement, StreamInterest
from distributor.webhooks.streams import Listener, event_stream
from tests.integration import processes, world
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)

ALL = Listener(None, tuple(TYPES))


@pytest.fixture
def brand() -> Publication:
    return world.make_publication()


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_source, "LOOK_SECONDS", 0.02)


def happen(brand: Publication, count: int = 1) -> None:
    with transaction.atomic():
        outbox.announce("import.done", [outbox.News(brand.pk, {"import": number}) for number in range(count)])
    outbox.fan_out()


def join(brand: Publication, name: str) -> None:
    actions.subscribe(f"{name}@readers.example", to=actions.ensure_list(brand, "readers"))
    outbox.fan_out()


def opened(listener: Listener, last_id: int | None = None) -> StreamingHttpResponse:
    headers = {} if last_id is None else {"Last-Event-ID": str(last_id)}
    return event_stream(RequestFactory().get("/events", headers=headers), listener)


def listen(
    listener: Listener, *deeds: Callable[[], None], count: int, last_id: int | None = None
) -> list[dict[str, str]]:
    """Open a stream, do something, and return the first events that come."""
    return asyncio.run(_listen(listener, deeds, count, last_id))


async def _listen(
    listener: Listener, deeds: tuple[Callable[[], None], ...], count: int, last_id: int | None
) -> list[dict[str, str]]:
    chunks: AsyncIterator[bytes] = opened(listener, last_id).streaming_content  # type: ignore[assignment]
    events: list[dict[str, str]] = []
    async with asyncio.timeout(PATIENCE), aclosing(chunks):  # type: ignore[type-var]
        assert (await anext(chunks)).startswith(b"retry: ")
        doing: Coroutine[Any, Any, None] = sync_to_async(_one_by_one, thread_sensitive=False)(deeds)
        task = asyncio.create_task(doing)
        while len(events) < count:
            text = (await anext(chunks)).decode()
            assert text.endswith("\n\n")
            if not text.startswith(":"):
                events.append(dict(line.split(": ", 1) for line in text.strip().splitlines()))
        await task
    return events


def _one_by_one(deeds: tuple[Callable[[], None], ...]) -> None:
    try:
        for deed in deeds:
            deed()
    finally:
        connection.close()


def test_what_happens_comes_as_a_webhook_says_it(brand: Publication) -> None:
    (event,) = listen(ALL, lambda: happen(brand), count=1)
    row = Announcement.objects.get()
    assert (event["id"], event["event"]) == (str(row.position), "import.done")
    assert json.loads(event["data"]) == {
        "type": "import.done",
        "timestamp": row.at.isoformat(),
        "data": {"publication": "lantern", "import": 0},
    }


def test_a_listener_gets_only_what_it_may_and_wants(brand: Publication) -> None:
    other = world.make_publication("beacon")
    listener = Listener(frozenset({brand.pk}), ("import.done",))
    events = listen(listener, lambda: happen(other), lambda: join(brand, "noor"), lambda: happen(brand), count=1)
    assert json.loads(events[0]["data"])["data"]["publication"] == "lantern"
    assert not Announcement.objects.filter(type="person.subscribed").exists()


def test_a_stream_goes_on_where_it_ended(brand: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_source, "PAGE", 3)  # so that it takes several to catch up
    happen(brand, 10)
    first = Announcement.objects.order_by("position")[1].position
    events = listen(Listener(None, DEFAULT_TYPES), lambda: happen(brand, 5), count=13, last_id=first)
    assert [int(event["id"]) for event in events] == list(
        Announcement.objects.order_by("position").values_list("position", flat=True)[2:]
    )
    again = listen(Listener(None, DEFAULT_TYPES), lambda: happen(brand), count=1, last_id=int(events[-1]["id"]))
    assert int(again[0]["id"]) == Announcement.objects.latest("position").position


def test_readers_are_written_down_for_a_stream_and_kept_while_it_is_away(brand: Publication) -> None:
    (event,) = listen(ALL, lambda: join(brand, "noor"), count=1)
    join(brand, "ari")
    (missed,) = listen(ALL, count=1, last_id=int(event["id"]))
    assert "ari@readers.example" in missed["data"]


def test_what_can_not_be_had_any_more_is_told(brand: Publication) -> None:
    happen(brand, 3)
    first = Announcement.objects.earliest("position").position or 0
    gap, event = listen(ALL, count=2, last_id=first + 1)
    assert (gap["event"], event["event"]) == ("stream.gap", "import.done")
    assert "nobody did" in json.loads(gap["data"])["reason"]
    Announcement.objects.filter(position__lte=first + 1).delete()
    gap, event = listen(ALL, count=2, last_id=first)
    assert "30 days" in json.loads(gap["data"])["reason"]
    (event,) = listen(ALL, count=1, last_id=first + 1)
    assert event["event"] == "import.done"


def test_many_streams_look_at_the_table_once(brand: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    read_after = stream_source.read_after

    def noted(position: int, **named: Any) -> Any:
        reads.append(position)
        return read_after(position, **named)

    monkeypatch.setattr(stream_source, "read_after", noted)
    monkeypatch.setattr(stream_source, "LOOK_SECONDS", PATIENCE)  # the second look comes after the test

    async def nine_streams() -> None:
        answers.extend(opened(ALL) for _ in range(9))
        contents: list[AsyncIterator[bytes]] = [answer.streaming_content for answer in answers]  # type: ignore[misc]
        for content in contents:
            await anext(content)
        assert streams._open_streams.total() == 9
        while not reads:
            await asyncio.sleep(0.01)
        for content in contents:
            await content.aclose()  # type: ignore[attr-defined]

    answers: list[StreamingHttpResponse] = []
    asyncio.run(nine_streams())
    for answer in (*answers, *answers):  # once more changes nothing
        answer.close()
    assert (reads, streams._open_streams.total()) == ([0], 0)


def test_a_stream_says_that_it_is_there_and_ends_after_a_while(
    brand: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(streams, "STREAM_SECONDS", 0.3)

    async def whole() -> list[bytes]:
        content: AsyncIterator[bytes] = opened(ALL).streaming_content  # type: ignore[assignment]
        return [chunk async for chunk in content]

    beginning, *rest = asyncio.run(whole())
    assert beginning == b"retry: 3000\n\n"
    assert set(rest) == {b": still here\n\n"}


def test_a_client_that_reads_too_slowly_is_sent_away_with_what_it_has(
    brand: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_source, "BEHIND", 2)

    async def slow() -> list[bytes]:
        content: AsyncIterator[bytes] = opened(Listener(None, DEFAULT_TYPES)).streaming_content  # type: ignore[assignment]
        await anext(content)
        feeds = stream_source.source()._feeds
        await sync_to_async(_one_by_one, thread_sensitive=False)((lambda: happen(brand, 5),))
        while feeds:
            await asyncio.sleep(0.01)
        return [chunk async for chunk in content]

    chunks = asyncio.run(slow())
    assert len(chunks) < 5


def test_a_database_that_is_away_ends_no_stream(brand: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    read_after, failures = stream_source.read_after, [OperationalError("away"), OperationalError("away")]

    def shaky(position: int, **named: Any) -> Any:
        if failures:
            raise failures.pop()
        return read_after(position, **named)

    monkeypatch.setattr(stream_source, "read_after", shaky)
    (event,) = listen(Listener(None, DEFAULT_TYPES), lambda: happen(brand), count=1)
    assert (event["event"], failures) == ("import.done", [])


def test_there_are_only_so_many_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_STREAMS", 0)
    with pytest.raises(ServiceAway):
        opened(ALL)


def test_one_listener_leaves_streams_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_OF_LISTENER", 2)
    greedy, modest = (Listener(None, DEFAULT_TYPES, name=name) for name in ("token 1", "token 2"))
    answers = [opened(greedy), opened(greedy)]  # counted before anything of them is read
    with pytest.raises(ServiceAway):
        opened(greedy)
    opened(modest).close()
    answers.pop().close()
    opened(greedy).close()
    assert streams._open_streams["token 1"] == 1
    answers.pop().close()


@pytest.mark.parametrize("text", ["latest", "-1", "٣", "9" * 19])
def test_an_id_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        event_stream(RequestFactory().get("/events", {"last_event_id": text}), ALL)


def test_over_the_network_a_stream_holds_no_connection_and_ends_with_its_server(brand: Publication) -> None:
    port = free_port()
    command = (
        sys.executable, "-m", "uvicorn", "tests.integration.stream_site:application", "--port", str(port),
        "--lifespan", "off", "--log-level", "warning", "--timeout-graceful-shutdown", "60",
    )  # fmt: skip
    server = subprocess.Popen(command, env=processes.environment() | {"DISTRIBUTOR_WEB_CONNECTIONS": "2"})
    address = f"http://127.0.0.1:{port}/events"
    try:
        processes.wait_for(lambda: _answers(port), what="the server is up")
        with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
            contexts = [client.stream("GET", address) for _ in range(5)]  # more than there are connections for the web
            responses = [context.__enter__() for context in contexts]
            assert {response.headers["content-type"] for response in responses} == {"text/event-stream"}
            lines = [response.iter_lines() for response in responses]
            assert {next(each) for each in lines} == {"retry: 3000"}
            processes.wait_for(lambda: StreamInterest.objects.exists(), what="they listen")
            happen(brand)
            ids = {next(line for line in each if line.startswith("id: ")) for each in lines}
            assert ids == {f"id: {Announcement.objects.get().position}"}
            server.send_signal(signal.SIGTERM)
            for each in lines:
                assert [line for line in each if line.startswith("id: ")] == []
            for context in contexts:
                context.__exit__(None, None, None)
        assert server.wait(PATIENCE) in (0, -signal.SIGTERM)
    finally:
        with suppress(ProcessLookupError):
            server.kill()
        server.wait()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/nothing.txt", trust_env=False).status_code == 404
    except httpx.HTTPError:
        return False
