"""`distributor webhooks`: endpoints from a shell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import transaction

from distributor.channels import standard_webhooks
from distributor.cli import doctor_webhooks
from distributor.cli.commands import cli
from distributor.domain.announcements import TYPES
from distributor.domain.errors import BadInput, ConfirmationNeeded
from distributor.letters.models import Publication
from distributor.webhooks import outbox, turns
from tests.integration import world
from tests.integration.webhook_receiver import Receiver, receiver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback_allowed")]


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    with receiver() as state:
        yield state


@pytest.fixture
def brand() -> Publication:
    return world.make_publication()


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["webhooks", *map(str, words)])


def answer(*words: object) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.output.splitlines()[-1])


def test_an_endpoint_is_made_changed_and_removed(brand: Publication, hooks: Receiver) -> None:
    assert "There is no endpoint yet" in run("list").output
    new = answer("add", hooks.url + "/crm", "--type", "letter.*", "--name", "CRM")
    assert standard_webhooks.is_secret(new["secret"])
    assert (new["types"], new["state"]) == (["letter.taken_in", "letter.changed", "letter.waiting"], "on")
    (listed,) = answer("list")
    assert "secret" not in listed
    assert answer("list", "--publication", brand.slug) == [listed]
    changed = answer("edit", new["id"], "--type", "*", "--off")
    assert (changed["types"], changed["state"]) == (list(TYPES), "off")
    assert "CRM" in run("list").output
    assert "state: off" in run("show", new["id"]).output
    rotated = run("rotate", new["id"])
    assert new["secret"] not in rotated.output
    assert rotated.output.startswith("whsec_")
    assert "The old one signs beside it until" in rotated.output
    assert isinstance(run("remove", new["id"]).exception, ConfirmationNeeded)
    assert "is removed" in run("remove", new["id"], "--yes").output
    assert isinstance(run("show", new["id"]).exception, BadInput)


def test_an_endpoint_is_tried_and_its_calls_are_listed_and_replayed(brand: Publication, hooks: Receiver) -> None:
    new = answer("add", hooks.url + "/crm", "--type", "import.done")
    assert "It was not called yet" in run("attempts", new["id"]).output
    assert "It took the call: 204" in run("test", new["id"]).output
    hooks.answers["/crm"] = [500, 500]
    assert "It did not take the call: 500 no" in run("test", new["id"]).output
    with transaction.atomic():
        outbox.announce("import.done", [outbox.News(brand.pk, {"import": 1})])
    outbox.fan_out()
    turns.take_turn()
    failed = answer("attempts", new["id"], "--failed")
    assert [row["type"] for row in failed] == ["import.done", "webhook.test"]
    assert len(answer("attempts", new["id"])) == 3
    assert "import.done" in run("attempts", new["id"]).output
    assert answer("replay", new["id"], "--message", failed[0]["message"]) == {"replayed": 1}
    turns.take_turn()
    assert answer("replay", new["id"], "--since", "yesterday") == {"replayed": 1}
    turns.take_turn()
    assert len({call.id for call in hooks.received}) == 3
    assert "sent again: 0" in run("replay", new["id"], "--since", "5 days ago", "--until", "yesterday").output


def test_doctor_tells_of_an_endpoint_that_fails_and_of_what_was_switched_off(
    brand: Publication, hooks: Receiver
) -> None:
    assert list(doctor_webhooks.endpoints()) == []
    new = answer("add", hooks.url + "/crm", "--type", "import.done", "--name", "CRM")
    hooks.answers["/crm"] = [500, 410]
    for state, sentence in (("note", "CRM fails"), ("wrong", "CRM is switched off. It answered that it is gone")):
        with transaction.atomic():
            outbox.announce("import.done", [outbox.News(brand.pk, {"import": 1})])
        outbox.fan_out()
        turns.take_turn()
        (finding,) = doctor_webhooks.endpoints()
        assert finding.state == state
        assert finding.message.startswith(sentence)
    answer("edit", new["id"], "--on")
    assert list(doctor_webhooks.endpoints()) == []


@pytest.mark.parametrize(
    "words",
    [("edit", "1"), ("replay", "1"), ("replay", "1", "--message", "1", "--since", "yesterday"), ("show", "1")],
    ids=["nothing to change", "nothing to replay", "two things to replay", "none of that number"],
)
def test_what_can_not_be_done_is_said(brand: Publication, words: tuple[str, ...]) -> None:
    assert isinstance(run(*words).exception, BadInput)
