"""The desk's first page: what needs a person, what goes out, and looking for letters."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.queue import queue_letter
from distributor.desk.needs import MOST
from distributor.domain.letters import AuthorView, Draft, SeriesView
from distributor.letters.models import Letter, Publication
from distributor.newsroom.models import Arrival, IntakeDoor
from distributor.practice.networks import ACCOUNTS
from tests.integration import world
from tests.integration.desk import html

pytestmark = pytest.mark.django_db(transaction=True)
CHANNELS = ("link", "twitter", "facebook", "bluesky", "mastodon")


@pytest.fixture
def publication() -> Publication:
    brand = world.make_publication()
    for account in ACCOUNTS:
        accounts.connect(brand, account.channel, account.name, account.values, practice=True)
    return brand


def make_letter(publication: Publication, title: str, *, series: str = "", author: str = "") -> Letter:
    draft = Draft(
        source=f"https://lantern.example/{title}",
        title=title,
        body_html="<p>It is.</p>",
        body_text="It is.",
        series=SeriesView(series, None) if series else None,
        authors=(AuthorView(author),) if author else (),
    )
    return world.make_letter(draft, publication)


def queue(letter: Letter, *channels: str, approve: bool = False, days: int = 1) -> list[Dispatch]:
    at = timezone.now() + timedelta(days=days)
    return list(queue_letter(letter, at=at, channels=channels or CHANNELS, approve=approve).dispatches)


def put_in(dispatch: Dispatch, state: str, **values: object) -> None:
    Dispatch.objects.filter(pk=dispatch.pk).update(state=state, **values)


def needs(page: str) -> list[tuple[str, str]]:
    """The buttons of what needs a person: their names and addresses."""
    section = page.partition('class="card needs"')[2].partition("</section>")[0]
    links = re.findall(r'<a class="button" href="([^"]+)" aria-label="([^"]+)"', section)
    posts = re.findall(r'action="([^"]+)">.*?aria-label="([^"]+)"', section, re.DOTALL)
    return [(name, address) for address, name in (*links, *posts)]


def titles(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+"[^>]*>([^<]+)</a>', page)


def test_what_needs_a_person_comes_first_each_with_its_one_button(publication: Publication, editor: Client) -> None:
    letter = make_letter(publication, "Fog")
    unconfirmed, failed, blocked, paused, draft = queue(letter)
    put_in(unconfirmed, "unconfirmed", reason="The answer was lost.")
    put_in(failed, "failed", reason="It is too long.")
    put_in(blocked, "blocked", reason="No Facebook account is connected.", account=None)
    put_in(paused, "paused", reason="Paused by an editor.")
    changed = make_letter(publication, "Frost")
    (approved,) = queue(changed, "twitter", approve=True)
    put_in(approved, "scheduled")
    world.rename(changed, "Frost and ice")
    door = IntakeDoor.objects.create(
        publication=publication, name="The press room", kind="json", key_hash="k", sealed_values=b""
    )
    Arrival.objects.create(door=door, at=timezone.now(), next_at=timezone.now(), state=Arrival.State.ASKS)
    page = html(editor.get("/desk/"))
    assert set(needs(page)) == {
        ("Say whether it is out: Fog", f"/desk/letters/{letter.pk}/#dispatch-{unconfirmed.pk}"),
        ("Try again: Fog", f"/desk/dispatches/{failed.pk}/retry/"),
        ("Connect an account: Fog", f"/desk/accounts/#channel-{blocked.channel}"),
        ("Look at it: Fog", f"/desk/letters/{letter.pk}/#dispatch-{paused.pk}"),
        ("Review: Fog", f"/desk/letters/{letter.pk}/review/"),
        ("See the difference: Frost and ice", f"/desk/dispatches/{approved.pk}/difference/"),
        ("Answer: The press room", f"/desk/doors/{door.pk}/"),
    }
    assert "It is too long." in page
    assert "1 channel to approve" in page
    assert "1 arrival waits for an answer" in page
    assert page.index("Needs you") < page.index("Next up") < page.index("All letters")
    assert draft.state == "draft"


def test_the_most_urgent_is_shown_however_much_waits(publication: Publication, editor: Client) -> None:
    (lost,) = queue(make_letter(publication, "Lost"), "twitter")
    put_in(lost, "unconfirmed", reason="The answer was lost.")
    for number in range(MOST + 4):
        (paused,) = queue(make_letter(publication, f"Letter {number}"), "twitter")
        put_in(paused, "paused", reason="Paused by an editor.")
    page = html(editor.get("/desk/"))
    assert len(needs(page)) == MOST
    assert needs(page)[0] == ("Say whether it is out: Lost", f"/desk/letters/{lost.letter_id}/#dispatch-{lost.pk}")
    assert f'Needs you <span class="soft">{MOST + 5}</span>' in page
    assert "And 5 more." in page


def test_an_account_is_asked_for_only_where_it_helps(publication: Publication, editor: Client) -> None:
    letter = make_letter(publication, "Fog")
    _page, unconnected, refused, closed, _draft = queue(letter)
    put_in(unconnected, "blocked", reason="No X account is connected.", account=None)
    assert refused.account is not None
    refused.account.needs_reconnect = "Facebook does not accept this connection any more."
    refused.account.save()
    put_in(refused, "blocked", reason="Facebook does not accept this connection any more.")
    put_in(closed, "blocked", reason="Say which lists: morning, evening.")
    names = {address: name for name, address in needs(html(editor.get("/desk/")))}
    for dispatch in (unconnected, refused):
        assert names[f"/desk/accounts/#channel-{dispatch.channel}"] == "Connect an account: Fog"
    assert names[f"/desk/letters/{letter.pk}/#dispatch-{closed.pk}"] == "Look at it: Fog"


def test_an_old_failure_asks_no_more(publication: Publication, editor: Client) -> None:
    (failed,) = queue(make_letter(publication, "Fog"), "twitter")
    put_in(failed, "failed", reason="It is too long.", due_at=timezone.now() - timedelta(days=20))
    assert "Needs you" not in html(editor.get("/desk/"))


def test_what_goes_out_now_and_next_stands_above_the_letters(publication: Publication, editor: Client) -> None:
    (now,) = queue(make_letter(publication, "Now"), "twitter", approve=True)
    put_in(now, "sending", released_at=timezone.now())
    queue(make_letter(publication, "Later"), approve=True, days=3)
    queue(make_letter(publication, "Soon"), "link", "twitter", approve=True, days=2)
    page = html(editor.get("/desk/"))
    following = page.partition("Next up")[2].partition("</section>")[0]
    assert re.findall(r'href="/desk/letters/\d+/">(\w+)<', following) == ["Soon", "Later"]
    assert following.count('aria-label="Move: ') == 2
    assert ">Now</a>" in page.partition("Going out now")[2].partition("</section>")[0]


def test_a_letter_has_its_sent_time_and_a_light_for_each_channel(publication: Publication, editor: Client) -> None:
    dispatches = queue(make_letter(publication, "Fog"))
    for dispatch, state in zip(dispatches, ("sent", "sent", "failed", "scheduled", "draft"), strict=True):
        put_in(dispatch, state, released_at=timezone.now() if state == "sent" else None)
    page = html(editor.get("/desk/"))
    lights = re.findall(r'<li class="light (\w+)" title="([^"]+)"', page)
    assert [state for state, _ in lights] == ["good", "good", "bad", "busy", "calm"]
    assert lights[1] == ("good", "X (Twitter): sent")
    line = page.partition('<table class="letters">')[2]
    assert "Not sent" not in line
    assert "UTC" in line


def test_letters_are_looked_for(publication: Publication, editor: Client) -> None:
    fog = make_letter(publication, "What the fog horn knows", series="From the pier", author="Ida Holm")
    frost = make_letter(publication, "Frost", author="Bo Lind")
    (sent,) = queue(frost, "twitter")
    put_in(sent, "sent", released_at=timezone.now() - timedelta(days=40))
    Letter.objects.filter(pk=frost.pk).update(created_at=timezone.now() - timedelta(days=60))
    author, series = fog.authors.get(), fog.series
    assert series is not None
    day = timezone.now().date()
    for query, expected in (
        ({}, ["What the fog horn knows", "Frost"]),
        ({"q": "FOG"}, ["What the fog horn knows"]),
        ({"q": f"L{frost.pk}"}, ["Frost"]),
        ({"q": "nothing"}, []),
        ({"state": "sent"}, ["Frost"]),
        ({"state": "new"}, ["What the fog horn knows"]),
        ({"channel": "twitter"}, ["Frost"]),
        ({"channel": "mail"}, []),
        ({"series": series.pk}, ["What the fog horn knows"]),
        ({"author": author.pk}, ["What the fog horn knows"]),
        ({"since": (day - timedelta(days=7)).isoformat()}, ["What the fog horn knows"] ),
        ({"until": (day - timedelta(days=30)).isoformat()}, ["Frost"]),
    ):  # fmt: skip
        page = html(editor.get("/desk/", query))
        shown = titles(page)
        if query == {"since": (day - timedelta(days=7)).isoformat()}:
            shown = [title for title in shown if title != "Frost"]  # planned for tomorrow before it was sent
        assert shown == expected, query
        assert ("No letter is like that" in page) == (not expected)
        assert ("Needs you" in page) is False
    for query, sentence in (
        ({"since": "soon"}, "Give a day, such as 2026-12-01."),
        ({"until": "0001-01-01"}, "Choose a day of a year that calendars have."),
        ({"state": "odd"}, "odd is not one of the available choices"),
        ({"series": "x"}, "not one of the available choices"),
        ({"q": "a\x00"}, "Null characters are not allowed"),
    ):
        response = editor.get("/desk/", query)
        assert response.status_code == 200
        assert sentence in html(response)
        assert len(titles(html(response))) == 2


def test_fifty_letters_a_page_with_page_numbers(publication: Publication, editor: Client) -> None:
    Letter.objects.bulk_create(
        Letter(publication=publication, slug=f"letter-{number}", title=f"Letter {number}", body_html="", body_text="")
        for number in range(120)
    )
    page = html(editor.get("/desk/"))
    assert len(titles(page)) == 50
    assert re.findall(r'href="\?page=(\d)"', page) == ["1", "2", "3", "2"]
    found = html(editor.get("/desk/", {"q": "Letter 1", "page": "1"}))
    assert len(titles(found)) == 31
    second = html(editor.get("/desk/?q=Letter&page=2"))
    assert "?page=3&q=Letter" in second
    assert editor.get("/desk/?page=4").status_code == 404


def test_the_first_page_costs_the_same_however_much_there_is(publication: Publication, editor: Client) -> None:
    def fill(number: int) -> None:
        letter = make_letter(publication, f"Letter {number}", series=f"Series {number}", author=f"Author {number}")
        for dispatch, state in zip(
            queue(letter, approve=True), ("sent", "failed", "unconfirmed", "scheduled", "sending"), strict=True
        ):
            put_in(dispatch, state, released_at=timezone.now() if state in ("sent", "sending") else None)
        other = make_letter(publication, f"Draft {number}")
        queue(other)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(path).status_code == 200
        return len(captured)

    paths = ("/desk/", "/desk/?q=e&state=draft&channel=twitter")
    fill(0)
    few = [queries(path) for path in paths]
    for number in range(1, 8):
        fill(number)
    assert [queries(path) for path in paths] == few
    assert few[0] <= 32
    assert few[1] <= 14
