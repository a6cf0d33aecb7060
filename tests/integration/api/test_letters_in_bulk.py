"""Many letters by the API, one a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from distributor.audience.models import MailingList
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.letters.models import Author, Letter, Publication
from distributor.people.models import AuditEntry, StoredAnswer
from distributor.webhooks.models import Announcement
from tests.integration import world
from tests.integration.api.conftest import Program, content_of
from tests.integration.api.test_people import lines_of, send_lines
from tests.integration.conftest import ScriptedChannel

pytestmark = [pytest.mark.usefixtures("broker"), pytest.mark.django_db(transaction=True)]

QUEUE = {"channels": ["link", "mail", "scripted"]}


@pytest.fixture
def readers(publication: Publication, post_channel: ScriptedChannel) -> MailingList:
    world.connect(publication, post_channel.name)
    accounts.connect(publication, "mail", "main", {"url": "smtp://user:pass@relay.example:587"})
    return world.make_list(publication, 2)


def letter(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"cms-{number}",
        "title": f"Letter {number}",
        "html": f"<p>Dear reader,</p><p>this is what number {number} says, and no other.</p>",
        "authors": [{"name": "Maria Lee", "bio": f"She wrote {number}."}],
        "series": {"title": "Letters from the pier", "number": number},
        "published_at": "2026-03-02T09:00:00+09:00",
        **changes,
    }


def bulk(cms: Program, lines: Sequence[Any]) -> list[dict[str, Any]]:
    return lines_of(send_lines(cms, "/letters/bulk", lines))


def without_own_values(value: Any) -> Any:
    """Return an answer without what no two letters have in common."""
    own_names = ("id", "slug", "keys", "title", "letter", "series", "html", "text", "waits_for", "source")
    times = ("created_at", "updated_at", "due_at", "approved_at", "hold_until", "goes_out_at")
    if isinstance(value, dict):
        return {name: without_own_values(member) for name, member in value.items() if name not in (*own_names, *times)}
    return [without_own_values(member) for member in value] if isinstance(value, list) else value


@pytest.mark.parametrize("approve", [False, True])
def test_a_line_does_what_a_single_call_does(cms: Program, readers: MailingList, approve: bool) -> None:
    said = content_of(cms.post("/letters", letter(1, queue={**QUEUE, "approve": approve})))
    results = bulk(cms, [letter(number, queue={**QUEUE, "approve": approve}) for number in (2, 3)])

    assert [(row["line"], row["status"], row["created"]) for row in results] == [(1, 201, True), (2, 201, True)]
    for row in results:
        assert without_own_values(row["queue"]) == without_own_values(said["queue"])
        assert row["missing"] == said["missing"]
    for queue in (said["queue"], *(row["queue"] for row in results)):
        assert [content_of(cms.get(f"/dispatches/{row['id']}")) for row in queue["dispatches"]] == queue["dispatches"]
        link, mail, post = queue["dispatches"]
        assert (mail["waits_for"], post["waits_for"], mail["lists"]) == (link["id"], link["id"], ["readers"])
        assert link["state"] == ("scheduled" if approve else "draft")
    first, *others = Letter.objects.order_by("pk")
    shown = {item.pk: content_of(cms.get(f"/letters/{item.pk}")) for item in (first, *others)}
    for other, result in zip(others, results, strict=True):
        assert result["letter"] == other.pk
        assert without_own_values(shown[other.pk]) == without_own_values(shown[first.pk])
        assert other.versions.get().content["authors"] == [
            {"name": "Maria Lee", "email": "", "bio": f"She wrote {other.number}."}
        ]
    assert Author.objects.get().bio == "She wrote 3."
    assert [entry.subject for entry in AuditEntry.objects.filter(action="letters.create").order_by("pk")] == [
        f"letter {item.pk}" for item in (first, *others)
    ]
    announcements = Announcement.objects.filter(type="letter.taken_in").order_by("pk")
    assert [row.data["letter"] for row in announcements] == [first.pk, *(item.pk for item in others)]
    assert Announcement.objects.filter(type="dispatch.approved").count() == (9 if approve else 0)


def test_each_line_is_done_or_refused_by_itself(cms: Program, publication: Publication, readers: MailingList) -> None:
    cms.post("/letters", letter(1))
    model = content_of(cms.post("/letters", letter(20)))["letter"]
    twin = letter(9, id="elsewhere", title="LETTER 20", html=letter(20)["html"])
    lines = [
        letter(1, title="Letter 1, mended"),
        letter(2),
        letter(2, title="Letter 2, mended"),
        letter(3, title="Letter 2"),
        twin,
        {**twin, "is_new": True},
        letter(4, queue={"channels": ["nowhere"]}),
        letter(5, queue=QUEUE),
        letter(6, html=""),
        letter(7, publication="another"),
        "{ no json",
        letter(8, colour="red"),
        letter(10, corrects=1, is_new=True),
        letter(11, slug="letter-2"),
    ]
    results = bulk(cms, lines)

    assert [row["status"] for row in results] == [
        200, 201, 200, 201, 409, 201, 422, 201, 422, 422, 422, 422, 422, 201,
    ]  # fmt: skip
    assert results[4]["problem"]["type"].endswith("#unclear-letter")
    assert results[4]["problem"]["candidates"] == [model["id"]]
    assert "nowhere" in results[6]["problem"]["detail"]
    assert "colour" in results[11]["problem"]["detail"]
    titles = ["Letter 1, mended", "Letter 20", "Letter 2, mended", "Letter 2", "LETTER 20", "Letter 5", "Letter 11"]
    assert sorted(Letter.objects.values_list("title", flat=True)) == sorted(titles)
    assert Letter.objects.get(title="Letter 11").slug == "letter-2-3"
    assert Dispatch.objects.count() == 3
    entry = AuditEntry.objects.get(action="letters.create_many")
    assert (entry.subject, entry.details) == ("14 letters", {"created": 5, "changed": 2, "refused": 7})


def test_a_line_with_a_key_is_done_once(cms: Program, publication: Publication) -> None:
    lines = [letter(1, key="a"), letter(1, key="a"), letter(2, key="b", title=""), letter(3)]
    first = bulk(cms, lines)
    assert [row["status"] for row in first] == [201, 201, 422, 201]
    assert first[1] == {**first[0], "line": 2, "replayed": True}

    again = bulk(cms, [letter(1, key="a"), letter(2, key="b"), letter(4, key="a"), letter(3)])
    assert again[0] == {**first[0], "replayed": True}
    assert [row["status"] for row in again] == [201, 201, 422, 200]
    assert again[2]["problem"]["type"].endswith("#key-reused")
    assert sorted(StoredAnswer.objects.values_list("key", flat=True)) == ["a", "b"]
    assert Letter.objects.count() == 3


def test_many_letters_need_few_statements(
    cms: Program, readers: MailingList, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    lines = [letter(number, key=f"k{number}", queue=QUEUE) for number in range(1, 51)]
    with django_assert_max_num_queries(60):
        assert len(bulk(cms, lines)) == 50
    assert Dispatch.objects.count() == 150


def test_what_a_token_may_not_is_refused(
    cms: Program, program: Callable[..., Program], publication: Publication
) -> None:
    writing, reading = program("letters:write"), program("letters:read")
    assert send_lines(reading, "/letters/bulk", [letter(1)]).status_code == 403
    results = bulk(writing, [letter(1), letter(2, queue={})])
    assert [row["status"] for row in results] == [201, 403]
    assert send_lines(cms, "/letters/bulk", [json.dumps(letter(3))], "application/json").status_code == 422
    answers = bulk(cms, [letter(4, html=f"<p>{'x' * 1_000_000}</p>"), letter(5)])
    assert [row["status"] for row in answers] == [422, 201]
