"""Many letters at once: a line in for each, and a line out, in the same order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from ninja import Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest
from distributor.api.operations import note, operation
from distributor.api.streams import NDJSON, FileAnswer, groups_of, lines_of, ndjson, stream_documentation
from distributor.api.v1.dispatch_queue import QueueAnswer
from distributor.api.v1.letter_lines import BulkLetter, LetterLines
from distributor.request_bodies import MEGABYTE, BodyLimit
from distributor.stored_streams import file_answer

router = Router(tags=["Letters"])

LARGEST: Final = BodyLimit(16 * MEGABYTE, editors_only=True)
LONGEST_LINE: Final = MEGABYTE
GROUP: Final = 50  # letters that are stored in one transaction: others that say the same wait for it


class LetterLine(Schema):
    """What became of one line."""

    line: int = Field(description="Its number, from 1.", examples=[1])
    status: int = Field(description="As `letters.create` answers: 201, 200, or that of its problem.", examples=[201])
    letter: int | None = Field(None, description="The letter's id.", examples=[12])
    created: bool = Field(False, description="Whether it is a new one.", examples=[True])
    missing: list[str] = Field([], description="What was neither said nor found.", examples=[["editor_note"]])
    queue: QueueAnswer | None = Field(None, description="What it is queued for, where that was asked.")
    replayed: bool = Field(False, description="Its key came before: this is the answer of then.", examples=[False])
    problem: dict[str, Any] | None = Field(None, description="Why nothing was done (RFC 9457).", examples=[None])


@operation(
    router, "POST", "/letters/bulk", id="letters.create_many", summary="Take in many letters", scope="letters:write",
    returns=None, atomic=False, body_limit=LARGEST,
    extra=stream_documentation(NDJSON, of=LetterLine, body=BulkLetter),
)  # fmt: skip
def create_letters(request: ApiRequest) -> FileAnswer:
    """Each line is what `letters.create` takes, and is stored or refused by itself, with a `key` once and never twice.

    Up to 16 MB, and 1 MB a line: more goes in several requests. The answer begins when all lines are done. Lines that
    may be one letter are done in their order.
    """
    counts: Counter[str] = Counter()

    def results() -> Iterator[str]:
        letter_lines = LetterLines(request)
        for group in letter_lines.read(groups_of(lines_of(request, BulkLetter, longest=LONGEST_LINE), GROUP)):
            for number, answer in letter_lines.work(group):
                word = "refused" if "problem" in answer else "created" if answer.get("created") else "changed"
                counts[word] += 1
                yield ndjson({"line": number, **answer})

    try:
        return file_answer(results(), NDJSON)
    finally:
        note(request, subject=f"{sum(counts.values())} letters", publication=request.auth.publication, **counts)
