"""What is set off in a message: entities, whose places are counted in UTF-16 units. Pure.

Entities instead of markup: nothing in a letter can be taken for markup, and nothing has to be escaped.

Source: https://core.telegram.org/bots/api#messageentity
"""

from __future__ import annotations

from dataclasses import dataclass

from distributor.domain.text_length import plain_length


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of a text, as Telegram takes it."""

    type: str
    offset: int
    length: int


def bold(text: str, phrase: str) -> tuple[Entity, ...]:
    """Return what makes `phrase` bold where it first fills lines of the text; nothing where it does not."""
    phrase = phrase.strip()
    start = f"\n{text}\n".find(f"\n{phrase}\n") if phrase else -1
    if start < 0:
        return ()
    return (Entity("bold", offset=utf16(text[:start]), length=utf16(phrase)),)


def utf16(text: str) -> int:
    """Return how many UTF-16 units a text has."""
    return plain_length(text, "utf16-units")
