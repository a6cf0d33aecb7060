"""Requests that are sent again: with an `Idempotency-Key` the same answer, and nothing done twice.

The answer is stored in the transaction of what was done, so there is never one without the other. Of two equal requests
at once the later waits for the earlier, at the row that both want to write, and gets its answer. An answer that says no
is not kept: nothing was done, and the caller may mend the request and use its key again.

Header and rules: draft-ietf-httpapi-idempotency-key-header-07. `people.stored_answers` forgets them after a day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from typing import Final

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from distributor.delivery.accounts.encryption import seal, unseal
from distributor.domain.errors import BadInput
from distributor.people.models import StoredAnswer

HEADER: Final = "Idempotency-Key"
REPLAY_HEADER: Final = "Idempotency-Replayed"
LONGEST_KEY: Final = 255
_KEPT_HEADERS: Final = ("Content-Type", "Location", "ETag", "Link", "Deprecation", "Sunset")

_CLAIM = """
    INSERT INTO people_storedanswer (token_id, key, fingerprint, status, headers, body, created_at)
    VALUES (%s, %s, %s, 0, '{}', '', now()) ON CONFLICT (token_id, key) DO NOTHING RETURNING id
"""


_CLAIM_ALL = """
    INSERT INTO people_storedanswer (token_id, key, fingerprint, status, headers, body, created_at)
    SELECT %s, key, fingerprint, 0, '{}', '', now()
    FROM unnest(%s::varchar[], %s::bytea[]) AS line(key, fingerprint) ORDER BY key
    ON CONFLICT (token_id, key) DO NOTHING RETURNING key
"""
_KEEP_ALL = """
    UPDATE people_storedanswer SET status = line.status, body = line.body
    FROM unnest(%s::varchar[], %s::smallint[], %s::bytea[]) AS line(key, status, body)
    WHERE people_storedanswer.token_id = %s AND people_storedanswer.key = line.key
"""


class KeyReused(BadInput):
    """An idempotency key that came before with other content."""


def key_of(request: HttpRequest) -> str:
    """Return a request's key, "" for none. Raises BadInput for one that is too long or not printable."""
    key = request.headers.get(HEADER, "").strip()
    if key.startswith('"') and key.endswith('"') and len(key) > 1:  # as the draft writes it, a structured string
        key = key[1:-1]
    if len(key) > LONGEST_KEY or (key and not (key.isascii() and key.isprintable())):
        raise BadInput(f"{HEADER} takes up to {LONGEST_KEY} printable characters: a new UUID for each deed will do.")
    return key


def answer_once(request: HttpRequest, key: str, *, token_id: int, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the answer to a request; where it was answered before, that answer again.

    Raises KeyReused where the key came with another request.
    """
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        row_id = _claim(token_id, key, fingerprint)
        if row_id is None:
            return _replay(token_id, key, fingerprint)
        response = answer()
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            transaction.set_rollback(True)  # what was begun, the claim of the key too
            return response
        StoredAnswer.objects.filter(pk=row_id).update(
            status=response.status_code,
            headers={name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
            body=seal({"text": response.content.decode()}),  # it may hold a secret that is shown once
        )
    return response


def claim_lines(token_id: int, fingerprints: Mapping[str, bytes]) -> set[str]:
    """Take the keys of a body's lines in this transaction, and return those that nobody had.

    `fingerprints` tell by its key what a line says. In the order of the keys, so that no two wait for one another.
    """
    if not fingerprints:
        return set()
    keys = sorted(fingerprints)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_ALL, [token_id, keys, [fingerprints[key] for key in keys]])
        return {key for (key,) in cursor.fetchall()}


def keep_lines(token_id: int, answers: Mapping[str, tuple[int, str]]) -> None:
    """Store the answers to lines, each a status and a text, in the transaction that took their keys."""
    if not answers:
        return
    keys = sorted(answers)
    bodies = [seal({"text": answers[key][1]}) for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_ALL, [keys, [answers[key][0] for key in keys], bodies, token_id])


def give_up_lines(token_id: int, keys: Collection[str]) -> None:
    """Let go of keys that this transaction took, and for which nothing was done."""
    if keys:
        StoredAnswer.objects.filter(token_id=token_id, key__in=keys, status=0).delete()


def line_answer(token_id: int, key: str, fingerprint: bytes) -> str:
    """Return the text that a line with this key was answered. Raises KeyReused where that was another one."""
    return _answer_row(token_id, key, fingerprint)[1]


def _claim(token_id: int, key: str, fingerprint: bytes) -> int | None:
    """Take the key for this request, and return its row; None where somebody has it, who is done by now."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [token_id, key, fingerprint])
        row = cursor.fetchone()
    return row[0] if row else None


def _replay(token_id: int, key: str, fingerprint: bytes) -> HttpResponse:
    row, text = _answer_row(token_id, key, fingerprint)
    response = HttpResponse(text, status=row.status, headers=row.headers)
    response.headers[REPLAY_HEADER] = "true"
    return response


def _answer_row(token_id: int, key: str, fingerprint: bytes) -> tuple[StoredAnswer, str]:
    row = StoredAnswer.objects.get(token_id=token_id, key=key)
    if bytes(row.fingerprint) != fingerprint:
        raise KeyReused(f"This {HEADER} came with another request before: take a new key for each deed.")
    return row, str(unseal(bytes(row.body))["text"])


def _fingerprint(request: HttpRequest) -> bytes:
    digest = hashlib.sha256()
    for part in (str(request.method), request.get_full_path(), request.headers.get("Content-Type", "")):
        digest.update(part.encode() + b"\0")
    digest.update(request.body)
    return digest.digest()
