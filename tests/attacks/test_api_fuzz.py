"""The API under what Schemathesis makes of its own description: no 5xx, and every answer as it is described."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from distributor.domain.api_scopes import SCOPES
from distributor.domain.letters import Draft
from distributor.people import api_tokens, editors
from tests.integration import world

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 6  # of each mode and operation; more by hand
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@schemathesis.serializer("application/x-ndjson")  # type: ignore[untyped-decorator, unused-ignore]
def _lines(_context: Any, value: Any) -> bytes:
    """Send a body of lines as it was made: good ones are no matter of the description."""
    return str(value).encode("utf-8", "replace")


@pytest.fixture
def token(transactional_db: None, broker: object, draft: Draft) -> Iterator[str]:
    """A token that may do everything, where there is a letter, a list and people to do it with."""
    letter = world.make_letter(draft)
    world.make_list(letter.publication, 3)
    editors.add("root", "a-long-password", role="admin")
    new = api_tokens.create("Fuzz", owner="root", scopes=tuple(SCOPES), requests_per_minute=1_000_000)
    # Or each request would close the test's connection.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield new.token
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


# Streams go on until their reader leaves, and need the server that users have: tests/integration tries them there.
STREAMS = {"GET /api/v1/events"}
OPERATIONS: tuple[Any, ...] = tuple(
    operation
    for operation in (cast("Any", result).ok() for result in schema.get_all_operations())
    if operation.label not in STREAMS
)


# Schemathesis would give each operation's test the same id, of which pytest-xdist runs one.
@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
@pytest.mark.parametrize("mode", list(GenerationMode), ids=[mode.value for mode in GenerationMode])
def test_every_operation_answers_as_it_is_described(operation: Any, mode: GenerationMode, token: str) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    def answers(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    try:
        answers()
    except Unsatisfiable:  # nothing can be wrong with what takes nothing
        assert mode is GenerationMode.NEGATIVE
