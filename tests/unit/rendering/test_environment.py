"""Templates: whose come first, what they may do, and what one is told when they are broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from distributor.domain.errors import TemplateError
from distributor.rendering.environment import render
from tests.unit.rendering.letters import LETTER

Own = Callable[[str, str], str]


def failure(template: str, slug: str) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        render(template, {"letter": LETTER, "items": [1]}, slug=slug)
    return caught.value


def test_a_publication_has_its_own_templates(own: Own) -> None:
    slug = own("social/note.txt", "Own: {{ letter.title }}")
    assert render("social/note.txt", {"letter": LETTER}, slug=slug) == f"Own: {LETTER.title}"
    with pytest.raises(TemplateError, match=r"no template “social/note\.txt”"):
        render("social/note.txt", {"letter": LETTER})


def test_an_edited_template_counts_at_once(own: Own) -> None:
    assert render("social/note.txt", {}, slug=own("social/note.txt", "one")) == "one"
    assert render("social/note.txt", {}, slug=own("social/note.txt", "two and more")) == "two and more"


@pytest.mark.parametrize("slug", ["..", "a/b", "/etc"])
def test_own_templates_stay_in_their_folder(slug: str) -> None:
    with pytest.raises(TemplateError, match="slug"):
        render("social/twitter.txt", {}, slug=slug)
    with pytest.raises(TemplateError, match="no template"):
        render("../pyproject.toml", {}, slug="harbor")


def test_html_is_escaped_and_text_is_not(own: Own) -> None:
    own("a.html", "{{ x }}")
    assert render("a.html", {"x": "<b>"}, slug="harbor") == "&lt;b&gt;"
    assert render("a.txt", {"x": "<b>"}, slug=own("a.txt", "{{ x }}")) == "<b>"


def test_an_undefined_name_is_an_error_with_its_line(own: Own) -> None:
    error = failure("a.txt", own("a.txt", "{{ letter.title }}\n\n{{ letter.titel }}\n"))
    assert (error.template, error.line) == ("harbor/a.txt", 3)
    assert "titel" in str(error)


def test_the_error_names_the_included_template(own: Own) -> None:
    own("a.txt", "one\n{% include 'b.txt' %}")
    error = failure("a.txt", own("b.txt", "\n\n\n{% if nobody.home %}{% endif %}"))
    assert (error.template, error.line) == ("harbor/b.txt", 4)
    assert "nobody" in str(error)


def test_a_syntax_error_names_the_included_template(own: Own) -> None:
    own("a.txt", "one\n{% include 'b.txt' %}")
    error = failure("a.txt", own("b.txt", "\n{% if letter %}\n"))
    assert error.template == "harbor/b.txt"
    error = failure("c.txt", own("c.txt", "\n\n{{ letter.title"))
    assert error.template == "harbor/c.txt"
    assert error.line == 3


def test_the_error_names_the_child_whose_block_it_is(own: Own) -> None:
    own("base.txt", "one\ntwo\n{% block b %}{% endblock %}")
    error = failure("a.txt", own("a.txt", "{% extends 'base.txt' %}{% block b %}\n{{ missing }}{% endblock %}"))
    assert (error.template, error.line) == ("harbor/a.txt", 2)


def test_a_missing_include_is_said_where_it_is_included(own: Own) -> None:
    error = failure("a.txt", own("a.txt", "\n{% include 'nowhere.txt' %}"))
    assert (error.template, error.line) == ("harbor/a.txt", 2)
    assert "nowhere.txt" in str(error)


@pytest.mark.parametrize(
    "expression",
    [
        "1 / 0",
        "none + 'x'",
        "items[0].x.y",
        "letter.__class__.__mro__",
        "range(10 ** 9)",
        "items | nope",
        "'x' | dictsort",  # AttributeError
        "{}.popitem()",  # KeyError
        "'x'.index('y')",  # ValueError
        "2.0 ** 9999",  # OverflowError
        "'x' * 10 ** 18",  # MemoryError
        "'x' | format(1)",  # TypeError
        "'x'.encode('ascii').decode('utf-16')",  # UnicodeDecodeError
        "items | map('nope') | list",
        "dict(a=cycler()).a",  # RuntimeError
    ],
)
def test_what_an_expression_does_is_a_template_error(own: Own, expression: str) -> None:
    error = failure("a.txt", own("a.txt", f"\n\n{{{{ {expression} }}}}"))
    assert (error.template, error.line) == ("harbor/a.txt", 3)


def test_endless_recursion_is_a_template_error(own: Own) -> None:
    source = "\n{% macro m() %}{{ m() }}{% endmacro %}\n{{ m() }}"
    error = failure("a.txt", own("a.txt", source))
    assert error.template == "harbor/a.txt"
    assert error.line in (2, 3)
    assert "RecursionError" in str(error)


@pytest.mark.parametrize("expression", ["(" * 5_000, "9" * 5_000, "[" * 150 + "]" * 150])
def test_what_python_can_not_compile_is_a_template_error(own: Own, expression: str) -> None:
    assert failure("a.txt", own("a.txt", f"{{{{ {expression} }}}}")).template in ("a.txt", "harbor/a.txt")


def test_a_template_that_is_no_text(own: Own, tmp_path: Path) -> None:
    own("a.txt", "")
    (tmp_path / "templates" / "harbor" / "a.txt").write_bytes(b"\xff\xfe")
    assert "UTF-8" in str(failure("a.txt", "harbor"))


def test_an_own_template_builds_on_the_common_one(own: Own) -> None:
    slug = own("social/twitter.txt", "{% extends 'common:social/twitter.txt' %}")
    context = {"letter": LETTER, "lead": "Lead.", "social": "", "keep_the_rest": "|", "link": "https://example.com"}
    assert render("social/twitter.txt", context, slug=slug) == render("social/twitter.txt", context)
