"""Everything that can go wrong on purpose, as one tree.

DistributorError                what a person can read and act on: one sentence that says what to do
├── BadInput                    what was given can't be used (command line: exit code 2)
│   ├── SourceError             a file, page or feed can't be read, or holds no letter
│   ├── UnknownChannel          a word that names no channel
│   ├── UnclearLetter           a source that may be a letter which is there already
│   ├── BadTime                 a time that can't be understood or kept
│   │   └── AmbiguousTime      a time that may be one of several
│   ├── BadTable                a CSV file with wrong columns
│   │   └── UnclearStatuses    values that may say who left, and that nobody explained
│   ├── BadSettings             an environment variable or account setting that can't be used
│   └── ConfirmationNeeded      an action that can't be undone, to which nobody has agreed yet
├── TemplateError               a template that does not parse or names something it was not given
├── EditConflict                a letter that somebody else changed since it was read
├── TemplateConflict            a template that somebody else changed since it was read
├── StateError                  an action that the dispatch's state does not allow
├── BadRecord                   a stored row that can't be read: another version or a hand wrote it
├── NotPermitted                an action that asks for another role
├── CredentialsError            stored credentials can't be read with the keys at hand
├── AddressRefused              a URL that leads to an address we never connect to
└── ServiceAway                 PostgreSQL, Redis, DNS or the practice world does not answer
"""

from __future__ import annotations

from datetime import datetime


class DistributorError(Exception):
    """The root: `str(error)` is one sentence for a person, free of secrets."""


class BadInput(DistributorError):
    """What was given can't be used; nothing was stored."""


class SourceError(BadInput):
    """A source that can't be read or holds no letter."""


class UnknownChannel(BadInput):
    """A word that names no channel."""

    def __init__(self, name: str, names: tuple[str, ...]) -> None:
        super().__init__(f"There is no channel “{name}”: choose from {', '.join(names)}.")
        self.name = name


class UnclearLetter(BadInput):
    """A source that may be a letter which is there already: a person has to say which it is.

    `candidates` are the numbers of the letters that it may be, the likeliest first.
    """

    def __init__(self, message: str, candidates: tuple[int, ...]) -> None:
        super().__init__(message)
        self.candidates = candidates


class BadTime(BadInput):
    """A time that can't be understood or kept."""


class AmbiguousTime(BadTime):
    """A time that may be one of several moments (UTC): the editor has to say which."""

    def __init__(self, sentence: str, moments: tuple[datetime, ...]) -> None:
        super().__init__(sentence)
        self.moments = moments


class BadTable(BadInput):
    """A CSV file with wrong columns."""


class UnclearStatuses(BadTable):
    """Values of a table that may say who gets no mail: a person has to say what they mean.

    `values` are (column, value, how many rows), the most frequent first.
    """

    def __init__(self, message: str, values: tuple[tuple[str, str, int], ...]) -> None:
        super().__init__(message)
        self.values = values


class BadSettings(BadInput):
    """An environment variable or an account setting that can't be used."""


class ConfirmationNeeded(BadInput):
    """An action that can't be undone was not agreed to; the sentence is what to agree to."""


class TemplateError(DistributorError):
    """A template that does not parse, or names something that it was not given.

    `template` is its path below the templates folder, `line` the line (from 1) where known, else 0, `problem` what is
    wrong, without the full stop.
    """

    def __init__(self, template: str, line: int, problem: str) -> None:
        place = f"{template}, line {line}" if line else template
        super().__init__(f"The template {place} is broken: {problem.rstrip('.')}.")
        self.template = template
        self.line = line
        self.problem = problem.rstrip(".")


class EditConflict(DistributorError):
    """What was written is not stored, for somebody else changed the same since it was read.

    `version` is the number of the letter's version now, `fields` are those of its content that both changed.
    """

    def __init__(self, message: str, *, letter_id: int, version: int, fields: tuple[str, ...]) -> None:
        super().__init__(message)
        self.letter_id = letter_id
        self.version = version
        self.fields = fields


class TemplateConflict(DistributorError):
    """A template is not stored, for somebody else stored another version of it since it was read."""


class StateError(DistributorError):
    """An action that the dispatch's state does not allow."""


class BadRecord(DistributorError):
    """A stored row that can't be read: it was written by another version, or by hand."""


class NotPermitted(DistributorError):
    """An action that whoever wants it may not do."""


class CredentialsError(DistributorError):
    """Stored credentials can't be read with the keys at hand."""


class AddressRefused(DistributorError):
    """A URL that leads to an address we never connect to (private, loopback, link-local)."""


class ServiceAway(DistributorError):
    """PostgreSQL, Redis, DNS or the practice world does not answer."""
