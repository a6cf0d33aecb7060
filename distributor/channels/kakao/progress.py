"""How far a message to friends has got, kept from one attempt to the next: Kakao can't be asked what was sent.

Friends are known by a mark that is made of the intent's key and Kakao's number of them: nothing of it says who they
are, and no two letters have the same marks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


def mark(intent_key: str, friend: str) -> str:
    """Return the mark of a friend for one intent."""
    return hashlib.sha256(f"{intent_key}:{friend}".encode()).hexdigest()[:20]


@dataclass
class Progress:
    """The marks of the friends who have it, who were refused (with the code), and who were asked without an answer.

    `with_person`: all but the unanswered are settled, and a person was asked about these. A further attempt is then
    that person's decision to send it to them again.
    """

    accepted: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    with_person: bool = False

    @classmethod
    def of(cls, memory: Mapping[str, Any]) -> Progress:
        """Read what `to_json` wrote; where a person was asked about the unanswered ones, they are open again."""
        with_person = bool(memory.get("with_person"))
        return cls(
            set(memory.get("accepted", ())),
            dict(memory.get("refused", {})),
            set() if with_person else set(memory.get("unanswered", ())),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "accepted": sorted(self.accepted),
            "refused": dict(sorted(self.refused.items())),
            "unanswered": sorted(self.unanswered),
            "with_person": self.with_person,
        }

    def settled(self, mark: str) -> bool:
        """Whether this friend is not to be asked (again)."""
        return mark in self.accepted or mark in self.refused or mark in self.unanswered

    def ask(self, group: Iterable[str]) -> None:
        """Note friends before the call: until there is an answer, they may have it."""
        self.unanswered.update(group)

    def open(self, group: Iterable[str]) -> None:
        """Note that friends certainly don't have it."""
        self.unanswered.difference_update(group)

    def accept(self, group: Iterable[str]) -> None:
        marks = set(group)
        self.accepted |= marks
        self.unanswered -= marks

    def refuse(self, group: Iterable[str], code: str) -> None:
        for mark in group:
            self.refused[mark] = code
            self.unanswered.discard(mark)
