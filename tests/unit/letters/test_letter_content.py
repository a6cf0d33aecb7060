"""What a letter says, as a version keeps it and as rendering takes it."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

from distributor.domain import json_records
from distributor.domain.letter_content import FIELDS, LetterContent, changed_fields
from distributor.domain.letters import AuthorView, LetterView, PublicationView, SeriesView

CONTENT = LetterContent(
    title="Fog",
    body_html="<p>Fog.</p>",
    body_text="Fog.",
    series=SeriesView("Letters from the Pier", 9),
    editor_note="The 9th letter. ― ED.",
    authors=(AuthorView("Ida Holm", "ida@lantern.example", "Ida keeps the light."), AuthorView("Jun")),
    section="LETTER",
    language="ko",
    published_at=datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=9))),
    canonical_url="https://lantern.example/fog",
    image_url="https://lantern.example/fog.png",
    image_alt="The pier in fog",
    share_bar=("twitter", "mail"),
    summary="What the fog does.",
    social={"twitter": "Fog again."},
    withheld="The front matter says draft: true.",
    tags=("fog", "the pier"),
)
PUBLICATION = PublicationView(slug="lantern", name="The Lantern Post", site_url="https://s.example/lantern")


def test_what_is_stored_is_read_unchanged() -> None:
    stored = json.loads(json.dumps(json_records.to_json(CONTENT)))
    assert json_records.from_json(LetterContent, stored) == CONTENT
    assert stored["published_at"] == "2026-03-02T00:00:00+00:00"


def test_what_an_older_version_does_not_say_has_its_default() -> None:
    old = {"title": "Fog", "body_html": "", "body_text": ""}
    assert json_records.from_json(LetterContent, old) == LetterContent("Fog", "", "")


def test_rendering_sees_all_that_the_content_says() -> None:
    view = CONTENT.view(publication=PUBLICATION, slug="fog", url="https://s.example/fog")
    for field in fields(LetterView):
        if field.name in FIELDS:
            assert getattr(view, field.name) == getattr(CONTENT, field.name), field.name
    assert (view.slug, view.url, view.publication) == ("fog", "https://s.example/fog", PUBLICATION)


def test_a_letter_without_a_language_is_in_its_publications() -> None:
    assert replace(CONTENT, language="").view(publication=PUBLICATION, slug="fog", url="").language == "en"


def test_a_change_is_named_by_its_field_and_a_time_in_another_zone_is_none() -> None:
    other = replace(
        CONTENT,
        title="Mist",
        share_bar=(),
        published_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    assert changed_fields(CONTENT, other) == ("title", "share_bar")
    assert changed_fields(CONTENT, CONTENT) == ()
