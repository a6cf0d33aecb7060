"""A new password by mail: once, for an hour, and nobody learns who has an account."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import redis
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.test import Client

from distributor.channels.mail.smtp import keeper
from distributor.delivery.models import TransactionalMail
from distributor.people.models import AuditEntry
from tests.contract.scripted_smtp import ScriptedServer, scripted, url_of
from tests.integration import world
from tests.integration.desk import errors, html, said
from tests.integration.sign_in import (
    NEW_PASSWORD,
    PASSWORD,
    is_in,
    leads_to,
    link_in,
    log_in,
    mails,
    make_editor,
    text_of,
)

pytestmark = pytest.mark.django_db(transaction=True)

ASK = "/desk/password/forgotten/"


@pytest.fixture(autouse=True)
def _limits(broker: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("distributor.client_limits.time", lambda: 1_000_000.0)  # no span ends in a test
    yield
    broker.flushall()


@pytest.fixture
def relay(settings: LazySettings) -> Iterator[ScriptedServer]:
    """A relay of the operator's own, and a publication whose mail goes through it."""
    with scripted() as server:
        settings.MAIL_URL = url_of(server)
        world.make_publication()
        yield server
        keeper.close()


@pytest.fixture
def mina() -> User:
    return make_editor()


def ask(address: str, client: Client | None = None) -> str:
    answer = (client or Client()).post(ASK, {"email": address})
    assert answer.status_code == 200
    return re.sub(r'value="[^"]+"', "", html(answer)).replace(address, "ADDRESS")


def set_password(link: str, password: str = NEW_PASSWORD) -> tuple[int, str]:
    """Follow a link and type a password; return the last status and what is said."""
    client = Client()
    page = leads_to(client.get(link))
    answer = client.post(page, {"new_password1": password, "new_password2": password})
    return answer.status_code, said(answer)


def test_a_link_sets_a_new_password_once(mina: User, relay: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    elsewhere = log_in()
    with caplog.at_level(logging.DEBUG, logger="distributor"):
        ask("Mina@LANTERN.example")
        (mail,) = mails(relay)
        link = link_in(mail)
        client = Client()
        page = client.get(link)
        assert page.headers["Referrer-Policy"] == "no-referrer"
        token = link.rstrip("/").split("/")[-1]
        form = client.get(leads_to(page))
        assert token not in leads_to(page) + html(form)
        assert form.headers["Referrer-Policy"] == "no-referrer"
        weak = client.post(leads_to(page), {"new_password1": "short", "new_password2": "short"})
        assert weak.status_code == 422
        assert errors(weak)
        assert is_in(elsewhere)  # looking, and a password that is too weak, change nothing
        assert set_password(link)[0] == 302
    assert mail["To"] == "mina <mina@lantern.example>"
    assert "within an hour" in text_of(mail)
    assert not is_in(elsewhere)
    assert is_in(log_in(password=NEW_PASSWORD))
    assert Client().post("/desk/login/", {"username": "mina", "password": PASSWORD}).status_code == 200
    # The link is used up, and so is another that was asked for before.
    assert "This link does not count any more" in html(Client().get(link))
    assert AuditEntry.objects.filter(action="password.reset", actor="mina").count() == 1
    assert "The password was changed" in text_of(mails(relay)[-1])
    assert token not in caplog.text
    assert NEW_PASSWORD not in caplog.text
    assert all(not row.html and not row.text for row in TransactionalMail.objects.all())


def test_the_answer_does_not_tell_who_has_an_account(mina: User, relay: ScriptedServer) -> None:
    User.objects.create_user("reader", "reader@lantern.example", PASSWORD)
    gone = make_editor("gone", "gone@lantern.example")
    gone.is_active = False
    gone.save()
    answers = {ask(f"{name}@lantern.example") for name in ("mina", "reader", "gone", "nobody")}
    assert len(answers) == 1
    assert [mail["To"] for mail in mails(relay)] == ["mina <mina@lantern.example>"]


def test_a_link_ends(mina: User, relay: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(mina.email)
    link = link_in(mails(relay)[-1])
    later = datetime.now() + timedelta(seconds=3601)  # noqa: DTZ005 # as Django's generator has it
    with monkeypatch.context() as patch:
        patch.setattr(PasswordResetTokenGenerator, "_now", lambda _: later)
        assert Client().get(link).status_code == 200  # no page to type at, but a sentence
        assert "does not count any more" in html(Client().get(link))
    mina.is_active = False
    mina.save()
    assert "does not count any more" in html(Client().get(link))
    for odd in ("/desk/password/reset/x/y/", "/desk/password/reset/MQ/new/", "/desk/password/reset/%C3%A9/y/"):
        assert "does not count any more" in html(Client().get(odd))
    assert User.objects.get(username="mina").check_password(PASSWORD)


def test_asking_is_limited_by_address_and_by_client(mina: User, relay: ScriptedServer) -> None:
    assert len({ask(mina.email) for _ in range(5)}) == 1
    assert len(mails(relay)) == 3
    for _ in range(5):
        ask("nobody@lantern.example")
    answer = Client().post(ASK, {"email": mina.email})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert Client().post(ASK, {"email": mina.email}, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_what_is_no_address_is_said_and_kept(mina: User) -> None:
    answer = Client().post(ASK, {"email": "mina at home"})
    assert answer.status_code == 422
    assert errors(answer)
    assert "mina at home" in html(answer)
    # Without a way for mail the page says so to everybody.
    assert "No mail can go out from here yet" in html(Client().get(ASK))


def test_who_was_locked_out_gets_in_with_the_new_password(mina: User, relay: ScriptedServer) -> None:
    for _ in range(10):
        Client().post("/desk/login/", {"username": "mina", "password": "wrong"})
    assert Client().post("/desk/login/", {"username": "mina", "password": PASSWORD}).status_code == 429
    ask(mina.email)
    assert set_password(link_in(mails(relay)[-1])) == (
        302,
        "Your password is set. Where you were logged in, that has ended.",
    )
    assert is_in(log_in(password=NEW_PASSWORD))


def test_an_address_is_an_editors_once_they_follow_the_link(mina: User, relay: ScriptedServer) -> None:
    client = log_in()
    answer = client.post("/desk/account/address/", {"email": "not one"})
    assert (answer.status_code, errors(answer)) == (
        422,
        ["That is no mail address: write one such as name@example.com."],
    )
    assert leads_to(client.post("/desk/account/address/", {"email": "new@lantern.example"})) == "/desk/account/"
    link = link_in(mails(relay)[-1])
    other = make_editor("other", "other@lantern.example")
    assert leads_to(log_in("other").get(link)) == "/desk/account/"  # it is nobody else's
    assert "new@lantern.example" in html(client.get(link))
    assert User.objects.get(username="mina").email == "mina@lantern.example"
    assert "new@lantern.example" in said(client.post(link))
    assert User.objects.get(username="mina").email == "new@lantern.example"
    told = mails(relay)[-1]
    assert (told["To"], "The mail address was changed" in text_of(told)) == ("mina <mina@lantern.example>", True)
    assert "does not count any more" in said(client.post(link))
    client.post("/desk/account/address/", {"email": other.email})
    assert "Another editor has this address" in said(client.post(link_in(mails(relay)[-1])))
