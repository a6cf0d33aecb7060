"""Webhook endpoints by the API, and the stream of events over a running web server."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest
from django.utils import timezone

from distributor.domain.letters import Draft
from distributor.letters.models import Publication
from distributor.people.models import AuditEntry
from distributor.webhooks import outbox
from distributor.webhooks.models import WebhookMessage
from tests.integration import world
from tests.integration.api.conftest import Program, content_of, items_of
from tests.integration.web import web
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("broker")

URL = "https://hooks.example/distributor"


def test_an_endpoint_is_made_changed_rotated_and_forgotten(cms: Program) -> None:
    made = content_of(cms.post("/webhooks", {"url": URL, "types": ["letter.*"]}, key="k1"))
    assert made["secret"].startswith("whsec_")
    path = f"/webhooks/{made['id']}"
    shown = content_of(cms.get(path))
    assert "secret" not in shown
    assert (shown["state"], shown["url"]) == ("on", URL)
    assert all(name.startswith("letter.") for name in shown["types"])
    changed = content_of(cms.patch(path, {"name": "Board", "enabled": False}))
    assert (changed["name"], changed["state"]) == ("Board", "off")
    rotated = content_of(cms.post(f"{path}/rotate", {"overlap_hours": 2}))
    assert rotated["secret"] not in ("", made["secret"])
    assert rotated["previous_secret_until"]
    assert all(made["secret"] not in str(entry.details) for entry in AuditEntry.objects.all())
    assert cms.post(f"{path}/replay", {}).status_code == 422  # it is off
    assert cms.delete(path).status_code == 204
    assert cms.get(path).status_code == 404


@pytest.mark.parametrize("body", [{"url": "ftp://x.example/"}, {"url": URL, "types": ["letter.burnt"]}, {"url": ""}])
def test_an_endpoint_that_cannot_be_told_is_said(body: object, cms: Program) -> None:
    assert cms.post("/webhooks", body).status_code == 422


def test_what_was_announced_is_replayed(cms: Program, draft: Draft, publication: Publication) -> None:
    endpoint = content_of(cms.post("/webhooks", {"url": URL}))["id"]
    begin = timezone.now().isoformat()
    world.make_letter(draft, publication)
    outbox.fan_out()
    waiting = content_of(cms.get(f"/webhooks/{endpoint}"))["waiting"]
    assert waiting >= 1
    WebhookMessage.objects.update(state=WebhookMessage.State.DELIVERED)
    answer = cms.post(f"/webhooks/{endpoint}/replay", {"since": begin})
    assert content_of(answer)["messages"] == waiting
    assert content_of(cms.get(f"/webhooks/{endpoint}"))["waiting"] == waiting
    assert items_of(cms.get(f"/webhooks/{endpoint}/attempts")) == []


def test_a_token_of_another_publication_sees_no_endpoint(cms: Program, program: Callable[..., Program]) -> None:
    endpoint = content_of(cms.post("/webhooks", {"url": URL}))["id"]
    stranger = program(role="admin", of=world.make_publication("beacon"))
    assert items_of(stranger.get("/webhooks")) == []
    for answer in (stranger.get(f"/webhooks/{endpoint}"), stranger.post(f"/webhooks/{endpoint}/rotate", {})):
        assert answer.status_code == 404


def test_a_dashboard_hears_what_happens(cms: Program, draft: Draft, publication: Publication) -> None:
    headers = {"Authorization": f"Bearer {cms.token}"}
    with web() as server, httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=PATIENCE) as client:
        with client.stream("GET", "/api/v1/events?types=letter.*", headers=headers) as stream:
            assert stream.headers["Content-Type"].startswith("text/event-stream")
            lines = stream.iter_lines()
            next(lines)  # it has begun, so that what happens now is heard
            letter = world.make_letter(draft, publication)
            outbox.fan_out()
            data = next(line for line in lines if line.startswith("data: {"))
            event = json.loads(data.removeprefix("data: "))
            assert event["type"].startswith("letter.")
            assert letter.title in json.dumps(event, ensure_ascii=False)
        assert client.get("/api/v1/events", headers={**headers, "Last-Event-ID": "x"}).status_code == 422
        assert client.get("/api/v1/events").status_code == 401
