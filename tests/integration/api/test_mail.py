"""Transactional mail: to one person, once, and found by what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from distributor.audience import privacy
from distributor.audience.models import Suppression
from distributor.audience.suppression import is_suppressed, suppress_one
from distributor.audience.transactional_mails import write_token
from distributor.channels.mail.smtp import keeper
from distributor.delivery import release
from distributor.delivery.mail import transactional
from distributor.delivery.models import TransactionalMail
from distributor.insights.returned_mails import take_in_mails, understand
from distributor.letters.intake import markdown_html
from distributor.letters.models import Publication
from tests.contract.scripted_smtp import ScriptedServer, scripted, url_of
from tests.integration import world
from tests.integration.api.conftest import Program, content_of

pytestmark = pytest.mark.usefixtures("broker")

BODY = {
    "to": "ana@inbox.example",
    "name": "Ana",
    "subject": "Your receipt, {{ values.name }}",
    "markdown": "Thank you, **{{ values.name }}**: [see it]({{ values.link }}).",
    "values": {"name": "Ana_ <b>", "link": "https://lantern.example/r/1"},
}
BOUNCE = """\
From: MAILER-DAEMON@mx.example
To: {path}
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="x"
MIME-Version: 1.0

--x
Content-Type: text/plain

It could not be delivered.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ana@inbox.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--x--
"""


@pytest.fixture
def relay(settings: LazySettings) -> Iterator[ScriptedServer]:
    """A relay that says what a test wants, as the operator's own."""
    with scripted() as server:
        settings.MAIL_URL = url_of(server)
        settings.RETURN_DOMAIN = "back.lantern.example"
        yield server
        keeper.close()


def deliver_all() -> None:
    """Do what a worker would do."""
    for mail_id in TransactionalMail.objects.values_list("pk", flat=True):
        transactional.deliver(mail_id)


def make_due() -> None:
    TransactionalMail.objects.update(due_at=timezone.now() - timedelta(minutes=1))


def message_of(server: ScriptedServer) -> EmailMessage:
    message = message_from_bytes(server.contents[-1], _class=EmailMessage, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"markdown": "x ![" * 20_000}, "“[”"),
        ({"markdown": "A line.\n\n" * 20_000}, "more than 100,000 characters"),
        ({"html": f"<p {' '.join(f'a{number}=1' for number in range(30_000))}>x</p>"}, "attributes"),
    ],
    ids=["brackets", "length", "attributes"],
)
def test_what_costs_far_more_than_it_says_is_refused_and_not_tried_here(
    cms: Program, relay: ScriptedServer, monkeypatch: pytest.MonkeyPatch, source: dict[str, str], words: str
) -> None:
    monkeypatch.setattr(markdown_html, "render", _only_short(markdown_html.render))
    order = {"to": "ana@inbox.example", "subject": "Hello"}
    answer = cms.post("/mail", {**order, **source}, key="a")
    assert (answer.status_code, words in content_of(answer)["detail"]) == (422, True)
    assert not TransactionalMail.objects.exists()
    long_text = "A line that *means* something.\n\n" * 200
    assert cms.post("/mail", {**order, "markdown": long_text}, key="b").status_code == 202
    assert TransactionalMail.objects.get().html.count("<em>means</em>") == 200


def _only_short(render: Callable[[str], str]) -> Callable[[str], str]:
    def checked(content: str) -> str:
        assert len(content) <= 2_000, "this belongs into the parser's process"
        return render(content)

    return checked


