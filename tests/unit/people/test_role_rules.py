"""What somebody may do in one publication and in all, by the roles that they have."""

from __future__ import annotations

import pytest

from distributor.domain.actors import person_of
from distributor.domain.api_scopes import SCOPES, least_role, scope_names
from distributor.domain.dispatch_actions import Role
from distributor.domain.errors import BadInput
from distributor.domain.roles import Roles, highest

POST, GAZETTE, OTHER = 1, 2, 3
MINA = Roles("writer", {POST: "manager", GAZETTE: "writer"})


def test_the_higher_of_two_roles_counts() -> None:
    assert (MINA.role_in(POST), MINA.role_in(GAZETTE), MINA.role_in(OTHER)) == ("manager", "writer", "writer")
    assert MINA.role_in(None) == "writer"
    assert Roles("admin", {POST: "writer"}).role_in(POST) == "admin"
    assert (highest([]), highest(["editor", "manager", "writer"])) == (None, "manager")


@pytest.mark.parametrize(
    ("least", "publication_id", "permitted"),
    [
        ("manager", POST, True),
        ("admin", POST, False),
        ("editor", GAZETTE, False),
        ("writer", OTHER, True),
        ("writer", None, True),
        ("editor", None, False),
    ],
)
def test_what_asks_for_a_role_is_permitted_from_it_on(least: Role, publication_id: int | None, permitted: bool) -> None:
    assert MINA.permits(least, publication_id) is permitted


def test_of_nobody_nothing_is_permitted() -> None:
    nobody = Roles()
    assert nobody.role_in(POST) is None
    assert not nobody.permits("writer", POST)
    assert not nobody.permits_anywhere("writer")
    assert nobody.publications() == frozenset()


def test_in_which_publications_somebody_is_that() -> None:
    assert MINA.publications("editor") == frozenset({POST})
    assert MINA.publications() is None  # a writer in all
    assert MINA.permits_anywhere("manager")
    assert not MINA.permits_anywhere("admin")


def test_a_role_in_each_publication_is_one_in_all_that_there_are() -> None:
    jun = Roles(None, {POST: "editor", GAZETTE: "manager"})
    assert jun.permits_in_each("editor", [POST, GAZETTE])
    assert not jun.permits_in_each("manager", [POST, GAZETTE])
    assert not jun.permits_in_each("editor", [POST, GAZETTE, OTHER])
    assert not jun.permits_in_each("editor", [])
    assert Roles("editor").permits_in_each("editor", [OTHER])


@pytest.mark.parametrize(
    ("actor", "person"),
    [("mina", "mina"), ("mina, by the token “CMS”", "mina"), ("mina , on the command line", "mina"), ("", "")],
)
def test_who_did_it_stands_before_the_comma(actor: str, person: str) -> None:
    assert person_of(actor) == person


def test_a_scope_asks_for_a_role() -> None:
    assert least_role("") == "writer"
    assert least_role("people:write") == "editor"
    assert least_role("webhooks:write") == "admin"


def test_scopes_are_named_once_and_in_order() -> None:
    assert scope_names(["people:write", " letters:read ", "people:write"]) == ("letters:read", "people:write")
    assert set(scope_names(["read"])) == {scope for scope in SCOPES if scope.endswith(":read")}


@pytest.mark.parametrize(("scopes", "sentence"), [([], "name at least one"), (["letters:burn"], "“letters:burn”")])
def test_scopes_that_say_nothing_are_refused(scopes: list[str], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        scope_names(scopes)
