"""Segments on the desk: making, counting, changing and removing them."""

from __future__ import annotations

import pytest
from django.test import Client

from distributor.audience import segments
from distributor.audience.models import MailingList, Segment, Subscriber
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.letters import Draft
from distributor.domain.segment_words import read
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.desk import errors, html, said

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "/desk/segments/new/"


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def readers(publication: Publication) -> MailingList:
    made = world.make_list(publication, 4)
    Subscriber.objects.filter(email__in=["reader1@inbox.example", "reader2@inbox.example"]).update(
        attributes={"city": "Seoul"}
    )
    return made


@pytest.fixture
def seoul(publication: Publication) -> Segment:
    return segments.add(publication, "seoul", name="In Seoul", rule=read("attributes.city is Seoul"))


def typed(publication: Publication, **values: str) -> dict[str, object]:
    return {"publication": publication.pk, "name": "In Seoul", "rule": "attributes.city is Seoul", **values}


def test_a_segment_is_made_and_found_in_the_list(
    publication: Publication, readers: MailingList, editor: Client
) -> None:
    assert "No segment yet" in html(editor.get("/desk/segments/"))
    answer = editor.post(NEW, typed(publication, save="yes"))
    made = Segment.objects.get()
    assert answer.headers["Location"] == f"/desk/segments/{made.pk}/"
    assert (made.slug, made.rule) == ("in-seoul", {"field": ["attributes", "city"], "is": "Seoul"})
    assert "2</strong> people would get mail now" in html(editor.get(f"/desk/segments/{made.pk}/"))
    assert "city is “Seoul”" in html(editor.get("/desk/segments/"))
    assert html(editor.get(f"/desk/segments/{made.pk}/people/")).strip() == "<strong>2</strong>"


def test_people_are_counted_before_anything_is_stored(
    publication: Publication, readers: MailingList, editor: Client
) -> None:
    page = html(editor.post(NEW, typed(publication, rule='{"field": "email", "contains": "reader1"}', count="yes")))
    assert "1</strong> person would get mail now" in page
    assert "email contains “reader1”" in page
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"rule": "attributes.city is"}, "after “attributes.city is”: a value"),
        ({"rule": "shoe size > 4"}, "The rule can't be used after “shoe”"),
        ({"rule": "shoe is 4"}, "there is no field “shoe”"),
        ({"rule": '{"all": '}, "The rule is no JSON (line 1"),
        ({"rule": "on list nobody"}, "names the list “nobody”, which is not there"),
        ({"rule": " "}, "Say who is in it"),
        ({"name": ""}, "Give it a name"),
        ({"name": "서울"}, "Give it a short name too"),
        ({"slug": "two words"}, "Use small letters"),
        ({"slug": "seoul"}, "There is a segment “seoul” already"),
    ],
)
def test_a_mistake_gets_one_sentence_and_keeps_what_was_typed(
    given: dict[str, str], sentence: str, publication: Publication, seoul: Segment, editor: Client
) -> None:
    values = typed(publication, **given)
    answer = editor.post(NEW, {**values, "save": "yes"})
    assert answer.status_code == 422
    (said_wrong,) = errors(answer)
    assert sentence in said_wrong
    assert str(values["name"]) in html(answer)
    assert Segment.objects.get() == seoul


def test_a_segment_is_changed_in_the_words_that_it_was_written_in(
    readers: MailingList, seoul: Segment, editor: Client
) -> None:
    path = f"/desk/segments/{seoul.pk}/"
    assert "attributes.city is Seoul</textarea>" in html(editor.get(path))
    editor.post(path, {"name": "Elsewhere", "rule": "not attributes.city is Seoul", "slug": "other", "save": "yes"})
    seoul.refresh_from_db()
    assert (seoul.name, seoul.slug, segments.count(seoul)) == ("Elsewhere", "seoul", 2)


def test_a_segment_whose_list_is_gone_says_so_instead_of_a_number(
    publication: Publication, readers: MailingList, editor: Client
) -> None:
    made = segments.add(publication, "fans", rule=read("on list readers"))
    readers.delete()
    for path in (f"/desk/segments/{made.pk}/", f"/desk/segments/{made.pk}/people/"):
        assert "which is not there" in html(editor.get(path))


def test_only_a_segment_that_nothing_was_queued_for_can_be_removed(
    publication: Publication, readers: MailingList, seoul: Segment, draft: Draft, editor: Client
) -> None:
    letter = world.make_letter(draft, publication)
    queue_letter(letter, channels=["mail"], lists=[readers], segment=seoul)
    assert "A letter was queued for In Seoul" in said(editor.post(f"/desk/segments/{seoul.pk}/remove/"))
    letter.dispatches.all().delete()
    assert "In Seoul is removed." in said(editor.post(f"/desk/segments/{seoul.pk}/remove/"))
    assert not Segment.objects.exists()


def test_what_someone_types_stays_text(publication: Publication, editor: Client) -> None:
    hostile = "<script>alert(1)</script>\"'>"
    segments.add(publication, "x", name=hostile, rule=read('attributes.city is "<b>"'))
    for path in ("/desk/segments/", f"/desk/segments/{Segment.objects.get().pk}/"):
        assert b"<script>alert" not in editor.get(path).content
        assert b"<b>" not in editor.get(path).content