def test_a_mail_goes_to_one_person_and_is_no_newsletter(cms: Program, relay: ScriptedServer) -> None:
    answer = cms.post("/mail", BODY, key="a")
    assert (answer.status_code, content_of(answer)["state"]) == (202, "waiting")
    path = answer.headers["Location"].removeprefix("/api/v1")
    deliver_all()
    shown = content_of(cms.get(path))
    assert (shown["state"], shown["attempts"], shown["to"]) == ("sent", 1, "ana@inbox.example")
    message = message_of(relay)
    assert str(message["Subject"]) == "Your receipt, Ana_ <b>"
    assert str(message["To"]) == "Ana <ana@inbox.example>"
    assert not [name for name in message if name.startswith("List-") or name == "Precedence"]
    html = message.get_body(("html",))
    assert html is not None
    assert "<strong>Ana_ &lt;b&gt;</strong>" in html.get_content()
    assert 'href="https://lantern.example/r/1"' in html.get_content()
    row = TransactionalMail.objects.get()
    assert str(row.key) in str(message["Message-ID"])
    assert f"MAIL FROM:<bounces+{write_token(row.pk)}@back.lantern.example>" in " ".join(relay.heard)
    assert (row.subject, row.html, row.text) == ("", "", "")  # it may hold a secret
    deliver_all()
    assert len(relay.contents) == 1


def test_the_same_again_is_the_same_mail(cms: Program, relay: ScriptedServer) -> None:
    first = content_of(cms.post("/mail", {**BODY, "id": "order-1"}))
    assert content_of(cms.post("/mail", {**BODY, "id": "order-1"}))["id"] == first["id"]
    assert cms.post("/mail", {**BODY, "id": "order-1", "name": "Bo"}).status_code == 422
    one, two = cms.post("/mail", BODY, key="k"), cms.post("/mail", BODY, key="k")
    assert content_of(one)["id"] == content_of(two)["id"]
    deliver_all()
    assert len(relay.contents) == 2


def test_a_suppressed_address_gets_nothing_and_the_answer_says_so(cms: Program, relay: ScriptedServer) -> None:
    waiting = content_of(cms.post("/mail", BODY))
    suppress_one("Ana@inbox.example")
    refused = content_of(cms.post("/mail", BODY))
    assert refused["state"] == "suppressed"
    deliver_all()
    assert content_of(cms.get(f"/mail/{waiting['id']}"))["state"] == "suppressed"
    assert relay.contents == []


def test_temporary_trouble_is_tried_again_and_ends(cms: Program, relay: ScriptedServer) -> None:
    relay.special["RCPT"] = {"ana": "451 4.3.0 later"}
    key = content_of(cms.post("/mail", BODY))["id"]
    deliver_all()
    shown = content_of(cms.get(f"/mail/{key}"))
    assert (shown["state"], shown["attempts"]) == ("waiting", 1)
    assert shown["next_try_at"] is not None
    deliver_all()  # it is not due
    assert TransactionalMail.objects.get().attempts == 1
    make_due()
    assert transactional.due(timezone.now()) == [TransactionalMail.objects.get().pk]
    relay.special.clear()
    release.sweep()
    deliver_all()
    assert content_of(cms.get(f"/mail/{key}"))["state"] == "sent"
    assert not Suppression.objects.exists()


def test_who_waits_for_a_day_waits_no_longer(cms: Program, relay: ScriptedServer) -> None:
    relay.special["RCPT"] = {"ana": "451 4.3.0 later"}
    cms.post("/mail", BODY)
    TransactionalMail.objects.update(created_at=timezone.now() - timedelta(days=2))
    deliver_all()
    row = TransactionalMail.objects.get()
    assert (row.state, row.html) == ("failed", "")


def test_a_mailbox_that_is_gone_is_suppressed(cms: Program, relay: ScriptedServer) -> None:
    relay.special["RCPT"] = {"ana": "550 5.1.1 User unknown"}
    key = content_of(cms.post("/mail", BODY))["id"]
    deliver_all()
    assert content_of(cms.get(f"/mail/{key}"))["state"] == "failed"
    assert is_suppressed("ana@inbox.example")


def test_a_bounce_finds_its_mail_and_acts(cms: Program, relay: ScriptedServer) -> None:
    key = content_of(cms.post("/mail", BODY))["id"]
    deliver_all()
    row = TransactionalMail.objects.get()
    path = f"bounces+{write_token(row.pk)}@back.lantern.example"
    raw = BOUNCE.format(path=path).encode()
    tally = take_in_mails([understand(raw, recipients=[path])])
    assert (tally.new, tally.unproven) == (1, 0)
    assert content_of(cms.get(f"/mail/{key}"))["returned"] == "hard bounce"
    assert is_suppressed("ana@inbox.example")


