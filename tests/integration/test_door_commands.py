"""`distributor doors`: what each command does and says, and what it answers to mistakes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from distributor.practice.newsroom import senders
from tests.integration.commands import House, house


@pytest.fixture(scope="module")
def home() -> Iterator[House]:
    with house() as made:
        made.fine("publications", "add", "The Lantern Post", "--sender", "letters@lantern.example")
        yield made


def test_a_door_is_opened_changed_closed_given_keys_and_removed(home: House) -> None:
    made = home.fine(
        "doors", "add", "json", "--map", "title=a.t", "--map", "html=a.h", "--header", "X-Sign", "--channels", "link"
    )
    name = made["reference"]
    assert made["address"].startswith("http://127.0.0.1:8000/webhooks/letters/")
    assert len(made["secret"]) > 30
    assert made["options"] == {"mapping": {"title": "a.t", "html": "a.h"}, "header": "x-sign"}
    shown = home.fine("doors", "show", name)
    assert (shown["arrivals"], made["secret"] in str(shown), shown["address"][-1]) == ([], False, "…")
    assert home.fine("doors", "edit", name, "--name", "The CMS", "--approve")["name"] == "The CMS"
    assert home.fine("doors", "close", name)["state"] == "closed"
    assert home.fine("doors", "open", name)["state"] == "open"
    assert home.fine("doors", "keys", name) == {**home.fine("doors", "list")[0], **made, "name": "The CMS"}
    assert home.fine("doors", "keys", name, "--new")["secret"] != made["secret"]
    assert home.fine("doors", "remove", name) == {"removed": name}
    assert "There is no door yet" in home.run("doors", "list").out


def test_a_mail_is_taken_from_a_pipe(home: House) -> None:
    made = home.fine("doors", "add", "mail", "--sender", "@paper.example")
    raw = senders.mail(made["address"].replace("YOUR-MAIL-DOMAIN", "paper.example"), "The horn", "<p>Loud.</p>")
    assert home.fine("doors", "take", given=raw) == {"door": "Mail", "taken": True, "reason": ""}
    stranger = raw.replace(b"ilse@paper.example", b"eve@evil.example")
    assert "may not send" in home.fine("doors", "take", given=stranger)["reason"]
    assert [row["state"] for row in home.fine("doors", "show", made["reference"])["arrivals"]] == ["refused", "waiting"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "json", "--map", "title"), "Write --map as FIELD=PATH"),
        (("add", "json", "--map", "headline=a"), "no field “headline”"),
        (("add", "mail", "--approve"), "never go out by themselves"),
        (("show", "D99"), "There is no door D99"),
        (("answer", "A9"), "Answer with --corrects LETTER"),
        (("answer", "A9", "--new"), "does not ask any more"),
        (("take",), "for no door"),
    ],
    ids=["map", "field", "approve", "nobody", "no answer", "answered", "no mail"],
)
def test_mistakes_get_one_sentence(home: House, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in home.refused("doors", *words)
