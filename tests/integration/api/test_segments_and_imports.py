"""Segments and imports by the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.audience.suppression import suppress_one
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.api.conftest import Program, content_of, items_of

pytestmark = pytest.mark.usefixtures("broker")

TABLE = "email,name,city\nann@inbox.example,Ann,Seoul\nbo@inbox.example,Bo,Busan\nnobody,X,Y\n"


@pytest.fixture
def readers(publication: Publication) -> MailingList:
    made = world.make_list(publication, 3)
    Subscriber.objects.filter(email__in=["reader0@inbox.example", "reader1@inbox.example"]).update(
        attributes={"city": "Seoul"}
    )
    return made


def upload(program: Program, path: str, text: str, media_type: str = "text/csv", **query: Any) -> Any:
    return program.client.generic(
        "POST",
        f"/api/v1{path}",
        text.encode(),
        content_type=media_type,
        headers={"Authorization": f"Bearer {program.token}"},
        query_params=query,
    )


def test_a_segment_is_made_counted_changed_and_forgotten(cms: Program, readers: MailingList) -> None:
    tried = content_of(cms.post("/segments/check", {"where": "attributes.city is Seoul"}))
    assert tried["people"] == 2
    made = cms.post("/segments", {"slug": "seoul", "rule": tried["rule"]})
    assert made.status_code == 201, made.content
    path = made.headers["Location"].removeprefix("/api/v1")
    assert cms.post("/segments", {"slug": "seoul", "where": "never opened"}).status_code == 422
    suppress_one("reader0@inbox.example")
    assert [item["email"] for item in items_of(cms.get(f"{path}/people"))] == ["reader1@inbox.example"]
    assert [item["people"] for item in items_of(cms.get("/segments"))] == [1]
    changed = content_of(cms.patch(path, {"where": "never opened", "name": "Sleepers"}))
    assert (changed["people"], changed["name"]) == (2, "Sleepers")
    assert cms.delete(path).status_code == 204
    assert cms.get(path).status_code == 404


@pytest.mark.parametrize(
    "body",
    [{}, {"where": "so what"}, {"where": "on list nobodys"}, {"rule": {"x": 1}}, {"where": "never opened", "rule": {}}],
)
def test_a_rule_that_is_none_is_refused(cms: Program, readers: MailingList, body: dict[str, Any]) -> None:
    assert cms.post("/segments/check", body).status_code == 422
    assert cms.post("/segments", {"slug": "x", **body}).status_code == 422


def test_segments_and_imports_of_another_publication_are_none(
    cms: Program, program: Callable[..., Program], readers: MailingList
) -> None:
    made = content_of(cms.post("/segments", {"slug": "x", "where": "never opened"}))
    upload(cms, "/imports", TABLE, list="readers")
    (row,) = items_of(cms.get("/imports"))
    bound = program(of=world.make_publication("beacon"))
    for path in (f"/segments/{made['id']}", f"/segments/{made['id']}/people", f"/imports/{row['id']}"):
        assert bound.get(path).status_code == 404
    assert items_of(bound.get("/imports")) == items_of(bound.get("/segments")) == []


def test_a_table_is_tried_and_put_on_a_list(cms: Program, publication: Publication) -> None:
    tried = content_of(upload(cms, "/imports", TABLE, list="friends", dry_run="true"))
    assert (tried["added"], tried["problem_count"], tried["is_new_list"]) == (2, 1, True)
    assert not MailingList.objects.exists()
    done = content_of(upload(cms, "/imports", TABLE, list="friends", map="city=attributes.town"))
    assert (done["added"], done["problems"][0]["row"]) == (2, 4)
    assert Subscriber.objects.get(email="ann@inbox.example").attributes == {"town": "Seoul"}
    (row,) = items_of(cms.get("/imports"))
    assert (row["state"], row["added"], row["refused"]) == ("done", 2, 1)
    assert content_of(cms.get(f"/imports/{row['id']}")) == row
    problems = upload(cms, "/imports/problems", TABLE, list="friends")
    assert b"nobody,X,Y,4," in b"".join(problems.streaming_content)


def test_what_is_unclear_is_asked_and_answered(cms: Program, publication: Publication) -> None:
    table = "email,status\nann@inbox.example,current\nbo@inbox.example,dormant\n"
    asked = upload(cms, "/imports", table, list="friends")
    assert asked.status_code == 422
    assert {question["value"] for question in content_of(asked)["questions"]} == {"current", "dormant"}
    assert not Subscription.objects.exists()
    done = content_of(upload(cms, "/imports", table, list="friends", active="status=current", left="status=dormant"))
    assert (done["added"], done["left_count"]) == (1, 1)


def test_an_import_that_takes_many_off_asks(cms: Program, publication: Publication) -> None:
    world.make_list(publication, 150)
    table = "email,status\n" + "".join(f"reader{n}@inbox.example,unsubscribed\n" for n in range(150))
    assert upload(cms, "/imports", table, list="readers").status_code == 409
    done = content_of(upload(cms, "/imports", table, list="readers", confirmed="true"))
    assert done["taken_off_count"] == 150


def test_what_is_no_table_is_refused(cms: Program, publication: Publication) -> None:
    assert upload(cms, "/imports", "a,b\n1,2\n", list="friends").status_code == 422
    assert upload(cms, "/imports", TABLE, "application/json", list="friends").status_code == 422
    assert upload(cms, "/imports", TABLE, list="No Good").status_code == 422
    assert upload(cms, "/imports", TABLE, list="friends", encoding="klingon").status_code == 422
    assert upload(cms, "/imports", TABLE).status_code == 422
