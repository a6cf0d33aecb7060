"""Second factors by the web: an app, recovery codes, and who has to have one."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
import redis
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client

from distributor.domain.errors import BadInput
from distributor.people import editors, two_factor
from distributor.people.models import AuditEntry
from tests.integration.desk import html, said
from tests.integration.sign_in import (
    PASSWORD,
    is_in,
    leads_to,
    log_in,
    make_editor,
    secret_on,
    set_up_app,
    totp,
)

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNT = "/desk/account/"
STEP = "/desk/login/second-factor/"


@pytest.fixture(autouse=True)
def _limits(broker: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("distributor.client_limits.time", lambda: 1_000_000.0)  # no span ends in a test
    yield
    broker.flushall()


@pytest.fixture
def mina() -> User:
    return make_editor()


def codes(client: Client) -> list[str]:
    return re.findall(r"<li><code>(\d{8})</code>", html(client.get(f"{ACCOUNT}recovery-codes/")))


def test_an_app_is_set_up_and_asked_for(mina: User, caplog: pytest.LogCaptureFixture) -> None:
    client = log_in()
    page = client.get(f"{ACCOUNT}app/")
    secret = secret_on(html(page))
    assert "<svg" in html(page)
    assert "no-store" in page.headers["Cache-Control"]
    wrong = client.post(f"{ACCOUNT}app/", {"code": "000000"})
    assert (wrong.status_code, secret_on(html(wrong))) == (422, secret)  # the app's entry goes on being right
    code = totp(secret)
    assert leads_to(client.post(f"{ACCOUNT}app/", {"code": code})) == f"{ACCOUNT}recovery-codes/"
    assert len(codes(client)) == 10
    row = Authenticator.objects.get(user=mina, type=two_factor.APP)
    assert secret.replace(" ", "") not in str(row.data)

    other = log_in()  # the password alone
    assert leads_to(other.get("/desk/")).startswith("/desk/login/")
    assert "_auth_user_id" not in other.session
    again = other.post(STEP, {"code": code})
    assert again.status_code == 422  # a code counts once, also the one that set the app up
    assert "was used before" in html(again)
    assert leads_to(other.post(STEP, {"code": totp(secret, steps_from_now=1)})) == "/desk/"
    assert is_in(other)
    assert leads_to(other.get(STEP)) == "/desk/login/"
    assert {"two-factor.app"} == set(AuditEntry.objects.values_list("action", flat=True))
    assert code not in caplog.text


def test_next_pages_are_kept_over_the_step(mina: User) -> None:
    secret = set_up_app(log_in())
    client = Client()
    login = {"username": "mina", "password": PASSWORD, "next": "/desk/people/"}
    assert leads_to(client.post("/desk/login/", login)) == STEP
    assert leads_to(client.post(STEP, {"code": totp(secret, steps_from_now=1)})) == "/desk/people/"


def test_a_recovery_code_lets_in_once(mina: User) -> None:
    first = log_in()
    secret = set_up_app(first)
    code = codes(first)[0]
    client = log_in()
    answer = client.post(STEP, {"code": code})
    assert leads_to(answer) == "/desk/"
    assert "9 are left" in said(answer)
    assert code not in codes(first)
    assert log_in().post(STEP, {"code": code}).status_code == 422
    file = first.get(f"{ACCOUNT}recovery-codes/?file")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.content.decode().split() == codes(first)
    before = codes(first)
    first.post(f"{ACCOUNT}recovery-codes/")
    assert len(codes(first)) == 10
    assert not set(before) & set(codes(first))
    assert log_in().post(STEP, {"code": before[0]}).status_code == 422
    # Without the rest they are worth nothing, and go with it.
    assert leads_to(first.post(f"{ACCOUNT}app/off/")) == ACCOUNT
    assert Authenticator.objects.count() == 0
    assert is_in(log_in())
    assert leads_to(first.get(f"{ACCOUNT}recovery-codes/")) == ACCOUNT
    assert secret


def test_codes_are_not_guessed(mina: User) -> None:
    secret = set_up_app(log_in())
    client = log_in()
    statuses = [client.post(STEP, {"code": f"{number:06}"}).status_code for number in range(10)]
    assert set(statuses) == {422}
    answer = client.post(STEP, {"code": totp(secret, steps_from_now=1)})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    # The password is right, but from here the name is locked out, and from elsewhere it is still this person's codes.
    assert Client().post("/desk/login/", {"username": "mina", "password": PASSWORD}).status_code == 429
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert leads_to(elsewhere.post("/desk/login/", {"username": "mina", "password": PASSWORD})) == STEP
    assert elsewhere.post(STEP, {"code": totp(secret, steps_from_now=1)}).status_code == 429


def test_without_redis_wrong_codes_are_still_counted(mina: User, settings: LazySettings) -> None:
    set_up_app(log_in())
    client = log_in()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert [client.post(STEP, {"code": "1"}).status_code for _ in range(11)] == [422] * 10 + [429]


@pytest.mark.parametrize("change", ["password", "deactivated", "late"])
def test_who_waits_at_the_step_is_sent_back_when_things_change(
    mina: User, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = set_up_app(log_in())
    client = log_in()
    if change == "password":
        editors.set_password("mina", "another long password")
    elif change == "deactivated":
        make_editor("other", "", is_admin=True)
        editors.deactivate("mina")
    else:
        later = time.time() + 901
        monkeypatch.setattr("allauth.account.internal.stagekit.time.time", lambda: later)
    assert leads_to(client.post(STEP, {"code": totp(secret, steps_from_now=1)})) == "/desk/login/"
    assert not is_in(client)


def test_nobody_gets_to_the_step_without_a_password(mina: User) -> None:
    set_up_app(log_in())
    for answer in (Client().get(STEP), Client().post(STEP, {"code": "123456"})):
        assert leads_to(answer) == "/desk/login/"


def test_a_reset_password_takes_no_second_factor_away(mina: User) -> None:
    set_up_app(log_in())
    editors.set_password("mina", "another long password")
    client = Client()
    assert leads_to(client.post("/desk/login/", {"username": "mina", "password": "another long password"})) == STEP
    assert not is_in(client)


def test_taking_off_asks_who_it_is(mina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = log_in()
    set_up_app(client)
    now = time.time() + 601
    monkeypatch.setattr("distributor.people.identity.time.time", lambda: now)
    for path in ("app/off/", "passkeys/1/remove/", "recovery-codes/", "passkeys/add/"):
        assert leads_to(client.post(f"{ACCOUNT}{path}")).startswith("/desk/confirm/")
    assert Authenticator.objects.filter(type=two_factor.APP).exists()


def test_an_installation_may_want_it_of_admins(settings: LazySettings) -> None:
    settings.TWO_FACTOR = "admins"
    make_editor("ida", "")
    assert is_in(log_in("ida"))
    make_editor("haneul", "", is_admin=True)
    client = log_in("haneul")
    for path in ("/desk/", "/desk/people/", "/desk/editors/"):
        assert leads_to(client.get(path)) == ACCOUNT
    assert "This installation wants a second factor of you" in html(client.get(ACCOUNT))
    assert leads_to(client.post("/desk/editors/", {"name": "eve"})) == ACCOUNT
    assert not User.objects.filter(username="eve").exists()
    set_up_app(client)
    assert is_in(client)
    answer = client.post(f"{ACCOUNT}app/off/")
    assert "add another one before you take this off" in said(answer)
    assert is_in(client)
    settings.TWO_FACTOR = "everyone"
    assert leads_to(log_in("ida").get("/desk/")) == ACCOUNT


def test_who_has_lost_everything_is_let_in_by_who_runs_the_installation(mina: User) -> None:
    set_up_app(log_in())
    two_factor.take_off("mina", actor="root")
    assert is_in(log_in())
    assert AuditEntry.objects.get(action="two-factor.off").door == "command"
    for name, sentence in (("mina", "mina has no second factor."), ("nobody", "There is no editor “nobody”")):
        with pytest.raises(BadInput, match=sentence):
            two_factor.take_off(name, actor="root")
