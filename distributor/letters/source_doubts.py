"""What is unclear about the letters of a source, as sentences for whoever has to say which they are."""

from __future__ import annotations

from collections.abc import Sequence

from distributor.domain.errors import BadInput, UnclearLetter
from distributor.domain.letter_match import SourceLetter, is_another
from distributor.domain.letters import Draft
from distributor.domain.source_keys import SourceKey
from distributor.letters.models import Letter

DOUBTS_SAID = 3


def check_keys(drafts: Sequence[Draft]) -> None:
    """Refuse two letters that one source gives the same name: the second would replace the first.

    Those of a feed were told apart when it was read.
    """
    owners: dict[SourceKey, Draft] = {}
    for draft in (draft for draft in drafts if not draft.feed):
        letter = SourceLetter(draft.title, draft.body_text)
        for key in draft.keys:
            owner = owners.setdefault(key, draft)
            if owner is not draft and is_another(letter, SourceLetter(owner.title, owner.body_text)):
                raise BadInput(
                    f"“{owner.title}” and “{draft.title}” are two letters with the same {key.kind}, “{key.value}”: "
                    "give each its own, or take it out of one."
                )


def correction_of(indexes: Sequence[int], letter: Letter) -> int:
    """Return which of a feed's entries corrects a letter. Raises BadInput where that may be none or several."""
    if len(indexes) != 1:
        subject = "None of the entries" if not indexes else f"Each of {len(indexes)} entries"
        raise BadInput(f"{subject} may be L{letter.pk}: give the address of the page that corrects it.")
    return indexes[0]


def together(doubts: Sequence[UnclearLetter]) -> UnclearLetter:
    """Return several questions as one; of very many, the first ones and how many there are."""
    sentences = [str(doubt) for doubt in doubts[:DOUBTS_SAID]]
    if len(doubts) > DOUBTS_SAID:
        sentences.append(f"The same goes for {len(doubts) - DOUBTS_SAID} more.")
    return UnclearLetter(" ".join(sentences), tuple(dict.fromkeys(pk for doubt in doubts for pk in doubt.candidates)))
