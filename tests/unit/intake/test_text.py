"""Letters from the visible text of their pages."""

from __future__ import annotations

import pytest

from distributor.domain.errors import SourceError
from distributor.domain.letters import Draft, SeriesView
from distributor.letters.intake import parse

BODY = (
    "Dear neighbours,\n\n"
    "This is the first long paragraph of the letter, with enough words in it to be read as prose.\n\n"
    "The second paragraph goes on about the garden, and it has a comma and a full stop as well.\n\nWarmly yours."
)


def only(text: str) -> Draft:
    (draft,) = parse(text.encode(), name="page.txt")
    return draft


def test_title_and_paragraphs() -> None:
    draft = only(f"A small title\n\n{BODY}\n")
    assert (draft.title, draft.body_text, draft.share_bar) == ("A small title", BODY, ())
    assert draft.body_html.count("<p>") == 4


def test_a_menu_above_and_lists_below() -> None:
    text = (
        "Home\nLetters About\nSkip to content\n\nA small title\n\nMarch 2, 2026\n"
        "Share\nFacebook\nX\nEmail\nCopy link\n\n"
        "By Mira Holt and Jo Lane\n\n"
        + BODY
        + "\n\nMira Holt is a poet.\n\nJo Lane (jo@x.example) bakes bread for the town.\n\n"
        "X\nCLOSE\n\nTop 10 Stories\n\n1. The ice house reopens, at last.\n\n"
        "Comments\n\nI liked it, all of it, very much.\n\n"
        "go top\nLETTER\n\nThe Small Site"
    )
    draft = only(text)
    assert draft.title == "A small title"
    assert draft.share_bar == ("facebook", "twitter", "mail", "link")
    assert [(author.name, author.email) for author in draft.authors] == [("Mira Holt", ""), ("Jo Lane", "jo@x.example")]
    assert draft.authors[0].bio == "Mira Holt is a poet."
    assert draft.section == "LETTER"
    assert draft.body_text == BODY


def test_korean_text() -> None:
    draft = only(
        "글자크기\n가 가\n\n바다에서 온 답장\n\n페이스북 공유\n카카오톡 공유\nURL 복사\n\n"
        "연재 「등대 편지」의 열한 번째 편지입니다. (편집자 주)\n\n글 김바다\n\n이웃에게,\n\n"
        "지난겨울에는 배가 나흘 동안 오지 않았습니다. 우리는 등대 아래에 모여 밥을 지었습니다.\n\n"
        "김바다 (bada@x.example)는 어부이며 시를 쓴다.\n\n관련 기사\n\n맨 위로\n"
    )
    assert draft.series == SeriesView("등대 편지", 11)
    assert draft.share_bar == ("facebook", "kakao", "link")
    assert draft.authors[0].email == "bada@x.example"
    assert draft.language == "ko"
    assert draft.body_text.startswith("이웃에게,")
    assert draft.body_text.endswith("밥을 지었습니다.")


def test_buttons_on_one_line() -> None:
    assert only(f"A small title\n\nFacebook · X · KakaoTalk · Copy link\n\n{BODY}").share_bar == (
        "facebook", "twitter", "kakao", "link",
    )  # fmt: skip
    assert only(f"A small title\n\nShare: Facebook Twitter Email\n\n{BODY}").share_bar == (
        "facebook",
        "twitter",
        "mail",
    )


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    wrapped = (
        "This is the first long paragraph of the letter, which somebody's\n"
        "editor has wrapped at about seventy columns, as editors used to\ndo for mails.\n\nYours,\nMira"
    )
    draft = only(f"A small title\n\n{wrapped}")
    assert draft.body_text == wrapped.replace("\n", " ").replace("  ", "\n\n").replace("Yours, Mira", "Yours,\nMira")
    assert "Yours,<br>Mira" in draft.body_html


def test_bullets_in_the_letter_are_a_list() -> None:
    draft = only(
        f"A small title\n\n{BODY}\n\n  • Open the bridge.\n  • Move the sign.\n\nThat is all we ask of you, this year."
    )
    assert "<ul><li>Open the bridge.</li><li>Move the sign.</li></ul>" in draft.body_html
    assert "\n\n* Open the bridge.\n* Move the sign.\n\nThat is all" in draft.body_text


def test_speech_is_no_list() -> None:
    assert (
        "– Nothing, she said, and went home."
        in only(f"A small title\n\n{BODY}\n\n– Nothing, she said, and went home.").body_text
    )


def test_words_of_the_letter_that_look_like_furniture_stay() -> None:
    body = BODY.replace("Warmly yours.", "Home\n\nThat is the word, and it is where I write this from.")
    assert only(f"A small title\n\n{body}").body_text == body


def test_markup_in_text_stays_text() -> None:
    draft = only(f"A <small> title & more\n\n{BODY}\n\nUse <script>alert(1)</script> & be well, all of you.")
    assert draft.title == "A <small> title & more"
    assert "<script" not in draft.body_html
    assert "Use <script>alert(1)</script> & be well, all of you." in draft.body_text


@pytest.mark.parametrize(
    "text",
    [
        "Only a title",
        "404 Not Found\n\nThe page you are looking for could not be found, we are sorry.",
        "email,name\nann@x.example,Ann\nbob@x.example,Bob\n",
        "Dear neighbours,\n\nA letter without any title, as one may write it, in a hurry.",
        "Home\n\nLetters\n\nSearch",
    ],
)
def test_text_without_a_letter(text: str) -> None:
    with pytest.raises(SourceError, match="holds no letter"):
        only(text)
