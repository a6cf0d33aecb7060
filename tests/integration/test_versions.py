"""Every change of a letter is a version: what it said then stays, whatever becomes of the letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from distributor.domain.errors import BadInput
from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.letters import actions, versions
from distributor.letters.models import Letter, Publication, Version
from tests.integration import world

pytestmark = pytest.mark.django_db


def test_a_letter_begins_with_version_one(draft: Draft) -> None:
    letter = actions.take_in(draft, publication=world.make_publication(), actor="mina", origin="the desk").letter
    version = versions.latest(letter)
    assert (version.number, version.actor, version.origin, version.changes) == (1, "mina", "the desk", [])
    assert versions.content_of(version) == letter.content()
    assert versions.content_of(version).title == draft.title
    assert versions.content_of(version).authors == draft.authors


def test_the_same_source_unchanged_writes_no_version(letter: Letter, draft: Draft) -> None:
    actions.take_in(draft, publication=letter.publication, actor="mina")
    assert letter.versions.count() == 1


def test_a_change_is_the_next_version_and_says_what_changed(letter: Letter, draft: Draft) -> None:
    mended = replace(draft, title="What the horn knows", image_url="https://l.example/p.png", series=None)
    actions.take_in(mended, publication=letter.publication)
    version = versions.latest(letter)
    assert (version.number, version.changes) == (2, ["title", "series", "image_url"])
    assert version.origin == draft.source
    first = versions.version_of(letter, 1)
    assert [difference.field for difference in versions.differences(first, version)] == version.changes
    assert versions.content_of(first).series == SeriesView("Letters from the Pier", 9)


def test_what_was_said_before_is_rendered_as_it_was(letter: Letter, draft: Draft) -> None:
    before = letter.view(site_url="https://s.example", url="https://s.example/fog")
    actions.take_in(
        replace(draft, title="Mist", authors=(AuthorView("Jun"),), published_at=datetime(2026, 3, 2, tzinfo=UTC)),
        publication=letter.publication,
    )
    first = versions.version_of(letter, 1)
    assert versions.view(first, site_url="https://s.example", url="https://s.example/fog") == before
    letter.refresh_from_db()
    now = letter.view(site_url="https://s.example", url="https://s.example/fog")
    assert versions.view(versions.latest(letter), site_url="https://s.example", url="https://s.example/fog") == now
    assert now.title == "Mist"


def test_describing_the_picture_is_a_version(draft: Draft, editor: Client) -> None:
    letter = world.make_letter(replace(draft, image_url="https://l.example/p.png"))
    editor.post(reverse("desk:describe", args=[letter.pk]), {"image_alt": "The pier in fog"})
    version = versions.latest(letter)
    assert (version.number, version.changes, version.actor, version.origin) == (2, ["image_alt"], "mina", "the desk")


def test_a_number_that_there_is_not_is_refused(letter: Letter) -> None:
    with pytest.raises(BadInput, match=rf"L{letter.pk} has no version 7: its latest is 1\."):
        versions.version_of(letter, 7)


def test_nothing_changes_or_deletes_a_version(letter: Letter) -> None:
    version = versions.latest(letter)
    for act in (lambda: Version.objects.update(number=3), version.delete, lambda: version.save()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
    with pytest.raises(ProtectedError):
        letter.delete()
    assert versions.latest(letter).number == 1


@pytest.mark.django_db(transaction=True)
def test_letters_from_before_have_a_first_version() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("letters", "0002_sources_words")])
    apps = executor.loader.project_state([("letters", "0002_sources_words")]).apps
    publication = apps.get_model("letters", "Publication").objects.create(slug="lantern", name="The Lantern Post")
    series = apps.get_model("letters", "Series").objects.create(publication=publication, slug="pier", title="Pier")
    letter = apps.get_model("letters", "Letter").objects.create(
        publication=publication,
        source="https://l.example/fog",
        slug="fog",
        title="Fog",
        body_html="<p>Fog.</p>",
        body_text="Fog.",
        series=series,
        number=9,
        published_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        share_bar=["twitter", "mail"],
    )
    for position, name in enumerate(("Ida", "Jun")):
        author = apps.get_model("letters", "Author").objects.create(publication=publication, slug=name, name=name)
        apps.get_model("letters", "Byline").objects.create(letter=letter, author=author, position=position)

    later = MigrationExecutor(connection)
    later.migrate(later.loader.graph.leaf_nodes())

    migrated = Letter.objects.get(pk=letter.pk)
    version = versions.latest(migrated)
    assert (version.number, version.created_at, version.origin) == (1, letter.updated_at, "https://l.example/fog")
    assert versions.content_of(version) == migrated.content()
    assert [author.name for author in versions.content_of(version).authors] == ["Ida", "Jun"]
    assert Publication.objects.get().slug == "lantern"
