"""Tracked links and opens, from the mail that went out to the desk's figures; and leaving by one click."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from distributor.audience import signed_tokens
from distributor.audience.models import Engagement, Subscriber, Subscription
from distributor.channels import registry, stored_variants
from distributor.channels.base import Options
from distributor.channels.mail.adapter import MailChannel
from distributor.channels.mail.payload import MailPayload
from distributor.delivery.accounts import accounts
from distributor.delivery.mail.link_tokens import RecipientLinks
from distributor.delivery.models import Dispatch
from distributor.delivery.variants.previews import options_for
from distributor.delivery.variants.redirects import destination
from distributor.domain.letters import Draft
from distributor.domain.recipients import Recipient
from distributor.insights import tracking
from distributor.insights.models import Click, Open
from distributor.letters.models import Publication
from distributor.rendering.mail import RecipientPass
from tests.integration import world

pytestmark = pytest.mark.django_db(transaction=True)

BROWSER = {"User-Agent": world.BROWSER}
FOG = "https://lantern.example/fog?horn=1&loud=2"
NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def dispatch(publication: Publication) -> Dispatch:
    """A mail to three readers, as it is stored once it is released."""
    draft = Draft(
        source="https://lantern.example/fog",
        title="What the fog horn knows",
        body_html=f'<p><a href="{escape(FOG)}">The horn</a> is back. <a href="mailto:a@b.example">Write</a>.</p>',
        body_text="The horn is back.",
        canonical_url="https://lantern.example/fog",
        share_bar=("mail", "link"),
    )
    letter = world.make_letter(draft, publication)
    accounts.connect(publication, "mail", "main", {"url": "smtp://127.0.0.1:1"})
    (made,) = world.queue(letter, "mail", lists=[world.make_list(publication, 3)])
    view = letter.view(site_url="https://letters.example", url="https://letters.example/lantern/letters/fog/")
    made.variant = MailChannel().compose(view, Options()).to_json()
    made.save()
    return made


def reader(dispatch: Dispatch, number: int = 0) -> Subscriber:
    found = Subscriber.objects.filter(subscriptions__list__dispatches=dispatch).order_by("pk")[number]
    assert isinstance(found, Subscriber)
    return found


def track(dispatch: Dispatch, number: int = 0) -> str:
    return RecipientLinks(dispatch.pk).of(reader(dispatch, number).pk)["track"]


def mail_to(dispatch: Dispatch, number: int = 0) -> str:
    """The HTML that a reader got."""
    one = reader(dispatch, number)
    links: dict[str, Any] = dict(RecipientLinks(dispatch.pk).of(one.pk))
    recipient = Recipient(one.pk, one.email, one.name, **links)
    assert dispatch.variant is not None
    return RecipientPass(stored_variants.read(dispatch.variant)).render(recipient).html


def follow(path: str, **headers: str) -> HttpResponse:
    response: Any = Client().get(path, headers={**BROWSER, **headers})
    assert isinstance(response, HttpResponse)
    return response


def test_a_link_of_the_mail_leads_where_it_led_and_counts(dispatch: Dispatch) -> None:
    html = mail_to(dispatch)
    links = re.findall(r'href="https://letters\.example(/c/[^"]*)"', html)
    led = {follow(link).headers["Location"] for link in links}
    assert FOG in led
    assert led == set(dispatch.variant["data"]["links"])  # type: ignore[index]
    assert all(link.startswith(f"/c/{track(dispatch)}/") for link in links)
    assert Click.objects.filter(dispatch_id=dispatch.pk, subscriber_id=reader(dispatch).pk).count() == len(links)
    assert escape(FOG) not in html
    assert 'href="mailto:a@b.example"' in html
    assert "/u/" in html
    response = follow(links[0])
    assert response.status_code == 302
    assert "no-store" in response.headers["Cache-Control"]


def test_the_picture_of_the_mail_counts(dispatch: Dispatch) -> None:
    (picture,) = re.findall(r'<img src="https://letters\.example(/o/[^"]*)" width="1"', mail_to(dispatch))
    response = follow(picture)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/gif")
    assert len(response.content) == 43
    assert response.content.startswith(b"GIF89a")
    assert "no-store" in response.headers["Cache-Control"]
    (row,) = Open.objects.values_list("dispatch_id", "subscriber_id")
    assert row == (dispatch.pk, reader(dispatch).pk)


def test_both_are_noted_for_the_person(dispatch: Dispatch) -> None:
    follow(f"/c/{track(dispatch)}/0")
    follow(f"/c/{track(dispatch)}/0")
    follow(f"/o/{track(dispatch)}.gif")
    noted = Engagement.objects.get(subscriber_id=reader(dispatch).pk)
    assert (noted.opens, noted.clicks) == (1, 2)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Purpose": "prefetch"},
        {"User-Agent": "Mozilla/5.0 (compatible; SomeBot/2.1)"},
        {"User-Agent": ""},
    ],
)
def test_machines_are_led_on_but_not_counted(dispatch: Dispatch, headers: dict[str, str]) -> None:
    assert follow(f"/c/{track(dispatch)}/0", **headers).status_code == 302
    assert follow(f"/o/{track(dispatch)}.gif", **headers).status_code == 200
    assert not Click.objects.exists()
    assert not Open.objects.exists()


def test_head_does_not_count_and_nothing_can_be_posted(dispatch: Dispatch) -> None:
    for path in (f"/c/{track(dispatch)}/0", f"/o/{track(dispatch)}.gif"):
        assert Client().head(path, headers=BROWSER).status_code in (200, 302)
        assert Client().post(path, headers=BROWSER).status_code == 405
    assert not Click.objects.exists()
    assert not Open.objects.exists()


def test_it_leads_only_where_the_mail_that_went_out_says(dispatch: Dispatch) -> None:
    whole = track(dispatch)
    personal = signed_tokens.recipient_tokens().write(dispatch.pk, reader(dispatch).pk)
    elsewhere = signed_tokens.tracking_tokens().write(dispatch.pk + 1000, reader(dispatch).pk)
    for path in (
        f"/c/{whole}/99",
        f"/c/{whole}/{10**30}",
        f"/c/{whole[:-2]}/0",
        f"/c/{personal}/0",
        f"/c/{elsewhere}/0",
        "/c/nonsense/0",
        f"/c/{whole}/0?next=https://evil.example",
    ):
        response = follow(path)
        if "next" in path:
            assert "evil" not in response.headers["Location"]
            continue
        assert response.status_code == 404
        assert "This link does not work" in response.content.decode()
    assert Click.objects.count() == 1
    assert follow("/o/nonsense.gif").content.startswith(b"GIF")
    assert not Open.objects.exists()


def test_a_tracking_mark_opens_nothing_else(dispatch: Dispatch) -> None:
    assert Client().post(f"/u/{track(dispatch)}/").status_code == 404
    assert Subscription.objects.filter(state="active").count() == 3


@contextmanager
def without_table(table: str) -> Iterator[None]:
    """Take a table away for a while, so that writing to it fails."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
        yield
        cursor.execute(f"ALTER TABLE {table}_away RENAME TO {table}")


