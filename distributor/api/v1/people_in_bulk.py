"""Many people at once: a line in for each, and a line out, in the same order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from ninja import Router, Schema
from pydantic import Field

from distributor.api.authentication import ApiRequest, publication_of
from distributor.api.operations import note, operation
from distributor.api.parameters import Body, Slug
from distributor.api.streams import (
    NDJSON,
    FileAnswer,
    Line,
    groups_of,
    lines_of,
    ndjson,
    stream_documentation,
)
from distributor.api.v1.people import draft_of
from distributor.api.v1.schemas.people import Address, ListName, NewPerson
from distributor.api.v1.subscriptions import BY_PROGRAM
from distributor.audience import subscriptions
from distributor.audience.actions import find_lists
from distributor.audience.causes import PROGRAM, Cause
from distributor.audience.models import MailingList
from distributor.domain.errors import BadInput
from distributor.letters.models import Publication
from distributor.request_bodies import MEGABYTE, BodyLimit
from distributor.stored_streams import file_answer

router = Router(tags=["People"])

LARGEST: Final = BodyLimit(32 * MEGABYTE, editors_only=True)  # some 200,000 people
GROUP: Final = 500  # people that are stored in one transaction


class LineResult(Schema):
    """What became of one line."""

    line: int = Field(description="Its number, from 1.")
    result: str = Field(description="created, changed, unchanged; left, gone already, unknown; or refused.")
    problem: str = Field(default="", description="Why it was refused.")
    key: str = Field(default="", description="The person's.")
    lists: dict[str, str] = Field(default={}, description="What became of each list, as `people.create` says it.")
    shared: bool = Field(default=False, description="As `people.create` says it: nothing else about them was changed.")


class LeavingPerson(Body):
    """Somebody who leaves lists."""

    email: Address
    lists: list[ListName] = Field(default=[], max_length=100, description="Empty for all lists of the publication.")


@operation(
    router, "POST", "/people/bulk", id="people.upsert", summary="Make or change many people", scope="people:write",
    returns=None, atomic=False, body_limit=LARGEST,
    extra=stream_documentation(NDJSON, of=LineResult, body=NewPerson),
)  # fmt: skip
def upsert(request: ApiRequest, publication: Slug = "") -> FileAnswer:
    """Each line is what `people.create` takes, and is stored or refused by itself; sent again it changes nothing.

    Up to 32 MB: more goes in several requests. The answer begins when all lines are done.
    """
    publication_row = publication_of(request, publication)
    is_bound = request.auth.publication is not None

    def store(group: Sequence[Line], lists: _Lists) -> Iterator[LineResult]:
        drafts, numbers = [], []
        for line in group:
            mailing_lists = lists.of(line.value.lists)
            if isinstance(mailing_lists, str) or (is_bound and not mailing_lists):
                yield LineResult(line=line.number, result="refused", problem=mailing_lists or "Name a list.")  # type: ignore[arg-type]
                continue
            drafts.append(draft_of(line.value, mailing_lists))
            numbers.append(line.number)
        results = subscriptions.store_people(drafts, actor=request.auth.actor, publication=request.auth.publication)
        for number, draft, result in zip(numbers, drafts, results, strict=True):
            yield _result(number, draft, result)

    return _answer(request, NewPerson, publication_row, store)


@operation(
    router, "POST", "/people/bulk-unsubscribe", id="people.unsubscribe", summary="Take many people off lists",
    scope="people:write", returns=None, atomic=False, body_limit=LARGEST,
    extra=stream_documentation(NDJSON, of=LineResult, body=LeavingPerson),
)  # fmt: skip
def unsubscribe(request: ApiRequest, publication: Slug = "") -> FileAnswer:
    """Each line is an address, with the short names of lists; nobody of it is told apart from nobody on these lists."""
    publication_row = publication_of(request, publication)

    def leave(group: Sequence[Line], lists: _Lists) -> Iterator[LineResult]:
        departures, numbers = [], []
        for line in group:
            mailing_lists = lists.of(line.value.lists) if line.value.lists else lists.all
            if isinstance(mailing_lists, str):
                yield LineResult(line=line.number, result="refused", problem=mailing_lists)
                continue
            departures.append(subscriptions.Departure(line.value.email, mailing_lists))
            numbers.append(line.number)
        counts = subscriptions.take_off(departures, how=BY_PROGRAM, cause=Cause(PROGRAM))
        for number, count in zip(numbers, counts, strict=True):
            yield LineResult(line=number, result="unknown" if count is None else "left" if count else "gone already")

    return _answer(request, LeavingPerson, publication_row, leave)


class _Lists:
    """A publication's lists by short name, looked up once for a whole body."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        self.all = list(publication.lists.order_by("slug"))
        self._by_slug = {mailing_list.slug: mailing_list for mailing_list in self.all}

    def of(self, slugs: Sequence[str]) -> list[MailingList] | str:
        """Return the lists of these short names, or a sentence that says which is none."""
        names = list(dict.fromkeys(slugs))
        if all(name in self._by_slug for name in names):
            return [self._by_slug[name] for name in names]
        try:
            return find_lists(self._publication, names)
        except BadInput as error:
            return str(error)


def _answer(
    request: ApiRequest,
    schema: type[Schema],
    publication: Publication,
    work: Callable[[Sequence[Line], _Lists], Iterator[LineResult]],
) -> FileAnswer:
    counts: Counter[str] = Counter()

    def results() -> Iterator[str]:
        lists = _Lists(publication)
        for group in groups_of(lines_of(request, schema), GROUP):
            answers = [
                LineResult(line=line.number, result="refused", problem=line.problem) for line in group if line.problem
            ]
            answers += work([line for line in group if not line.problem], lists)
            counts.update(answer.result for answer in answers)
            for answer in sorted(answers, key=lambda answer: answer.line):
                yield ndjson(answer.model_dump(exclude_defaults=True))

    try:
        return file_answer(results(), NDJSON)
    finally:
        note(request, subject=f"{sum(counts.values())} people", publication=publication, **counts)


def _result(number: int, draft: subscriptions.PersonDraft, result: subscriptions.PersonResult) -> LineResult:
    if result.problem:
        return LineResult(line=number, result="refused", problem=result.problem)
    new_places = set(result.placements.values()) & {"added", "back"}
    word = "created" if result.is_new else "changed" if result.is_changed or new_places else "unchanged"
    return LineResult(
        line=number,
        result=word,
        key=str(result.subscriber.key) if result.subscriber else "",
        shared=result.is_shared,
        lists={mailing_list.slug: result.placements[mailing_list.pk] for mailing_list in draft.lists},
    )
