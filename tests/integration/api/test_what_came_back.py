"""Suppressions and returns by the API."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.utils import timezone

from distributor.audience import held_bursts
from distributor.audience.causes import REFUSAL, Cause
from distributor.audience.models import MailingList, Subscription, Suppression
from distributor.audience.suppression import is_suppressed, suppress
from distributor.domain.refusal_bursts import RefusalBurst
from distributor.domain.returns import Kind, MailEvent
from distributor.insights.returns import take_in
from distributor.letters.models import Publication
from distributor.people.models import AuditEntry
from tests.integration import world
from tests.integration.api.conftest import Program, content_of, items_of

pytestmark = pytest.mark.usefixtures("broker")


@pytest.fixture
def readers(publication: Publication) -> MailingList:
    return world.make_list(publication, 3)


def event(number: int, kind: Kind = Kind.HARD_BOUNCE, *, certain: bool = True) -> MailEvent:
    email = f"reader{number}@inbox.example"
    return MailEvent(
        kind, "dsn", f"{kind.value} {number}", timezone.now(), email=email, status="5.1.1", reason="User unknown",
        certain=certain, mail={} if certain else {"subject": "Gone", "text": "It is gone."},
    )  # fmt: skip


def test_addresses_are_suppressed_listed_and_lifted(cms: Program) -> None:
    first = cms.post("/suppressions", {"email": "ana@inbox.example", "detail": "by phone"})
    again = cms.post("/suppressions", {"email": "Ana@inbox.example"})
    assert (first.status_code, again.status_code, content_of(again)) == (201, 200, {"added": False})
    (item,) = items_of(cms.get("/suppressions", reason="manual", email="ANA@inbox.example"))
    assert (item["email"], item["detail"]) == ("ana@inbox.example", "by phone")
    assert items_of(cms.get("/suppressions", domain="other.example")) == []
    assert content_of(cms.post("/suppressions/lift", {"email": "ana@inbox.example"})) == {"removed": True}
    assert cms.post("/suppressions/lift", {"email": "ana@inbox.example"}).status_code == 404
    assert "inbox.example" not in json.dumps(list(AuditEntry.objects.values_list("subject", "details")))


def test_many_are_removed_after_a_look_and_a_yes(cms: Program, readers: MailingList) -> None:
    take_in([event(0), event(1, Kind.COMPLAINT)])
    order = {"source": "dsn"}
    looked = content_of(cms.post("/suppressions/remove", {**order, "dry_run": True}))
    assert (looked["preview"]["suppressions"], looked["preview"]["complaints"], looked["record"]) == (2, 1, None)
    assert cms.post("/suppressions/remove", order).status_code == 409
    assert cms.post("/suppressions/remove", {**order, "complaints": False}).status_code == 409
    done = content_of(cms.post("/suppressions/remove", {**order, "complaints": False, "confirmed": True}))
    assert done["record"]["suppressions"] == 1
    assert not is_suppressed("reader0@inbox.example")
    assert is_suppressed("reader1@inbox.example")
    assert cms.post("/suppressions/remove", {"dry_run": True}).status_code == 422


def test_what_complaints_ended_is_put_back(cms: Program, readers: MailingList) -> None:
    take_in([event(1, Kind.COMPLAINT)])
    assert Subscription.objects.filter(state="left").count() == 1
    done = content_of(cms.post("/returns/undo", {"reason": "complaint", "complaints": True, "confirmed": True}))
    assert (done["record"]["suppressions"], done["record"]["subscriptions"]) == (1, 1)
    assert Subscription.objects.filter(state="active").count() == 3
    assert [row["id"] for row in items_of(cms.get("/returns/undone"))] == [done["record"]["id"]]


def test_what_is_not_proven_waits_for_a_person(cms: Program, readers: MailingList) -> None:
    take_in([event(0, certain=False), event(1, certain=False), event(2)])
    assert len(items_of(cms.get("/returns", kind="hard bounce"))) == 3
    waiting = items_of(cms.get("/returns", undecided="true"))
    assert [row["consequence"] for row in waiting] == ["Suppress the address"] * 2
    one, two = (row["id"] for row in waiting)
    facts = content_of(cms.get(f"/returns/{one}"))
    assert facts["mail"]["text"] == "It is gone."
    assert cms.post("/returns/decide", {"ids": [one], "decision": "act on"}).status_code == 409
    acted = content_of(cms.post("/returns/decide", {"ids": [one], "decision": "act on", "confirmed": True}))
    assert acted == {"decided": [one], "problems": []}
    ignored = content_of(cms.post("/returns/decide", {"ids": [one, two], "decision": "ignore"}))
    assert (ignored["decided"], len(ignored["problems"])) == ([two], 1)
    assert is_suppressed("reader1@inbox.example")
    assert not is_suppressed("reader0@inbox.example")
    assert cms.get("/returns/999999").status_code == 404


def test_held_bursts_are_decided_about(cms: Program, publication: Publication) -> None:
    emails = [f"r{number}@one.example" for number in range(3)]
    suppress([(email, "5.1.1") for email in emails], reason=Suppression.Reason.HARD_BOUNCE, cause=Cause(REFUSAL, 7))
    held_bursts.hold(7, RefusalBurst("one.example", 10, 3, "550 5.1.1 no"))
    (burst,) = content_of(cms.get("/held-bursts"))["items"]
    assert (burst["people"], burst["domain"]) == (3, "one.example")
    path = f"/held-bursts/{burst['id']}/decide"
    assert cms.post(path, {"decision": "suppress"}).status_code == 409
    assert content_of(cms.post(path, {"decision": "suppress", "confirmed": True}))["people"] == 3
    assert cms.post(path, {"decision": "drop"}).status_code == 422
    assert cms.post("/held-bursts/999/decide", {"decision": "drop"}).status_code == 404
    assert all(map(is_suppressed, emails))


def test_a_token_of_one_of_several_publications_sees_none_of_it(
    program: Callable[..., Program], publication: Publication
) -> None:
    bound = program(of=publication)
    assert bound.get("/suppressions").status_code == 200  # there is no other publication
    world.make_publication("beacon")
    for path in ("/suppressions", "/returns", "/returns/1", "/returns/undone", "/held-bursts"):
        assert bound.get(path).status_code == 403
    assert bound.post("/suppressions", {"email": "ana@inbox.example"}).status_code == 403
    assert bound.post("/returns/undo", {"source": "dsn", "dry_run": True}).status_code == 403
    assert program("returns:read").post("/suppressions/lift", {"email": "ana@inbox.example"}).status_code == 403
