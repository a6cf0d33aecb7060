"""Who did something, as records have it: a person's name, and after a comma by what they did it."""

from __future__ import annotations


def person_of(actor: str) -> str:
    """Return the person of “mina”, “mina, by the token “CMS”” or “mina, on the command line”; "" for a program.

    No name by which somebody logs in has a comma.
    """
    return actor.partition(",")[0].strip()
