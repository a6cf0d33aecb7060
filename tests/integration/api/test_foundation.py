"""What is true of every operation of the API: who is let in, what is done once, what refusals say."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from ninja import Router, Schema

from distributor.api import idempotency, operations
from distributor.api.authentication import ApiRequest, publication_of
from distributor.api.description import make_api
from distributor.api.operations import operation
from distributor.api.problems import PROBLEMS
from distributor.domain.api_scopes import READING
from distributor.domain.errors import BadInput
from distributor.letters.models import Publication
from distributor.people import api_tokens, audit, editors, stored_answers
from distributor.people.models import ApiToken, AuditEntry, StoredAnswer
from tests.integration import world
from tests.integration.api.conftest import Program, items_of
from tests.patience import PATIENCE

pytestmark = [pytest.mark.usefixtures("broker"), pytest.mark.django_db(transaction=True)]


def said(response: Any) -> Any:
    return json.loads(response.content)


def test_a_token_says_what_it_may_do(program: Callable[..., Program], publication: Publication) -> None:
    answer = program("letters:read", of=publication).get("/token")
    assert answer.status_code == 200
    token = said(answer)
    assert (token["scopes"], token["publication"], token["role"]) == (["letters:read"], "lantern", "editor")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer dtk_000000000000_" + "x" * 43, "Basic bWFyaWE6eA==", "Bearer é"]
)
def test_without_a_good_token_nobody_is_let_in(header: str, publication: Publication) -> None:
    answer = Client().get("/api/v1/token", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert said(answer)["type"] == "/api/v1/problems#no-token"


def test_a_session_of_the_desk_is_no_token(editor: Client, publication: Publication) -> None:
    assert editor.get("/api/v1/token").status_code == 401


@pytest.mark.parametrize("ends", ["revoked", "expired", "deactivated", "demoted"])
def test_a_token_ends_with_its_time_and_with_its_owner(ends: str, program: Callable[..., Program]) -> None:
    caller = program("letters:read")
    row = ApiToken.objects.get()
    if ends == "revoked":
        api_tokens.revoke(row.public_id)
    elif ends == "expired":
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif ends == "deactivated":
        editors.deactivate("editor-of-programs")
    else:
        editors.remove("editor-of-programs")
    assert caller.get("/token").status_code == 401


def test_the_token_is_stored_nowhere(program: Callable[..., Program]) -> None:
    secret = program().token.rpartition("_")[2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM people_apitoken t")
        assert secret not in cursor.fetchone()[0]


def test_a_rotated_token_leaves_no_gap(program: Callable[..., Program]) -> None:
    old = program("letters:read")
    new = said(old.post("/token/rotate", {"overlap_hours": 1}))["token"]
    assert old.get("/token").status_code == Program(new).get("/token").status_code == 200
    ApiToken.objects.update(previous_until=timezone.now())
    assert (old.get("/token").status_code, Program(new).get("/token").status_code) == (401, 200)


def test_a_secret_that_is_asked_for_twice_is_the_same_and_stored_unreadably(cms: Program) -> None:
    first, again = (cms.post("/token/rotate", {"overlap_hours": 1}, key="k1") for _ in range(2))
    assert first.content == again.content
    secret = said(first)["token"].rpartition("_")[2]
    assert secret.encode() not in bytes(StoredAnswer.objects.get().body)
    assert Program(said(first)["token"]).get("/token").status_code == 200


def test_a_secret_that_is_replaced_rotates_nothing(program: Callable[..., Program]) -> None:
    stolen = program("letters:read")
    owner = Program(said(stolen.post("/token/rotate", {"overlap_hours": 24}))["token"])
    answer = stolen.post("/token/rotate", {"overlap_hours": 0})
    assert (answer.status_code, "rotate the token with its newest one" in said(answer)["detail"]) == (409, True)
    assert owner.get("/token").status_code == stolen.get("/token").status_code == 200


def test_of_rotations_at_once_one_is_done(program: Callable[..., Program]) -> None:
    caller = program("letters:read")
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: _rotated(caller.token), range(4)))
    [new] = [answer["token"] for answer in answers if "token" in answer]
    assert {answer["status"] for answer in answers if "token" not in answer} == {409}
    assert Program(new).get("/token").status_code == 200


def _rotated(token: str) -> Any:
    try:
        return said(Program(token).post("/token/rotate", {"overlap_hours": 1}))
    finally:
        connection.close()


def test_a_scope_is_needed(program: Callable[..., Program]) -> None:
    answer = program("letters:read").get("/audit")
    assert answer.status_code == 403
    assert "audit:read" in said(answer)["detail"]


def test_scopes_are_checked_when_a_token_is_made(publication: Publication) -> None:
    editors.add("root", "a-long-password")
    with pytest.raises(BadInput, match="no scope “letters:burn”"):
        api_tokens.create("CMS", owner="root", scopes=["letters:burn"])
    with pytest.raises(BadInput, match="can do nothing"):
        api_tokens.create("CMS", owner="root", scopes=[])
    assert api_tokens.create("CMS", owner="root", scopes=["read"]).row.scopes == list(READING)


def test_answers_say_how_many_requests_are_left(program: Callable[..., Program]) -> None:
    caller = program("letters:read", per_minute=2)
    answers = [caller.get("/token") for _ in range(5)]  # at most two spans of a minute
    assert answers[0].headers["RateLimit-Policy"] == '"token";q=2;w=60'
    assert answers[0].headers["RateLimit"].startswith('"token";r=1;t=')
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert said(refused)["type"].endswith("#too-many-requests")


def test_unknown_addresses_and_methods_are_problems_too(cms: Program) -> None:
    nowhere, wrong = cms.get("/nowhere"), cms.delete("/audit")
    assert (nowhere.status_code, wrong.status_code) == (404, 405)
    assert wrong.headers["Allow"] == "GET"
    assert {answer.headers["Content-Type"] for answer in (nowhere, wrong)} == {"application/problem+json"}


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"overlap_hours": "many"}', b'{"overlap_hours": 1e400}'])
def test_a_body_that_cannot_be_read_is_said(cms: Program, body: bytes) -> None:
    answer = cms.client.post(
        "/api/v1/token/rotate", body, "application/json", headers={"Authorization": f"Bearer {cms.token}"}
    )
    assert answer.status_code in (400, 422)
    assert said(answer)["detail"]
    assert ApiToken.objects.get().previous_digest is None


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "WzFlOTldCg", "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd", "é"])
def test_a_cursor_that_is_none_is_said(cms: Program, cursor: str) -> None:
    assert cms.get("/audit", cursor=cursor).status_code == 422


def test_pages_hold_everything_once_whatever_is_added_meanwhile(cms: Program) -> None:
    for number in range(7):
        audit.record(f"deed.{number}", actor="maria", door="desk")
    seen, cursor = [], ""
    while True:
        page = cms.get("/audit", limit=3, cursor=cursor)
        seen += [entry["action"] for entry in items_of(page)]
        audit.record("later", actor="maria", door="desk")
        cursor = said(page)["next"]
        if cursor is None:
            break
        assert f"cursor={cursor}" in page.headers["Link"].replace("%3D", "=")
    assert seen == [f"deed.{number}" for number in reversed(range(7))]


def test_a_token_of_one_publication_sees_no_other(program: Callable[..., Program], publication: Publication) -> None:
    other = world.make_publication("beacon")
    audit.record("here", actor="maria", door="desk", publication=publication)
    audit.record("there", actor="maria", door="desk", publication=other)
    bound = program("audit:read", role="manager", of=publication)
    assert [entry["action"] for entry in items_of(bound.get("/audit"))] == ["here"]
    assert bound.get("/audit", publication="beacon").status_code == 403
    free = program("audit:read", role="manager")
    assert [entry["action"] for entry in items_of(free.get("/audit", publication="beacon"))] == ["there"]
    assert free.get("/audit", publication="nowhere").status_code == 422


def test_the_record_of_deeds_is_never_changed(cms: Program) -> None:
    cms.post("/token/rotate", {})
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.door) == ("token.rotate", "admin-of-programs, by the token “CMS”", "api")
    assert entry.subject == f"token {ApiToken.objects.get().public_id}"
    for change in (lambda: AuditEntry.objects.update(actor="x"), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


class Deed(Schema):
    name: str


class Done(Schema):
    name: str
    number: int


@pytest.fixture
def deeds(monkeypatch: pytest.MonkeyPatch) -> Callable[..., HttpResponse]:
    """An operation of a test that makes an editor, refuses “bad”, and breaks on “broken”."""
    monkeypatch.setattr(operations, "TRAITS", dict(operations.TRAITS))
    router = Router()
    entered = threading.Semaphore(0)

    @operation(router, "POST", "/deeds", id="deeds.do", summary="Do it", scope="letters:write", returns=Done)
    def do(request: ApiRequest, body: Deed) -> Done:
        publication_of(request)
        entered.release()
        user = User.objects.create_user(f"{body.name}-{User.objects.count()}")
        if body.name == "bad":
            raise BadInput("Bad deeds are not done.")
        if body.name == "broken":
            raise RuntimeError("a secret: hunter2")
        return Done(name=user.username, number=User.objects.count())

    api = make_api(urls_namespace="deeds")
    api.add_router("", router)
    view: Any = next(pattern.callback for pattern in api.urls[0] if "deeds" in str(pattern.pattern))

    def ask(caller: Program, body: dict[str, Any], *, key: str = "") -> HttpResponse:
        request = RequestFactory().post(
            "/deeds",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {caller.token}", **({"Idempotency-Key": key} if key else {})},
        )
        response: HttpResponse = view(request)
        return response

    return ask


def test_what_is_to_go_says_so_in_each_answer(monkeypatch: pytest.MonkeyPatch, cms: Program) -> None:
    # So that it is gone again at the end: the description of this API has to find it meanwhile.
    monkeypatch.setitem(operations.TRAITS, "old.show", operations.Traits(""))
    del operations.TRAITS["old.show"]
    router = Router()

    @operation(
        router, "GET", "/old", id="old.show", summary="As it was", scope="", returns=Done,
        deprecated_since=date(2026, 11, 30), removed_on=date(2027, 11, 30),
    )  # fmt: skip
    def show(request: ApiRequest) -> Done:
        return Done(name="old", number=1)

    api = make_api(urls_namespace="old")
    api.add_router("", router)
    view: Any = next(pattern.callback for pattern in api.urls[0] if "old" in str(pattern.pattern))
    answer = view(RequestFactory().get("/old", headers={"Authorization": f"Bearer {cms.token}"}))
    assert answer.status_code == 200
    assert answer.headers["Deprecation"] == "@1795996800"  # RFC 9745: seconds since 1970
    assert answer.headers["Sunset"] == "Tue, 30 Nov 2027 00:00:00 GMT"  # RFC 8594
    assert api.get_openapi_schema(path_prefix="/")["paths"]["/old"]["get"]["deprecated"] is True


def test_the_same_key_does_it_once(deeds: Callable[..., HttpResponse], cms: Program) -> None:
    before = User.objects.count()
    first, again = (deeds(cms, {"name": "good"}, key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert again.headers[idempotency.REPLAY_HEADER] == "true"
    assert User.objects.count() == before + 1
    assert AuditEntry.objects.count() == 1
    assert deeds(cms, {"name": "good"}, key="k2").content != first.content
    assert deeds(cms, {"name": "good"}).status_code == 200


def test_a_key_with_another_request_is_refused(deeds: Callable[..., HttpResponse], cms: Program) -> None:
    deeds(cms, {"name": "good"}, key="k1")
    answer = deeds(cms, {"name": "other"}, key="k1")
    assert (answer.status_code, said(answer)["type"]) == (422, "/api/v1/problems#key-reused")


def test_keys_are_each_tokens_own(
    deeds: Callable[..., HttpResponse], cms: Program, program: Callable[..., Program]
) -> None:
    deeds(cms, {"name": "good"}, key="k1")
    assert idempotency.REPLAY_HEADER not in deeds(program(), {"name": "good"}, key="k1").headers


@pytest.mark.parametrize(("name", "status"), [("bad", 422), ("broken", 500)])
def test_what_is_refused_leaves_nothing_and_may_be_mended(
    name: str, status: int, deeds: Callable[..., HttpResponse], cms: Program, caplog: pytest.LogCaptureFixture
) -> None:
    before = User.objects.count()
    for key in ("k1", ""):
        answer = deeds(cms, {"name": name}, key=key)
        assert answer.status_code == status
        assert "hunter2" not in answer.content.decode()
    assert (User.objects.count(), StoredAnswer.objects.count(), AuditEntry.objects.count()) == (before, 0, 0)
    assert deeds(cms, {"name": "good"}, key="k1").status_code == 200


@pytest.mark.parametrize("key", ["x" * 256, "ключ"])
def test_a_bad_key_is_refused(key: str, deeds: Callable[..., HttpResponse], cms: Program) -> None:
    assert deeds(cms, {"name": "good"}, key=key).status_code == 422


def test_fifty_equal_requests_at_once_do_it_once(deeds: Callable[..., HttpResponse], cms: Program) -> None:
    before = User.objects.count()
    answers: list[HttpResponse] = []

    def ask() -> None:
        try:
            answers.append(deeds(cms, {"name": "good"}, key="k1"))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(answers) == 50
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert User.objects.count() == before + 1


def test_answers_are_forgotten_after_a_day(deeds: Callable[..., HttpResponse], cms: Program) -> None:
    deeds(cms, {"name": "good"}, key="k1")
    assert stored_answers.forget(timezone.now() + timedelta(hours=23)) == 0
    assert stored_answers.forget(timezone.now() + timedelta(hours=25)) == 1


def test_the_description_is_of_openapi_31_and_says_what_is_true_of_all(publication: Publication) -> None:
    described = said(Client().get("/api/v1/openapi.json"))
    assert described["openapi"].startswith("3.1")
    rotate = described["paths"]["/api/v1/token/rotate"]["post"]
    assert rotate["security"] == [{"token": []}]
    assert list(rotate["responses"]["422"]["content"]) == ["application/problem+json"]
    for path, methods in described["paths"].items():
        for method, details in methods.items():
            assert details["operationId"] in operations.TRAITS, (method, path)
            assert details["tags"], (method, path)


def test_the_pages_about_it_are_ours(publication: Publication) -> None:
    page = Client().get("/api/v1/docs")
    assert page.status_code == 200
    assert "https://" not in page.content.decode().replace("https://www.w3.org", "")
    problems = Client().get("/api/v1/problems").content.decode()
    assert all(f'id="{name}"' in problems for name in PROBLEMS)
    assert Client().get("/api/v1/").status_code == HTTPStatus.FOUND


def test_strangers_who_guess_have_to_wait(broker: redis.Redis, cms: Program) -> None:
    answers = [Client().get("/api/v1/token", headers={"Authorization": "Bearer guess"}).status_code for _ in range(130)]
    assert {*answers} == {401, 429}
