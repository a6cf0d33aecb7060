"""The client of the API, over a transport that answers what a test says."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from distributor.client import AsyncClient, Changed, Client, ConfirmationNeeded, ProblemError, Unreachable
from distributor.client.calls import LONGEST_WAIT, TRIES, Call, retry_after, wait_before_repeat

BASE = "https://news.example"
TOKEN = {"name": "CMS", "id": "3f", "owner": "maria", "role": "editor", "scopes": [], "requests_per_minute": 9}
TOKEN_ANSWER = {**TOKEN, "created_at": "2026-11-01T09:00:00Z"}
Answer = Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers one after the other, the last one for good, and notes what was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self) -> Client:
        return Client(BASE, "dtk_x", client=httpx.Client(transport=httpx.MockTransport(self), base_url=BASE))

    @property
    def keys(self) -> list[str]:
        return [request.headers.get("Idempotency-Key", "") for request in self.requests]


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note what would be waited for."""
    seconds: list[float] = []

    async def note(wait: float) -> None:
        seconds.append(wait)

    monkeypatch.setattr(time, "sleep", seconds.append)
    monkeypatch.setattr(asyncio, "sleep", note)
    return seconds


def answer(status: int = 200, content: object = None, **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=TOKEN_ANSWER if content is None else content, headers=names)


def problem(status: int, kind: str, **members: object) -> httpx.Response:
    return answer(status, {"type": f"/api/v1/problems#{kind}", "title": "", "detail": "No.", **members})


def test_an_answer_becomes_a_model_with_its_tag() -> None:
    server = Server(answer(200, {**TOKEN_ANSWER, "colour": "blue"}, ETag='"7"'))
    token = server.client().token.show()
    assert (token.name, token.created_at, token.etag) == ("CMS", datetime(2026, 11, 1, 9, tzinfo=UTC), '"7"')
    assert token.model_extra == {"colour": "blue"}
    assert server.requests[0].url.path == "/api/v1/token"


def test_what_reads_is_tried_again(waits: list[float]) -> None:
    server = Server(httpx.ConnectError("gone"), answer(503, Retry_After="2"), answer())
    assert server.client().token.show().name == "CMS"
    assert (0 < waits[0] <= 0.5, waits[1:]) == (True, [2.0])


def test_what_writes_is_tried_again_with_the_same_key() -> None:
    pause = {"dispatch": DISPATCH, "sentence": "Paused.", "notes": [], "concerns": [], "further": []}
    server = Server(httpx.ReadTimeout("late"), answer(502), answer(200, pause))
    client = server.client()
    assert client.dispatches.pause(41).sentence == "Paused."
    assert len(set(server.keys)) == 1
    client.dispatches.pause(41)
    client.dispatches.pause(41, idempotency_key="mine")
    assert (server.keys[3] == server.keys[0], server.keys[3] != "", server.keys[4]) == (False, True, "mine")


@pytest.mark.parametrize("failure", [httpx.ReadTimeout("late"), answer(503)], ids=["timeout", "away"])
def test_what_has_no_key_is_sent_once(failure: httpx.Response | Exception) -> None:
    server = Server(failure)
    with pytest.raises((Unreachable, ProblemError)):
        server.client().accounts.check(3)
    assert (len(server.requests), server.keys) == (1, [""])


def test_a_limit_is_waited_for_whatever_is_asked(waits: list[float]) -> None:
    server = Server(answer(429, {}, Retry_After="7"), answer(200, {"name": "The Lantern Post"}))
    assert server.client().accounts.check(3).name == "The Lantern Post"
    assert waits == [7.0]


def test_it_gives_up_at_last_and_does_not_wait_for_ever() -> None:
    server = Server(httpx.ConnectError("gone"))
    with pytest.raises(Unreachable, match="ConnectError"):
        server.client().token.show()
    assert len(server.requests) == TRIES
    later = Server(problem(429, "too-many-requests"))
    later.answers[0].headers["Retry-After"] = str(int(LONGEST_WAIT) + 1)  # type: ignore[union-attr]
    with pytest.raises(ProblemError) as refusal:
        later.client().token.show()
    assert (refusal.value.status, len(later.requests)) == (429, 1)


def test_refusals_have_their_type_and_members() -> None:
    with pytest.raises(ConfirmationNeeded, match=r"No\."):
        Server(problem(409, "confirmation-needed")).client().dispatches.cancel(41)
    with pytest.raises(Changed) as changed:
        Server(problem(412, "changed", current={"slug": "lantern"})).client().publications.update(
            "lantern", settings={"language": "ko"}, if_match='"1"'
        )
    assert changed.value.members == {"current": {"slug": "lantern"}}
    with pytest.raises(ProblemError) as refusal:
        Server(problem(404, "not-found")).client().dispatches.show(1)
    assert (refusal.value.kind, refusal.value.status, refusal.value.detail) == ("not-found", 404, "No.")
    with pytest.raises(ProblemError, match="status 500"):
        Server(httpx.Response(500, text="<html>")).client().token.show()


