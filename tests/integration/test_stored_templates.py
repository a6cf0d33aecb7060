"""Templates that a publication stores: what is refused, what goes out, going back, and who was first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from distributor import paths
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.planning.queue import queue_letter
from distributor.delivery.variants import composition, letter_previews, template_edits
from distributor.domain.errors import BadInput, TemplateConflict, TemplateError
from distributor.domain.letters import Draft
from distributor.letters import stored_templates
from distributor.letters.models import Letter, Publication, TemplateVersion
from distributor.practice.networks import ACCOUNTS
from tests.integration import world

pytestmark = pytest.mark.django_db(transaction=True)

POST = "social/twitter.txt"
EXTENDS = "{% extends 'common:email/letter.html' %}"


def save(publication: Publication, name: str, source: str, *, base: int | None = None) -> TemplateVersion | None:
    return template_edits.save(publication, name, source, base=base, actor="mina", origin="the desk")


def text(letter: Letter, channel: str = "twitter") -> str:
    """Return what a letter's variant says now, whoever looks."""
    fresh = Letter.objects.select_related("publication").get(pk=letter.pk)
    preview = letter_previews.of_letter(fresh, channel).preview
    return preview.variant.parts[0] if preview.variant else preview.concerns[0].message


def drafted(letter: Letter, *, approve: bool = False) -> Dispatch:
    [account] = [candidate for candidate in ACCOUNTS if candidate.channel == "twitter"]
    accounts.connect(letter.publication, "twitter", account.name, account.values, practice=True)
    return queue_letter(letter, channels=["twitter"], approve=approve).dispatches[0]


def test_what_is_saved_counts_at_once_and_can_be_taken_back(letter: Letter) -> None:
    publication, ours = letter.publication, text(letter)
    first = save(publication, POST, "First: {{ letter.title }}\r\n")
    assert first is not None
    assert (first.number, first.source, text(letter)) == (1, "First: {{ letter.title }}\n", f"First: {letter.title}")
    assert save(publication, POST, "First: {{ letter.title }}\n") is None
    save(publication, POST, "Second: {{ letter.title }}")
    assert text(letter) == f"Second: {letter.title}"
    template_edits.restore(publication, POST, 1, actor="jun", origin="the desk")
    assert text(letter) == f"First: {letter.title}"
    template_edits.reset(publication, POST, actor="jun", origin="the desk")
    assert text(letter) == ours
    assert Publication.objects.get(pk=publication.pk).templates_digest == ""
    rows = publication.template_versions.order_by("number").values_list("number", "actor", "source")
    assert [(number, actor) for number, actor, _ in rows] == [(1, "mina"), (2, "mina"), (3, "jun"), (4, "jun")]
    assert template_edits.restore(publication, POST, 2, actor="jun", origin="the desk") is not None
    with pytest.raises(BadInput, match="no version 9"):
        template_edits.restore(publication, POST, 9, actor="jun", origin="the desk")


def test_it_comes_before_the_folders_file_and_what_it_extends_is_ours(letter: Letter) -> None:
    folder = paths.own_templates() / letter.publication.slug / "social"
    folder.mkdir(parents=True, exist_ok=True)
    file = Path(folder / "twitter.txt")
    file.write_text("File: {{ letter.title }}", encoding="utf-8")
    try:
        assert text(letter) == f"File: {letter.title}"
        save(letter.publication, POST, 'Stored: {% include "common:social/twitter.txt" %}')
        assert text(letter).startswith(f"Stored: {letter.title}")
        template_edits.reset(letter.publication, POST, actor="", origin="")
        assert text(letter) == f"File: {letter.title}"
    finally:
        file.unlink()


