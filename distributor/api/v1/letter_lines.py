"""Lines with letters: read side by side, stored in groups where they are new for sure, else one by one.

Whatever goes wrong in a group undoes it, and its lines are done one by one: each is as `letters.create` does it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Any, Final

from django.db import InterfaceError, OperationalError, transaction
from pydantic import Field, StringConstraints

from distributor.api import idempotency, problems
from distributor.api.authentication import ApiRequest, publication_of
from distributor.api.streams import Line, ndjson
from distributor.api.v1 import letters
from distributor.api.v1.dispatch_queue import QueueAnswer, queue_new
from distributor.api.v1.letters import LetterRequest
from distributor.domain.draft_gaps import gap_fields
from distributor.domain.letters import Draft
from distributor.letters import bulk_intake
from distributor.letters.intake.parser_processes import AT_ONCE
from distributor.letters.intake.submissions import read_submission
from distributor.letters.models import Publication
from distributor.letters.new_letters import NewLetter
from distributor.people import audit
from distributor.people.audit import Act

Answer = dict[str, Any]
_ACTION: Final = "letters.create"  # as the record calls it, however a letter came
_OUTAGES: Final = (OperationalError, InterfaceError)  # the database: then nothing more is tried
_Key = Annotated[str, StringConstraints(max_length=idempotency.LONGEST_KEY, pattern=r"^[ -~]*$")]


class BulkLetter(LetterRequest):
    """A letter, how it is to go out, and by what it is known when it is sent again."""

    key: _Key = Field(
        "", description="As an `Idempotency-Key`: once for each letter that is sent.", examples=["cms-4711-1"]
    )


@dataclass(slots=True)
class Item:
    """A line that is worked on: its letter as it was read, or the answer that says why it can't be."""

    line: Line
    publication: Publication | None = None
    draft: Draft | None = None
    answer: Answer | None = None

    @property
    def body(self) -> BulkLetter:
        """What the line says."""
        body: BulkLetter = self.line.value
        return body

    @property
    def fingerprint(self) -> bytes:
        """What tells it from another line with the same key."""
        return sha256(b"POST /api/v1/letters/bulk\0" + self.line.raw).digest()

    @property
    def may_be_new(self) -> bool:
        """Whether nothing of it has to be looked at by itself: which letter it is, a picture that is stored here."""
        if self.answer is not None or self.draft is None:
            return False
        return self.body.corrects is None and not self.body.is_new and not self.draft.image_url.startswith("media:")


