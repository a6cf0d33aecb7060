"""Publications by the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from distributor.letters.models import Publication
from distributor.people.models import AuditEntry
from tests.integration import world
from tests.integration.api.conftest import Program, content_of, items_of

pytestmark = pytest.mark.usefixtures("broker")


def test_settings_are_read_and_changed(cms: Program, publication: Publication) -> None:
    answer = cms.patch("/publications/lantern", {"settings": {"time-zone": "Asia/Seoul"}})
    assert content_of(answer)["settings"]["time-zone"] == "Asia/Seoul"
    publication.refresh_from_db()
    assert publication.time_zone == "Asia/Seoul"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.publication, entry.details) == (
        "publications.update", publication, {"settings": ["time-zone"]},
    )  # fmt: skip


def test_what_is_read_can_be_sent_back(cms: Program) -> None:
    settings = content_of(cms.get("/publications/lantern"))["settings"]
    answer = cms.patch("/publications/lantern", {"settings": settings})
    assert content_of(answer)["settings"] == settings


def test_of_two_who_have_read_it_the_later_is_told(cms: Program) -> None:
    tag = cms.get("/publications/lantern").headers["ETag"]
    first = cms.patch("/publications/lantern", {"settings": {"language": "ko"}}, if_match=tag)
    second = cms.patch("/publications/lantern", {"settings": {"language": "de"}}, if_match=tag)
    assert (first.status_code, second.status_code) == (200, 412)
    assert content_of(second)["current"]["settings"]["language"] == "ko"
    fresh = cms.get("/publications/lantern").headers["ETag"]
    assert cms.patch("/publications/lantern", {"settings": {"language": "de"}}, if_match=fresh).status_code == 200


def test_what_has_not_changed_is_not_sent_again(cms: Program) -> None:
    tag = cms.get("/publications/lantern").headers["ETag"]
    again = cms.ask("GET", "/publications/lantern", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_setting_that_cannot_be_used_changes_nothing(cms: Program, publication: Publication) -> None:
    answer = cms.patch("/publications/lantern", {"settings": {"language": "ko", "time-zone": "Mars/Base"}})
    assert answer.status_code == 422
    publication.refresh_from_db()
    assert publication.language == "en"


def test_only_admins_make_publications(cms: Program, program: Callable[..., Program]) -> None:
    body = {"name": "The Beacon", "settings": {"language": "ko"}}
    assert program().post("/publications", body).status_code == 403
    made = cms.post("/publications", body)
    assert (made.status_code, content_of(made)["slug"]) == (201, "the-beacon")
    assert cms.post("/publications", {"name": "The Beacon"}).status_code == 422


def test_a_token_of_one_publication_knows_no_other(program: Callable[..., Program], publication: Publication) -> None:
    world.make_publication("beacon")
    bound = program(role="admin", of=publication)
    assert [item["slug"] for item in items_of(bound.get("/publications"))] == ["lantern"]
    assert bound.get("/publications/beacon").status_code == 404
    assert bound.patch("/publications/beacon", {"settings": {"language": "ko"}}).status_code == 404
    assert bound.post("/publications", {"name": "New"}).status_code == 404
