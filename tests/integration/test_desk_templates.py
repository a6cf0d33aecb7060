"""The desk's pages of channels, templates and look, as they answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from distributor.cli.accounts import connect_practice
from distributor.delivery.models import Account, RateBudgetUse
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.variants import template_edits
from distributor.letters.models import Letter, Publication, TemplateVersion
from distributor.people import audit
from tests.integration import world
from tests.integration.desk import html

pytestmark = pytest.mark.django_db(transaction=True)

POST = "/desk/templates/lantern/social/twitter.txt/"
CHANNELS = "/desk/channels/lantern/"
LOOK = "/desk/look/lantern/"


def test_what_somebody_else_saved_is_told_and_what_was_typed_is_kept(editor: Client, letter: Letter) -> None:
    assert 'name="base" value="0"' in html(editor.get(POST))
    template_edits.save(letter.publication, "social/twitter.txt", "{{ letter.title }}", actor="jun", origin="the desk")
    answer = editor.post(POST, {"base": "0", "source": "Mine: {{ letter.title }}"})
    assert answer.status_code == 422
    page = html(answer)
    assert "jun saved version 1 of this template meanwhile" in page
    assert "Mine: {{ letter.title }}" in page
    assert TemplateVersion.objects.count() == 1
    answer = editor.post(POST, {"base": "1", "source": "Mine: {{ letter.title }}"}, follow=True)
    assert "Saved as version 2" in html(answer)
    [entry] = audit.entries(publication=letter.publication)
    assert (entry.action, entry.actor, entry.subject) == ("templates.save", "mina", "template social/twitter.txt")


def test_a_preview_is_of_what_is_typed_and_stores_nothing(editor: Client, letter: Letter) -> None:
    shown = editor.post(f"{POST}preview/", {"source": "Now: {{ letter.title }}", "letter": str(letter.pk)})
    assert f"Now: {letter.title}" in html(shown)
    broken = html(editor.post(f"{POST}preview/", {"source": "One\r\n\r\n{% endif %}"}))
    assert 'data-line="3"' in broken
    mail = editor.get("/desk/templates/lantern/email/letter.html/preview/")
    assert "sandbox" in mail.headers["Content-Security-Policy"]
    assert letter.title in html(mail)
    digest = editor.get("/desk/templates/lantern/email/digest.txt/preview/")
    assert letter.title in html(digest)
    assert editor.post(f"{POST}preview/", {"source": "x" * 200_001}).status_code == 200
    assert not TemplateVersion.objects.exists()


@pytest.mark.parametrize(
    "path",
    ["nowhere/email/letter.html/", "lantern/email/nothing.html/", "lantern/desk/base.html/", "lantern/social/..%2fx/"],
)
def test_there_is_no_template_but_those_of_the_list(editor: Client, letter: Letter, path: str) -> None:
    del letter
    assert editor.get(f"/desk/templates/{path}").status_code == 404
    assert editor.get(f"{POST}versions/1/").status_code == 404


def test_channels_show_what_is_left_and_where_practice_begins(editor: Client, letter: Letter) -> None:
    brand = letter.publication
    connect_practice(brand, ["twitter"])
    account = Account.objects.get(channel="twitter")
    [dispatch] = queue_letter(letter, channels=["twitter"], approve=False).dispatches
    RateBudgetUse.objects.create(account=account, dispatch=dispatch, at=timezone.now(), calls=3, used=True)
    account.allowance, account.allowance_until = 7, timezone.now() + timedelta(hours=1)
    account.save()
    page = html(editor.get(CHANNELS))
    assert "97 of 100 calls in 15 minutes" in page
    assert "Its network allows 7 more" in page
    assert "$0.015 a post, $0.20 with a link" in page
    assert "Only practice accounts: nothing of this channel reaches real people." in page
    world.make_publication("harbor")
    assert account.name not in html(editor.get("/desk/channels/harbor/"))


def test_more_accounts_ask_the_database_no_more(editor: Client, letter: Letter) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(CHANNELS).status_code == 200
        return len(captured)

    connect_practice(letter.publication, ["twitter"])
    few = queries()
    connect_practice(letter.publication, ["mastodon", "bluesky", "facebook", "threads", "linkedin"])
    assert queries() == few


def test_a_look_is_shown_before_it_is_stored(editor: Client, letter: Letter) -> None:
    brand = letter.publication
    values = {"setting-colour": "#f0e68c", "setting-text-font": "verdana", "setting-heading-font": "times"}
    shown = html(editor.post(f"{LOOK}preview/", values))
    assert "Verdana, Geneva" in shown
    assert "Times New Roman" in shown
    brand.refresh_from_db()
    assert (brand.colour, brand.text_font) == ("", "")
    page = html(editor.post(LOOK, values, follow=True))
    assert "is too little to read" in page
    brand.refresh_from_db()
    assert (brand.colour, brand.text_font, brand.heading_font) == ("#f0e68c", "verdana", "times")
    refused = editor.post(LOOK, {**values, "setting-text-font": "comic"})
    assert refused.status_code == 422
    assert "is not a font that you can choose" in html(refused)
    assert "Verdana" in html(editor.get("/lantern/fonts-verdana-and-usual.css"))
    assert editor.get("/lantern/fonts-comic-and-usual.css").status_code == 404
    assert Publication.objects.get(pk=brand.pk).text_font == "verdana"