def test_only_what_was_given_is_sent() -> None:
    server = Server(answer(201, {"dispatches": [], "notes": [], "concerns": []}))
    server.client().letters.queue(12, channels=["link"], at="tomorrow 9:00", hold_minutes=None)
    sent = json.loads(server.requests[0].content)
    assert sent == {"channels": ["link"], "at": "tomorrow 9:00", "hold_minutes": None}


def test_a_list_is_gone_through_page_by_page() -> None:
    pages = [
        answer(200, {"items": [{**DISPATCH, "id": number} for number in numbers], "next": after})
        for numbers, after in (([3, 2], "c1"), ([1], None))
    ]
    server = Server(*pages)
    dispatches = server.client().dispatches.list(state=["held", "paused"], finished=False)
    assert isinstance(dispatches, Iterator)
    assert server.requests == []
    assert [dispatch.id for dispatch in dispatches] == [3, 2, 1]
    queries = [list(request.url.params.multi_items()) for request in server.requests]
    assert queries[0] == [("state", "held"), ("state", "paused"), ("finished", "false")]
    assert queries[1] == [*queries[0], ("cursor", "c1")]


def test_a_search_by_post_goes_on_in_its_body() -> None:
    server = Server(answer(200, {"items": [], "next": "c1"}), answer(200, {"items": [], "next": None}))
    assert list(server.client().people.search(text="mina")) == []
    assert [json.loads(request.content) for request in server.requests] == [
        {"text": "mina"},
        {"text": "mina", "cursor": "c1"},
    ]


def test_files_and_lines_are_sent_as_what_they_are() -> None:
    server = Server(problem(422, "bad-input"))
    client = server.client()
    with pytest.raises(ProblemError):
        client.media.create(content=b"png", content_type="image/png")
    with pytest.raises(ProblemError):
        client.people.upsert(lines=[{"email": "a@inbox.example"}, {"email": "b@inbox.example"}])
    picture, lines = server.requests
    assert (picture.headers["Content-Type"], picture.content) == ("image/png", b"png")
    assert lines.headers["Content-Type"] == "application/x-ndjson"
    assert [json.loads(line)["email"][0] for line in lines.content.splitlines()] == ["a", "b"]


def test_names_in_paths_are_escaped() -> None:
    server = Server(problem(404, "not-found"))
    with pytest.raises(ProblemError):
        server.client().publications.show("a/../b?c")
    assert server.requests[0].url.raw_path == b"/api/v1/publications/a%2F..%2Fb%3Fc"


def test_asyncio_does_the_same(waits: list[float]) -> None:
    first, last = ({"items": [{**DISPATCH, "id": number}], "next": after} for number, after in ((2, "c"), (41, None)))
    server = Server(answer(200, first), httpx.ReadTimeout("late"), answer(200, last))

    async def ask() -> list[int]:
        http = httpx.AsyncClient(transport=httpx.MockTransport(server), base_url=BASE)
        async with AsyncClient(BASE, "dtk_x", client=http) as client:
            return [dispatch.id async for dispatch in client.dispatches.list()]

    assert (asyncio.run(ask()), len(waits)) == ([2, 41], 1)
    away = Server(answer(500, {}))

    async def fail() -> None:
        http = httpx.AsyncClient(transport=httpx.MockTransport(away), base_url=BASE)
        async with AsyncClient(BASE, "dtk_x", client=http) as client:
            await client.token.show()

    with pytest.raises(ProblemError):
        asyncio.run(fail())


def test_when_to_try_again_may_be_a_date() -> None:
    moment = datetime.now(UTC) + timedelta(hours=1)
    wait = retry_after(answer(503, Retry_After=format_datetime(moment, usegmt=True)))
    assert wait is not None
    assert 3_000 < wait <= 3_600
    assert retry_after(answer(503, Retry_After="soon")) is None
    assert wait_before_repeat(Call("GET", "/token"), 1, answer(404)) is None


def test_the_token_goes_to_one_server() -> None:
    with Client(f"{BASE}/", "dtk_secret") as client:
        http = client._client
        assert (http.base_url, http.follow_redirects) == (httpx.URL(BASE), False)
        assert http.headers["Authorization"] == "Bearer dtk_secret"
    assert http.is_closed


DISPATCH = {
    "id": 41, "publication": "lantern", "letter": {"id": 12, "title": "Fog"}, "channel": "mail", "account": 3,
    "target": "Readers", "lists": ["readers"], "segment": None, "practice": False, "state": "paused", "finished": True,
    "reason": "", "due_at": "2026-12-01T08:00:00Z", "hold_minutes": 0, "hold_until": None, "goes_out_at": None,
    "approved_at": None, "approved_version": None, "went_out_at": None, "finished_at": None,
    "created_at": "2026-12-01T07:40:00Z", "spread_hours": 0, "waits_for": None, "resend_of": None,
    "to_nonopeners": False, "subject": "", "recipients": 1,
    "outcomes": {"waiting": 1}, "repeats": 0, "held_people": 0, "reached_later": 0, "url": "", "change": None,
}  # fmt: skip
