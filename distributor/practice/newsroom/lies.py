"""Feeds that lie, as servers do: each has the newsroom's letters, and one thing that is wrong with it."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from distributor.practice.newsroom.letters import NAME, PublishedLetter, atom

OLD_LETTERS: Final = 10_000
SLOW_SECONDS: Final = 0.5  # between the bytes of a feed that never ends
_ATOM: Final = "application/atom+xml"


def unchanged(request: Request, letters: Sequence[PublishedLetter], site: str) -> Response:
    """“304” to whoever has read it once, whatever was published since."""
    if request.headers.get("if-none-match"):
        return Response(status_code=304)
    return _feed(letters, site, ETag='"the-same-for-ever"')


def other_ids(_request: Request, letters: Sequence[PublishedLetter], site: str) -> Response:
    """Another id and another address for each entry on every read."""
    word = secrets.token_hex(6)
    text = atom(letters, site=site).replace(":letter-", f":{word}-").replace("/newsroom/letters/", f"/{word}/")
    return Response(text, media_type=_ATOM)


def other_ids_only(_request: Request, letters: Sequence[PublishedLetter], site: str) -> Response:
    """Another id for each entry on every read, and the address that it always had."""
    return Response(atom(letters, site=site).replace(":letter-", f":{secrets.token_hex(6)}-"), media_type=_ATOM)


def very_long(_request: Request, letters: Sequence[PublishedLetter], site: str) -> Response:
    """All letters of ten thousand days."""
    first = letters[-1].at if letters else None
    if first is None:
        return _feed(letters, site)
    old_letters = [
        replace(
            letters[-1],
            number=1_000_000 + number,
            title=f"An old letter {number}",
            html=f"<p>What was said on day {number}.</p>",
            at=first - timedelta(days=number + 2),
        )
        for number in range(OLD_LETTERS)
    ]
    return _feed([*letters, *old_letters], site)


def slow(_request: Request, letters: Sequence[PublishedLetter], site: str) -> Response:
    """A byte now and then, without an end."""

    async def drip() -> AsyncIterator[bytes]:
        yield atom(letters, site=site).encode()[:200]
        while True:
            await asyncio.sleep(SLOW_SECONDS)
            yield b" "

    return StreamingResponse(drip(), media_type=_ATOM)


def wrong_encoding(_request: Request, letters: Sequence[PublishedLetter], site: str) -> Response:
    """Is UTF-8 and says so in its first line, while its server says Latin-1."""
    return Response(atom(letters, site=site).encode(), headers={"Content-Type": f"{_ATOM}; charset=iso-8859-1"})


def no_encoding(_request: Request, letters: Sequence[PublishedLetter], site: str) -> Response:
    """Says UTF-8, and is EUC-KR."""
    text = atom(letters, site=site)
    return Response(text.encode("euc-kr", "xmlcharrefreplace"), headers={"Content-Type": f"{_ATOM}; charset=utf-8"})


def cut_off(_request: Request, letters: Sequence[PublishedLetter], site: str) -> Response:
    """Ends in the middle of the newest letter."""
    text = atom(letters, site=site)
    end = text.find("</content>")
    return Response(text[: end - 8] if end > 0 else text[:-20], media_type=_ATOM)


def circle(_request: Request, _letters: Sequence[PublishedLetter], _site: str) -> Response:
    """Redirects to itself."""
    return RedirectResponse("/newsroom/lies/circle", status_code=302)


def private(_request: Request, _letters: Sequence[PublishedLetter], _site: str) -> Response:
    """Redirects to where a cloud keeps its machines' keys."""
    return RedirectResponse("http://169.254.169.254/latest/meta-data/", status_code=302)


def moved(_request: Request, _letters: Sequence[PublishedLetter], _site: str) -> Response:
    """Has moved for good to the honest feed. That is no lie, and seldom."""
    return RedirectResponse("/newsroom/feed.atom", status_code=301)


def gone(_request: Request, _letters: Sequence[PublishedLetter], _site: str) -> Response:
    """Is gone for good."""
    return Response("gone", status_code=410)


def busy(_request: Request, _letters: Sequence[PublishedLetter], _site: str) -> Response:
    """Asks to be left alone for two hours."""
    return Response("later", status_code=429, headers={"Retry-After": "7200"})


def page(_request: Request, _letters: Sequence[PublishedLetter], _site: str) -> Response:
    """Is a page."""
    return Response(f"<!doctype html><title>{NAME}</title><h1>{NAME}</h1>", media_type="text/html")


LIES: Final[dict[str, Callable[[Request, Sequence[PublishedLetter], str], Response]]] = {
    lie.__name__.replace("_", "-"): lie
    for lie in (
        unchanged,
        other_ids,
        other_ids_only,
        very_long,
        slow,
        wrong_encoding,
        no_encoding,
        cut_off,
        circle,
        private,
        moved,
        gone,
        busy,
        page,
    )
}


def _feed(letters: Sequence[PublishedLetter], site: str, **headers: str) -> Response:
    text = atom(letters, site=site)
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    return Response(text, media_type=_ATOM, headers={"ETag": tag, **headers})
