"""One line of text keeps every character that is one."""

from __future__ import annotations

from email import message_from_string
from email.header import decode_header, make_header

import pytest

from distributor.channels.mail.message import text_header
from distributor.domain.text_lines import one_line
from distributor.domain.variants import Variant
from distributor.letters.intake.drafts import Findings, finish
from distributor.letters.publication_settings.values import line
from distributor.rendering.mail import RecipientPass
from tests.unit.rendering.letters import KIM

LINES = (
    "The 👨‍👩‍👧‍👦 of the quay",  # a family is four people and three joiners
    "From 🏴󠁧󠁢󠁳󠁣󠁴󠁿 to 🇰🇷 and 🏳️‍🌈",  # flags are tag characters, pairs of letters, joiners
    "نامه‌ای به بندر",  # Persian, with a ZWNJ inside a word
    "ക്‍ and क्‍ष",  # joiners that shape Indic letters
    "A face of tomorrow: \U0001fae9\U0001fadf\U0001facd, a letter: \U000323b0",  # newer than Unicode 14, 15 and 16
    "東京　港の手紙",  # an ideographic space
    "Pourquoi\u202f? Le quai n°\u00a07",
    "Donau\u00addampf\u200bschiff",
    "A \u2067שלום\u2069 in it",
    "Private \ue000 use",
)


@pytest.mark.parametrize("text", LINES, ids=range(len(LINES)))
def test_nothing_is_taken_out_of_a_line(text: str) -> None:
    assert one_line(text) == text
    assert finish(Findings(title=text)).title == text
    assert line(text) == text
    assert RecipientPass(Variant("mail", subject=text)).render(KIM).subject == text
    header = message_from_string(text_header("Subject", text))["Subject"]
    assert str(make_header(decode_header(header))) == text


def test_breaks_and_controls_become_one_space() -> None:
    assert one_line(" One\r\nBcc: a\x00\u2028two\x1b\x85 three\t\t \x0bfour\u2029") == "One Bcc: a two three four"


def test_what_is_no_character_is_not_kept() -> None:
    assert one_line("\ufeffa\ufffeb\U0010ffffc\ufdd0d") == "abcd"
    assert one_line("\ud83d\ude00 and \ud83d") == "😀 and \ufffd"
    assert one_line("") == one_line("\u3000\xa0\n") == ""
