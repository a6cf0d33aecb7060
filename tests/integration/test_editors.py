"""The desk's editors: by command and on the desk. What takes rights from somebody ends their sessions at once."""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
import redis
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from distributor.domain.dispatch_actions import ROLES
from distributor.domain.errors import BadInput
from distributor.domain.roles import Roles
from distributor.letters.models import Publication
from distributor.people import editors, roles
from distributor.people.editors import Editor
from tests.integration import world
from tests.integration.desk import Response, html, said

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/desk/editors/"


@pytest.fixture
def admin() -> User:
    editors.add("haneul", role="admin")
    return User.objects.get(username="haneul")


@pytest.fixture
def ida(admin: User) -> User:
    editors.add("ida")
    return User.objects.get(username="ida")


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def press(client: Client, user: User, action: str) -> Response:
    return client.post(f"{PAGE}{user.pk}/{action}/")


def is_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def test_the_first_is_an_admin_and_the_others_are_editors() -> None:
    for name in ("haneul", "ida"):
        editors.add(name)
    assert [(one.name, one.role) for one in editors.editors()] == [("haneul", "admin"), ("ida", "editor")]


@pytest.mark.parametrize("action", [editors.deactivate, editors.remove, editors.set_password])
def test_what_takes_rights_ends_every_session_for_good(ida: User, action: Any) -> None:
    clients = [logged_in(ida), logged_in(ida)]
    other = logged_in(User.objects.get(username="haneul"))
    assert all(is_in(client) for client in clients)
    action("ida")
    assert not any(is_in(client) for client in clients)
    assert is_in(other)
    if action is editors.deactivate:
        editors.activate("ida")
        assert not any(is_in(client) for client in clients)
    assert Session.objects.count() == 1


def test_a_deactivated_editor_can_not_log_in(ida: User, client: Client) -> None:
    password = editors.set_password("ida")
    form = {"username": "ida", "password": password}
    editors.deactivate("ida")
    assert client.post("/desk/login/", form).status_code == 200
    editors.activate("ida")
    assert client.post("/desk/login/", form).status_code == 302


def test_a_removed_name_is_nobody_elses(ida: User, client: Client) -> None:
    password = editors.set_password("ida")
    editors.remove("ida")
    assert client.post("/desk/login/", {"username": "ida", "password": password}).status_code == 200
    assert [one.name for one in editors.editors()] == ["haneul"]
    with pytest.raises(BadInput, match="“ida” was an editor who is removed: choose another name"):
        editors.add("ida")
    with pytest.raises(BadInput, match="There is no editor “ida”"):
        editors.activate("ida")
    assert User.objects.get(pk=ida.pk).username == "ida"  # what was recorded of it stays theirs


def lose_rights(name: str, by: str = "") -> dict[str, str]:
    refusals = {}
    for verb, action in (("removed", editors.remove), ("deactivated", editors.deactivate)):
        with pytest.raises(BadInput) as caught:
            action(name, by=by)
        refusals[verb] = str(caught.value)
    with pytest.raises(BadInput) as caught:
        editors.set_role(name, "editor", by=by)
    return {**refusals, "made an editor": str(caught.value)}


def test_the_last_active_admin_stays(ida: User) -> None:
    for verb, sentence in lose_rights("haneul").items():
        assert sentence == f"haneul is the last admin and can't be {verb}: make somebody else an admin first."
    editors.set_role("ida", "admin")
    editors.deactivate("ida")
    assert "last admin" in lose_rights("haneul")["removed"]  # one who is deactivated does not count
    editors.activate("ida")
    editors.remove("haneul")


def test_nobody_does_it_to_themselves(ida: User) -> None:
    editors.set_role("ida", "admin")
    for verb, sentence in lose_rights("haneul", by="haneul").items():
        assert sentence == f"You can't be {verb} by yourself: ask another admin."


def test_where_nobody_is_an_admin_the_last_editor_stays(ida: User) -> None:
    User.objects.update(is_superuser=False)  # as before there were admins
    editors.remove("haneul")
    with pytest.raises(BadInput, match="ida is the last editor"):
        editors.deactivate("ida")


def test_of_two_admins_who_remove_each_other_one_stays(ida: User) -> None:
    editors.set_role("ida", "admin")

    def remove(name: str, by: str) -> bool:
        try:
            editors.remove(name, by=by)
        except BadInput:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as both:
        done = [both.submit(remove, *pair) for pair in (("haneul", "ida"), ("ida", "haneul"))]
    assert [one.result() for one in done].count(True) == 1
    assert len(editors.editors()) == 1


