"""A letter that came by itself and is queued by hand goes where its feed or door sends it."""

from __future__ import annotations

import pytest

from distributor.api.v1.dispatch_queue import AS_IT_IS, queue_as_asked
from distributor.delivery.models import Dispatch
from distributor.desk.forms import QueueForm
from distributor.domain.draft_gaps import gap_fields, gap_words
from distributor.domain.letters import Draft
from distributor.domain.roles import RULE
from distributor.letters.models import Letter, Publication
from distributor.newsroom import intake_rules
from distributor.newsroom.intake_rules import RuleSettings
from distributor.practice.newsroom import senders
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.doors import call, open_door, secret

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]


def test_what_the_door_chose_counts_where_nothing_is_named(post_channel: ScriptedChannel) -> None:
    publication: Publication = world.make_publication()
    world.connect(publication, "scripted")
    Publication.objects.update(share_bar=["link", "facebook"])
    world.make_list(publication, 2, "readers")
    door = open_door(publication, "json", rules=RuleSettings(channels=("scripted", "mail"), lists=("readers",)))
    call(door, senders.plain({"id": 1, "title": "The horn", "text": "Loud."}, secret=secret(door)))
    letter = Letter.objects.get()
    drafts = {dispatch.channel for dispatch in Dispatch.objects.all()}
    assert drafts == {"scripted", "mail"}
    answer = queue_as_asked(letter, AS_IT_IS, by=RULE)
    assert answer.dispatches == []
    assert any("is a draft already and stays as it is: approve it to let it go out" in note for note in answer.notes)
    assert QueueForm(letter=letter).initial["channels"] == ("scripted", "mail")
    other_letter = world.make_letter(
        Draft("", "The bell", "<p>Soft.</p>", "Soft.", missing=("series", "authors", "language", "image_url")),
        publication,
    )
    assert intake_rules.of_letter(other_letter) == RuleSettings()


def test_only_gaps_that_matter_are_told() -> None:
    names = ("series", "editor_note", "authors", "section", "language", "image_url", "share_bar")
    draft = Draft("", "The bell", "<p>Soft.</p>", "Soft.", missing=names, language_inferred=True)
    assert (gap_fields(draft), gap_words(draft)) == (("authors", "image"), "author, picture")
