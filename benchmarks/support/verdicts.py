"""Whether anyone was lost or got too much: what the relay wrote down against what the ledger says. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ACCEPTED_OUTCOME, UNCERTAIN = "accepted", "failed"
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

    def faults(self, repeat_limit: int) -> list[str]:
        """Return what is wrong, as sentences; `repeat_limit` is how many repeats the kills excuse."""
        problems = {
            f"{self.without_outcome} recipients have no outcome": self.without_outcome,
            f"{self.not_at_relay} recipients are accepted in the ledger, and not at the relay": self.not_at_relay,
            f"{self.unexplained} were taken by the relay, which the ledger denies": self.unexplained,
            f"{self.other_message_ids} repeats have another Message-ID": self.other_message_ids,
            f"{self.repeated_by_kills} repeats are more than the {repeat_limit} that the kills excuse": max(
                0, self.repeated_by_kills - repeat_limit
            ),
        }
        if self.at_relay != self.accepted + self.uncertain - self.not_at_relay + self.unexplained:
            problems[f"the relay has {self.at_relay} recipients, the ledger {self.accepted} and {self.uncertain}"] = 1
        return [sentence for sentence, number in problems.items() if number]


def read(lines: Iterable[str]) -> Record:
    """Read a relay's record. A last line that a kill cut off is left out: it was not answered."""
    record = Record(Counter(), Counter(), Counter())
    for line in lines:
        words = line.split()
        if not line.endswith("\n") or len(words) != 3:
            continue
        kind, detail, recipient = words
        if kind == "F":
            record.misbehaved[detail] += 1
        else:
            (record.taken if kind == "A" else record.unanswered)[recipient.lower(), detail] += 1
    return record


def judge(record: Record, outcomes: Mapping[str, str], recipients: Iterable[str]) -> Verdict:
    """Compare. `outcomes` are the ledger's, by address; `recipients` all addresses that were to get the letter."""
    at_relay = {recipient for recipient, _ in record.taken}
    messages = Counter(recipient for recipient, _ in record.taken)
    all_recipients = set(recipients)
    accepted_addresses = {address for address, outcome in outcomes.items() if outcome == ACCEPTED_OUTCOME}
    uncertain = {address for address in at_relay if outcomes.get(address) == UNCERTAIN}
    with_outcome = at_relay & outcomes.keys()
    return Verdict(
        without_outcome=len(all_recipients - outcomes.keys()),
        not_at_relay=len(accepted_addresses - at_relay),
        repeated=sum(record.taken.values()) - len(at_relay),
        after_lost_answers=sum(
            min(count - 1, record.unanswered[message]) for message, count in record.taken.items() if count > 1
        ),
        uncertain=len(uncertain),
        unexplained=len(with_outcome - accepted_addresses - uncertain)
        + len(at_relay - outcomes.keys() - all_recipients),
        other_message_ids=sum(messages.values()) - len(messages),
        at_relay=len(at_relay),
        accepted=len(accepted_addresses),
    )
