"""Whether anyone was lost or got too much: what the relay wrote down against what the ledger says. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ACCEPTED, UNCERTAIN = "accepted", "failed"
REPEATS_A_CONNECTION = 2  # what a kill may repeat: one message under way, and one accepted but not yet recorded


@dataclass(frozen=True, slots=True)
class Record:
    """What the relay took: a count for each (recipient, Message-ID), and how many of their answers may be lost.

    `misbehaved` counts what it did wrong as it was told, by name.
    """

    taken: Counter[tuple[str, str]]
    unanswered: Counter[tuple[str, str]]
    misbehaved: Counter[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the numbers say.

    - `without_outcome`, `not_at_relay`: recipients that the ledger does not know the end of, or calls accepted although
      the relay never took their mail. Together they are `lost`.
    - `repeated`: messages that the relay took more often than once, counted per repeat; `after_lost_answers` of these
      follow an answer that the relay itself withheld, which no sender can tell from a refusal.
    - `uncertain`: taken by the relay, and `failed` in the ledger, since the answer was lost more than once.
    - `unexplained`: taken by the relay and in the ledger as anything else.
    - `other_message_ids`: repeats under another Message-ID, which nobody could recognise.
    """

    without_outcome: int
    not_at_relay: int
    repeated: int
    after_lost_answers: int
    uncertain: int
    unexplained: int
    other_message_ids: int
    at_relay: int
    accepted: int

    @property
    def lost(self) -> int:
        return self.without_outcome + self.not_at_relay

    @property
    def repeated_by_kills(self) -> int:
        return self.repeated - self.after_lost_answers

    def figures(self) -> dict[str, int]:
        """Return the numbers by name."""
        return {
            "lost": self.lost,
            "repeated": self.repeated,
            "repeated_after_lost_answers": self.after_lost_answers,
            "repeated_by_kills": self.repeated_by_kills,
            "accepted": self.accepted,
            "at_relay": self.at_relay,
            "uncertain": self.uncertain,
        }

    def faults(self, bound: int) -> list[str]:
        """Return what is wrong, as sentences; `bound` is how many repeats the kills excuse."""
        found = {
            f"{self.without_outcome} recipients have no outcome": self.without_outcome,
            f"{self.not_at_relay} recipients are accepted in the ledger, and not at the relay": self.not_at_relay,
            f"{self.unexplained} were taken by the relay, which the ledger denies": self.unexplained,
            f"{self.other_message_ids} repeats have another Message-ID": self.other_message_ids,
            f"{self.repeated_by_kills} repeats are more than the {bound} that the kills excuse": max(
                0, self.repeated_by_kills - bound
            ),
        }
        if self.at_relay != self.accepted + self.uncertain - self.not_at_relay + self.unexplained:
            found[f"the relay has {self.at_relay} recipients, the ledger {self.accepted} and {self.uncertain}"] = 1
        return [sentence for sentence, number in found.items() if number]


def read(lines: Iterable[str]) -> Record:
    """Read a relay's record. A last line that a kill cut off is left out: it was not answered."""
    record = Record(Counter(), Counter(), Counter())
    for line in lines:
        words = line.split()
        if not line.endswith("\n") or len(words) != 3:
            continue
        kind, what, recipient = words
        if kind == "F":
            record.misbehaved[what] += 1
        else:
            (record.taken if kind == "A" else record.unanswered)[recipient.lower(), what] += 1
    return record


def judge(record: Record, outcomes: Mapping[str, str], recipients: Iterable[str]) -> Verdict:
    """Compare. `outcomes` are the ledger's, by address; `recipients` all addresses that were to get the letter."""
    at_relay = {recipient for recipient, _ in record.taken}
    messages = Counter(recipient for recipient, _ in record.taken)
    everyone = set(recipients)
    accepted = {address for address, outcome in outcomes.items() if outcome == ACCEPTED}
    uncertain = {one for one in at_relay if outcomes.get(one) == UNCERTAIN}
    with_outcome = at_relay & outcomes.keys()
    return Verdict(
        without_outcome=len(everyone - outcomes.keys()),
        not_at_relay=len(accepted - at_relay),
        repeated=sum(record.taken.values()) - len(at_relay),
        after_lost_answers=sum(
            min(count - 1, record.unanswered[message]) for message, count in record.taken.items() if count > 1
        ),
        uncertain=len(uncertain),
        unexplained=len(with_outcome - accepted - uncertain) + len(at_relay - outcomes.keys() - everyone),
        other_message_ids=sum(messages.values()) - len(messages),
        at_relay=len(at_relay),
        accepted=len(accepted),
    )
