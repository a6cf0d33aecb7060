"""What one more recipient costs: rendering a mail and building its message, beside the plain way of doing it.

    python benchmarks/rendering.py [--messages 5000] [--rounds 5] [--json]

A mail of 4 kB and one of 40 kB, HTML and text, with five tracked links, the reader's name and a condition on it. Beside
them, in the same run: the same templates rendered and given to Python's own EmailMessage, and rendered and encoded as
quoted-printable, which is the least that any sender without prepared parts has to do. The figures are microseconds a
message in one process, the best of some rounds that take turns. With --json the last line is one object.
"""

from __future__ import annotations

import argparse
import binascii
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from distributor.channels.base import Intent
from distributor.channels.mail.envelope import Envelope
from distributor.channels.mail.message import MessageBuilder
from distributor.channels.mail.payload import MailPayload
from distributor.domain.recipients import Recipient
from distributor.domain.signed_tokens import SignedTokens as SignedMarks
from distributor.domain.variants import Variant
from distributor.rendering.mail import RecipientPass
from distributor.rendering.placeholders import Placeholder, Placeholders
from distributor.rendering.tracking import track

SITE = "https://letters.example.com"
ENVELOPE = Envelope("Minji Kim", "editor@letters.example.com", "m.letters.example.com", "Morning", f"{SITE}/m/", "m")
SENTENCE = "The tide gauge at the end of the pier has been read every morning since the harbor was built – by hand. "
PLAIN_HEADERS = SMTP.clone(max_line_length=998)
GOALS = {"4k": 40.0, "40k": 80.0}


def mail_of(size: int) -> Variant:
    """Return a mail with HTML and text of so many bytes together."""
    marks = Placeholders("dbenchmark")
    name = Placeholder("{% if recipient.name %}Dear {{ recipient.name }},{% else %}Dear reader,{% endif %}")
    links = "".join(f'<p><a href="https://example.com/{number}?a=1&amp;b=2">Read on</a></p>\n' for number in range(5))
    leave = marks.finalize(marks.context()["recipient"].unsubscribe_url)
    links += f'<p><a href="{leave}">Leave</a></p>\n'
    html = f"<html><body>\n<p>{marks.finalize(name)}</p>\n<p>…</p>\n{links}</body></html>"
    text = f"{marks.finalize(name)}\n\n…\n\nLeave: {leave}\n"
    html, destinations = track(html, marks, site=SITE)
    padding_size = max(0, size - len(html) - len(text)) // 2
    padding = (SENTENCE * (padding_size // len(SENTENCE) + 1))[:padding_size]
    return Variant(
        "mail",
        subject="The tide gauge",
        html=marks.source(html.replace("…", "</p>\n<p>".join(_paragraphs(padding)))),
        text=marks.source(text.replace("…", "\n\n".join(_paragraphs(padding)))),
        payload=MailPayload(links=destinations),
    )


def _paragraphs(text: str) -> list[str]:
    return [text[start : start + 500] for start in range(0, len(text), 500)]


def recipients(number: int) -> list[Recipient]:
    """Return recipients, some of them without a name."""
    personal, tracking = SignedMarks([b"key"], "personal"), SignedMarks([b"key"], "tracking")
    people = []
    for id_ in range(1, number + 1):
        mark, track = personal.write(7, id_), tracking.write(7, id_)
        name = f"Reader {id_}" if id_ % 5 else ""
        people.append(Recipient(id_, f"r{id_}@example.org", name, "en", {}, f"{SITE}/u/{mark}/", mark, track))
    return people


def ways(variant: Variant) -> dict[str, Callable[[Recipient], bytes]]:
    """Return how a message can be made, by name."""
    recipient_pass = RecipientPass(variant)
    intent = Intent("3f2c1c5a-5a52-4c0e-8d39-0f3a3f0e3f11", 1, datetime.now(UTC))
    builder = MessageBuilder(
        ENVELOPE, intent, recipient_pass, clock=lambda: datetime.now(UTC), return_domain="returns.example.com"
    )

    def plain(recipient: Recipient) -> bytes:
        mail = recipient_pass.render(recipient)
        message = EmailMessage(PLAIN_HEADERS)
        message["From"], message["To"] = ENVELOPE.sender_email, recipient.email
        message["Subject"] = mail.subject
        message.set_content(mail.text, cte="quoted-printable")
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        return message.as_bytes()

    def encoded(recipient: Recipient) -> bytes:
        mail = recipient_pass.render(recipient)
        return b"".join(binascii.b2a_qp(part.encode(), istext=True) for part in (mail.text, mail.html))

    return {
        "ours": lambda recipient: builder.build(recipient).content,
        "quoted_printable": encoded,
        "email_message": plain,
    }


def measure(messages: int, rounds: int) -> dict[str, float]:
    """Return microseconds a message, by size and way."""
    figures: dict[str, float] = {}
    people = recipients(messages)
    for name, size in (("4k", 4_000), ("40k", 40_000)):
        ways_by_name = ways(mail_of(size))
        figures[f"{name}_bytes"] = len(ways_by_name["ours"](people[0]))
        best = dict.fromkeys(ways_by_name, float("inf"))
        for _ in range(rounds):
            for way, make in ways_by_name.items():
                sample = people if way == "ours" else people[: max(1, messages // 10)]
                best[way] = min(best[way], _microseconds_a_call(make, sample))
        figures |= {f"{name}_{way}_us": round(value, 1) for way, value in best.items()}
        figures[f"{name}_goal_us"] = GOALS[name]
    return figures


def _microseconds_a_call(make: Callable[[Recipient], bytes], recipients: Iterable[Recipient]) -> float:
    people = list(recipients)
    began = time.perf_counter()
    for recipient in people:
        make(recipient)
    return (time.perf_counter() - began) / len(people) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measure(arguments.messages, arguments.rounds)
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:28} {value:10}")


if __name__ == "__main__":
    main()
