"""Short addresses of ours, `/s/CODE`: each leads to one letter's page here, and to nowhere else.

A code is made of the letter and the channel with the installation's secret key: whoever asks gets the same one, so a
preview shows what will go out without writing anything, and a release that is tried again writes nothing twice. The row
is what readers follow: it stays when the key changes, and it leads to wherever the letter's page is by then.
"""

from __future__ import annotations

from hashlib import blake2s

from django.conf import settings

from distributor.letters.models import Letter, ShortLink

LENGTH = 7
# Nothing that looks like something else (0 O, 1 l I): people type codes from a screen.
SIGNS = "23456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_PURPOSE = b"distributor.short"


def code_of(letter: Letter, channel: str) -> str:
    """Return the code that this letter's posts on a channel carry, or would. Writes nothing."""
    code = ShortLink.objects.filter(letter=letter, channel=channel).values_list("code", flat=True).first()
    return code or _code(letter.pk, channel, 0)


def keep(letter: Letter, channel: str) -> str:
    """Make the code lead to the letter's page from now on, and return it. The same again changes nothing."""
    attempt = 0
    while not (short_link := ShortLink.objects.filter(letter=letter, channel=channel).first()):
        code = _code(letter.pk, channel, attempt)
        # Nothing is written where another worker was first, or another letter has this code (once in a trillion).
        ShortLink.objects.bulk_create([ShortLink(code=code, letter=letter, channel=channel)], ignore_conflicts=True)
        attempt += 1
    return short_link.code


def find(code: str) -> ShortLink | None:
    """Return the short link of a code, with its letter and publication."""
    short_links = ShortLink.objects.select_related("letter__publication", "letter__series")
    return short_links.filter(code=code).first() if len(code) == LENGTH else None


def _code(letter_id: int, channel: str, attempt: int) -> str:
    """Return the code of an attempt: 7 of 57 signs, 40 bits that nobody can work out without the key."""
    key = blake2s(_PURPOSE + b"\0" + settings.SECRET_KEY.encode()).digest()
    number = int.from_bytes(blake2s(f"{letter_id}\0{channel}\0{attempt}".encode(), key=key, digest_size=16).digest())
    signs = []
    for _ in range(LENGTH):
        number, sign = divmod(number, len(SIGNS))
        signs.append(SIGNS[sign])
    return "".join(signs)
