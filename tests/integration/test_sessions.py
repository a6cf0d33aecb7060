"""Where an editor is logged in: the list, and ending what is in it."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
import redis
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from distributor.people import sessions
from tests.integration.desk import html, said
from tests.integration.sign_in import PASSWORD, is_in, leads_to, log_in, make_editor
from tests.integration.world import BROWSER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker")]

PAGE = "/desk/account/"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML) Version/19.0 Safari/604.1"


@pytest.fixture
def mina() -> User:
    return make_editor()


def handles(client: Client) -> list[str]:
    return re.findall(r"/desk/account/sessions/(\w{32})/end/", html(client.get(PAGE)))


def test_a_session_is_ended_elsewhere_and_no_other(mina: User) -> None:
    here, phone, third = log_in(agent=BROWSER), log_in(agent=PHONE), log_in()
    stranger = make_editor("other", "")
    theirs = log_in("other")
    page = html(here.get(PAGE))
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert "127.0.0.1" in page
    keys = [client.session.session_key for client in (here, phone, third)]
    assert not any(str(key) in page for key in keys)  # who reads the page over a shoulder gets no session
    assert len(handles(here)) == 2
    (handle,) = set(handles(third)) & set(handles(phone)) & {sessions._handle(here.session.session_key or "")}
    assert leads_to(theirs.post(f"{PAGE}sessions/{handle}/end/")) == PAGE
    assert is_in(here)  # nobody ends what is not theirs
    assert "You are logged out there." in said(third.post(f"{PAGE}sessions/{handle}/end/"))
    assert (is_in(here), is_in(phone), is_in(third)) == (False, True, True)
    assert "over already" in said(third.post(f"{PAGE}sessions/{handle}/end/"))
    assert "1 other place." in said(third.post(f"{PAGE}sessions/others/end/"))
    assert (is_in(phone), is_in(third), is_in(theirs)) == (False, True, True)
    assert UserSession.objects.filter(user=mina).count() == 1
    assert UserSession.objects.filter(user=stranger).count() == 1


def test_a_session_of_before_is_in_the_list_too(mina: User) -> None:
    old, here = log_in(), log_in()
    UserSession.objects.filter(session_key=old.session.session_key).delete()
    assert "not known" in html(here.get(PAGE))
    assert "1 other place." in said(here.post(f"{PAGE}sessions/others/end/"))
    assert not is_in(old)


def test_when_it_was_last_seen_is_written_once_in_a_while(mina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = log_in()
    row = UserSession.objects.get(user=mina)
    is_in(client)
    assert UserSession.objects.get(user=mina).last_seen_at == row.last_seen_at
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr("distributor.people.sessions.timezone.now", lambda: later)
    client.get("/desk/", REMOTE_ADDR="203.0.113.9")
    seen = UserSession.objects.get(user=mina)
    assert (seen.last_seen_at, seen.ip) == (later, "203.0.113.9")


def test_what_changes_how_one_logs_in_asks_once_more_who_it_is(mina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = log_in()
    page = "/desk/account/address/"
    assert client.get(page).status_code == 200
    now = time.time() + 601
    monkeypatch.setattr("distributor.people.identity.time.time", lambda: now)
    check = leads_to(client.get(page))
    assert check == "/desk/confirm/?next=%2Fdesk%2Faccount%2Faddress%2F"
    assert leads_to(client.post(page, {"email": "x@y.example"})) == "/desk/confirm/?next=%2Fdesk%2Faccount%2F"
    wrong = client.post(check, {"password": "wrong"})
    assert wrong.status_code == 422
    assert "That is not your password" in html(wrong)
    assert leads_to(client.post(check, {"password": PASSWORD})) == page
    assert client.get(page).status_code == 200
    away = client.post("/desk/confirm/?next=https://evil.example/", {"password": PASSWORD})
    assert leads_to(away) == PAGE


def test_who_sits_at_an_open_desk_does_not_guess_on_and_on(mina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distributor.client_limits.time", lambda: 1_000_000.0)
    client = log_in()
    assert {client.post("/desk/confirm/", {"password": "wrong"}).status_code for _ in range(10)} == {422}
    answer = client.post("/desk/confirm/", {"password": PASSWORD})
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)


def test_logging_in_as_somebody_else_leaves_nothing_of_the_session(mina: User) -> None:
    make_editor("other", "")
    client = log_in()
    key = client.session.session_key
    log_in("other", client=client)
    assert client.session.session_key != key
    assert "mina" not in html(client.get(PAGE))


def test_after_another_password_only_here_is_left(mina: User, broker: redis.Redis) -> None:
    here, elsewhere = log_in(), log_in()
    new = "another long password"
    values = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert "that has ended" in said(here.post("/desk/password/", values))
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert handles(here) == []
