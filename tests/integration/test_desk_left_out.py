"""What intake left out of a letter stands on its page, and is put back where it stood."""

from __future__ import annotations

import pytest
from django.test import Client

from distributor.letters.intake import parse
from distributor.letters.models import Letter
from tests.integration import world
from tests.integration.desk import html, said

pytestmark = pytest.mark.django_db

PAGE = (
    "<html lang=en><head><title>A bell for nobody</title></head><body><article><h1>A bell for nobody</h1>"
    "<p>The ferry bell was cast the year my aunt was born, and it still rings for a boat.</p>"
    "<p>Read more</p><p><a href='https://tide.example/5'>The fifth letter: on oars</a></p>"
    "<p>Mending it would cost less than one evening of fireworks, and the school would pay a third.</p>"
    "</article></body></html>"
)


def test_a_piece_is_shown_and_put_back(editor: Client) -> None:
    (draft,) = parse(PAGE.encode(), name="bell.html", url="https://tide.example/bell")
    letter = world.make_letter(draft)
    address = f"/desk/letters/{letter.pk}/"
    shown = html(editor.get(address))
    assert "The fifth letter: on oars" in shown
    assert "Put back" in shown
    answer = editor.post(f"{address}left-out/", {"number": "0", "what": "The fifth letter: on oars"})
    assert "is in the letter again" in said(answer)
    letter = Letter.objects.get()
    assert letter.left_out == []
    assert letter.body_text.split("\n\n")[1] == "The fifth letter: on oars"
    assert "Put back" not in html(editor.get(address))
    assert letter.versions.count() == 2
    again = editor.post(f"{address}left-out/", {"number": "0", "what": "The fifth letter: on oars"})
    assert "has changed since" in said(again)