def test_readers_come_before_figures(dispatch: Dispatch, caplog: pytest.LogCaptureFixture) -> None:
    follow(f"/c/{track(dispatch)}/0")
    with without_table("insights_click"), without_table("insights_open"):
        assert follow(f"/c/{track(dispatch)}/0").status_code == 302
        assert follow(f"/o/{track(dispatch)}.gif").status_code == 200
    assert Click.objects.count() == 1
    assert "was not counted" in caplog.text
    assert track(dispatch) not in caplog.text


def test_many_at_once_are_all_counted(dispatch: Dispatch) -> None:
    paths = [
        path for number in range(3) for path in (f"/c/{track(dispatch, number)}/0", f"/o/{track(dispatch, number)}.gif")
    ]

    def visit(path: str) -> int:
        try:
            return follow(path).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(visit, paths * 10)) == {200, 302}
    assert tracking.opens_of(dispatch.pk) == tracking.ClickCount(3, 30)
    assert (tracking.clicks_of(dispatch.pk).people, tracking.clicks_of(dispatch.pk).total) == (3, 30)


# Figures


def click(subscriber: int, link: int, seconds: float, dispatch: int = 7) -> Click:
    return Click(dispatch_id=dispatch, subscriber_id=subscriber, link=link, at=NOW + timedelta(seconds=seconds))