def test_a_token_of_such_a_mail_opens_no_list(cms: Program, publication: Publication, relay: ScriptedServer) -> None:
    world.make_list(publication, 3)
    cms.post("/mail", BODY)
    token = write_token(TransactionalMail.objects.get().pk)
    assert cms.client.get(f"/u/{token}/").status_code == 404


def test_a_dead_workers_mail_is_sent_once_more_and_never_thrice(cms: Program, relay: ScriptedServer) -> None:
    cms.post("/mail", BODY)
    long_ago = timezone.now() - timedelta(hours=1)
    TransactionalMail.objects.update(state="sending", attempts=1, leased_until=long_ago)
    deliver_all()
    assert (len(relay.contents), TransactionalMail.objects.get().state) == (1, "sent")
    TransactionalMail.objects.update(state="sending", repeats=1, leased_until=long_ago)
    deliver_all()
    row = TransactionalMail.objects.get()
    assert (len(relay.contents), row.state) == (1, "failed")
    assert "may have arrived" in row.reason


@pytest.mark.parametrize(
    "change",
    [
        {"to": "nobody"},
        {"subject": ""},
        {"markdown": ""},
        {"html": "<p>both</p>"},
        {"template": "receipt"},
        {"markdown": "{{ values.nothing }}"},
        {"markdown": "{% include 'email/base.html' %}"},
        {"markdown": "{{ ().__class__.__mro__ }}"},
        {"markdown": "{{ broken"},
        {"values": {"x": "\0"}},
        {"surprise": 1},
    ],
)
def test_what_cannot_be_sent_is_refused(cms: Program, relay: ScriptedServer, change: dict[str, Any]) -> None:
    assert cms.post("/mail", {**BODY, **change}).status_code == 422
    assert not TransactionalMail.objects.exists()


def test_a_stored_template_is_taken_by_its_name(
    cms: Program, relay: ScriptedServer, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "lantern" / "transactional" / "receipt"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("Order {{ values.number }}\n")
    (folder / "body.html").write_text("<html><body><p>{{ values.who }}</p></body></html>")
    monkeypatch.setattr("distributor.paths.own_templates", lambda: tmp_path)
    body = {"to": "ana@inbox.example", "template": "receipt", "values": {"number": 7, "who": "<Ana>"}}
    assert cms.post("/mail", body).status_code == 202
    deliver_all()
    html = message_of(relay).get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<html><body><p>&lt;Ana&gt;</p></body></html>"
    assert cms.post("/mail", {**body, "template": "../receipt"}).status_code == 422


def test_scope_and_publication_are_kept(
    program: Callable[..., Program], publication: Publication, relay: ScriptedServer
) -> None:
    other = world.make_publication("beacon")
    key = content_of(program(of=publication).post("/mail", BODY))["id"]
    assert program(of=other).get(f"/mail/{key}").status_code == 404
    assert program("people:write").post("/mail", BODY).status_code == 403
    assert program().post("/mail", BODY).status_code == 422  # of two publications none is named


def test_an_erased_person_is_in_no_mail(cms: Program, relay: ScriptedServer) -> None:
    key = content_of(cms.post("/mail", BODY))["id"]
    told = privacy.stored_data("ana@inbox.example")["transactional mails"]
    assert [mail["state"] for mail in told] == ["waiting"]
    privacy.erase("ana@inbox.example")
    deliver_all()
    assert relay.contents == []
    shown = content_of(cms.get(f"/mail/{key}"))
    assert (shown["to"], shown["state"]) == ("", "failed")


def test_old_mails_are_forgotten(cms: Program, relay: ScriptedServer) -> None:
    cms.post("/mail", BODY)
    now = timezone.now()
    TransactionalMail.objects.update(created_at=now - transactional.RETENTION - timedelta(minutes=1))
    assert transactional.forget(now) == 0  # it waits still
    TransactionalMail.objects.update(state="sent")
    assert transactional.forget(now) == 1
