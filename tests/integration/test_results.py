"""Going out and after, on a dispatch's page: how it goes, who refused, readers by the hour, who received it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import AsyncClient, AsyncRequestFactory, Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from distributor.audience import privacy
from distributor.audience.models import Subscriber, Subscription
from distributor.channels.base import Options
from distributor.channels.mail.adapter import MailChannel
from distributor.delivery.models import Batch, Dispatch
from distributor.delivery.reports import troubles
from distributor.desk import live_streams
from distributor.domain.outcomes import Deferred, Outcome, Rejected
from distributor.domain.recipients import Recipient
from distributor.domain.tally_times import is_due
from distributor.insights import tallies
from distributor.insights.models import Click, Open
from tasks import insights
from tests.integration import world
from tests.integration.conftest import ScriptedChannel
from tests.integration.desk import html
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)

FOG = "https://lantern.example/fog"


@pytest.fixture
def mailing(queue: Callable[[int], Dispatch], mail_channel: ScriptedChannel) -> Dispatch:
    """A mailing to forty: reader1 is refused, reader2 puts it off, all others have it; its links are counted."""
    accept = mail_channel.answer

    def answer(recipient: Recipient | None) -> Outcome:
        assert recipient is not None
        if recipient.email.startswith("reader1@"):
            return Rejected("Blocked for <policy>.", code="5.7.1")
        if recipient.email.startswith("reader2@"):
            return Deferred("Busy, come again.", code="4.3.2")
        return accept(recipient)

    mail_channel.answer = answer
    dispatch = queue(40)
    world.work(dispatch)
    assert dispatch.letter is not None
    view = dispatch.letter.view(site_url="https://letters.example", url=FOG)
    dispatch.variant = MailChannel().compose(view, Options()).to_json()
    dispatch.variant["data"]["links"] = [FOG, f"{FOG}?more"]
    dispatch.save(update_fields=["variant"])
    return dispatch


def finish(dispatch: Dispatch, mail_channel: ScriptedChannel) -> None:
    mail_channel.answer = lambda _: Rejected("Gone.", code="")
    Batch.objects.update(not_before=None)
    world.send(dispatch.pk)
    dispatch.refresh_from_db()
    assert dispatch.state == "partly"


def read(dispatch: Dispatch) -> None:
    """Have readers open it, follow links, and leave by it; a scanner follows every link."""
    assert dispatch.released_at is not None
    at = dispatch.released_at
    readers = [world.reader(number).pk for number in range(3, 9)]
    Open.objects.bulk_create(
        Open(dispatch_id=dispatch.pk, subscriber_id=reader, at=at + timedelta(hours=hours))
        for reader, hours in zip(readers, (0, 0, 1, 5, 60, 60), strict=True)
    )
    Click.objects.create(dispatch_id=dispatch.pk, subscriber_id=readers[0], link=1, at=at + timedelta(hours=2))
    Click.objects.bulk_create(
        Click(dispatch_id=dispatch.pk, subscriber_id=readers[5], link=link, at=at) for link in range(3)
    )
    Subscription.objects.filter(subscriber=readers[1]).update(state="left", left_dispatch_id=dispatch.pk)


def test_it_shows_how_it_goes_and_who_stands_in_the_way(
    mailing: Dispatch, mail_channel: ScriptedChannel, editor: Client
) -> None:
    path = f"/desk/dispatches/{mailing.pk}/"
    page = html(editor.get(path))
    words = " ".join(page.split())
    assert "<strong>38</strong> of 40 accepted" in words
    assert ("1 to come" in words, "of these 1 put off" in words, "a second" in words) == (True, True, True)
    assert f'data-figures="{path}figures/"' in page
    assert "inbox.example" in words
    assert "<code>5.7.1</code>" in page
    assert "Blocked for &lt;policy&gt;." in editor.get(path).content.decode()
    assert "<code>4.3.2</code>" in page
    assert "Busy, come again." in page
    assert f"{path}pause/" in page
    assert "그 가운데 1명 지연" in html(editor.get(path, headers={"Accept-Language": "ko"}))
    finish(mailing, mail_channel)
    page = html(editor.get(path))
    assert ("data-figures" in page, "Put off: tried again" in page) == (False, False)
    assert "How it went out" in page
    (first, second) = troubles.refusals(mailing).rows
    assert ({first.code, second.code}, first.people, first.domain) == ({"5.7.1", ""}, 1, "inbox.example")


def test_readers_are_shown_by_the_hour_and_by_link(
    mailing: Dispatch, mail_channel: ScriptedChannel, editor: Client
) -> None:
    finish(mailing, mail_channel)
    read(mailing)
    page = html(editor.get(f"/desk/dispatches/{mailing.pk}/"))
    words = " ".join(page.split())
    assert "6 opened it (16 %), 1 followed a link (3 %)." in words
    assert "For 1 more a scanner followed several links at once" in words
    assert "left by it: 1" in words
    assert page.count('class="opens"') == 3  # hours; the two of later are in the table
    assert [row.opens for row in tallies.take(mailing.pk, released_at=_released(mailing)).course] == [2, 1, 0, 1, 2]
    first = words.split('<td data-label="Scanners">')
    assert [cell.partition("<")[0] for cell in first[1:]] == ["1", "1"]
    assert f"/desk/dispatches/{mailing.pk}/resend-unopened/" in page


def _released(dispatch: Dispatch) -> Any:
    assert dispatch.released_at is not None
    return dispatch.released_at


def test_a_large_mailing_is_added_up_now_and_then(
    mailing: Dispatch, mail_channel: ScriptedChannel, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(mailing, mail_channel)
    read(mailing)
    monkeypatch.setattr(tallies, "LARGE", 39)
    path = f"/desk/dispatches/{mailing.pk}/"
    assert "added up every few minutes, and will be here soon" in html(editor.get(path))
    insights.renew_tallies()
    page = html(editor.get(path))
    assert "6 opened it" in page
    assert "As of " in page
    at = timezone.now()
    stored = tallies.of(mailing.pk, released_at=_released(mailing), recipients=40)
    assert stored is not None
    assert stored.to_json() == tallies.take(mailing.pk, released_at=_released(mailing)).to_json()
    assert tallies.renew([(mailing.pk, _released(mailing))], now=at) == 0
    assert tallies.renew([(mailing.pk, _released(mailing))], now=at + timedelta(minutes=2)) == 1


def test_the_older_a_mailing_the_more_rarely_it_is_added_up() -> None:
    released = timezone.now()
    assert is_due(released, None, released)
    for age, wait in ((timedelta(0), timedelta(minutes=1)), (timedelta(hours=20), timedelta(hours=1))):
        last = released + age
        assert not is_due(released, last, last + wait - timedelta(seconds=1))
        assert is_due(released, last, last + wait)


def test_who_received_it_is_found_and_exported(mailing: Dispatch, editor: Client) -> None:
    path = f"/desk/dispatches/{mailing.pk}/recipients/"
    page = html(editor.get(path))
    assert page.count('<td data-label="Outcome">accepted') == 38
    assert "reader2@inbox.example" not in page  # their turn is to come
    found = html(editor.get(path, {"q": "READER3"}))
    assert (found.count("@inbox.example"), "reader31@" in found) == (11, True)  # 3 and 30 to 39
    found = html(editor.get(path, {"outcome": "rejected"}))
    assert ("reader1@inbox.example" in found, "reader3@" in found, "5.7.1" in found) == (True, False, True)
    older = html(editor.get(path, {"before": str(world.reader(4).pk)}))
    assert ("reader3@" in older, "reader4@" in older) == (True, False)
    Subscriber.objects.filter(pk=world.reader(5).pk).update(name='=HYPERLINK("evil")')
    privacy.erase("reader6@inbox.example")
    Open.objects.create(dispatch_id=mailing.pk, subscriber_id=world.reader(3).pk, at=timezone.now())
    answer = editor.get(f"/desk/dispatches/{mailing.pk}/recipients.csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    rows = {row["email"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(rows) == 39
    assert rows["reader5@inbox.example"]["name"] == """'=HYPERLINK("evil")"""
    assert (rows["reader3@inbox.example"]["opened"], rows["reader4@inbox.example"]["opened"]) == ("yes", "")
    assert rows["reader1@inbox.example"]["outcome"] == "rejected"
    assert "" in rows  # who was erased is a row without an address
    answer = editor.get(f"/desk/dispatches/{mailing.pk}/recipients.csv", {"outcome": "rejected"})
    assert b"".join(answer.streaming_content).count(b"\n") == 2  # type: ignore[attr-defined]


