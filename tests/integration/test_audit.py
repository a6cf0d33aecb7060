"""Who did what: on the desk, by command and by the API, with before, after and from where; found, exported, kept."""

from __future__ import annotations

import csv
import re

import pytest
from django.test import Client

from distributor.delivery.models import Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.letters.models import Letter
from distributor.people import audit
from distributor.people.models import AuditEntry
from tests.integration import world
from tests.integration.desk import html
from tests.integration.test_desk_publication_settings import as_shown

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

PAGE = "/desk/audit/"


@pytest.fixture
def dispatch(letter: Letter, post_channel: object) -> Dispatch:
    world.connect(letter.publication, "scripted")
    return queue_letter(letter, channels=["scripted"], approve=False).dispatches[0]


def latest() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def test_what_is_done_on_the_desk_is_recorded_once_and_what_is_refused_is_not(
    dispatch: Dispatch, editor: Client
) -> None:
    path = f"/desk/dispatches/{dispatch.pk}"
    assert editor.post(f"{path}/pause/").status_code == 302  # a draft can't be: it says so, and did nothing
    assert not AuditEntry.objects.exists()
    editor.post(f"{path}/approve/")
    editor.post(f"{path}/cancel/", {"confirmed": "yes"})
    entry = latest()
    assert (entry.actor, entry.door, entry.address) == ("mina", "desk", "127.0.0.1")
    assert (entry.action, entry.subject) == ("dispatches.cancel", f"dispatch {dispatch.pk}")
    assert entry.publication == dispatch.publication
    assert entry.after == {"state": "cancelled"}
    assert AuditEntry.objects.count() == 2
    settings = f"/desk/settings/{dispatch.publication.slug}/"
    editor.post(settings, {**as_shown(editor.get(settings)), "setting-name": "The Lantern"})
    assert latest().action == "publications.update"
    assert (latest().before["name"], latest().after["name"]) == ("The Lantern Post", "The Lantern")
    page = html(editor.get(PAGE))
    for words in ("dispatches.cancel", "The Lantern Post", "127.0.0.1", "mina"):
        assert words in page


def test_entries_are_filtered_gone_through_and_exported(letter: Letter, editor: Client) -> None:
    beacon = world.make_publication("beacon")
    for number in range(60):
        audit.record(
            "letters.update", actor=f"ida {number}", door="api", subject="=1+1", publication=letter.publication
        )
    audit.record("accounts.connect", actor="jun", door="desk", publication=beacon, after={"name": "@beacon"})
    first = html(editor.get(PAGE))
    assert "ida 59" in first
    assert "ida 5<" not in first
    (older,) = re.findall(r"before=(\d+)", first)
    assert "ida 5<" in html(editor.get(PAGE, {"before": older}))
    found = html(editor.get(PAGE, {"who": "jun"}))
    assert "@beacon" in found
    assert "ida" not in found.split("<table>")[1]
    assert "ida 59" not in html(editor.get(PAGE, {"publication": "beacon"}))
    assert "ida 59" not in html(editor.get(PAGE, {"until": "2001-01-01"}))
    assert "Give a day" in html(editor.get(PAGE, {"since": "soon"}))
    text = b"".join(editor.get(f"{PAGE}export/", {"what": "letters"}).streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 60
    assert {row["subject"] for row in rows} == {"'=1+1"}  # no formula for a spreadsheet
    theirs = Client()
    theirs.force_login(world.make_colleague("olu", "manager", beacon))
    assert "@beacon" in html(theirs.get(PAGE))
    assert "ida 59" not in html(theirs.get(PAGE))
    export = b"".join(theirs.get(f"{PAGE}export/").streaming_content).decode()  # type: ignore[attr-defined]
    assert len(export.splitlines()) == 2


def test_who_gives_a_role_is_recorded_with_before_and_after(letter: Letter) -> None:
    boss = Client()
    boss.force_login(world.make_colleague("haneul", "admin"))
    world.make_colleague("ida", "writer", letter.publication)
    boss.post("/desk/editors/role/", {"name": "ida", "role": "editor", "publication": letter.publication.pk})
    entry = latest()
    assert (entry.action, entry.subject, entry.actor) == ("editors.role", "editor ida", "haneul")
    assert (entry.before, entry.after) == ({"role": "writer"}, {"role": "editor"})
    boss.post("/desk/editors/", {"name": "eve", "role": "writer"})
    assert (latest().action, latest().subject) == ("editors.create", "editor eve")
