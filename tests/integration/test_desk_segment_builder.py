"""A segment put together by clicking: what the builder is offered, its words, and how many people it is."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from distributor.audience import bulk, segments
from distributor.audience.bulk import Selection
from distributor.audience.models import MailingList, Subscriber
from distributor.desk.segment_builder import builder
from distributor.domain.segment_words import read
from distributor.domain.segments import parse
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.desk import html

pytestmark = pytest.mark.django_db(transaction=True)

WORDS, COUNT = "/desk/segments/words/", "/desk/segments/count/"


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def readers(publication: Publication) -> MailingList:
    return world.make_list(publication, 4)


def test_clicks_become_words_and_a_count(editor: Client, publication: Publication, readers: MailingList) -> None:
    bulk.add_tag(Selection(ids=(world.reader(1).pk,)), "press")
    tree = {"all": [{"tagged": "press"}, {"any": [{"on list": "readers"}, {"opened in days": 30}]}]}
    values = {"publication": publication.pk, "rule": json.dumps(tree)}
    answer = editor.post(WORDS, values).json()
    assert answer["words"] == "tagged press and (on list readers or opened in 30 days)"
    assert answer["rule"] == tree
    assert answer["problem"] == ""
    assert "<strong>1</strong> person would get mail" in html(editor.post(COUNT, values))
    assert "<strong>1</strong> person" in html(editor.post(COUNT, {**values, "rule": answer["words"]}))


@pytest.mark.parametrize("rule", ["", "{", '{"on list": "nowhere"}', '{"field": "email", ">": 3}', "a b c"])
def test_a_rule_that_is_none_is_said(editor: Client, publication: Publication, readers: MailingList, rule: str) -> None:
    values = {"publication": publication.pk, "rule": rule}
    answer = editor.post(WORDS, values).json()
    assert answer["problem"]
    assert answer["words"] == ""
    assert 'class="error"' in html(editor.post(COUNT, values))


def test_a_rule_needs_a_publication(editor: Client, readers: MailingList) -> None:
    for publication in ("", "x", "999"):
        values = {"publication": publication, "rule": "never opened"}
        assert editor.post(WORDS, values).status_code == 404
        assert editor.post(COUNT, values).status_code == 404


def test_the_builder_offers_what_there_is(editor: Client, publication: Publication, readers: MailingList) -> None:
    bulk.add_tag(Selection(), "press")
    Subscriber.objects.filter(pk=world.reader(0).pk).update(attributes={"city": "Oslo", "plan": "x"})
    segment = segments.add(publication, "some", rule=read("not tagged press or attributes.city is Oslo"))
    offer = builder(parse(segment.rule))
    assert offer["lists"] == [[publication.pk, "readers", "Readers"]]
    assert offer["tags"] == ["press"]
    assert offer["attributes"] == ["city", "plan"]
    assert offer["rule"] == {"any": [{"not": {"tagged": "press"}}, {"field": ["attributes", "city"], "is": "Oslo"}]}
    assert "data-builder=" in html(editor.get(f"/desk/segments/{segment.pk}/"))
    assert builder(None)["rule"] is None


def test_the_builder_is_made_from_what_was_typed(
    editor: Client, publication: Publication, readers: MailingList
) -> None:
    segment = segments.add(publication, "some", rule=read("on list readers"))
    path = f"/desk/segments/{segment.pk}/"
    refused = editor.post(path, {"name": "", "rule": "never opened"})
    assert refused.status_code == 422
    assert '"rule": {"never": "opened"}' in html(refused)
    unreadable = editor.post(path, {"name": "Some", "rule": "never ever"})
    assert unreadable.status_code == 422
    assert '"rule": null' in html(unreadable)
    assert '"rule": {"on list": "readers"}' in html(editor.get(path))
