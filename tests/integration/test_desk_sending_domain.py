"""A publication's sending domain on the desk, and a further publication."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.test import Client

from distributor.channels.mail.dns.resolver import Dns
from distributor.delivery.accounts import dkim_keys
from distributor.delivery.models import SigningKey
from distributor.desk import sending_domain
from distributor.letters.models import Publication
from distributor.people import languages
from distributor.people.models import AuditEntry
from tests.integration import world
from tests.integration.desk import errors, html, said
from tests.integration.name_server import serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

PAGE = "/desk/settings/lantern/domain/"
ZONE = """
$TTL 60
lantern.example.         MX   10 mx.lantern.example.
mx.lantern.example.      A    203.0.114.7
lantern.example.         TXT  "v=spf1 ip4:203.0.114.0/24 ~all"
_dmarc.lantern.example.  TXT  "v=DMARC1; p=none; rua=mailto:dmarc@lantern.example"
"""


@pytest.fixture
def brand() -> Publication:
    return world.make_publication()


@pytest.fixture
def boss() -> Client:
    """An admin."""
    client = Client()
    client.force_login(User.objects.create_user("ida", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A real DNS server that has the zone above, asked by the desk."""
    with serving(ZONE) as server:
        monkeypatch.setattr(sending_domain, "Dns", partial(Dns, server))
        yield


def test_a_key_is_made_its_record_copied_and_dns_checked(boss: Client, brand: Publication, name_server: None) -> None:
    page = html(boss.get(PAGE))
    assert "No key signs here" in page
    assert 'value="_dmarc.lantern.example"' in page
    assert boss.post(PAGE, {"action": "add"}).status_code == 302
    key = SigningKey.objects.get()
    record = dkim_keys.dns_record(key)
    page = html(boss.get(PAGE))
    assert f'value="{record.name}"' in page
    assert record.value in page
    assert "PRIVATE" not in page
    page = html(boss.post(PAGE, {"action": "check"}))
    assert f"The key {key.selector} is not published: publish the TXT record {record.name}" in page
    assert "Mail to it goes to mx.lantern.example" in page
    assert "The policy is p=none, and reports are asked for." in page
    languages.choose(User.objects.get(username="ida"), "ko")
    page = html(boss.post(PAGE, {"action": "check"}))
    assert f"{key.selector} 키가 등록되어 있지 않습니다" in page
    assert "정책은 p=none이며 보고를 요청하고 있습니다." in page


def test_another_key_waits_and_takes_over_and_each_change_is_recorded(boss: Client, brand: Publication) -> None:
    first = dkim_keys.make_key("lantern.example", "rsa", selector="one")
    second = dkim_keys.make_key("lantern.example", "rsa", selector="two")
    assert "signs from now on" in said(boss.post(PAGE, {"action": "use", "selector": "two"}))
    assert list(SigningKey.objects.order_by("pk").values_list("active", flat=True)) == [False, True]
    boss.post(PAGE, {"action": "retire", "selector": "two"})
    assert not SigningKey.objects.filter(active=True).exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "actor")) == [
        ("dkim.use", "ida"), ("dkim.retire", "ida"),
    ]  # fmt: skip
    again = boss.post(PAGE, {"action": "retire", "selector": second.selector})
    assert (again.status_code, "does not sign" in html(again)) == (422, True)
    nothing = boss.post(PAGE, {"action": "use", "selector": "none"})
    assert (nothing.status_code, "has no key “none”" in html(nothing)) == (422, True)
    assert boss.post(PAGE, {"action": "explode"}).status_code == 422
    assert str(first) in html(boss.get(PAGE)) or first.selector in html(boss.get(PAGE))


def test_only_managers_and_a_domain_have_this_page_and_checks_have_a_limit(
    boss: Client, brand: Publication, name_server: None
) -> None:
    editor = Client()
    editor.force_login(world.make_colleague("noor", "editor"))
    assert editor.get(PAGE).status_code == 403
    assert editor.post(PAGE, {"action": "add"}).status_code == 403
    statuses = [boss.post(PAGE, {"action": "check"}).status_code for _ in range(sending_domain.CHECKS.count + 1)]
    assert (statuses[0], statuses[-1]) == (200, 429)
    Publication.objects.update(sender_email="")
    assert "It has no sender address" in html(boss.get(PAGE))
    assert boss.post(PAGE, {"action": "add"}).status_code == 404
    assert boss.get("/desk/settings/nowhere/domain/").status_code == 404


def test_a_further_publication_is_made_and_what_is_wrong_is_said_beside_its_field(
    boss: Client, editor: Client, brand: Publication
) -> None:
    path = "/desk/publications/new/"
    assert editor.get(path).status_code == 403
    assert path in html(boss.get("/desk/settings/"))
    page = html(boss.get(path))
    assert 'value="UTC"' in page
    values = {
        "name": "The Harbor", "slug": "lantern", "language": "ko", "time-zone": "Asia/Seoul",
        "sender-email": "letters@harbor.example", "share-bar": "mail, facebook",
    }  # fmt: skip
    taken = boss.post(path, values)
    assert (taken.status_code, "There is a publication “lantern” already" in errors(taken)[0]) == (422, True)
    assert 'value="letters@harbor.example"' in html(taken)
    wrong = boss.post(path, {**values, "slug": "", "time-zone": "Seoul City", "name": ""})
    assert len(errors(wrong)) == 2
    made = boss.post(path, {**values, "slug": ""})
    assert made.headers["Location"] == "/desk/settings/the-harbor/"
    publication = Publication.objects.get(slug="the-harbor")
    assert (publication.language, publication.share_bar) == ("ko", ["mail", "facebook"])
    assert publication.sender_email == "letters@harbor.example"