def test_clicks_are_added_up_by_link_and_scanners_told_apart() -> None:
    Click.objects.bulk_create(
        [
            *(click(1, link, seconds) for link, seconds in ((0, 0), (0, 0.1), (0, 0.2), (1, 30))),  # impatient
            *(click(2, link, 100 + link) for link in (0, 1)),  # two links at once are not yet a machine
            *(click(3, link, link / 10) for link in range(4)),  # a scanner
            *(click(4, link, link * 3.0) for link in range(4)),  # a quick reader
            click(5, 0, 0, dispatch=8),
        ]
    )
    counted = tracking.clicks_of(7)
    assert (counted.people, counted.total, counted.machines) == (3, 10, 1)
    assert {link: (one.people, one.total) for link, one in counted.links} == {
        0: (3, 5),
        1: (3, 3),
        2: (1, 1),
        3: (1, 1),
    }
    assert tracking.clicks_of(99) == tracking.Clicks(0, 0)
    assert tracking.opens_of(99) == tracking.ClickCount(0, 0)


def test_the_desk_shows_what_readers_did(dispatch: Dispatch) -> None:
    editor = Client()
    editor.force_login(world.make_colleague("mina"))
    for number in (0, 1):
        follow(f"/o/{track(dispatch, number)}.gif")
    links = dispatch.variant["data"]["links"]  # type: ignore[index]
    follow(f"/c/{track(dispatch)}/{links.index(FOG)}")
    shown = editor.get(f"/desk/dispatches/{dispatch.pk}/").content.decode()
    assert "2 opened it" in shown
    assert "1 followed a link" in shown
    first = re.search(r'<th scope="row" class="source">([^<]*)</th>\s*<td data-label="People">(\d+)</td>', shown)
    assert first is not None
    assert first.groups() == (escape(FOG), "1")
    assert "/c/" not in editor.get(f"/desk/dispatches/{dispatch.pk}/mail/").content.decode()


def test_an_untracked_mail_shows_no_figures(dispatch: Dispatch) -> None:
    editor = Client()
    editor.force_login(world.make_colleague("mina"))
    dispatch.variant["data"]["links"] = []  # type: ignore[index]
    dispatch.save()
    assert "opened it" not in editor.get(f"/desk/dispatches/{dispatch.pk}/").content.decode()


def test_a_publication_can_do_without(dispatch: Dispatch, publication: Publication) -> None:
    assert options_for("lantern", {}, "mail").track
    publication.channel_options = {"mail": {"track": False}}
    options = options_for(publication.slug, publication.channel_options, "mail")
    assert dispatch.letter is not None
    view = dispatch.letter.view(site_url="https://letters.example", url="https://letters.example/lantern/letters/fog/")
    variant = registry.get("mail").compose(view, options)
    assert MailPayload.of(variant).links == ()
    assert "recipient.track" not in variant.html
    assert escape(FOG) in variant.html


def test_what_a_link_led_to_is_remembered(dispatch: Dispatch, django_assert_num_queries: Callable[..., Any]) -> None:
    assert destination(dispatch.pk, 0)
    with django_assert_num_queries(0):
        assert destination(dispatch.pk, 0)


# Leaving by one click (RFC 8058)


def test_one_post_without_cookie_or_login_leaves_and_get_does_not(dispatch: Dispatch) -> None:
    one = reader(dispatch)
    url = RecipientLinks(dispatch.pk).of(one.pk)["unsubscribe_url"]
    path = "/u/" + url.partition("/u/")[2]
    client = Client(enforce_csrf_checks=True)
    assert client.get(path).status_code == client.head(path).status_code == 200
    assert Subscription.objects.get(subscriber=one).state == "active"
    body = {"List-Unsubscribe": "One-Click"}
    response = Client(enforce_csrf_checks=True).post(path, body, follow=False)
    assert response.status_code == 200
    assert not response.cookies
    assert Subscription.objects.get(subscriber=one).state == "left"
    assert Subscription.objects.filter(state="active").count() == 2
    assert Client(enforce_csrf_checks=True).post(path, body).status_code == 200  # some providers ask twice


def test_links_of_old_mails_still_work(dispatch: Dispatch) -> None:
    one = reader(dispatch)
    token = signing.Signer(salt="distributor.unsubscribe").sign(f"{one.key.hex}.{dispatch.key.hex}")
    assert Client().get(f"/u/{token}/").status_code == 200
    body = {"List-Unsubscribe": "One-Click"}
    assert Client(enforce_csrf_checks=True).post(f"/u/{token}/", body).status_code == 200
    assert Subscription.objects.get(subscriber=one).state == "left"
