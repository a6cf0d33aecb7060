"""The desk's languages: a person's own, before that their browser's; times and counts as each writes them."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from distributor.desk.formats import when
from distributor.desk.sentences import translation as say
from distributor.letters.models import Letter
from distributor.locale_formats import number
from tests.integration.desk import html, said
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
KOREAN = ROOT / "distributor" / "locale" / "ko" / "LC_MESSAGES" / "django.po"


PLACE = re.compile(r"\{(\w+)\}")
VALUE = re.compile(r"%\((\w+)\)s")


def catalog() -> Catalog:
    with KOREAN.open("rb") as file:
        return read_po(file, locale="ko")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepts", "language", "title"),
    [
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko", "로그인"),
        ("de,en;q=0.5", "en", "Log in"),
        ("", "en", "Log in"),
        ("no language; at all", "en", "Log in"),
    ],
)
def test_the_login_is_in_the_browsers_language(accepts: str, language: str, title: str) -> None:
    answer = Client().get("/desk/login/", headers={"accept-language": accepts})
    assert f'<html lang="{language}">' in html(answer)
    assert f"<h1>{title}</h1>" in html(answer)
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.django_db
def test_an_editors_choice_is_kept_with_them_and_stands_over_the_browsers(editor: Client) -> None:
    assert '<html lang="en">' in html(editor.get("/desk/"))
    answer = editor.post("/desk/language/", {"language": "ko", "next": "/desk/segments/?page=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/segments/?page=1")
    page = html(editor.get("/desk/", headers={"accept-language": "en"}))
    assert '<html lang="ko">' in page
    assert "로그아웃" in page
    assert 'value="ko" lang="ko" aria-pressed="true"' in page
    elsewhere = Client()
    elsewhere.force_login(User.objects.get(username="mina"))
    assert '<html lang="ko">' in html(elsewhere.get("/desk/"))
    editor.post("/desk/language/", {"language": "en"})
    assert '<html lang="en">' in html(editor.get("/desk/", headers={"accept-language": "ko"}))


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", "/desk/\\evil", "", "/p/lantern/"])
def test_choosing_a_language_leads_nowhere_but_to_the_desk(editor: Client, page: str) -> None:
    answer = editor.post("/desk/language/", {"language": "ko", "next": page})
    assert answer.headers["Location"].startswith("/desk/")


@pytest.mark.django_db
def test_a_language_that_the_desk_is_not_in_is_refused_and_says_which_there_are(editor: Client) -> None:
    answer = editor.post("/desk/language/", {"language": "tlh"})
    assert said(answer) == "The desk is not in that language: choose English or 한국어."
    assert '<html lang="en">' in html(editor.get("/desk/"))


@pytest.mark.django_db
def test_the_choice_of_an_editor_changes_nothing_but_the_desk(editor: Client, letter: Letter) -> None:
    editor.post("/desk/language/", {"language": "ko"})
    page = html(editor.get("/nowhere/", headers={"accept-language": "en"}))
    assert page.startswith('<!doctype html>\n<html lang="en">')


def test_times_and_counts_are_written_as_each_language_does() -> None:
    moment = datetime(2026, 9, 2, 0, 5, tzinfo=UTC)
    with translation.override("en"):
        assert when(moment, "Asia/Seoul") == "Wed 2 Sep 2026, 09:05 KST"
        assert number(1234567) == "1,234,567"
    with translation.override("ko"):
        assert when(moment, "Asia/Seoul") == "2026년 9월 2일(수) 09:05 KST"
        assert number(1234567) == "1,234,567"


def test_placeholders_of_translations_agree_with_their_strings() -> None:
    wrong = [f"{message.id!r}: {error}" for message, errors in catalog().check() for error in errors]
    assert wrong == []


def test_the_compiled_catalogs_are_those_that_people_edit() -> None:
    with translation.override("ko"):
        for message in catalog():
            if message.id and message.string and isinstance(message.id, str) and not message.context:
                assert translation.gettext(message.id) == message.string


@pytest.mark.parametrize(
    ("sentence", "korean"),
    [
        ("", ""),
        ("Approve", "승인"),
        ("being deleted", "삭제 중"),
        ("No Facebook account is connected.", "연결된 Facebook 계정이 없습니다."),
        (
            "It will be mailed to 59 people whom it did not reach; whoever may have it by now gets no second.",
            "받지 못한 59명에게 메일을 보냅니다. 이미 받았을 수 있는 사람에게는 다시 보내지 않습니다.",
        ),
        (
            "It will be deleted at Facebook. Readers may have seen it.",
            "Facebook에서 삭제합니다. 독자가 이미 보았을 수 있습니다.",
        ),
        ("There is no channel “Approve”: choose from a, b.", "“Approve” 채널이 없습니다. 다음 중에서 고르세요: a, b"),
        ("Marked as sent. Paused by an editor.", "발송 완료로 표시했습니다. 편집자가 일시 중지했습니다."),
        ("What nobody has ever written.", "What nobody has ever written."),
    ],
)
def test_what_other_rooms_say_is_said_in_korean(sentence: str, korean: str) -> None:
    with translation.override("ko"):
        assert say(sentence) == korean
    assert say(sentence) == sentence


def test_placeholders_of_sentences_are_those_of_their_english() -> None:
    strange = {
        str(message.id): names
        for message in catalog()
        if "python-brace-format" in message.flags
        and (names := set(PLACE.findall(str(message.string))) - set(PLACE.findall(str(message.id))))
    }
    assert strange == {}


def test_no_translation_wants_a_value_that_its_english_has_not() -> None:
    """A page that shows it would fail."""
    strange = {
        str(message.id): names
        for message in catalog()
        if message.id and (names := set(VALUE.findall(str(message.string))) - set(VALUE.findall(str(message.id))))
    }
    assert strange == {}


def test_a_letter_in_a_sentence_is_quoted_as_it_is() -> None:
    with translation.override("ko"):
        assert say("“Approve” is in the letter again; what is out already doesn’t change.").startswith("“Approve”")


@pytest.mark.parametrize("option", ["--check", "--missing"])
def test_no_string_of_the_desk_lacks_its_korean(option: str) -> None:
    """`--check`: the catalogs hold what templates and code say by now; `--missing`: all of it is translated."""
    command = [sys.executable, str(ROOT / "scripts" / "messages"), option]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=ROOT)
    assert (answer.returncode, answer.stdout) == (0, ""), answer.stderr
