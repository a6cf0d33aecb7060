"""A letter as its readers will see it, of what stands in its form just now. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from distributor.desk.letter_forms import Values
from distributor.domain import media_names
from distributor.domain.errors import DistributorError
from distributor.letters import editor_saves
from distributor.letters.models import Publication


@dataclass(frozen=True, slots=True)
class TextPreview:
    """A text as safe HTML, what of it can't be in a letter, and a `problem` where it can't be read."""

    html: str = ""
    notices: tuple[str, ...] = ()
    problem: str = ""


def of_values(values: Values, publication: Publication) -> TextPreview:
    """Return the text of a form as readers see it."""
    text, title = ((values.get(name) or [""])[0] for name in ("text", "title"))
    if not text.strip():
        return TextPreview()
    try:
        draft = editor_saves.read_text(text, title=title)
    except DistributorError as error:
        return TextPreview(problem=str(error))
    notices = (*(f"{piece.what}: {piece.why}" for piece in draft.left_out), *draft.notices)
    return TextPreview(media_names.with_addresses(draft.body_html, editor_saves.site_url(publication)), notices)
