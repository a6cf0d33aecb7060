"""The client against the API itself, and the API's description."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from ninja import Schema

from distributor.client import Changed, Client, ConfirmationNeeded, ProblemError
from distributor.delivery.models import Dispatch
from distributor.domain.letters import Draft
from distributor.letters.models import Letter, Publication
from tests.integration import world
from tests.integration.api.conftest import Program

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.usefixtures("broker"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def letter(draft: Draft, publication: Publication) -> Letter:
    return world.make_letter(draft, publication)


@pytest.fixture
def client(program: Callable[..., Program]) -> Iterator[Client]:
    """A client of an admin, in this process."""
    for signal in (request_started, request_finished):  # or each request would close the test's connection
        signal.disconnect(close_old_connections)
    http = httpx.Client(
        transport=httpx.WSGITransport(get_wsgi_application()),
        base_url="http://testserver",
        headers={"Authorization": f"Bearer {program(role='admin').token}"},
    )
    with Client("", "", client=http) as client:
        yield client
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_a_letter_goes_from_queue_to_cancelled(client: Client, letter: Letter) -> None:
    plan = client.letters.queue(letter.pk, channels=["link"], approve=True, hold_minutes=60)
    (dispatch,) = plan.dispatches
    assert (dispatch.state, dispatch.letter.title) == ("held", letter.title)
    assert client.dispatches.take_back(dispatch.id).dispatch.state == "draft"
    assert [offer.name for offer in client.dispatches.offers(dispatch.id)][:2] == ["approve", "release"]
    with pytest.raises(ConfirmationNeeded, match="stop for good"):
        client.dispatches.cancel(dispatch.id)
    assert client.dispatches.cancel(dispatch.id, confirmed=True).dispatch.state == "cancelled"
    assert [entry.action for entry in client.audit.list()][-1] == "letters.queue"


def test_lists_are_gone_through_to_their_end(client: Client, letter: Letter) -> None:
    for _ in range(3):
        client.letters.queue(letter.pk, channels=["link"])
        Dispatch.objects.filter(state="draft").update(state="cancelled")
    assert len(list(client.dispatches.list(limit=2))) == 3
    assert list(client.dispatches.list(state=["draft"])) == []


def test_what_was_read_is_not_overwritten(client: Client, publication: Publication) -> None:
    read = client.publications.show("lantern")
    client.publications.update("lantern", settings={"language": "ko"}, if_match=read.etag)
    with pytest.raises(Changed):
        client.publications.update("lantern", settings={"language": "de"}, if_match=read.etag)
    with pytest.raises(ProblemError, match="choose"):
        client.channel_settings.update("lantern", "twitter", settings={"thread": "perhaps"})


def test_it_says_what_the_api_says_by_now() -> None:
    result = subprocess.run(
        [sys.executable, "scripts/client", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_it_needs_nothing_else_of_the_product() -> None:
    code = "import sys, distributor.client; print([name for name in sys.modules if name.startswith(('dj', 'dis'))])"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "django" not in result.stdout
    names = {name.strip("'") for name in result.stdout.strip("[]\n").split(", ")}
    others = {name for name in names if name.startswith("distributor") and "client" not in name}
    assert others == {"distributor"}


def test_no_two_schemas_have_one_name() -> None:
    """The description has one of each name: answers of the other would not be as they are described."""
    modules: dict[str, set[str]] = {}
    schemas = [Schema]
    while schemas:
        schema = schemas.pop()
        schemas += schema.__subclasses__()
        if schema.__module__.startswith("distributor.api."):
            modules.setdefault(schema.__name__, set()).add(schema.__module__)
    assert {name: places for name, places in modules.items() if len(places) > 1} == {}
