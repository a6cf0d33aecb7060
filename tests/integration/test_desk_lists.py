"""Mailing lists on the desk: made, changed, archived, and how they grow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from distributor.audience import actions, growth
from distributor.audience.models import MailingList
from distributor.desk.forms import QueueForm
from distributor.desk.growth_chart import chart
from distributor.domain.errors import BadInput
from distributor.domain.letters import Draft
from distributor.letters.models import Publication
from distributor.people.models import AuditEntry
from tests.integration import world
from tests.integration.desk import errors, html, said

pytestmark = pytest.mark.django_db(transaction=True)

LISTS, NEW = "/desk/lists/", "/desk/lists/new/"


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


def test_a_list_is_made_and_changed(editor: Client, publication: Publication) -> None:
    form = {"publication": publication.pk, "name": "Friends of the Pier", "is_public": "on", "welcome": "Hello!"}
    response = editor.post(NEW, form)
    row = MailingList.objects.get()
    assert response.headers["Location"] == f"{LISTS}{row.pk}/"
    assert (row.slug, row.is_public, row.welcome) == ("friends-of-the-pier", True, "Hello!")
    assert "already" in errors(editor.post(NEW, form))[0]
    assert "Saved." in said(editor.post(f"{LISTS}{row.pk}/", {"name": "Friends"}))
    row.refresh_from_db()
    assert (row.name, row.slug, row.is_public, row.welcome) == ("Friends", "friends-of-the-pier", False, "")
    refused = editor.post(f"{LISTS}{row.pk}/", {"name": " ", "welcome": "kept"})
    assert refused.status_code == 422
    assert ">\nkept</textarea>" in html(refused)


def test_a_list_is_changed_as_a_whole_or_not_at_all(publication: Publication) -> None:
    row = actions.create_list(publication, "friends", "Friends", is_public=True, welcome=" Hello! ")
    with pytest.raises(BadInput, match="needs a name"):
        actions.change_list(row, name=" ", is_public=False, welcome="Bye")
    row.refresh_from_db()
    assert (row.name, row.is_public, row.welcome) == ("Friends", True, "Hello!")


@pytest.mark.parametrize("values", [{"name": ""}, {"name": "x", "slug": "A B"}, {"name": "친구"}])
def test_a_list_needs_names(editor: Client, publication: Publication, values: dict[str, str]) -> None:
    response = editor.post(NEW, {"publication": publication.pk, **values})
    assert response.status_code == 422
    assert errors(response)
    assert not MailingList.objects.exists()


def test_an_archived_list_is_offered_no_more_and_comes_back(
    editor: Client, publication: Publication, draft: Draft
) -> None:
    row = world.make_list(publication, 2)
    letter = world.make_letter(draft, publication)
    assert "archived" in said(editor.post(f"{LISTS}{row.pk}/archive/"))
    assert QueueForm(letter=letter).lists_offered == []
    row.refresh_from_db()
    with pytest.raises(BadInput, match="archived"):
        world.queue(letter, "mail", lists=[row])
    page = html(editor.get(LISTS))
    assert "Archived (1)" in page
    assert "readers" not in html(editor.get("/desk/imports/")).partition("datalist")[2].partition("datalist")[0]
    assert "is back" in said(editor.post(f"{LISTS}{row.pk}/restore/"))
    assert QueueForm(letter=letter).lists_offered == [row]
    assert editor.post(f"{LISTS}{row.pk}/explode/").status_code == 404


def test_what_is_done_with_a_list_is_recorded(editor: Client, publication: Publication) -> None:
    editor.post(NEW, {"publication": publication.pk, "name": "Friends", "is_public": "on"})
    row = MailingList.objects.get()
    editor.post(f"{LISTS}{row.pk}/", {"name": "Good friends", "is_public": "on"})
    for action in ("archive", "restore", "explode"):
        editor.post(f"{LISTS}{row.pk}/{action}/")
    entries = AuditEntry.objects.order_by("pk")
    assert [(entry.action, entry.details) for entry in entries] == [
        ("lists.create", {"slug": "friends"}),
        ("lists.update", {"members": ["name"]}),
        ("lists.archive", {}),
        ("lists.restore", {}),
    ]
    whose = {(entry.actor, entry.door, entry.subject, entry.publication) for entry in entries}
    assert whose == {("mina", "desk", f"list {row.pk}", publication)}


def test_growth_is_drawn_with_a_table(editor: Client, publication: Publication) -> None:
    row = world.make_list(publication, 12)
    assert "Nothing to draw yet" in html(editor.get(LISTS))
    actions.unsubscribe(world.reader(0).key, lists=[row], how="a click")
    growth.record()
    for address in (LISTS, f"{LISTS}{row.pk}/"):
        page = html(editor.get(address, {"days": "30"}))
        assert "<polyline" in page
        assert "from 0 to 11 people; 12 came, 1 left" in page
        assert '<td data-label="Came">12</td>' in page
    assert "11" in html(editor.get(LISTS))


def test_the_ticks_of_a_chart_hold_all_of_it() -> None:
    for counts in ((0, 1), (5, 5), (99, 101), (1_000_000, 1_000_007), (3, 998_001), (17, 4_242)):
        days = [growth.Growth(date(2026, 1, 1) + timedelta(days=n), count, 1, 0) for n, count in enumerate(counts)]
        drawing = chart(days)
        assert drawing is not None
        bottom, middle, top = (tick.count for tick in drawing.ticks)
        assert bottom <= min(counts) <= max(counts) <= top
        assert bottom < middle < top
        heights = [float(point.split(",")[1]) for point in drawing.line.split()]
        assert all(0 <= height <= drawing.height for height in heights)
    assert chart([growth.Growth(date(2026, 1, 1), 0, 0, 0)]) is None
