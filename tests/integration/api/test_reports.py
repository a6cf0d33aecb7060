"""Reports and the Top 10 by the API."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from distributor.delivery.models import Dispatch
from distributor.domain.letters import Draft
from distributor.insights import actions as insights
from distributor.insights import mail_figures, tracking
from distributor.insights.models import ReturnedEvent
from distributor.letters.models import Publication
from tests.integration import world
from tests.integration.api.conftest import Program, content_of
from tests.integration.conftest import ScriptedChannel

pytestmark = [pytest.mark.usefixtures("broker"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mailing(draft: Draft, publication: Publication, mail_channel: ScriptedChannel) -> Dispatch:
    world.connect(publication, mail_channel.name)
    letter = world.make_letter(draft, publication)
    (dispatch,) = world.queue(letter, mail_channel.name, lists=[world.make_list(publication, 3)])
    world.work(dispatch)
    return dispatch


def test_what_came_back_is_counted_once_a_person_and_only_what_is_proven(cms: Program, mailing: Dispatch) -> None:
    now = timezone.now()
    for number, (kind, email, certain) in enumerate(
        (
            ("hard bounce", "a@inbox.example", True),
            ("hard bounce", "a@inbox.example", True),
            ("hard bounce", "b@inbox.example", True),
            ("complaint", "c@inbox.example", False),
        )
    ):
        ReturnedEvent.objects.create(
            kind=kind, email=email, certain=certain, source="test", event_id=str(number), dispatch_id=mailing.pk,
            at=now, received_at=now,
        )  # fmt: skip
    answer = content_of(cms.get(f"/dispatches/{mailing.pk}/report"))
    assert answer["returns"] == {"hard bounce": 2}
    assert (answer["outcomes"]["accepted"], answer["opens"], answer["clicks"]) == (3, None, None)


def test_opens_and_clicks_are_told_with_their_links(cms: Program, mailing: Dispatch) -> None:
    now = timezone.now()
    tracking.note_open(mailing.pk, world.reader(0).pk, at=now)
    tracking.note_click(mailing.pk, world.reader(0).pk, 0, at=now)
    payload = {"links": ["https://lantern.example/a", "https://lantern.example/b"]}
    variant = {"channel": "mail", "parts": ["Hi"], "data": payload}
    Dispatch.objects.filter(pk=mailing.pk).update(variant=variant)
    answer = cms.get(f"/dispatches/{mailing.pk}/report")
    assert answer.status_code == 200, answer.content
    report = content_of(answer)
    assert report["opens"] == {"people": 1, "total": 1}
    assert report["clicks"]["links"][0] == {"url": "https://lantern.example/a", "people": 1, "total": 1}
    assert mail_figures.of(mailing.pk, None) is None


def test_a_letter_is_told_as_a_whole(cms: Program, mailing: Dispatch) -> None:
    assert mailing.letter is not None
    insights.count_read(mailing.letter, day=timezone.now().date())
    report = content_of(cms.get(f"/letters/{mailing.letter_id}/report"))
    assert (report["letter"]["id"], report["reads"], report["short_clicks"]) == (mailing.letter_id, 1, {})
    assert [row["dispatch"] for row in report["dispatches"]] == [mailing.pk]


def test_the_top_ten_is_by_reads(cms: Program, draft: Draft, publication: Publication) -> None:
    today = timezone.now().astimezone(UTC).date()
    letters = [
        world.publish(replace(draft, share_bar=()), publication, title, timezone.now() - timedelta(days=1))
        for title in ("Fog", "Rain", "Snow")
    ]
    for letter, reads in zip(letters, (1, 3, 0), strict=True):
        for _ in range(reads):
            insights.count_read(letter, day=today)
    top = content_of(cms.get("/publications/lantern/top"))
    assert [(row["place"], row["letter"]["title"], row["reads"]) for row in top] == [(1, "Rain", 3), (2, "Fog", 1)]
    assert top[0]["url"].endswith("/")