def test_the_log_has_who_did_it_and_no_password(ida: User, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        password = editors.set_password("ida", by="haneul")
        editors.remove("ida", by="haneul")
    assert [record.getMessage() for record in caplog.records] == [
        "ida has a new password, by haneul",
        "ida is removed, by haneul",
    ]
    assert password not in caplog.text


# On the desk


def test_the_page_is_for_admins(ida: User, admin: User) -> None:
    client = logged_in(ida)
    assert client.get(PAGE).status_code == client.post(PAGE, {"name": "eve"}).status_code == 403
    assert press(client, admin, "remove").status_code == 403
    assert f'href="{PAGE}"' not in html(client.get("/desk/"))
    assert f'href="{PAGE}"' in html(logged_in(admin).get("/desk/"))
    assert User.objects.count() == 2


def shown_password(response: Response) -> str:
    password = re.search(r"<code>([\w-]{16})</code>", html(response))
    assert password
    return password[1]


def test_an_admin_makes_editors(admin: User) -> None:
    client = logged_in(admin)
    answer = client.post(PAGE, {"name": "eve", "role": "admin"})
    assert line_of("eve").role == "admin"
    password = shown_password(answer)
    assert answer.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert "messages" not in answer.cookies
    assert password not in html(client.get(PAGE))
    assert Client().post("/desk/login/", {"username": "eve", "password": password}).status_code == 302
    again = client.post(PAGE, {"name": "eve", "role": "writer"})
    assert again.status_code == 422
    assert "There is an editor “eve” already: choose another name." in html(again)
    for name in ("", "no spaces", "nul\0"):
        assert client.post(PAGE, {"name": name, "role": "writer"}).status_code in (200, 422)
    assert "no spaces" not in {one.name for one in editors.editors()}


def line_of(name: str) -> Editor:
    (line,) = [one for one in editors.editors() if one.name == name]
    return line


def give(client: Client, name: str, role: str, publication: Publication | None = None) -> Response:
    """Give somebody a role on the desk; "none" takes it."""
    values = {"name": name, "role": role, "publication": publication.pk if publication else ""}
    return client.post(f"{PAGE}role/", values)


def test_roles_of_one_publication_are_given_by_its_admins(admin: User, ida: User) -> None:
    lantern, beacon = world.make_publication(), world.make_publication("beacon")
    boss = logged_in(admin)
    give(boss, "ida", "admin", lantern)
    give(boss, "ida", "none")
    assert (line_of("ida").role, line_of("ida").roles_in) == (None, ((lantern, "admin"),))
    theirs = logged_in(ida)
    world.make_colleague("eve", "writer", beacon)
    page = html(theirs.get(PAGE))
    assert "haneul" in page  # an admin of all has a role there, too
    assert "eve" not in page
    assert "beacon" not in page
    give(theirs, "eve", "editor", lantern)
    assert line_of("eve").roles_in == ((beacon, "writer"), (lantern, "editor"))
    assert give(theirs, "eve", "editor", beacon).status_code == 404
    assert "Choose a publication" in said(give(theirs, "eve", "admin"))
    assert press(theirs, User.objects.get(username="eve"), "password").status_code == 403
    assert "can't change your own role" in said(give(theirs, "ida", "writer", lantern))
    assert theirs.post(PAGE, {"name": "olu", "role": "writer", "publication": lantern.pk}).status_code == 200
    assert line_of("olu").roles_in == ((lantern, "writer"),)


def test_editors_of_before_keep_what_they_could() -> None:
    user, boss = User.objects.create_user("old", is_staff=True), User.objects.create_superuser("boss", is_staff=True)
    migration = import_module("distributor.people.migrations.0003_roles")
    migration.keep_what_they_may(apps, None)
    assert roles.roles_of(user) == Roles("manager")
    assert roles.roles_of(boss) == Roles("admin")
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.refresh_from_db()
    assert roles.roles_of(user) == Roles()


def test_an_admin_decides_on_an_editor(admin: User, ida: User) -> None:
    client, theirs = logged_in(admin), logged_in(ida)
    password = shown_password(press(client, ida, "password"))
    assert not is_in(theirs)
    assert theirs.post("/desk/login/", {"username": "ida", "password": password}).status_code == 302
    for action, active in (("deactivate", False), ("activate", True)):
        assert press(client, ida, action).headers["Location"] == PAGE
        assert line_of("ida").is_active == active
    for role in ROLES:
        assert "ida has another role now" in said(give(client, "ida", role))
        assert line_of("ida").role == role
    assert "Choose a role." in said(give(client, "ida", "king"))
    assert "ida is removed." in said(press(client, ida, "remove"))
    assert press(client, ida, "activate").status_code == 404
    assert press(client, admin, "dance").status_code == 404
    assert "can't be removed by yourself" in said(press(client, admin, "remove"))
    assert is_in(client)


# One's own password

OWN = "/desk/password/"
OLD, NEW = "the password of before", "the password from now on"


def change(client: Client, old: str, new: str, again: str = "") -> Response:
    return client.post(OWN, {"old_password": old, "new_password1": new, "new_password2": again or new})


@pytest.fixture
def eve(admin: User) -> User:
    editors.add("eve", OLD)
    return User.objects.get(username="eve")


def test_an_editor_changes_their_own_password(eve: User, broker: redis.Redis) -> None:
    here, elsewhere = logged_in(eve), logged_in(eve)
    assert 'href="/desk/account/"' in html(here.get("/desk/"))
    assert f'href="{OWN}"' in html(here.get("/desk/account/"))
    assert "Old password" in html(here.get(OWN))
    for values, sentence in (
        (("wrong", NEW), "Your old password was entered incorrectly"),
        ((OLD, NEW, "something else"), "The two password fields didn’t match"),
        ((OLD, "short"), "This password is too short"),
        ((OLD, "\0"), "Null characters are not allowed"),
    ):
        answer = change(here, *values)
        assert answer.status_code == 422
        assert sentence in html(answer)
        assert NEW not in html(answer)
    assert "Your password is changed." in said(change(here, OLD, NEW))
    assert is_in(here)
    assert not is_in(elsewhere)
    assert Client().post("/desk/login/", {"username": "eve", "password": NEW}).status_code == 302
    assert Client().post("/desk/login/", {"username": "eve", "password": OLD}).status_code == 200


def test_old_passwords_are_not_tried_on_and_on(eve: User, broker: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distributor.client_limits.time", lambda: 1_000_000.0)
    client = logged_in(eve)
    assert [change(client, "wrong", NEW).status_code for _ in range(10)] == [422] * 10
    answer = change(client, OLD, NEW)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert eve.check_password(OLD)
    broker.flushall()  # or the tests to come had failed too often, too


def test_nobody_else_has_that_page(client: Client) -> None:
    assert client.get(OWN).status_code == 302
    client.force_login(User.objects.create_user("mina"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(OWN).status_code == 403
