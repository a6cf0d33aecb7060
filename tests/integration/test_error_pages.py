"""Pages of errors: calm, in the language of who sees them, and what broke can be found by its reference."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from distributor.people import languages
from tests.integration.desk import html

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def korean(editor: Client) -> Client:
    """An editor who has chosen Korean, in a browser that says what breaks instead of raising it."""
    languages.choose(User.objects.get(), "ko")
    editor.raise_request_exception = False
    return editor


def test_the_desks_errors_are_in_the_editors_language_and_lead_back(korean: Client) -> None:
    for path, status, words in (
        ("/desk/letters/99999/", 404, "없는 페이지입니다"),
        ("/desk/nowhere/", 404, "없는 페이지입니다"),
        ("/desk/editors/", 403, "볼 수 없는 페이지입니다"),
    ):
        response = korean.get(path, headers={"Accept-Language": "en"})
        assert (response.status_code, words in html(response)) == (status, True), path
        assert '<html lang="ko">' in html(response)
        assert 'href="/desk/"' in html(response)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = korean.cookies
    response = strict.post("/desk/notices/", {})
    assert (response.status_code, "오래된 양식입니다" in html(response)) == (403, True)


def test_readers_errors_are_in_their_browsers_language(client: Client) -> None:
    korean = client.get("/nowhere/", headers={"Accept-Language": "ko-KR,ko;q=0.9"})
    assert (korean.status_code, korean.headers["Content-Language"]) == (404, "ko")
    assert "편지 모두 보기" in html(korean)
    assert "Accept-Language" in korean.headers["Vary"]
    other = client.get("/nowhere/", headers={"Accept-Language": "fr"})
    assert '<html lang="en">' in html(other)
    strange = client.get("/", headers={"Host": "stranger.example", "Accept-Language": "ko"})
    assert (strange.status_code, "DISTRIBUTOR_SITE_URL" in html(strange)) == (400, True)
    assert "이 이름의 사이트는 없습니다" in html(strange)


def test_what_breaks_has_a_reference_on_the_page_and_in_its_line(
    korean: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the secret cause")

    monkeypatch.setattr("distributor.desk.home.needs", fail)
    with caplog.at_level(logging.ERROR):
        response = korean.get("/desk/")
    page = html(response)
    assert (response.status_code, "문제가 생겼습니다" in page, "secret cause" in page) == (500, True, False)
    (reference,) = re.findall(r"<code>([0-9A-Z]{8})</code>", page)
    (record,) = (record for record in caplog.records if record.levelno == logging.ERROR)  # told once
    assert reference in record.getMessage()
    assert record.__dict__["reference"] == reference
    assert record.exc_info is not None
    assert record.exc_info[0] is RuntimeError
