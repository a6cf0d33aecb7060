"""Copies of a letter's pictures on the web, where an editor asks for them: fetched by the one guarded client."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from distributor.channels import http
from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft
from distributor.letters.intake.picture_folders import LARGEST
from distributor.letters.intake.pictures import MOST_PICTURES, NoPicture, PictureWork, remote_sources

AT_ONCE = 4
ONE_WITHIN = 15.0  # seconds
ALL_WITHIN = 60.0  # seconds: somebody waits for the page that says what became of it

Fetch = Callable[[str, float], bytes]
"""Returns a picture's bytes within so many seconds. Raises SourceError."""


def fetch(url: str, seconds: float) -> bytes:
    """Read a picture from the web."""
    return http.fetch_picture(url, limit=LARGEST, within=seconds)


def with_remote_pictures(draft: Draft, fetch: Fetch = fetch, *, within: float | None = None) -> Draft:
    """Return the draft with copies of its pictures on the web as media, `within` so many seconds (`ALL_WITHIN`).

    What can't be fetched or read stays where it is and is in `notices`, with the reason.
    """
    sources = remote_sources(draft)[:MOST_PICTURES]
    end = time.monotonic() + (ALL_WITHIN if within is None else within)

    def content_or_reason(source: str) -> bytes | str:
        seconds = min(ONE_WITHIN, end - time.monotonic())
        if seconds <= 0:
            return "There was no time left for it: take the letter in again."
        try:
            return fetch(source, seconds)
        except SourceError as error:
            return str(error)

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="picture") as pool:
        answers = dict(zip(sources, pool.map(content_or_reason, sources), strict=True))

    def find(source: str) -> bytes | None:
        answer = answers.get(source)
        if isinstance(answer, str):
            raise NoPicture(answer)
        return answer

    return PictureWork(draft, find, stays=True).result()
