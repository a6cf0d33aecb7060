"""What a refusal is about, by its code and its words."""

from __future__ import annotations

import pytest

from distributor.domain.bounces import bounce_kind, is_held_against_nobody, is_mailbox_gone
from distributor.domain.refusals import Ground, ground
from distributor.domain.returns import Kind

GONE = [
    ("5.1.1", ""),
    ("5.1.1", "<bo@readers.example>: Recipient address rejected: User unknown in relay recipient table"),
    ("5.1.1", "The email account that you tried to reach does not exist. See https://mail.example/?p=NoSuchUser"),
    ("5.1.1", "<spam@readers.example>: no such user"),
    ("5.1.1", "host spam-block.gate.example[192.0.2.7] said: 550 5.1.1 User unknown"),
    ("5.1.10", "RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
    ("5.2.1", ""),
    ("5.1.6", "moved, left no address"),
    ("550", "No such user"),
    ("5.0.0", "This user doesn't have a mail.example account"),
    ("5.1.351", "Remote server returned unknown recipient or mailbox unavailable -> 550 User unknown"),
    ("", "존재하지 않는 사용자입니다"),
    ("550", "宛先不明"),
    ("550", "Пользователь с таким адресом не найден"),
]
NOT_GONE = [
    ("5.2.1", "The user you are trying to contact is receiving mail at a rate that prevents more", Ground.BUSY),
    ("5.1.3", "http://www.spamhaus.org/query/bl?ip=192.0.2.222", Ground.SENDER),
    ("5.1.1", "192.0.2.222 has sent to too many recipients this hour.", Ground.SENDER),
    ("5.1.1", "sorry, mailbox bo@readers.example is over quota temporarily", Ground.FULL),
    ("5.1.1", "Refused due to recipient preferences", Ground.CHOICE),
    ("5.1.1", "You have been blocked by the recipient", Ground.CHOICE),
    ("5.1.7", "bad sender address syntax", Ground.SENDER),
    ("5.1.8", "User unknown", Ground.SENDER),
    ("5.1.1", "Sender address rejected: not verified", Ground.SENDER),
    ("5.1.1", "relaying denied", Ground.SENDER),
    ("5.1.1", "Message rejected as spam", Ground.SENDER),
    ("5.2.1", "The email account that you tried to reach is disabled.", Ground.SUSPENDED),
    ("5.2.1", "휴면 계정입니다", Ground.SUSPENDED),
    ("5.1.1", "temporary lookup failure", Ground.PASSING),
    ("5.1.1", "procmail: Couldn't create the mailbox: No such user", Ground.PASSING),
    ("5.1.1", "Access denied", Ground.OPEN),
    ("5.1.1", "over the limit of messages", Ground.SENDER),
    ("4.7.1", "Access denied", Ground.PASSING),
    ("5.2.2", "", Ground.FULL),
    ("5.0.0", "retry timeout exceeded", Ground.PASSING),
    ("5.0.0", "could not be delivered for 5 days", Ground.PASSING),
    ("5.4.6", "hop count exceeded", Ground.PASSING),
    ("5.0.0", "you've reached your daily relay quota", Ground.SENDER),
    ("4.1.1", "User unknown", Ground.PASSING),
    ("550", "Unknown user bo@phone.example (in reply to end of DATA command)", Ground.OPEN),
    ("550", "mailbox unavailable", Ground.OPEN),
    ("422", "no such user", Ground.OPEN),
    ("5.7.1", "user unknown", Ground.OPEN),
    ("template", "“user” is unknown", Ground.OPEN),
    ("", "", Ground.OPEN),
]


@pytest.mark.parametrize(("code", "words"), GONE)
def test_a_mailbox_that_is_gone_is_called_so(code: str, words: str) -> None:
    assert ground(code, words) is Ground.GONE
    assert is_mailbox_gone(code, words)


@pytest.mark.parametrize(("code", "words", "about"), NOT_GONE)
def test_a_code_for_gone_is_taken_back_by_words_of_another_trouble(code: str, words: str, about: Ground) -> None:
    assert ground(code, words) is about
    assert not is_mailbox_gone(code, words)


def test_only_what_is_about_the_sender_is_held_against_nobody() -> None:
    about_us = {words for code, words, _ in NOT_GONE if is_held_against_nobody(code, words)}
    assert about_us == {words for _, words, about in NOT_GONE if about is Ground.SENDER}
    assert not any(is_held_against_nobody(code, words) for code, words in GONE)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("5.2.1", "receiving mail at a rate that prevents additional messages", Kind.SOFT_BOUNCE),
        ("5.1.1", "try again later", Kind.SOFT_BOUNCE),
        ("4.2.2", "", Kind.SOFT_BOUNCE),
        ("5.2.2", "mailbox full", Kind.HARD_BOUNCE),
        ("5.1.1", "", Kind.HARD_BOUNCE),
        ("", "", Kind.HARD_BOUNCE),
    ],
)
def test_passing_trouble_is_a_soft_bounce_whatever_its_code(status: str, words: str, kind: Kind) -> None:
    assert bounce_kind(status, words) is kind