@pytest.mark.parametrize(
    ("name", "source", "line", "words"),
    [
        (POST, "One\n{{ letter.titel }}", 2, "has no attribute 'titel'"),
        (POST, "One\n\n{% if %}", 3, "broken"),
        (POST, "{{ letter.series.title }}", 1, "with a letter that has nothing but a title and a text"),
        (POST, "{% for i in range(10**9) %}{% for j in range(10**9) %}{% endfor %}{% endfor %}", 1, "too big"),
        (POST, "{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("email/letter.html", EXTENDS + "\n{% block masthead %}{{ nothing }}{% endblock %}", 2, "undefined"),
        ("email/base.html", "<p>{{ words[why] }}</p>\n{{ nothing }}", 2, "undefined"),
        ("email/digest.txt", "{{ items[0].letter.titel }}", 1, "titel"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_at_its_line_and_changes_nothing(
    letter: Letter, name: str, source: str, line: int, words: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        save(letter.publication, name, source)
    assert (caught.value.template, caught.value.line) == (f"{letter.publication.slug}/{name}", line)
    assert words in str(caught.value)
    assert not TemplateVersion.objects.exists()


def test_what_may_not_be_sent_is_refused(letter: Letter) -> None:
    publication = letter.publication
    with pytest.raises(BadInput, match="unsubscribe"):
        save(publication, "email/letter.html", "<p>{{ body }}</p>")
    with pytest.raises(BadInput, match="the list names them"):
        save(publication, "email/other.html", "x")
    with pytest.raises(BadInput, match="too long"):
        save(publication, POST, "x" * 200_001)
    with pytest.raises(BadInput, match="control characters"):
        save(publication, POST, "x\0")
    with pytest.raises(BadInput, match="to go back to"):
        template_edits.reset(publication, "../x", actor="", origin="")


def test_two_people_overwrite_nothing_of_each_other(letter: Letter) -> None:
    publication = letter.publication
    save(publication, POST, "{{ letter.title }} 1", base=0)
    with pytest.raises(TemplateConflict, match="mina saved version 1"):
        save(publication, POST, "{{ letter.title }} 2", base=0)
    assert stored_templates.template_set(publication).sources == {POST: "{{ letter.title }} 1"}


def test_versions_are_never_changed(letter: Letter) -> None:
    publication = letter.publication
    save(publication, POST, "{{ letter.title }}")
    for statement in ("UPDATE letters_templateversion SET source = 'x'", "DELETE FROM letters_templateversion"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_what_is_approved_goes_out_as_it_was(letter: Letter) -> None:
    dispatch = drafted(letter, approve=True)
    approved = dispatch.approved_variant
    save(letter.publication, POST, "Another: {{ letter.title }}")
    dispatch = Dispatch.objects.get(pk=dispatch.pk)
    assert composition.draft(dispatch).to_json() == approved
    assert composition.afresh(dispatch).variant.parts == (f"Another: {letter.title}",)


def test_a_template_that_breaks_on_a_later_letter_pauses_that_letter_alone(letter: Letter, draft: Draft) -> None:
    save(
        letter.publication,
        POST,
        "{{ letter.title.split(' ')[0] }}{% if letter.title == 'Trap' %}{{ 1 / 0 }}{% endif %}",
    )
    trapped = world.make_letter(replace(draft, title="Trap", source="https://l.example/trap"), letter.publication)
    broken, fine = drafted(trapped), drafted(letter)
    approval.approve(broken.pk)
    approval.approve(fine.pk)
    broken.refresh_from_db()
    assert broken.approved_variant is None
    with pytest.raises(TemplateError, match="ZeroDivisionError"):
        composition.draft(broken)
    assert composition.draft(fine).parts[0].startswith(letter.title.split(" ", maxsplit=1)[0])


def test_reading_them_asks_the_database_once(letter: Letter) -> None:
    assert stored_templates.template_set(letter.publication).sources == {}
    save(letter.publication, POST, "{{ letter.title }}")
    stored_templates.template_set(letter.publication)
    with connection.execute_wrapper(_no_queries):
        assert stored_templates.template_set(letter.publication).sources == {POST: "{{ letter.title }}"}


def _no_queries(*_: object) -> object:
    raise AssertionError("the database was asked")
