"""Sentences that say nothing of what a letter is about: greetings, thanks, congratulations, wishes, a page's own words.

By how such sentences begin (in East Asian languages, by their set phrases) in the languages that publications write in.
A word within a sentence is no sign: “The city thanks its divers” and “Thanks to the new gauge, …” are news.
"""

from __future__ import annotations

from functools import cache

import regex

from distributor.domain.courtesy_words import APPARATUS, EAST_ASIAN_PHRASES, OPENERS


def _compiled(patterns: tuple[str, ...], *, at_start: bool) -> regex.Pattern[str]:
    body = "|".join(f"(?:{pattern})" for pattern in patterns)
    return regex.compile(rf"(?:{body})|[\W_]*(?:{body})" if at_start else body, regex.IGNORECASE)


# Compiled when the first is asked for: that takes most of a second, and few processes ask.
@cache
def _openers() -> regex.Pattern[str]:
    return _compiled(tuple(pattern for patterns in OPENERS.values() for pattern in patterns), at_start=True)


@cache
def _phrases() -> regex.Pattern[str]:
    return _compiled(EAST_ASIAN_PHRASES, at_start=False)


@cache
def _apparatus() -> regex.Pattern[str]:
    return _compiled(APPARATUS, at_start=True)


# A picture's credit ends in its owner.
_OWNER = r"[^.:]{2,60}"
_AGENCIES = r"AFP|AP|Reuters|EPA|dpa|Xinhua|Getty(?: Images)?|Shutterstock"
_CREDIT = regex.compile(
    rf"(?:\b(?:credit|photo(?:graph)?|foto|bild|image|illustration|quelle|source|crédit)s?(?: by)?: ?{_OWNER}"
    rf"|/ ?(?:{_AGENCIES})\b[^.]{{0,30}})\W*\Z|(?:[=제]공|©|ⓒ)[^.]{{0,40}}\Z",
    regex.IGNORECASE,
)
# After a salutation the same sentence may greet, or say something.
_SALUTATION = regex.compile(
    r"(?:liebe[rs]?|car[oaie]s?|querid[oa]s|estimad[oa]s|prezad[oa]s|gentili|beste|para|pembaca|дорогие|уважаемые)\s"
    r"[^.,!:;]{1,60}[,!:]\s+",
    regex.IGNORECASE,
)
_LOOKED_AT = 200  # characters: what makes a sentence a courtesy stands at its beginning


def is_courtesy(sentence: str) -> bool:
    """Return whether a sentence greets, thanks, congratulates, wishes well or excuses, and says nothing else."""
    beginning = sentence[:_LOOKED_AT]
    salutation = _SALUTATION.match(beginning)
    return bool(
        _openers().match(beginning)
        or (salutation and _openers().match(beginning[salutation.end() :]))
        or _phrases().search(sentence)
    )


def is_apparatus(sentence: str) -> bool:
    """Return whether a sentence is of the page and not of the text: a credit, a date, a call to subscribe."""
    return bool(_apparatus().match(sentence[:_LOOKED_AT]) or _CREDIT.search(sentence[-_LOOKED_AT:]))
