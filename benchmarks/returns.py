"""How well bounces are understood: public collections of bounces, and the events of providers in anymail's tests.

    python benchmarks/returns.py FOLDER [--list] [--json]

FOLDER holds checkouts, of any names and as many as there are: sisimai/rb-sisimai, flufl.bounce, anymail/django-anymail,
and sisimai/go-sisimai together with sisimai/set-of-emails (newer mails). Nothing of them is kept.

A bounce of a stranger holds no token of ours. So each mail is read as if it had come to a return path of ours, and what
is judged is the classification: what would follow if it were proven whom it is about. Proof has tests of its own.

What a set says of a mail, and what is right for us (CLASSES):

- gone: userunknown, hostunknown, hasmoved, notaccept (a domain that takes no mail at all). Read as a bounce; to
  suppress is right, and to count is too where neither the code nor the words of the mail say that the mailbox is gone
  (the hopeful of the two).
- passing or about us: full, expired, systems' and networks' trouble, rates, lists of senders, policy, content,
  authentication, the sender's address. Nobody may be suppressed at once.
- refused otherwise: filtered, suspend, onhold, undefined. Sisimai calls a mail “filtered” also when its words are “user
  unknown”, since it was refused after DATA or at an unknown stage. Suppressing is right where the mail says of itself
  that there is no such mailbox, and nothing in it says that it was refused at the end of the message: --list shows
  each with its words, to be looked at.
- none: vacation, feedback, delivered. No bounce at all.
- flufl's sets say “temporary” (passing) or “permanent” (any of the first three).

A mail with recipients of several classes counts as gone where one of them is. “Understood” is whatever a machine has
done with; a bounce is understood where it was read as a delivery report.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.support.bounce_sets import Sample, samples
from benchmarks.support.figures import Goal, show
from benchmarks.support.provider_events import Judgement, judgements

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever is installed

from distributor.channels.mail.returns.address import return_address
from distributor.channels.mail.returns.attribution import Lookups
from distributor.channels.mail.returns.classification import MailKind, Reading, read
from distributor.domain.bounces import is_certain_end

GONE, PASSING, OTHERWISE, NONE, ANY = "gone", "passing or about us", "refused otherwise", "none", "any bounce"
CLASSES = {
    **dict.fromkeys(("userunknown", "hostunknown", "hasmoved", "notaccept"), GONE),
    **dict.fromkeys(("filtered", "suspend", "onhold", "undefined"), OTHERWISE),
    **dict.fromkeys(("vacation", "feedback", "delivered"), NONE),
    "flufl permanent": ANY,
}
GOALS = (
    Goal("suppressed of passing or about us", 0, at_least=False),
    Goal("suppressed of none", 0, at_least=False),
    Goal("gone understood, %", 97),
    Goal("not understood, %", 5, at_least=False),
    Goal("provider events wrong", 0, at_least=False),
)
_TOKEN = "b" * 40
_LOOKUPS = Lookups(token=lambda token: (1, 1) if token == _TOKEN else None)


@dataclass(frozen=True, slots=True)
class Row:
    """One mail, read as if it had come to a return path of ours."""

    sample: Sample
    reading: Reading

    @property
    def group(self) -> str:
        """The class of its recipients: the most serious that one of them has."""
        groups = {CLASSES.get(reason, PASSING) for reason in self.sample.reasons}
        return next(group for group in (GONE, ANY, OTHERWISE, PASSING, NONE) if group in groups)

    @property
    def suppressing(self) -> tuple[str, ...]:
        """What the server said of each recipient who would be suppressed if it were proven whom it is about."""
        events = (replace(event, certain=True, forwarded=False) for event in self.reading.events)
        return tuple(f"{event.status} {event.reason}" for event in events if is_certain_end(event))

    @property
    def understood(self) -> bool:
        if self.group == NONE:
            return self.reading.understood
        return self.reading.kind is MailKind.DELIVERY_REPORT


def rows(folder: Path) -> Iterator[Row]:
    """Read every mail of the sets in a folder."""
    recipient, now = return_address(_TOKEN, "return.example"), datetime.now(UTC)
    for sample in samples(folder):
        yield Row(sample, read(sample.content, lookups=_LOOKUPS, received_at=now, recipients=[recipient]))


def table(mails: list[Row]) -> None:
    """Print by class and reason how many there are, what they were read as, and how many would be suppressed."""
    lines: dict[tuple[str, str], Counter[str]] = {}
    for mail in mails:
        line = lines.setdefault((mail.group, " + ".join(mail.sample.reasons)), Counter())
        kinds = {event.kind.value for event in mail.reading.events} or {mail.reading.kind.value}
        line.update(mails=1, suppressed=bool(mail.suppressing), missed=not mail.understood)
        line.update(f"read as {kind}" for kind in kinds)
    print(f"{'class':20} {'reason in the set':42} {'mails':>5} {'suppressed':>10} {'not understood':>14}  read as")
    for (group, reason), line in sorted(lines.items(), key=lambda item: (item[0][0], -item[1]["mails"])):
        kinds_text = ", ".join(
            f"{key.removeprefix('read as ')} {count}" for key, count in line.most_common() if key.startswith("read as ")
        )
        print(f"{group:20} {reason:42} {line['mails']:5} {line['suppressed']:10} {line['missed']:14}  {kinds_text}")


def figures_of(mails: list[Row], events: list[Judgement]) -> dict[str, object]:
    """Return the figures; those without anything to measure are left out."""
    figures: dict[str, object] = {}
    for group in (GONE, PASSING, OTHERWISE, NONE, ANY):
        group_mails = [mail for mail in mails if mail.group == group]
        if group_mails:
            figures[f"mails: {group}"] = len(group_mails)
            figures[f"suppressed of {group}"] = sum(bool(mail.suppressing) for mail in group_mails)
            share = 100 * sum(mail.understood for mail in group_mails) / len(group_mails)
            figures[f"{group} understood, %"] = round(share, 1)
    if mails:
        figures["not understood, %"] = round(100 * sum(not mail.understood for mail in mails) / len(mails), 1)
    if events:
        figures["provider events"] = len(events)
        figures["provider events wrong"] = sum(not event.is_right for event in events)
    return figures


def details(mails: list[Row], events: list[Judgement]) -> None:
    """Print each mail and event that a person may want to look at."""
    for mail in mails:
        if mail.suppressing and mail.group not in (GONE, ANY):
            print(f"suppressed: {mail.sample.name} ({', '.join(mail.sample.reasons)})")
            print("".join(f"    {words[:200]}\n" for words in mail.suppressing), end="")
    for mail in mails:
        if not mail.understood:
            print(f"not understood: {mail.sample.name} ({', '.join(mail.sample.reasons)}): {mail.reading.kind.value}")
    for event in events:
        if not event.is_right:
            print(f"wrong: {event.name}: {event.event and (event.event.kind.value, event.event.status)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--list", action="store_true", help="show each mail that is worth a look")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()

    folder = arguments.folder.resolve()
    mails = list(rows(folder))
    checkouts = [file.parents[1] for file in folder.glob("**/tests/webhook_cases.py")]
    logging.disable(logging.CRITICAL)  # those tests provoke many warnings
    events = [event for checkout in checkouts[:1] for event in judgements(checkout)]
    if not mails and not events:
        parser.error(f"{folder} holds no set that is known: see --help.")
    table(mails)
    if arguments.list:
        details(mails, events)
    show(figures_of(mails, events), GOALS, as_json=arguments.json)


if __name__ == "__main__":
    main()
