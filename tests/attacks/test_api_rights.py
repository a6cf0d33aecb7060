"""Every operation of the API, whatever is added, against strangers, every scope, and a token of another publication."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from distributor.api.v1.service import api
from distributor.domain.api_scopes import SCOPES
from distributor.domain.dispatch_actions import ROLES, Role, permits
from distributor.domain.errors import BadInput
from distributor.letters.models import Publication
from distributor.people import editors
from distributor.people.models import AuditEntry, StoredAnswer
from tests.integration import world
from tests.integration.api.conftest import Program, content_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]


@dataclass(frozen=True)
class Operation:
    """One operation as the description has it; `scope` is "" for any token."""

    name: str
    method: str
    path: str
    scope: str
    role: Role

    def url(self) -> str:
        """Return an address below /api/v1 with something in each of its places."""
        parts = (_SOMETHING.get(part, "1") if part.startswith("{") else part for part in self.path.split("/"))
        return "/".join(parts).removeprefix("/api/v1")


_SOMETHING = {"{key}": "0190b3a4-7a3c-7cc0-8f6e-0d2f3c1f9d11"}  # whatever is no number


def _operations() -> Iterator[Operation]:
    description = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    for path, methods in description["paths"].items():
        for method, details in methods.items():
            yield Operation(details["operationId"], method.upper(), path, details["x-scope"], details["x-role"])


OPERATIONS = tuple(sorted(_operations(), key=lambda operation: operation.name))
SCOPED = tuple(operation for operation in OPERATIONS if operation.scope)


def says_scope(answer: Any) -> bool:
    """Whether an answer refuses for want of a scope."""
    return answer.status_code == 403 and "lacks the scope" in content_of(answer)["detail"]


def test_there_are_operations() -> None:
    assert len(OPERATIONS) > 5


def test_strangers_get_nothing(publication: object) -> None:
    for operation in OPERATIONS:
        answer = Client().generic(operation.method, f"/api/v1{operation.url()}", b"{}", "application/json")
        assert answer.status_code == 401, operation
        assert answer.headers["Content-Type"] == "application/problem+json", operation


def test_each_scope_opens_its_own_operations_and_no_other(program: Callable[..., Program]) -> None:
    for scope in SCOPES:
        others = program(*(name for name in SCOPES if name != scope), role="admin")
        own = program(scope, role="admin")
        for operation in SCOPED:
            if operation.scope == scope:
                assert says_scope(others.ask(operation.method, operation.url(), {})), operation
            else:
                assert says_scope(own.ask(operation.method, operation.url(), {})), operation


def test_the_needed_scope_is_enough(program: Callable[..., Program]) -> None:
    callers = {scope: program(scope, role="admin") for scope in SCOPES}
    for operation in SCOPED:
        answer = callers[operation.scope].ask(operation.method, operation.url(), {})
        assert answer.status_code != 401, operation
        assert answer.status_code < 500, (operation, answer.content)
        assert not says_scope(answer), operation


@pytest.mark.parametrize("role", ROLES)
def test_an_operation_is_for_programs_of_those_who_have_its_role(role: Role, program: Callable[..., Program]) -> None:
    caller = program(role=role)
    for operation in OPERATIONS:
        answer = caller.ask(operation.method, operation.url(), {})
        is_refused = answer.status_code == 403 and b"for those who are" in answer.content
        assert is_refused != permits(role, operation.role), operation


def test_a_token_lets_in_as_far_as_its_owner_has_a_role(
    program: Callable[..., Program], publication: Publication
) -> None:
    writer, beacon = program(role="writer"), world.make_publication("beacon")
    assert content_of(writer.get("/token"))["role"] == "writer"
    editors.set_role("writer-of-programs", "editor", publication=beacon)
    assert content_of(writer.get("/token"))["role"] == "writer"  # a token for all has the role in all
    assert content_of(program(role="writer", of=beacon).get("/token"))["role"] == "editor"
    editors.set_role("writer-of-programs", None)
    assert writer.get("/token").status_code == 401
    assert content_of(program(role="writer").get("/token"))["publication"] == "beacon"  # the only one with a role
    with pytest.raises(BadInput, match="has no role in that publication"):
        program(role="writer", of=publication)


def test_what_is_refused_is_not_recorded(program: Callable[..., Program]) -> None:
    nobody = program("events:read", role="admin")
    for operation in SCOPED:
        if operation.scope != "events:read" and operation.method == "POST":
            nobody.post(operation.url(), {}, key=operation.name)
    assert AuditEntry.objects.count() == StoredAnswer.objects.count() == 0


def test_a_token_of_another_publication_changes_and_reads_nothing_here(
    program: Callable[..., Program], publication: object
) -> None:
    """What there is belongs to the lantern: for a program of the beacon nothing of it exists."""
    stranger = program(role="admin", of=world.make_publication("beacon"))
    for operation in OPERATIONS:
        path = operation.path.replace("{slug}", "lantern").replace("{publication}", "lantern")
        if path == operation.path:
            continue
        url = Operation(operation.name, operation.method, path, operation.scope, operation.role).url()
        answer = stranger.ask(operation.method, url, {})
        assert answer.status_code in (403, 404, 422), (operation, answer.content)
        assert b"Lantern" not in answer.content, operation
