"""Programs that ask the API: each fixture is a client with a token, on a database of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.test import Client

from distributor.domain.api_scopes import SCOPES
from distributor.domain.dispatch_actions import Role
from distributor.letters.models import Publication
from distributor.people import api_tokens, editors
from tests.integration import world


@dataclass
class Program:
    """A client of the API with a token: paths are those below /api/v1."""

    token: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, **query: Any
    ) -> HttpResponse:
        """Send one request; `body` is JSON."""
        given: dict[str, str] = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        response: Any = self.client.generic(
            method,
            f"/api/v1{path}",
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers=given,
            query_params=query or None,
        )
        return cast("HttpResponse", response)

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.ask("GET", path, **query)

    def post(self, path: str, body: Any = None, *, key: str = "") -> HttpResponse:
        return self.ask("POST", path, {} if body is None else body, {"Idempotency-Key": key} if key else {})

    def patch(self, path: str, body: Any, *, if_match: str = "") -> HttpResponse:
        return self.ask("PATCH", path, body, {"If-Match": if_match} if if_match else {})

    def put(self, path: str, body: Any) -> HttpResponse:
        return self.ask("PUT", path, body)

    def delete(self, path: str) -> HttpResponse:
        return self.ask("DELETE", path)


@pytest.fixture
def publication(transactional_db: None) -> Publication:
    """The publication of most tests."""
    return world.make_publication()


@pytest.fixture
def program(publication: Publication) -> Callable[..., Program]:
    """Make a program of an editor, with these scopes (else all)."""
    editors.add("root", "a-long-password", role="admin")

    def make(
        *scopes: str, role: Role = "editor", of: Publication | None = None, per_minute: int = 1_000_000
    ) -> Program:
        name = f"{role}-of-programs"
        if name not in {editor.name for editor in editors.editors()}:
            editors.add(name, "a-long-password", role=role)
        new = api_tokens.create(
            "CMS", owner=name, scopes=scopes or tuple(SCOPES), publication=of, requests_per_minute=per_minute
        )
        return Program(new.token)

    return make


@pytest.fixture
def cms(program: Callable[..., Program]) -> Program:
    """A program of an admin that may do everything."""
    return program(role="admin")


def items_of(response: HttpResponse) -> Sequence[Mapping[str, Any]]:
    """Return what a page of a list holds."""
    assert response.status_code == 200, response.content
    items: Sequence[Mapping[str, Any]] = json.loads(response.content)["items"]
    return items


def content_of(response: HttpResponse) -> Any:
    """Return what an answer's JSON says."""
    return json.loads(response.content)