class LetterLines:
    """Works on the lines of one request."""

    def __init__(self, request: ApiRequest) -> None:
        self._request = request
        self._publications: dict[str, Publication] = {}

    def read(self, groups: Iterable[Sequence[Line]]) -> Iterator[list[Item]]:
        """Yield groups whose letters were read: those of the next one while this one is stored."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            previous: list[tuple[Item, Future[Draft] | None]] | None = None
            for group in groups:
                current = [self._begin(line, pool) for line in group]
                if previous is not None:
                    yield [self._end(item, future) for item, future in previous]
                previous = current
            if previous is not None:
                yield [self._end(item, future) for item, future in previous]

    def work(self, group: Sequence[Item]) -> list[tuple[int, Answer]]:
        """Do what the lines of a group ask for, and return the answer to each with its number, in their order."""
        bulk_intake.gather_statistics()
        try:
            self._store_together(group)
        except _OUTAGES:
            raise
        except Exception:  # noqa: BLE001 - which line it was, and what is to be said of it, is seen one by one
            for item in group:
                if item.answer is not None and "problem" not in item.answer:
                    item.answer = None
        for item in group:
            if item.answer is None:
                item.answer = self._answer_alone(item)
        return [(item.line.number, item.answer or {}) for item in group]

    def _begin(self, line: Line, pool: ThreadPoolExecutor) -> tuple[Item, Future[Draft] | None]:
        item = Item(line)
        if line.problem:
            item.answer = _refusal(problems.ProblemError("bad-input", line.problem))
            return item, None
        try:
            item.publication = self._publication(item.body)
        except _OUTAGES:
            raise
        except Exception as error:  # noqa: BLE001 - it is answered as everywhere
            item.answer = _refusal(error)
            return item, None
        return item, pool.submit(read_submission, letters.submission_of(item.body))

    @staticmethod
    def _end(item: Item, future: Future[Draft] | None) -> Item:
        if future is not None:
            try:
                item.draft = future.result()
            except Exception as error:  # noqa: BLE001
                item.answer = _refusal(error)
        return item

    def _publication(self, body: BulkLetter) -> Publication:
        """Return the publication of a line, looked up once. Raises what `letters.create` refuses before it reads."""
        letters.check_request(self._request, body)
        if body.publication not in self._publications:
            self._publications[body.publication] = publication_of(self._request, body.publication)
        return self._publications[body.publication]

    @transaction.atomic
    def _store_together(self, group: Sequence[Item]) -> None:
        """Store what is new for sure, with its dispatches, its record and its answers for whoever sends it again."""
        token_id = self._request.auth.token_id
        fingerprints: dict[str, bytes] = {}
        for item in group:
            if item.may_be_new and item.body.key:
                fingerprints.setdefault(item.body.key, item.fingerprint)
        keys = idempotency.claim_lines(token_id, fingerprints)
        candidates: set[int] = set()
        open_keys = {"", *keys}
        for item in group:
            if item.may_be_new and item.body.key in open_keys:
                candidates.add(item.line.number)
                open_keys -= {item.body.key} - {""}  # another line with this key is answered as the first one was
        new_letters = self._take_in(group, candidates)
        queues = self._queue(new_letters)
        acts: list[Act] = []
        answers: dict[str, tuple[int, str]] = {}
        for item, new in new_letters:
            queue = queues.get(item.line.number)
            item.answer = _answer(item, new.letter.pk, created=True, queue=queue)
            acts.append(_act(item, new.letter.pk, created=True, queue=queue))
            if item.body.key:
                answers[item.body.key] = _stored_answer(item.answer)
        audit.record_all(_ACTION, acts, actor=self._request.auth.actor, door="api")
        idempotency.keep_lines(token_id, answers)
        idempotency.give_up_lines(token_id, keys - answers.keys())

    def _take_in(self, group: Sequence[Item], candidates: set[int]) -> list[tuple[Item, NewLetter]]:
        """Store those of the candidates that are new for sure, publication by publication."""
        by_publication: dict[int, list[Item]] = {}
        for item in group:
            if item.draft is not None and item.publication is not None:
                by_publication.setdefault(item.publication.pk, []).append(item)
        pairs: list[tuple[Item, NewLetter]] = []
        for _, items in sorted(by_publication.items()):  # in one order, since each is locked
            new_letters = bulk_intake.take_in_new(
                [(item.draft, item.body.url or letters.origin(self._request)) for item in items if item.draft],
                publication=self._publications[items[0].body.publication],
                actor=self._request.auth.user_name,
                places={place for place, item in enumerate(items) if item.line.number in candidates},
            )
            pairs += [(item, new) for item, new in zip(items, new_letters, strict=True) if new is not None]
        return pairs

    def _queue(self, new_letters: Sequence[tuple[Item, NewLetter]]) -> dict[int, QueueAnswer]:
        """Queue new letters that go out alike in one go, and return the answers by the numbers of their lines."""
        alike: dict[tuple[int, str], list[tuple[Item, NewLetter]]] = {}
        for item, new in new_letters:
            if item.body.queue is not None:
                request = (new.letter.publication_id, item.body.queue.model_dump_json())
                alike.setdefault(request, []).append((item, new))
        answers: dict[int, QueueAnswer] = {}
        for pairs in alike.values():
            first = pairs[0][0].body.queue
            assert first is not None
            queues = queue_new(
                [new.letter for _, new in pairs],
                pairs[0][1].letter.publication,
                first,
                by=self._request.auth.as_actor,
            )
            answers |= {item.line.number: queue for (item, _), queue in zip(pairs, queues, strict=True)}
        return answers

    def _answer_alone(self, item: Item) -> Answer:
        """Do what one line asks for, or say why not."""
        try:
            return self._do(item)
        except _OUTAGES:
            raise
        except Exception as error:  # noqa: BLE001 - it is answered as everywhere
            return _refusal(error)

    @transaction.atomic
    def _do(self, item: Item) -> Answer:
        """Take in one line's letter as `letters.create` does, or answer as before. Raises what that raises."""
        assert item.publication is not None
        assert item.draft is not None
        key, token_id = item.body.key, self._request.auth.token_id
        if key and not idempotency.claim_lines(token_id, {key: item.fingerprint}):
            return {**json.loads(idempotency.line_answer(token_id, key, item.fingerprint)), "replayed": True}
        intake, queue = letters.store(self._request, item.body, item.publication, item.draft)
        answer = _answer(item, intake.letter.pk, created=intake.created, queue=queue)
        act = _act(item, intake.letter.pk, created=intake.created, queue=queue)
        audit.record_all(_ACTION, [act], actor=self._request.auth.actor, door="api")
        idempotency.keep_lines(token_id, {key: _stored_answer(answer)} if key else {})
        return answer


def _answer(item: Item, letter_id: int, *, created: bool, queue: QueueAnswer | None) -> Answer:
    assert item.draft is not None
    answer: Answer = {
        "status": int(HTTPStatus.CREATED if created else HTTPStatus.OK),
        "letter": letter_id,
        "created": created,
        "missing": list(gap_fields(item.draft)),
    }
    return answer | ({"queue": queue.model_dump()} if queue is not None else {})


def _stored_answer(answer: Answer) -> tuple[int, str]:
    return answer["status"], ndjson(answer)


def _act(item: Item, letter_id: int, *, created: bool, queue: QueueAnswer | None) -> Act:
    assert item.publication is not None
    return Act(f"letter {letter_id}", item.publication, letters.record_of(created, queue))


def _refusal(error: Exception) -> Answer:
    response = problems.answer(error)
    return {"status": response.status_code, "problem": json.loads(response.content)}
