"""What a refusal is about, by its code and its words together: one judgement for replies, bounces and webhooks.

A code alone is not enough. Servers put 5.1.1 or 5.2.1 on much that has nothing to do with whether a mailbox is there:

- Gmail answers 5.2.1 for a mailbox that gets mail “at a rate that prevents additional messages”
  (https://support.google.com/mail/?p=ReceivingRatePerm), and for one that is disabled, which can be undone.
- GoDaddy answers 5.1.3 for an address that Spamhaus lists, and 5.1.1 for too many recipients in an hour; mail
  gateways answer 5.1.1 for a full mailbox, Facebook for what its user does not want.
- NTT docomo and others say “550 Unknown user” at the end of the message for what their user filters out. Who is
  unknown is refused when named, by RCPT (RFC 5321 §3.3), so at the end the words alone do not say it.

So to end a subscription at once takes evidence: a code for a mailbox that is gone, and words that say so too, or say
nothing of their own. Words of another trouble take the end back, and where both are said, the hopeful of the two counts
(promise 7). Words that are not understood leave a refusal unclear: it counts as any other refusal for good, over weeks
(`domain.bounces`), since no list of what servers may say in all languages is ever whole. Words alone say that a mailbox
is gone only where the code says nothing (5.0.0, or three digits). Whom they name (addresses, hosts) is not read as
words. `domain.refusal_words` has the sentences.

Sources: RFC 3463, RFC 5248 and the IANA registry of enhanced status codes; RFC 5321; the pages that providers' replies
link to; bounces that were published for tests of bounce readers.
"""

from __future__ import annotations

import re
from enum import Enum

from distributor.domain import refusal_words as words_of


class Ground(Enum):
    """Why mail to an address was refused, and what follows; `domain.bounces` says how it counts."""

    GONE = "the mailbox is gone"  # the only one that ends a subscription at once
    SENDER = "the sender, its address or the letter"  # held against no reader
    BUSY = "the mailbox gets too much at a time"  # passes
    PASSING = "trouble that passes"
    FULL = "the mailbox is full"
    SUSPENDED = "the mailbox is suspended"  # its host, or whoever it belongs to, may open it again
    CHOICE = "the recipient's own choice"
    UNCLEAR = "a code for a mailbox that is gone, beside words that do not say so"
    OPEN = "nothing that says why"


# RFC 3463 §3.2, §3.3 and the IANA registry: addresses that do not exist, have moved away, or take no mail at all.
_GONE_CODE = re.compile(r"5\.(1\.(1|2|3|6|10)|2\.1)")
_DOMAIN_CODE = "5.1.2"
# Bad sender's address, or its system's (RFC 3463 §3.2): said of us, and not to be mended by the reader.
_SENDER_CODE = re.compile(r"[45]\.1\.[78]")
_FULL_CODE = re.compile(r"[45]\.2\.2")
# No code, three digits, or “other”: only the words say why. 5.1.351 is Microsoft's for what another server said.
_VAGUE_CODE = re.compile(r"|5\d\d|5\.(0\.\d{1,3}|1\.(0|351)|[2-5]\.0)")
# In this order: what says that a mailbox is gone is asked last.
_WORDS = (
    (Ground.BUSY, words_of.BUSY),
    (Ground.CHOICE, words_of.CHOICE),
    (Ground.SUSPENDED, words_of.SUSPENDED),
    (Ground.FULL, words_of.FULL),
    (Ground.SENDER, words_of.SENDER),
    (Ground.PASSING, words_of.PASSING),
    (Ground.OPEN, words_of.UNSAID),
)
_LENGTH = 2000  # characters of the words that are read


def ground(code: str, words: str = "") -> Ground:
    """Return what a refusal is about.

    - `code`: the enhanced status code (RFC 3463), three digits where there is none, or "";
    - `words`: what was said, "" where nothing is known of it.
    """
    text = words_of.NAMES.sub(" ", " ".join(words[:_LENGTH].split()))
    is_gone_code = bool(_GONE_CODE.fullmatch(code))
    if _SENDER_CODE.fullmatch(code):
        return Ground.SENDER
    if (candidate := _by_words(text)) and (candidate is not Ground.OPEN or is_gone_code):
        return candidate
    if _FULL_CODE.fullmatch(code):
        return Ground.FULL
    if code.startswith("4."):
        return Ground.PASSING
    if is_gone_code:
        return Ground.GONE if _confirms(code, text) else Ground.UNCLEAR
    return Ground.GONE if is_vague(code) and says_gone(text) and not is_after_message(text) else Ground.OPEN


def _by_words(text: str) -> Ground | None:
    return next((candidate for candidate, pattern in _WORDS if pattern.search(text)), None)


def _confirms(code: str, text: str) -> bool:
    """Whether words beside a code for “gone” say the same, or nothing of their own when the recipient was named."""
    if says_gone(text) or (code == _DOMAIN_CODE and words_of.GONE_DOMAIN.search(text)):
        return True
    return not words_of.GENERIC.sub("", text) and not is_after_message(text)


def says_gone(words: str) -> bool:
    """Whether words speak of a mailbox that is not there, whatever else they say."""
    return bool(words_of.GONE.search(words[:_LENGTH]))


def is_vague(code: str) -> bool:
    """Whether a code leaves it to the words to say why."""
    return bool(_VAGUE_CODE.fullmatch(code))


def is_after_message(words: str) -> bool:
    """Whether words tell that the letter was refused at its end, and not when its recipient was named."""
    return bool(words_of.AFTER_MESSAGE.search(words))