def test_a_page_asks_as_much_for_many_as_for_few(mailing: Dispatch, editor: Client) -> None:
    def queries() -> int:
        total = 0
        for path in ("", "recipients/", "recipients/?q=reader3"):
            with CaptureQueriesContext(connection) as captured:
                assert editor.get(f"/desk/dispatches/{mailing.pk}/{path}").status_code == 200
            total += len(captured)
        return total

    queries()
    few = queries()
    read(mailing)
    Batch.objects.bulk_create(Batch(dispatch=mailing, subscribers=[10_000 + n], state="done") for n in range(30))
    assert queries() == few


async def _first_event(answer: Any) -> dict[str, str]:
    chunks: AsyncIterator[bytes] = answer.streaming_content
    async with asyncio.timeout(PATIENCE), aclosing(chunks):  # type: ignore[type-var]
        assert (await anext(chunks)).startswith(b"retry: ")
        text = (await anext(chunks)).decode()
        return dict(line.split(": ", 1) for line in text.strip().splitlines())


def test_the_whole_way_to_the_stream_is_open_and_for_the_team_alone(mailing: Dispatch) -> None:
    async def ask(client: AsyncClient) -> tuple[Any, str]:
        answer: Any = await client.get(f"/desk/dispatches/{mailing.pk}/figures/")
        return answer, (await _first_event(answer))["event"] if answer.streaming else ""

    client = AsyncClient()
    answer, event = asyncio.run(ask(client))
    assert (answer.status_code, event) == (302, "")
    client.force_login(world.make_colleague("noor"))
    answer, event = asyncio.run(ask(client))
    answer.close()  # as servers do it: in a thread of its own
    assert (answer.status_code, answer.headers["Content-Type"], event) == (200, "text/event-stream", "figures")
    assert "no-store" in answer.headers["Cache-Control"]


def test_figures_come_as_a_stream_of_which_there_are_only_so_many(
    mailing: Dispatch, mail_channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = AsyncRequestFactory().get("/")
    request.user = world.make_colleague("noor")
    answer = live_streams.live_stream(request, mailing.pk)
    event = asyncio.run(_first_event(answer))
    data = json.loads(event["data"])
    assert (event["event"], data["state"]) == ("figures", "sending")
    assert "<strong>38</strong> of 40 accepted" in " ".join(data["html"].split())
    monkeypatch.setattr(live_streams, "MOST_OF_EDITOR", 1)
    assert live_streams.live_stream(request, mailing.pk).status_code == 204
    answer.close()
    second = live_streams.live_stream(request, mailing.pk)
    assert second.status_code == 200
    second.close()
    finish(mailing, mail_channel)
    assert live_streams.live_stream(request, mailing.pk).status_code == 204
