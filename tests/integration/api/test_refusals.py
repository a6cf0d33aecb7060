"""What a program is told whose request can't be used: where it is wrong, in our words, and always as a problem."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from distributor.letters.models import Letter, Publication
from distributor.people import api_tokens
from tests.integration.api.conftest import Program
from tests.integration.web import web

pytestmark = [pytest.mark.usefixtures("broker"), pytest.mark.django_db(transaction=True)]

BEFORE_YEAR_1, AFTER_YEAR_9999 = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
AGREED = {"at": "2026-11-30T09:12:00+09:00", "how": "a form"}


def errors(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 422, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    return list(json.loads(response.content)["errors"])


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ({"titel": "x"}, "/titel", "There is no member of that name"),
        ({"share_bar": ["mail", 1]}, "/share_bar/1", "It takes a text, in quotes."),
        ({"queue": {"hold_minutes": -1}}, "/queue/hold_minutes", "At least 0."),
        ({"published_at": BEFORE_YEAR_1}, "/published_at", "It is no time between the years"),
        ({"published_at": AFTER_YEAR_9999}, "/published_at", "It is no time between the years"),
        ({"published_at": "yesterday"}, "/published_at", "It takes a time with its zone"),
        ({"social": {"a/b~c": 1}}, "/social/a~1b~0c", "It takes a text, in quotes."),
    ],
    ids=str,
)
def test_a_member_is_named_by_its_place(
    program: Callable[..., Program], publication: Publication, body: dict[str, Any], pointer: str, detail: str
) -> None:
    answer = program("letters:write", "dispatches:write").post(
        "/letters", {"title": "Fog", "html": "<p>Fog.</p>"} | body
    )
    [error] = errors(answer)
    assert error["pointer"] == pointer
    assert error["detail"].startswith(detail)
    assert not Letter.objects.exists()


def test_a_value_of_several_kinds_is_told_all_of_them(
    program: Callable[..., Program], publication: Publication
) -> None:
    body = {"email": "ana@readers.example", "attributes": {"full-name": ["Ana"]}}
    [error] = errors(program("people:write").post("/people", body))
    assert error["pointer"] == "/attributes/full-name"
    assert error["detail"] == "It takes true or false, or a whole number, or a number, or a text, in quotes."


@pytest.mark.parametrize(
    ("path", "parameter"),
    [("/dispatches?state=drafft", "state"), ("/audit?actor=%00", "actor"), ("/audit?action=%00", "action")],
)
def test_a_parameter_is_named(program: Callable[..., Program], path: str, parameter: str) -> None:
    [error] = errors(program("dispatches:read", "audit:read", role="admin").get(path))
    assert error["parameter"] == parameter


@pytest.mark.parametrize("at", [BEFORE_YEAR_1, AFTER_YEAR_9999])
def test_a_consent_is_of_a_time_that_can_be_told(
    program: Callable[..., Program], publication: Publication, at: str
) -> None:
    publication.lists.create(slug="readers", name="Readers")
    body = {"email": "ana@readers.example", "lists": ["readers"], "consent": {**AGREED, "at": at}}
    [error] = errors(program("people:write").post("/people", body))
    assert error["pointer"] == "/consent/at"


def test_a_wrong_token_is_told_from_none(program: Callable[..., Program]) -> None:
    caller = program("letters:read")
    public_id = caller.token.split("_")[1]
    api_tokens.revoke(public_id)
    assert "This token lets nobody in" in json.loads(caller.get("/letters").content)["detail"]


def test_what_is_no_json_is_told_so(program: Callable[..., Program]) -> None:
    answer = program("letters:write").post("/letters", [1])
    assert (answer.status_code, "send one JSON object" in json.loads(answer.content)["detail"]) == (400, True)


def test_a_database_that_is_away_is_a_problem_to_come_again_with(
    program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = program("letters:read")

    def away(*_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(api_tokens, "principal_of", away)
    answer = caller.get("/letters")
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0


def test_what_nobody_foresaw_is_a_problem_too(
    program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caller = program("letters:read")

    def broken(*_: object) -> None:
        raise ZeroDivisionError("s3cret")

    monkeypatch.setattr(api_tokens, "principal_of", broken)
    answer = caller.get("/letters")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert b"s3cret" not in answer.content
    assert "The API failed" in caplog.text


def test_programs_get_problems_from_the_gate_too() -> None:
    with web() as server:
        for head, status, kind in (
            ("POST /api/v1/lists HTTP/1.1\nHost: localhost\nContent-Length: 9000000", 413, "too-large"),
            ("POST /api/v1/letters HTTP/1.1\nHost: localhost\nContent-Length: 9000000", 401, "no-token"),
        ):
            answer = server.say(head)
            assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
            assert json.loads(answer.text)["type"] == f"/api/v1/problems#{kind}"
