"""What an editor sets for a publication: all or nothing, beside what others set, and seen where it belongs."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from functools import partial
from threading import Thread

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from PIL import Image

from distributor.channels import registry
from distributor.channels.base import Options
from distributor.channels.mail.payload import MailPayload
from distributor.delivery.planning.queue import queue_letter
from distributor.domain.errors import BadInput
from distributor.domain.letters import Draft
from distributor.letters.actions import edit_publication
from distributor.letters.models import Letter, Logo, Publication
from distributor.letters.pages import page_url
from distributor.letters.publication_settings import RawValue
from tests.integration import world
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


def picture(colour: str = "green", size: tuple[int, int] = (900, 200)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def publication() -> Publication:
    return world.make_publication()


@pytest.fixture
def publish(publication: Publication, draft: Draft) -> Callable[..., Letter]:
    return partial(world.put_online, draft, publication)


def stored(publication: Publication) -> Publication:
    return Publication.objects.get(pk=publication.pk)


def test_what_is_set_is_stored_and_nothing_else_changes(publication: Publication) -> None:
    before = Publication.objects.values().get(pk=publication.pk)
    given = {"postal-address": " 12 North Quay ", "quiet-from": "22:00", "quiet-until": "7:00", "hold-minutes": "0"}
    changed = edit_publication(publication, given)
    assert [setting.name for setting in changed] == ["postal-address", "quiet-from", "quiet-until"]
    wanted = {"postal_address": "12 North Quay", "quiet_from": time(22), "quiet_until": time(7)}
    assert Publication.objects.values().get(pk=publication.pk) == {**before, **wanted}
    assert publication.postal_address == "12 North Quay"
    edit_publication(publication, {"postal-address": "", "quiet-from": "", "quiet-until": ""})
    assert Publication.objects.values().get(pk=publication.pk) == before


def test_a_value_that_can_not_be_leaves_everything_as_it_was(publication: Publication) -> None:
    before = Publication.objects.values().get(pk=publication.pk)
    refused: tuple[tuple[dict[str, RawValue], str], ...] = (
        ({"name": "Harbor", "time-zone": "Mars/Base"}, "There is no time zone “Mars/Base”"),
        ({"name": "Harbor", "quiet-from": "22:00"}, "Quiet hours need both times"),
        ({"name": "Harbor", "moon": "full"}, "There is no setting “moon”"),
        ({"logo": picture(), "colour": "greenish"}, "“greenish” is not a colour"),
    )
    for given, problem in refused:
        with pytest.raises(BadInput, match=problem):
            edit_publication(publication, given)
    assert Publication.objects.values().get(pk=publication.pk) == before
    assert not Logo.objects.exists()


def test_two_editors_at_once_keep_each_others_changes(publication: Publication) -> None:
    first, second = stored(publication), stored(publication)
    with transaction.atomic():
        edit_publication(first, {"colour": "#1f6b3a"})
        other = Thread(target=in_a_thread, args=(second, {"postal-address": "12 North Quay"}))
        other.start()
        other.join(0.3)
        assert other.is_alive(), "the second editor waits for the first"
    other.join(PATIENCE)
    both = stored(publication)
    assert (both.colour, both.postal_address) == ("#1f6b3a", "12 North Quay")
    edit_publication(first, {"quiet-from": "22:00", "quiet-until": "7:00"})
    with pytest.raises(BadInput, match="need both times"):
        edit_publication(second, {"quiet-until": ""})


def in_a_thread(publication: Publication, given: dict[str, str]) -> None:
    edit_publication(publication, given)
    connection.close()


def test_a_logo_is_served_for_good_and_stays_when_it_is_replaced(publication: Publication, client: Client) -> None:
    edit_publication(publication, {"logo": picture()})
    assert publication.logo
    assert (publication.logo.width, publication.logo.height) == (560, 124)
    view = publication.view(site_url=settings.SITE_URL).logo
    assert view is not None
    assert (view.width, view.height) == (280, 62)
    path = view.url.removeprefix(settings.SITE_URL)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.content)).size == (560, 124)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert edit_publication(publication, {"logo": picture()}) == (), "the same picture is the same logo"
    edit_publication(publication, {"logo": picture("blue", (40, 40))})
    assert client.get(path).content == answer.content, "mails that are out show it"
    square = publication.view(site_url="").logo
    assert square is not None
    assert (square.width, square.height) == (40, 40), "never enlarged"
    edit_publication(publication, {"logo": ""})
    assert publication.view(site_url="").logo is None
    assert client.get(path).status_code == 200
    assert client.get("/lantern/logo-0000000000000000.png").status_code == 404
    assert client.get(path.replace("lantern", "harbor")).status_code == 404


def test_readers_see_the_logo_and_the_colour(
    publication: Publication, publish: Callable[..., Letter], client: Client
) -> None:
    letter = publish()
    pages = ("/lantern/", f"/lantern/letters/{letter.slug}/")
    for page in pages:
        assert "colour-" not in client.get(page).content.decode()
    edit_publication(publication, {"logo": picture(), "colour": "#1f6b3a"})
    logo = publication.view(site_url="").logo
    assert logo is not None
    for page in pages:
        html = client.get(page).content.decode()
        assert f'<img class="logo" src="{logo.url}" alt="The Lantern Post" width="280" height="62">' in html
        assert '<link rel="stylesheet" href="/lantern/colour-1f6b3a.css">' in html
    assert f'"logo": "{settings.SITE_URL}{logo.url}"' in client.get(pages[1]).content.decode()
    style = client.get("/lantern/colour-1f6b3a.css")
    assert style.headers["content-type"].startswith("text/css")
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "--accent: #1f6b3a; --on-accent: #ffffff;" in style.content.decode()
    for bad in ("zzzzzz", "1f6b3", "1f6b3a1f"):
        assert client.get(f"/lantern/colour-{bad}.css").status_code == 404


def test_a_published_pages_card_keeps_the_colour_it_went_out_with(
    publication: Publication, publish: Callable[..., Letter], client: Client
) -> None:
    edit_publication(publication, {"colour": "#1f6b3a"})
    letter = publish(image_url="")
    card = f"/lantern/letters/{letter.slug}/card-1200x630.png"
    green = client.get(card).content
    edit_publication(publication, {"colour": "#0c635a"})
    assert client.get(card).content == green


def test_a_mail_carries_what_was_set(publication: Publication, draft: Draft) -> None:
    given: dict[str, RawValue] = {
        "sender-name": "등대 편지",
        "reply-to": "desk@lantern.example",
        "postal-address": "속초시 부둣길 12",
        "colour": "#1f6b3a",
        "logo": picture(),
    }
    edit_publication(publication, given)
    letter = world.make_letter(replace(draft, language="ko"), publication)
    view = letter.view(site_url=settings.SITE_URL, url=page_url(letter))
    mail = registry.get("mail").compose(view, Options())
    assert publication.logo
    assert f"{settings.SITE_URL}/lantern/logo-{publication.logo.key}.png" in mail.html
    assert "#1f6b3a" in mail.html
    assert "The Lantern Post · 속초시 부둣길 12" in mail.html
    envelope = MailPayload.of(mail).envelope
    assert (envelope.sender_name, envelope.reply_to) == ("등대 편지", "desk@lantern.example")


def test_channels_go_out_as_far_apart_as_was_set(publication: Publication, draft: Draft) -> None:
    edit_publication(publication, {"minutes-between-channels": "5", "share-bar": "mail, link, twitter"})
    letter = world.make_letter(replace(draft, share_bar=()), publication)
    dispatches = queue_letter(letter).dispatches
    assert [dispatch.channel for dispatch in dispatches] == ["link", "mail", "twitter"]
    first = dispatches[0].due_at
    assert [round((dispatch.due_at - first) / timedelta(minutes=1)) for dispatch in dispatches] == [0, 5, 10]


def test_digests_that_are_on_keep_since_when(publication: Publication) -> None:
    edit_publication(publication, {"digests": "yes", "digest-hour": "7"})
    since = publication.digests_from
    assert since is not None
    assert (publication.digests_at.hour, publication.digests_at.weekday) == (7, 0)
    assert edit_publication(publication, {"digests": "on"}) == ()
    assert publication.digests_from == since
    edit_publication(publication, {"digests": "no"})
    assert publication.digests_from is None
