"""What `queue` makes of a source before it plans anything: letters, and which of them go out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from distributor.cli import output
from distributor.cli.actors import actor
from distributor.domain.errors import BadInput, UnclearLetter
from distributor.domain.feed_news import Choice, Entry, selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from distributor.domain.letters import Draft
    from distributor.letters.actions import Intake, SourceIntake
    from distributor.letters.models import Letter

_ORIGIN = "standard input"  # of what has no other


def take_in(drafts: Sequence[Draft], publication_slug: str, *, corrects: str | None, is_new: bool) -> SourceIntake:
    """Store the letters of a source. Raises BadInput, with the options that answer it where a letter is not clear."""
    from django.utils import timezone

    from distributor.letters import actions
    from distributor.letters.letter_ids import letter_of

    try:
        return actions.take_in_all(
            drafts,
            publication=actions.publication(publication_slug),
            now=timezone.now(),
            actor=actor(),
            origin="" if drafts[0].source else _ORIGIN,
            corrects=letter_of(corrects) if corrects else None,
            is_new=is_new,
        )
    except UnclearLetter as error:
        raise BadInput(_with_answers(error)) from error


def _with_answers(error: UnclearLetter) -> str:
    answers = " or ".join(f"--corrects L{number}" for number in error.candidates[:3])
    return f"{error} Answer with {answers}, or with --new."


def existing_letter(identifier: str, publication_slug: str) -> SourceIntake:
    """Return a letter that is there already, as what is to be queued. Raises BadInput."""
    from distributor.letters import actions
    from distributor.letters.letter_ids import letter_of

    letter = letter_of(identifier)
    if publication_slug and letter.publication.slug != publication_slug:
        raise BadInput(f"L{letter.pk} is a letter of “{letter.publication.slug}”: leave --publication out.")
    return actions.SourceIntake((actions.Intake(letter, created=False),))


def choose(intakes: Sequence[Intake], choice: Choice) -> list[Intake]:
    """Return the letters that are to be queued: all but those that a feed's rule, or the choice, keeps back."""
    entries = [Entry(intake.created, intake.letter.published_at) for intake in intakes]
    goes_out = selection(entries, [intake.entry_kind for intake in intakes], choice)
    return [intake for intake, out in zip(intakes, goes_out, strict=True) if out]


def say_doubts(doubts: Sequence[UnclearLetter], *, as_json: bool) -> None:
    """Say of a feed's entries which were not stored, because a person has to say which letters they are."""
    if not doubts:
        return
    if as_json:
        for doubt in doubts:
            output.write_json({"letter": None, "dispatches": [], "notes": [_with_answers(doubt)], "concerns": []})
        return
    from distributor.letters.source_doubts import together

    entries = "1 entry was" if len(doubts) == 1 else f"{len(doubts)} entries were"
    sentence = f"{entries} not taken in. {_with_answers(together(doubts))}"
    output.console().print(sentence, style="yellow", soft_wrap=True)


def say_unqueued(intakes: Sequence[Intake], *, as_json: bool) -> None:
    """Say of a feed's entries which were stored and not queued, and what queues them."""
    if as_json:
        for intake in intakes:
            sentence = _REASONS[intake.entry_kind]
            output.write_json(
                {"letter": letter_json(intake.letter), "dispatches": [], "notes": [sentence], "concerns": []}
            )
        return
    for kind, sentence in _REASONS.items():
        numbers = [intake.letter.pk for intake in intakes if intake.entry_kind == kind]
        if numbers:
            names = f"L{numbers[0]}" if len(numbers) == 1 else f"L{min(numbers)} to L{max(numbers)}"
            count = "1 letter" if len(numbers) == 1 else f"{len(numbers)} letters"
            output.console().print(f"{count} ({names}): {sentence}", style="yellow", soft_wrap=True)


_REASONS = {
    "archive": "In the archive, and not queued: what a feed holds when it is read first, or what is older than that, "
    "doesn't go out by itself. Queue one with “distributor queue L…”, the newest or all with --entries.",
    "known": "There already, and not queued again: brought up to date where the feed has changed.",
}


def letter_json(letter: Letter) -> dict[str, Any]:
    """Return a letter as the command line's JSON names it."""
    from distributor.letters.pages import page_url

    return {"id": letter.pk, "title": letter.title, "slug": letter.slug, "url": page_url(letter)}
