"""People and lists by the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from distributor.audience import actions, privacy
from distributor.audience.causes import PAGE, Cause
from distributor.audience.models import Consent, MailingList, Subscriber, Subscription
from distributor.audience.suppression import suppress_one
from distributor.letters.models import Publication
from distributor.people.models import AuditEntry
from tests.integration import world
from tests.integration.api.conftest import Program, content_of, items_of

pytestmark = pytest.mark.usefixtures("broker")

AGREED = {"at": "2026-11-01T09:00:00Z", "how": "Form on lantern.example/join"}


@pytest.fixture
def readers(publication: Publication) -> MailingList:
    return world.make_list(publication, 3)


def lines_of(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


def send_lines(program: Program, path: str, lines: Sequence[Any], media_type: str = "application/x-ndjson") -> Any:
    body = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return program.client.generic(
        "POST",
        f"/api/v1{path}",
        body.encode(),
        content_type=media_type,
        headers={"Authorization": f"Bearer {program.token}"},
    )


def test_lists_are_made_counted_and_renamed(cms: Program, readers: MailingList) -> None:
    actions.unsubscribe(world.reader(0).key, lists=[readers], how="page", cause=Cause(PAGE))
    made = cms.post("/lists", {"slug": "friends"}, key="a")
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/lists/{content_of(made)['id']}")
    assert content_of(cms.post("/lists", {"slug": "friends"}, key="a")) == content_of(made)
    assert [(row["slug"], row["people"]) for row in items_of(cms.get("/lists"))] == [
        ("readers", {"active": 2, "left": 1}),
        ("friends", {"active": 0, "left": 0}),
    ]
    assert cms.post("/lists", {"slug": "friends"}).status_code == 422
    assert cms.post("/lists", {"slug": "No Good"}).status_code == 422
    path = made.headers["Location"].removeprefix("/api/v1")
    tag = cms.get(path).headers["ETag"]
    assert content_of(cms.patch(path, {"name": "Old friends"}, if_match=tag))["name"] == "Old friends"
    assert cms.patch(path, {"name": "New friends"}, if_match=tag).status_code == 412


def test_a_list_is_read_whole_as_a_table_and_as_lines(cms: Program, readers: MailingList) -> None:
    Subscriber.objects.filter(pk=world.reader(0).pk).update(attributes={"city": "=Seoul"})
    table = cms.get(f"/lists/{readers.pk}/people", format="csv")
    text = b"".join(table.streaming_content).decode()  # type: ignore[attr-defined]
    assert "reader0@inbox.example,Reader 0,,,'=Seoul" in text
    assert len(text.splitlines()) == 4
    rows = lines_of(cms.get(f"/lists/{readers.pk}/people"))
    assert (rows[0]["email"], rows[0]["city"]) == ("reader0@inbox.example", "=Seoul")
    assert AuditEntry.objects.filter(action="lists.export").count() == 2


def test_a_person_is_made_once_and_put_on_lists_by_consent(cms: Program, readers: MailingList) -> None:
    body = {
        "email": "Ana@Inbox.example",
        "name": "Ana",
        "attributes": {"city": "Seoul", "age": 30},
        "lists": ["readers"],
    }
    assert cms.post("/people", body).status_code == 422  # nobody is put on a list without consent
    made = cms.post("/people", {**body, "consent": AGREED, "cadence": "weekly"})
    assert made.status_code == 201, made.content
    person = content_of(made)
    assert person["placements"] == {"readers": "added"}
    assert person["subscriptions"][0]["cadence"] == "weekly"
    again = cms.post("/people", {"email": "ana@inbox.example", "attributes": {"age": None, "plan": "gold"}})
    assert (again.status_code, content_of(again)["key"]) == (200, person["key"])
    assert content_of(again)["attributes"] == {"city": "Seoul", "plan": "gold"}
    consent = Consent.objects.get()
    assert (consent.how, consent.at) == (AGREED["how"], datetime(2026, 11, 1, 9, tzinfo=UTC))
    assert "by the token" in consent.actor
    details = json.dumps(list(AuditEntry.objects.values_list("subject", "details")))
    assert "inbox.example" not in details.lower()
    assert person["key"] in details


def test_who_left_comes_back_by_a_later_consent_alone(cms: Program, readers: MailingList) -> None:
    person = world.reader(0)
    actions.unsubscribe(person.key, lists=[readers], how="page", cause=Cause(PAGE))
    path = f"/people/{person.key}/subscriptions"
    early = cms.post(path, {"lists": ["readers"], "consent": AGREED})
    assert content_of(early)["placements"] == {"readers": "left"}
    assert Subscription.objects.get(subscriber=person).state == "left"
    now = timezone.now() + timedelta(seconds=1)
    late = cms.post(path, {"lists": ["readers"], "consent": {**AGREED, "at": now.isoformat()}})
    assert content_of(late)["placements"] == {"readers": "back"}
    assert Subscription.objects.get(subscriber=person).state == "active"


def test_an_erased_person_comes_back_by_a_later_consent_alone(cms: Program, readers: MailingList) -> None:
    body = {"email": "reader0@inbox.example", "lists": ["readers"], "consent": AGREED}
    assert cms.post("/people/erase", {"email": body["email"]}).status_code == 409
    erased = cms.post("/people/erase", {"email": body["email"], "confirmed": True})
    assert content_of(erased) == {"erased": True, "subscriptions": 1}
    assert cms.post("/people", body).status_code == 422
    assert not Subscriber.objects.filter(email=body["email"]).exists()
    later = {**AGREED, "at": (timezone.now() + timedelta(seconds=1)).isoformat()}
    assert cms.post("/people", {**body, "consent": later}).status_code == 201


def test_people_are_found_by_what_is_known_of_them(cms: Program, readers: MailingList) -> None:
    Subscriber.objects.filter(pk=world.reader(1).pk).update(attributes={"city": "Seoul"})
    actions.unsubscribe(world.reader(2).key, lists=[readers], how="page", cause=Cause(PAGE))
    suppress_one("reader0@inbox.example")

    def found(**query: Any) -> list[str]:
        return sorted(item["email"].partition("@")[0] for item in items_of(cms.get("/people", **query)))

    assert found() == ["reader0", "reader1", "reader2"]
    assert found(email="READER1@inbox.example") == ["reader1"]
    assert found(text="ader 2") == ["reader2"]
    assert found(attribute="city:Seoul") == ["reader1"]
    assert found(list="readers", state="active") == ["reader0", "reader1"]
    assert found(list="readers", state="left") == ["reader2"]
    assert found(state="suppressed") == ["reader0"]
    body = content_of(cms.post("/people/search", {"email": "reader0@inbox.example"}))
    assert body["items"][0]["suppressed"] == "manual"
    first = content_of(cms.get("/people", limit=2))
    assert [item["email"] for item in content_of(cms.get("/people", limit=2, cursor=first["next"]))["items"]] == [
        "reader0@inbox.example"
    ]
    assert cms.get("/people", list="nobodys").status_code == 422
    assert cms.get("/people", attribute="city").status_code == 422
    assert cms.get("/people", text="\0").status_code == 422


def test_a_token_of_one_publication_sees_its_own_people_alone(
    program: Callable[..., Program], publication: Publication, readers: MailingList
) -> None:
    other = world.make_publication("beacon")
    theirs = world.make_list(other, 2, "beacons", first=2)  # reader2 is on both
    bound = program(of=other)
    assert [item["email"] for item in items_of(bound.get("/people"))] == [
        "reader3@inbox.example",
        "reader2@inbox.example",
    ]
    stranger, shared = world.reader(0), world.reader(2)
    for answer in (
        bound.get(f"/people/{stranger.key}"),
        bound.patch(f"/people/{stranger.key}", {"name": "X"}),
        bound.get(f"/people/{stranger.key}/history"),
        bound.delete(f"/people/{stranger.key}?confirmed=true"),
        bound.get(f"/lists/{readers.pk}"),
        bound.get(f"/lists/{readers.pk}/people"),
        bound.delete(f"/people/{shared.key}/subscriptions/{readers.pk}"),
    ):
        assert answer.status_code == 404
    assert [row["list"] for row in content_of(bound.get(f"/people/{shared.key}"))["subscriptions"]] == ["beacons"]
    for answer in (
        bound.get(f"/people/{shared.key}/export"),
        bound.delete(f"/people/{shared.key}?confirmed=true"),
        bound.post("/people", {"email": "a@inbox.example", "lists": ["readers"], "consent": AGREED}, key="k"),
    ):
        assert answer.status_code in (403, 422)
    assert bound.post("/people", {"email": "a@inbox.example"}).status_code == 422
    left = bound.delete(f"/people/{shared.key}/subscriptions/{theirs.pk}")
    assert content_of(left) == {"was_on": True}
    assert Subscription.objects.filter(subscriber=shared, state="active").get().list == readers


def test_preferences_are_read_and_set(cms: Program, readers: MailingList) -> None:
    path = f"/people/{world.reader(0).key}/preferences"
    assert content_of(cms.get(path))["items"] == [
        {"publication": "lantern", "cadence": "each letter", "lists": ["readers"]}
    ]
    assert content_of(cms.patch(path, {"cadence": "daily"}))["items"][0]["cadence"] == "daily"
    assert Subscription.objects.get(subscriber=world.reader(0)).digested_through is not None
    left = cms.delete(f"/people/{world.reader(0).key}/subscriptions/{readers.pk}")
    assert left.status_code == 200, left.content
    assert cms.patch(path, {"cadence": "weekly"}).status_code == 409


def test_the_history_has_consents_and_what_is_stored_can_be_exported(cms: Program, readers: MailingList) -> None:
    person = world.reader(0)
    cms.post(f"/people/{person.key}/subscriptions", {"lists": ["readers"], "consent": AGREED})
    history = content_of(cms.get(f"/people/{person.key}/history"))
    assert [row["how"] for row in history["consents"]] == [AGREED["how"]]
    assert content_of(cms.get(f"/people/{person.key}/export")) == json.loads(
        json.dumps(privacy.stored_data(person.email))
    )
    assert content_of(cms.delete(f"/people/{person.key}?confirmed=true")) == {"erased": True, "subscriptions": 1}
    assert cms.get(f"/people/{person.key}").status_code == 404


def test_many_people_are_stored_each_by_itself(cms: Program, readers: MailingList) -> None:
    lines = [
        {"email": "new@inbox.example", "lists": ["readers"], "consent": AGREED},
        {"email": "reader0@inbox.example", "name": "Reader 0"},
        {"email": "reader1@inbox.example", "name": "Other"},
        {"email": "no address"},
        "{ no json",
        {"email": "new@inbox.example", "name": "Second"},
        "",
        {"email": "x@inbox.example", "lists": ["nobodys"], "consent": AGREED},
        {"email": "nul@inbox.example", "name": "\0"},
    ]
    results = lines_of(send_lines(cms, "/people/bulk", lines))
    assert [(row["line"], row["result"]) for row in results] == [
        (1, "created"), (2, "unchanged"), (3, "changed"), (4, "refused"), (5, "refused"), (6, "changed"),
        (8, "refused"), (9, "refused"),
    ]  # fmt: skip
    assert results[0]["lists"] == {"readers": "added"}
    assert "nobodys" in results[6]["problem"]
    assert Subscriber.objects.get(email="new@inbox.example").name == "Second"
    entry = AuditEntry.objects.get(action="people.upsert")
    assert entry.details == {"created": 1, "unchanged": 1, "changed": 2, "refused": 4}
    assert send_lines(cms, "/people/bulk", lines, "application/json").status_code == 422
    assert lines_of(send_lines(cms, "/people/bulk", lines))[0]["result"] == "unchanged"


def test_many_people_are_taken_off_lists(cms: Program, publication: Publication, readers: MailingList) -> None:
    friends = world.make_list(publication, 2, "friends")
    lines = [
        {"email": "READER0@inbox.example"},
        {"email": "reader1@inbox.example", "lists": ["friends"]},
        {"email": "reader1@inbox.example", "lists": ["friends"]},
        {"email": "nobody@inbox.example"},
    ]
    results = lines_of(send_lines(cms, "/people/bulk-unsubscribe", lines))
    assert [row["result"] for row in results] == ["left", "left", "gone already", "unknown"]
    active = Subscription.objects.filter(state="active").order_by("pk")
    assert [(row.list.slug, row.subscriber.email) for row in active] == [
        ("readers", "reader1@inbox.example"),
        ("readers", "reader2@inbox.example"),
    ]
    assert {row.left_source for row in friends.subscriptions.all()} == {"api"}


def test_bulk_needs_few_statements(
    cms: Program, readers: MailingList, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    lines = [{"email": f"r{n}@inbox.example", "lists": ["readers"], "consent": AGREED} for n in range(400)]
    with django_assert_max_num_queries(30):
        assert len(lines_of(send_lines(cms, "/people/bulk", lines))) == 400
    assert readers.subscriptions.count() == 403


def test_scopes_are_asked_for(program: Callable[..., Program], readers: MailingList) -> None:
    reading = program("people:read")
    assert reading.post("/lists", {"slug": "x"}).status_code == 403
    assert reading.delete(f"/people/{world.reader(0).key}?confirmed=true").status_code == 403
    assert send_lines(reading, "/people/bulk", []).status_code == 403
    assert program("letters:read").get("/people").status_code == 403


def test_tags_are_given_asked_for_and_kept(cms: Program, readers: MailingList) -> None:
    made = content_of(cms.post("/people", {"email": "ana@inbox.example", "tags": ["Press", "vip", "press"]}))
    assert made["tags"] == ["press", "vip"]
    assert [person["email"] for person in items_of(cms.get("/people", tag="Press"))] == ["ana@inbox.example"]
    address = f"/people/{made['key']}"
    assert content_of(cms.patch(address, {"name": "Ana"}))["tags"] == ["press", "vip"]
    assert content_of(cms.patch(address, {"tags": []}))["tags"] == []
    assert cms.patch(address, {"tags": ["a,b"]}).status_code == 422


def test_a_list_is_archived_and_restored(cms: Program, readers: MailingList) -> None:
    address = f"/lists/{readers.pk}"
    changed = content_of(cms.patch(address, {"archived": True, "is_public": True, "welcome": "Hello"}))
    assert (changed["is_public"], changed["welcome"]) == (True, "Hello")
    assert changed["archived_at"] is not None
    person = {"email": "ana@inbox.example", "lists": ["readers"], "consent": {"at": "2026-01-01T09:00:00Z", "how": "x"}}
    refused = cms.post("/people", person)
    assert refused.status_code == 422
    assert "archived" in content_of(refused)["detail"]
    assert content_of(cms.patch(address, {"archived": False}))["archived_at"] is None
    assert cms.post("/people", person).status_code == 201


def test_a_token_of_one_publication_neither_sees_nor_changes_what_others_keep_of_a_person(
    cms: Program, program: Callable[..., Program], publication: Publication
) -> None:
    beacon = world.make_publication("beacon")
    for brand in (publication, beacon):
        brand.lists.create(slug=f"of-{brand.slug}", name="Readers")
    kept = {"name": "Ana Reyes", "attributes": {"illness": "told in confidence"}}
    agreed = {"at": "2026-11-30T09:12:00+09:00", "how": "a form"}
    known = {"email": "ana@readers.example", "lists": ["of-lantern"], "consent": agreed, **kept}
    assert cms.post("/people?publication=lantern", known).status_code == 201
    stranger = program(role="admin", of=beacon)
    body = {"email": "ana@readers.example", "lists": ["of-beacon"], "consent": agreed}
    change = {"name": "Mallory", "attributes": {"illness": None, "plan": "gold"}}

    placed = content_of(stranger.post("/people", {**body, **change}))
    assert (placed["placements"], placed["shared"]) == ({"of-beacon": "added"}, True)
    assert (placed["name"], placed["attributes"]) == ("", {})
    path = f"/people/{placed['key']}"
    assert content_of(stranger.get(path))["attributes"] == {}
    assert items_of(stranger.get("/people", search="ana@readers.example"))[0]["name"] == ""
    assert stranger.patch(path, change).status_code == 403
    lines = json.dumps({**body, **change}).encode()
    headers = {"Authorization": f"Bearer {stranger.token}"}
    answer = stranger.client.post("/api/v1/people/bulk", lines, "application/x-ndjson", headers=headers)
    assert json.loads(b"".join(answer))["shared"] is True

    person = content_of(cms.get(path))
    assert (person["name"], person["attributes"]) == (kept["name"], kept["attributes"])
    assert {row["list"] for row in person["subscriptions"]} == {"of-lantern", "of-beacon"}
