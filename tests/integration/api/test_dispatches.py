"""Dispatches by the API: queueing, reading, and all that can be done with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from distributor.api.operations import TRAITS
from distributor.api.v1.service import api
from distributor.audience.models import Subscriber
from distributor.delivery import actions
from distributor.delivery.models import Batch, Delivery, Dispatch
from distributor.delivery.reports import progress
from distributor.domain.dispatch_actions import ACTIONS, Action
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Outcome, Rejected
from distributor.domain.recipients import Recipient
from distributor.domain.states import State
from distributor.insights import tracking
from distributor.letters.models import Letter, Publication
from distributor.people.models import AuditEntry
from tests.integration import world
from tests.integration.api.conftest import Program, content_of, items_of
from tests.integration.conftest import ScriptedChannel
from tests.integration.test_dispatch_actions import ELSEWHERE, VALUES, put_in

pytestmark = [pytest.mark.usefixtures("broker"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def letter(draft: Draft, publication: Publication) -> Letter:
    return world.make_letter(draft, publication)


@pytest.fixture
def dispatch(letter: Letter, post_channel: ScriptedChannel) -> Dispatch:
    world.connect(letter.publication, "scripted")
    return world.queue(letter, "scripted")[0]


@pytest.fixture
def mailing(letter: Letter, mail_channel: ScriptedChannel) -> Dispatch:
    world.connect(letter.publication, mail_channel.name)
    return world.queue(letter, mail_channel.name, lists=[world.make_list(letter.publication, 5)])[0]


def body(action: Action) -> dict[str, Any]:
    """What an operation takes, with every argument that an action has."""
    return {argument.name: VALUES[argument.kind] for argument in action.arguments if argument.kind != "flag"}


def test_a_letter_is_queued_as_drafts(cms: Program, letter: Letter, post_channel: ScriptedChannel) -> None:
    world.connect(letter.publication, "scripted")
    answer = cms.post(f"/letters/{letter.pk}/dispatches", {"channels": ["scripted", "link"], "at": "in 2 hours"})
    assert answer.status_code == 201, answer.content
    assert answer.headers["Location"] == f"/api/v1/dispatches?letter={letter.pk}"
    dispatches = content_of(answer)["dispatches"]
    assert [(row["channel"], row["state"]) for row in dispatches] == [("link", "draft"), ("scripted", "draft")]
    due = datetime.fromisoformat(dispatches[0]["due_at"])
    assert timedelta(minutes=119) < due - datetime.now(UTC) <= timedelta(hours=2)
    again = cms.post(f"/letters/{letter.pk}/dispatches", {"channels": ["link"]})
    assert (again.status_code, content_of(again)["dispatches"]) == (200, [])
    assert "stays as it is" in content_of(again)["notes"][0]
    assert AuditEntry.objects.order_by("pk")[0].subject == f"letter {letter.pk}"


def test_queueing_approved_needs_its_scope(program: Callable[..., Program], letter: Letter) -> None:
    wish = {"channels": ["link"], "approve": True, "hold_minutes": 0}
    refused = program("dispatches:write").post(f"/letters/{letter.pk}/dispatches", wish)
    assert (refused.status_code, Dispatch.objects.count()) == (403, 0)
    answer = program("dispatches:write", "dispatches:approve").post(f"/letters/{letter.pk}/dispatches", wish)
    assert content_of(answer)["dispatches"][0]["state"] in ("held", "scheduled")


def test_mail_is_queued_for_lists_and_a_segment(cms: Program, letter: Letter, mail_channel: ScriptedChannel) -> None:
    world.make_list(letter.publication, 3)
    world.make_list(letter.publication, 3, "friends")
    wish = {"channels": [mail_channel.name], "lists": ["friends"], "spread_hours": 3, "hold_minutes": 7}
    answer = cms.post(f"/letters/{letter.pk}/dispatches", wish)
    (row,) = content_of(answer)["dispatches"]
    assert (row["lists"], row["spread_hours"], row["hold_minutes"]) == (["friends"], 3, 7)
    wrong = cms.post(f"/letters/{letter.pk}/dispatches", wish | {"lists": ["enemies"]})
    assert (wrong.status_code, "no list “enemies”" in content_of(wrong)["detail"]) == (422, True)


@pytest.mark.parametrize(
    "wish",
    [
        {"channels": ["telepathy"]},
        {"at": "yesterday"},
        {"aprove": True},
        {"channels": ["x" * 201]},
        {"channels": ["\0"]},
        {"segment": "\ud800"},
        {"hold_minutes": 10**30},
        {"spread_hours": -1},
        {"segment": "nobody"},
    ],
)
def test_what_cannot_be_queued_is_refused(wish: dict[str, Any], cms: Program, letter: Letter) -> None:
    answer = cms.post(f"/letters/{letter.pk}/dispatches", wish)
    assert (answer.status_code, Dispatch.objects.count()) == (422, 0), answer.content


def test_a_time_that_is_not_clear_is_asked_about(cms: Program, letter: Letter) -> None:
    answer = cms.post(f"/letters/{letter.pk}/dispatches", {"channels": ["link"], "at": "Monday 9am IST"})
    problem = content_of(answer)
    assert (answer.status_code, problem["type"].rpartition("#")[2]) == (422, "ambiguous-time")
    clear = cms.post(f"/letters/{letter.pk}/dispatches", {"channels": ["link"], "at": problem["moments"][0]})
    assert clear.status_code == 201


def test_two_equal_requests_queue_once(cms: Program, letter: Letter) -> None:
    answers = [cms.post(f"/letters/{letter.pk}/dispatches", {"channels": ["link"]}, key="k-1") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert Dispatch.objects.count() == 1


def test_every_action_is_an_operation() -> None:
    paths = api.get_openapi_schema()["paths"]
    for action in ACTIONS.values():
        details = paths[f"/api/v1/dispatches/{{dispatch_id}}/{action.name}"]["post"]
        scope = TRAITS[details["operationId"]].scope
        assert scope == ("dispatches:approve" if action.approves else "dispatches:write")


@pytest.mark.parametrize("state", State)
def test_what_is_offered_can_be_done_and_nothing_else(
    state: State, cms: Program, dispatch: Dispatch, post_channel: ScriptedChannel
) -> None:
    for name, action in ACTIONS.items():
        if name in ELSEWHERE:
            continue
        put_in(dispatch, state)
        offered = {offer["name"]: offer for offer in content_of(cms.get(f"/dispatches/{dispatch.pk}/offers"))}
        assert set(offered) == {offer.action.name for offer in actions.offers(dispatch, role="admin")}
        answer = cms.post(f"/dispatches/{dispatch.pk}/{name}", body(action))
        if name not in offered:
            assert answer.status_code == 409, answer.content
            continue
        if question := offered[name]["question"]:
            assert (answer.status_code, content_of(answer)["detail"]) == (409, question)
            answer = cms.post(f"/dispatches/{dispatch.pk}/{name}", body(action) | {"confirmed": True})
        assert answer.status_code == 200, answer.content
        dispatch.refresh_from_db()
        assert content_of(answer)["dispatch"]["state"] == dispatch.state
        assert AuditEntry.objects.latest("pk").action == f"dispatches.{name.replace('-', '_')}"


def test_an_action_without_arguments_needs_no_body(cms: Program, dispatch: Dispatch) -> None:
    put_in(dispatch, State.SCHEDULED)
    assert cms.ask("POST", f"/dispatches/{dispatch.pk}/pause").status_code == 200
    refused = cms.ask("POST", f"/dispatches/{dispatch.pk}/reschedule")
    assert (refused.status_code, content_of(refused)["detail"]) == (422, "The body: It is missing.")


def test_a_mailing_is_sent_again_to_those_not_reached(
    cms: Program, mailing: Dispatch, mail_channel: ScriptedChannel
) -> None:
    first = world.reader(0).email
    accept = mail_channel.answer

    def refuse_first(recipient: Recipient | None) -> Outcome:
        if recipient is not None and recipient.email == first:
            return Rejected("5.7.1 No.", code="5.7.1")
        return accept(recipient)

    mail_channel.answer = refuse_first
    world.work(mailing)
    assert mailing.state == "partly"
    asked = cms.post(f"/dispatches/{mailing.pk}/resend", {"code": "5.7.1"})
    assert (asked.status_code, "1 person" in content_of(asked)["detail"]) == (409, True)
    done = content_of(cms.post(f"/dispatches/{mailing.pk}/resend", {"code": "5.7.1", "confirmed": True}))
    assert done["dispatch"]["resend_of"] == mailing.pk


def test_who_received_it_is_told_in_pages(cms: Program, mailing: Dispatch, program: Callable[..., Program]) -> None:
    world.work(mailing)
    path = f"/dispatches/{mailing.pk}/deliveries"
    first = cms.get(path, limit=3)
    second = cms.get(path, limit=3, cursor=content_of(first)["next"])
    people = [row["email"] for row in (*items_of(first), *items_of(second))]
    assert people == [f"reader{number}@inbox.example" for number in range(5)]
    assert items_of(cms.get(path, outcome="rejected")) == []
    Subscriber.objects.filter(email=people[0]).delete()
    gone = items_of(cms.get(path))[0]
    assert (gone["person"], gone["email"], gone["outcome"]) == (None, None, "accepted")
    assert program("dispatches:read").get(path).status_code == 403


def test_progress_tells_pace_and_end(cms: Program, mailing: Dispatch) -> None:
    world.work(mailing)
    told = content_of(cms.get(f"/dispatches/{mailing.pk}/progress"))
    assert (told["state"], told["outcomes"]["accepted"], told["outcomes"]["waiting"]) == ("sent", 5, 0)
    assert (told["per_second"], told["ends_at"]) == (0, None)


def test_the_end_comes_after_what_waits_at_the_pace_of_the_latest_batches(mailing: Dispatch) -> None:
    now = timezone.now()
    Dispatch.objects.filter(pk=mailing.pk).update(state="sending", spread_at=now, recipients=250)
    mailing.refresh_from_db()
    assert progress.of(mailing, now).ends_at is None
    batch = Batch.objects.create(
        dispatch=mailing, subscribers=[1], accepted=40, rejected=10, first_tried_at=now - timedelta(seconds=10)
    )
    told = progress.of(mailing, now)
    assert (told.per_second, told.ends_at) == (5.0, now + timedelta(seconds=40))
    batch.pk, batch.first_tried_at, batch.not_before = None, None, now + timedelta(hours=2)
    batch.accepted = batch.rejected = 0
    batch.save()
    assert progress.of(mailing, now).ends_at == now + timedelta(hours=2)


def test_a_post_has_attempts(cms: Program, dispatch: Dispatch) -> None:
    world.work(dispatch)
    (attempt,) = items_of(cms.get(f"/dispatches/{dispatch.pk}/attempts"))
    assert (attempt["number"], attempt["outcome"]) == (1, "accepted")
    assert content_of(cms.get(f"/dispatches/{dispatch.pk}"))["state"] == "sent"


def test_the_list_is_filtered(cms: Program, draft: Draft, dispatch: Dispatch, mailing: Dispatch) -> None:
    (page,) = world.queue(world.make_letter(draft, world.make_publication("beacon")), "link")
    put_in(mailing, State.PAUSED)

    def ids(**query: Any) -> list[int]:
        return [row["id"] for row in items_of(cms.get("/dispatches", **query))]

    assert ids() == [page.pk, mailing.pk, dispatch.pk]
    assert ids(publication="beacon") == [page.pk]
    assert ids(channel="scripted") == [dispatch.pk]
    assert ids(letter=page.letter_id) == [page.pk]
    assert ids(state="paused") == [mailing.pk]
    assert ids(state=["paused", "held", "scheduled"], finished="false") == [page.pk, mailing.pk, dispatch.pk]
    assert ids(finished="true") == []
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    assert (ids(due_from=later), ids(due_before=later)) == ([], ids())
    first = content_of(cms.get("/dispatches", limit=2))
    assert [row["id"] for row in items_of(cms.get("/dispatches", limit=2, cursor=first["next"]))] == [dispatch.pk]


def test_a_token_of_one_publication_sees_no_other_dispatch(program: Callable[..., Program], dispatch: Dispatch) -> None:
    stranger = program(role="admin", of=world.make_publication("beacon"))
    assert items_of(stranger.get("/dispatches")) == []
    for path in ("", "/progress", "/deliveries", "/attempts", "/offers"):
        assert stranger.get(f"/dispatches/{dispatch.pk}{path}").status_code == 404
    for name, action in ACTIONS.items():
        answer = stranger.post(f"/dispatches/{dispatch.pk}/{name}", body(action))
        assert answer.status_code == 404, name
    assert stranger.post(f"/letters/{dispatch.letter_id}/dispatches").status_code == 404
    assert stranger.post(f"/letters/{dispatch.letter_id}/withdraw").status_code == 404


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**40, "x", "%00"])
def test_what_is_no_id_is_no_dispatch(number: object, cms: Program) -> None:
    assert cms.get(f"/dispatches/{number}").status_code in (404, 422)
    assert cms.get("/dispatches", letter=str(number)).status_code == 422


def test_a_letter_is_withdrawn(cms: Program, dispatch: Dispatch) -> None:
    asked = cms.post(f"/letters/{dispatch.letter_id}/withdraw")
    assert (asked.status_code, content_of(asked)["type"].rpartition("#")[2]) == (409, "confirmation-needed")
    told = content_of(cms.post(f"/letters/{dispatch.letter_id}/withdraw", {"confirmed": True}))
    assert [row["state"] for row in told["dispatches"]] == ["cancelled"]
    assert told["summary"] == "Stopped: 1."


def test_a_list_costs_no_query_more_for_each_dispatch(
    cms: Program, dispatch: Dispatch, mailing: Dispatch, draft: Draft, django_assert_max_num_queries: Any
) -> None:
    assert Delivery.objects.count() == 0
    for number in range(5):
        world.queue(world.make_letter(draft_of(draft, number), dispatch.publication), "scripted", "link")
    with django_assert_max_num_queries(20):
        assert len(items_of(cms.get("/dispatches"))) == 12


def draft_of(draft: Draft, number: int) -> Draft:
    return replace(draft, source=f"https://lantern.example/{uuid4()}", title=f"Letter {number}")


def test_a_mailing_is_sent_again_to_who_has_not_opened_it(cms: Program, mailing: Dispatch) -> None:
    world.work(mailing)
    assert mailing.variant is not None
    mailing.variant["data"]["links"] = ["https://lantern.example/fog"]
    mailing.save(update_fields=["variant"])
    tracking.note_open(mailing.pk, world.reader(0).pk, at=timezone.now())
    (offer,) = [
        offer for offer in content_of(cms.get(f"/dispatches/{mailing.pk}/offers")) if offer["name"] == "resend-unopened"
    ]
    assert "mailed to everyone who got it" in offer["question"]
    path = f"/dispatches/{mailing.pk}/resend-unopened"
    asked = cms.post(path, {"subject": "Did you see it?"})
    assert (asked.status_code, f"{mailing.recipients - 1} people" in content_of(asked)["detail"]) == (409, True)
    done = content_of(cms.post(path, {"subject": "Did you see it?", "confirmed": True}))["dispatch"]
    assert (done["resend_of"], done["to_nonopeners"], done["subject"]) == (mailing.pk, True, "Did you see it?")
