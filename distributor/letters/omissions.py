"""What intake left out of a letter, put back by an editor."""

from __future__ import annotations

from django.db import transaction

from distributor.domain.errors import BadInput
from distributor.letters import versions
from distributor.letters.intake import dom, sanitise
from distributor.letters.models import Letter, Version


@transaction.atomic
def put_back(letter: Letter, number: int, name: str, *, actor: str = "", origin: str = "") -> Version | None:
    """Put a left-out piece where it stood in the letter, or at its end: its next version, by `actor`, from `origin`.

    `number` is the piece's place in `left_out`, from 0, and `name` its `what`, as the editor saw them. Raises BadInput
    where the letter has changed since, and where the piece has nothing that could be put back.
    """
    locked = Letter.objects.select_for_update().get(pk=letter.pk)
    pieces = list(locked.left_out)
    if not 0 <= number < len(pieces) or pieces[number]["what"] != name:
        raise BadInput("The letter has changed since this page was shown: look at what is left out of it now.")
    piece = pieces.pop(number)
    if not piece["html"]:
        raise BadInput("There is no text to put back: see why it is left out.")
    locked.body_html = _with_piece(locked.body_html, piece["html"], piece.get("place", -1))
    locked.body_text = sanitise.plain_text(locked.body_html)
    locked.left_out = pieces
    locked.save(update_fields=["body_html", "body_text", "left_out", "updated_at"])
    letter.refresh_from_db()
    return versions.record(locked, actor=actor, origin=origin)


def _with_piece(body_html: str, piece_html: str, place: int) -> str:
    """Return a body with a piece behind so many of its elements; -1: at its end."""
    elements = list(dom.fragment(body_html))
    if not 0 <= place < len(elements):
        return f"{body_html}\n{piece_html}"
    markup = [dom.markup(element) for element in elements]
    return "\n".join((*markup[:place], piece_html, *markup[place:]))
