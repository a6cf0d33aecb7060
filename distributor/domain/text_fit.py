"""Make a text fit a channel: never over its limits, never cut inside a grapheme cluster, link, hashtag or mention."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from distributor.domain import text_cuts
from distributor.domain.capabilities import Capabilities
from distributor.domain.text_cuts import ELLIPSIS, Atoms
from distributor.domain.text_length import capacity, cost, length, measure

# What no network shows, and X refuses: control characters (other than tab and line feed), U+FEFF, noncharacters.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|\r|\x85")


@dataclass(frozen=True, slots=True)
class Fit:
    """A text that fits.

    - `parts`: the posts, in order; none when there is nothing to post.
    - `length`: the whole original text's, as the network counts it.
    - `omissions`: sentences for an editor on what did not fit; empty when everything did.
    """

    parts: tuple[str, ...]
    length: int
    dropped: tuple[str, ...] = ()


def fit(
    text: str,
    capabilities: Capabilities,
    *,
    keep: str = "",
    thread: bool = False,
    keep_in: Literal["first", "last"] = "last",
) -> Fit:
    """Return `text` as one post, or as a thread where `thread` asks for one and the channel has threads.

    A text that is too long is cut after a sentence, else after a word (with an ellipsis), else after a grapheme
    cluster; a thread loses nothing and is numbered. `keep` (a link, hashtags) survives whole at the end of the post,
    of a thread's last or first one; a `text` that ends with it already doesn't get it twice. A part that this returned
    is returned unchanged when it is fitted again.

    Characters that can't be sent (control characters, lone surrogates) are taken out or replaced.
    """
    whole = _join(text, keep)
    size = measure(whole, capabilities)
    text, keep = _sendable(text), _sendable(keep).strip()
    sendable = _join(text, keep)
    omissions = [] if _LINE_ENDS.sub("\n", whole) == sendable else ["Characters that no network shows are taken out."]
    if not sendable.strip():
        return Fit((), size, tuple(omissions))
    limit = capacity(capabilities)
    if limit is None:
        return Fit((sendable,), size, tuple(omissions))
    if keep and cost(keep, capabilities) > limit:
        omissions.append(f"“{_excerpt(keep)}” is left out: it alone is longer than {capabilities.label} allows.")
        sendable, keep = text.removesuffix(keep), ""
    for candidate in dict.fromkeys((sendable, sendable.strip())):
        if cost(candidate, capabilities, size=size if candidate == whole else None) <= limit:
            return Fit((candidate,) if candidate.strip() else (), size, tuple(omissions))

    body, gap = _split(sendable.strip(), keep)
    atoms, notes = _from_first_that_fits(Atoms(body, capabilities), limit)
    omissions.extend(notes)
    if thread and capabilities.threads:
        parts, notes = _thread(atoms, gap, keep, limit, keep_in)
        return Fit(tuple(parts), size, (*omissions, *notes))
    head = _head(atoms, gap + keep, limit)
    if head != atoms.text:
        omissions.append(_cut_note(head, whole, size, capabilities))
    part = head + gap + keep if head else keep
    return Fit((part,) if part else (), size, tuple(omissions))


def _from_first_that_fits(atoms: Atoms, limit: int) -> tuple[Atoms, list[str]]:
    """Return the text from its first piece that fits the limit on, and a sentence on what came before."""
    position = atoms.skip_space(0)
    while position < len(atoms.text):
        end = atoms.end_of(position)
        if atoms.size_before(end) - atoms.size_before(position) <= limit:
            break
        position = atoms.skip_space(end)
    head = atoms.text[:position].strip()
    if not head:
        return atoms, []
    return Atoms(atoms.text[position:], atoms.capabilities), [_lost_note(head, atoms.capabilities)]


def _head(atoms: Atoms, tail: str, limit: int) -> str:
    """Return the best beginning of the text behind which `tail` fits; "" where there is none."""
    room = limit - cost(tail, atoms.capabilities)
    if room > 0:
        for head in text_cuts.heads(atoms, room):
            # What was cut may count differently on its own: the remains of a long name can be a link.
            if cost(head + tail, atoms.capabilities) <= limit:
                return head
    return ""


def _thread(
    atoms: Atoms, gap: str, keep: str, limit: int, keep_in: Literal["first", "last"]
) -> tuple[list[str], list[str]]:
    """Return the posts of a thread, numbered, and sentences on the pieces that fit no post."""
    digits = 1
    while True:
        number = cost(_number(10**digits - 1, 10**digits - 1), atoms.capabilities)
        posts, pieces = _pack(atoms, gap, keep, limit, keep_in, number)
        if len(posts) < 10**digits:
            break
        digits += 1
    if pieces:  # there may be room for all of it without the numbers
        bare, bare_pieces = _pack(atoms, gap, keep, limit, keep_in, 0)
        if len(bare_pieces) < len(pieces):
            return bare, [_lost_note(" ".join(bare_pieces), atoms.capabilities)] if bare_pieces else []
    if len(posts) > 1:
        numbered_posts = [part + _number(index, len(posts)) for index, part in enumerate(posts, 1)]
        posts = [
            with_number if cost(with_number, atoms.capabilities) <= limit else part
            for part, with_number in zip(posts, numbered_posts, strict=True)
        ]
    return posts, [_lost_note(" ".join(pieces), atoms.capabilities)] if pieces else []


def _number(index: int, total: int) -> str:
    return f" {index}/{total}"


def _pack(
    atoms: Atoms, gap: str, keep: str, limit: int, keep_in: Literal["first", "last"], number: int
) -> tuple[list[str], list[str]]:
    parts: list[str] = []
    pieces: list[str] = []
    tail = gap + keep
    reserve = cost(tail, atoms.capabilities)
    position = 0
    while (position := atoms.skip_space(position)) < len(atoms.text):
        room = limit - number
        if keep and keep_in == "first" and not parts and room > reserve:
            room -= reserve
        stop = text_cuts.next_stop(atoms, position, room)
        if stop == position:
            stop = atoms.end_of(position)
            pieces.append(atoms.text[position:stop])
        else:
            parts.append(atoms.trim(position, stop))
        position = stop
    return _with_keep(parts, gap, keep, limit - number, keep_in, atoms.capabilities), pieces


def _with_keep(
    parts: list[str], gap: str, keep: str, room: int, keep_in: Literal["first", "last"], capabilities: Capabilities
) -> list[str]:
    """Return the parts with `keep` at the end of the first or last one, or as one of its own where it does not fit."""
    if not keep:
        return parts
    index = 0 if keep_in == "first" else -1
    if parts and cost(parts[index] + gap + keep, capabilities) <= room:
        parts[index] += gap + keep
        return parts
    return [keep, *parts] if keep_in == "first" else [*parts, keep]


def _split(text: str, keep: str) -> tuple[str, str]:
    """Return the text without `keep` at its end, and the space between the two."""
    body = text.removesuffix(keep).rstrip() if keep else text.rstrip()
    if not keep:
        return body, ""
    gap = text.removesuffix(keep)[len(body) :] if text.endswith(keep) else ""
    return body, gap or "\n"


def _join(text: str, keep: str) -> str:
    if not keep or text.endswith(keep):
        return text
    return f"{text.rstrip()}\n{keep}" if text.strip() else keep


def _sendable(text: str) -> str:
    """Return the text as it can be sent: surrogate pairs as what they stand for, lone ones as U+FFFD."""
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))


def _lost_note(piece: str, capabilities: Capabilities) -> str:
    return f"“{_excerpt(piece)}” is left out: it can't be divided and is longer than {capabilities.label} allows."


def _cut_note(head: str, text: str, size: int, capabilities: Capabilities) -> str:
    omission = f"all after “{_excerpt(head.removesuffix(ELLIPSIS), end=True)}”" if head else "the text"
    extent, limit = f"it counts {size:,}", f"{capabilities.limit:,}" if capabilities.limit else ""
    if capabilities.bytes_limit and (capabilities.limit is None or size <= capabilities.limit):
        extent, limit = f"it is {length(text, 'utf8-bytes'):,} bytes long", f"{capabilities.bytes_limit:,} bytes"
    return f"The text is too long: {extent} and {capabilities.label} takes {limit}, so {omission} is left out."


def _excerpt(text: str, *, end: bool = False) -> str:
    """Return a few words of the beginning or end of a text, for a sentence about it."""
    line = " ".join(text.split())
    if len(line) <= 40:
        return line
    return f"…{line[-40:].lstrip()}" if end else f"{line[:40].rstrip()}…"
