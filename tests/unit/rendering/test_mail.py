"""The letter pass and the recipient pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from distributor.channels.base import Options
from distributor.channels.mail.compose import compose
from distributor.channels.share_bar import share_links
from distributor.domain.errors import TemplateError
from distributor.domain.letters import AuthorView, LetterView, SeriesView
from distributor.domain.variants import Variant
from distributor.rendering.mail import RecipientPass, RenderedMail
from distributor.rendering.placeholders import Placeholders
from tests.unit.rendering.letters import BARE, KIM, LETTER

Own = Callable[[str, str], str]


def mail(letter: LetterView = LETTER, own: str = "") -> RenderedMail:
    shared = replace(letter, share_links=share_links(letter))
    return RecipientPass(compose(shared, Options(templates=own))).render(KIM)


def test_the_html_has_every_part() -> None:
    html = mail().html
    for expected in (
        "<h1 ",
        "A harbor that listens to its tide tables",
        "Letter 9 in “Letters to the Harbor Commission”",
        "<em>This is the 9th letter of the series. ― ED.</em>",
        "By <bdi>Seo Haneul</bdi>",
        "Dear Commissioners,",
        "Seo Haneul is a third-generation skipper.",
        "https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fletters.example.com%2Fharbor%2F",
        "https://x.com/intent/tweet?text=A%20harbor",
        "mailto:?subject=A%20harbor",
        "Harbor Letters · 12 North Quay, Sokcho",
        "Read it on the web",
        'href="https://letters.example.com/u/abc:def/?a=1&amp;b=2"',
        'lang="en"',
        "2 March 2026",  # in Seoul
        '<img src="https://harbor.example.com/quay.jpg" alt=""',
    ):
        assert expected in html
    assert all('role="presentation"' in table for table in re.findall("<table[^>]*>", html))


def test_the_text_has_every_part_but_no_markup() -> None:
    text = mail().text
    for expected in (
        "Letter 9 in “Letters to the Harbor Commission”",
        "This is the 9th letter of the series. ― ED.",
        "By Seo Haneul",
        "Dear Commissioners,",
        "Seo Haneul is a third-generation skipper.",
        "Share this letter: https://letters.example.com/harbor/letters/tide-tables/",
        "Unsubscribe: https://letters.example.com/u/abc:def/?a=1&b=2",
        "12 North Quay, Sokcho",
    ):
        assert expected in text
    assert "<" not in text
    assert "\n\n\n" not in text


def test_korean_letters_speak_korean() -> None:
    letter = replace(LETTER, language="ko", series=SeriesView("항만위원회에 보내는 편지", 7))
    made = mail(letter)
    assert "“항만위원회에 보내는 편지” 7번째 편지" in made.html
    assert "수신 거부: https://" in made.text
    assert "2026년 3월 2일" in made.text
    assert 'lang="ko"' in made.html


def test_right_to_left() -> None:
    arabic = replace(LETTER, title="ما تعرفه الميناء", body_text="رسالة إلى لجنة الميناء", language="ar")
    assert 'dir="rtl"' in mail(arabic).html
    assert 'dir="rtl"' in mail(replace(arabic, language="")).html
    assert 'dir="rtl"' not in mail(LETTER).html


def test_styles_are_inline_and_dark_mode_stays() -> None:
    html = mail().html
    assert "@media (prefers-color-scheme: dark)" in html
    assert re.search(r"<h1 [^>]*style=", html)
    assert "http-equiv" not in html


def test_a_letter_that_has_only_a_title_and_a_text() -> None:
    made = mail(BARE)
    assert made.subject == "Only a title"
    assert "facebook.com" not in made.html
    assert "None" not in made.html
    assert made.text == (
        "Bare\n\nOnly a title\n\nAnd a text.\n\n-- \n"
        "You get this letter because you subscribed to Bare.\nUnsubscribe: https://letters.example.com/u/abc:def/?a=1&b=2\n"
    )


def test_the_body_is_made_safe_once_more() -> None:
    body = (
        '<p onclick="x()">Hi<script>alert(1)</script> <a href="javascript:x()">a</a> <a href="/b?c=1&amp;d=2">b</a></p>'
    )
    html = mail(replace(LETTER, body_html=body)).html
    assert "alert" not in html
    assert "javascript" not in html
    assert "onclick" not in html
    assert 'href="https://harbor.example.com/b?c=1&amp;d=2"' in html


def test_a_picture_of_the_body_is_not_shown_twice() -> None:
    body = f'<p><img src="{LETTER.image_url}" alt="The quay"></p>'
    assert mail(replace(LETTER, body_html=body)).html.count("quay.jpg") == 1


def test_recipients_values_are_escaped_where_they_have_to_be() -> None:
    source = "{{ recipient.name }} {{ recipient.attributes.city }}"
    made = RecipientPass(Variant("mail", subject=source, html=source, text=source)).render(KIM)
    assert made.html == "Kim &lt;b&gt; Sokcho"
    assert made.text == made.subject == "Kim <b> Sokcho"


def test_the_subject_is_one_line() -> None:
    assert mail(replace(LETTER, title="One\r\nBcc: all@example.com\x00\u2028two")).subject == (
        "One Bcc: all@example.com two"
    )
    made = RecipientPass(Variant("mail", subject="Dear {{ recipient.name }}")).render(replace(KIM, name="Kim\nBcc: x"))
    assert made.subject == "Dear Kim Bcc: x"


def test_the_recipient_pass_sees_the_recipient_only() -> None:
    for source in ("{{ letter }}", "{{ recipient.attributes.nothing }}", "{{ recipient.nothing }}"):
        with pytest.raises(TemplateError) as caught:
            RecipientPass(Variant("mail", html=f"\n{source}")).render(KIM)
        assert caught.value.line == 2
    with pytest.raises(TemplateError, match="unsafe"):
        RecipientPass(Variant("mail", text="{{ recipient.__class__.__mro__ }}")).render(KIM)


# What looks like Jinja2 in a letter

TRICKS = (
    "{{ recipient.password }}",
    "{% for x in y %}",
    "{# hidden #}",
    "{{{{ 1 + 1 }}}}",
    "{% raw %}{{ x }}{% endraw %}",
    "{{ '{' }}",
    "{",
    "{{",
    "}}%}",
    "{%- set a = 1 -%}",
)


@pytest.mark.parametrize("trick", TRICKS)
def test_jinja_in_a_letter_is_text(trick: str) -> None:
    letter = replace(
        LETTER,
        title=f"About {trick} here",
        body_html=f"<p>Type {escape(trick)}!</p><p><a href='https://example.com/{escape(trick)}'>a</a></p>",
        body_text=f"Type {trick}!",
        editor_note=f"Note {trick}.",
        series=SeriesView(f"Series {trick}", 1),
        authors=(AuthorView(f"Name {trick}", bio=f"Bio {trick}."),),
        section=f"Section {trick}",
        publication=replace(LETTER.publication, name=f"Brand {trick}", postal_address=f"Street {trick}"),
        url=f"https://letters.example.com/{trick}/",
        image_url=f"https://example.com/{trick}.png",
    )
    made = mail(letter)
    assert made.subject == f"About {trick} here"
    for before, after in (
        ("About", " here"),
        ("Type", "!"),
        ("Note", "."),
        ("Bio", "."),
        ("Brand", ""),
        ("Street", ""),
    ):
        assert f"{before} {trick}{after}" in made.text
        assert str(escape(f"{before} {trick}{after}")).replace("&#39;", "'") in made.html.replace("&#39;", "'")
    assert "kim@example.com" not in made.html + made.text + made.subject
    assert f"https://letters.example.com/{trick}/" in made.text


@settings(deadline=None, max_examples=50)
@given(st.text(st.sampled_from("{}%#-+ '\"\\xn0e\n"), max_size=30))
def test_any_braces_arrive_as_they_are(text: str) -> None:
    marks = Placeholders("dfeed")
    name = marks.finalize(marks.context()["recipient"].name)
    source = marks.source(f"{text}{name}{text}")
    made = RecipientPass(Variant("mail", html=source, text=source)).render(KIM)
    assert made.text == f"{text}Kim <b>{text}"
    assert made.html == f"{text}Kim &lt;b&gt;{text}"


# A publication's own mail


def test_an_own_block_in_the_common_mail(own: Own) -> None:
    slug = own(
        "email/letter.html",
        '{% extends "common:email/letter.html" %}{% block masthead %}Ahoy {{ recipient.name }}{% endblock %}',
    )
    html = mail(own=slug).html
    assert "Ahoy Kim &lt;b&gt;" in html
    assert LETTER.title in html


def test_what_depends_on_the_recipient_is_worked_out_later(own: Own) -> None:
    slug = own(
        "email/letter.html",
        '<p>{{ per_recipient("{% if recipient.name %}Dear {{ recipient.name|upper }}{% else %}Hello{% endif %}") }}</p>'
        "{{ recipient.attributes.city }} {{ recipient.attributes['city'] }} {{ recipient.unsubscribe_url }}",
    )
    variant = compose(LETTER, Options(templates=slug))
    assert "Dear KIM &lt;B&gt;" in RecipientPass(variant).render(KIM).html
    assert "Sokcho Sokcho" in RecipientPass(variant).render(KIM).html
    assert "<p>Hello" in RecipientPass(variant).render(replace(KIM, name="")).html


@pytest.mark.parametrize(
    "source",
    [
        "{% if recipient.name %}x{% endif %}",
        "{{ recipient.email | upper }}",
        "{{ recipient.email ~ 'x' }}",
        "{{ recipient.email == 'x' }}",
        "{% for x in recipient.attributes %}{% endfor %}",
        "{{ recipient }}",
        "{{ recipient.nobody }}",
        "{{ recipient.name | default('x', true) }}",
        "{{ per_recipient('{% if %}') }}",
    ],
)
def test_what_can_not_be_known_yet_is_said_in_the_preview(own: Own, source: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compose(LETTER, Options(templates=own("email/letter.html", source)))
    assert caught.value.line == 1


PERSONAL = (
    "{% if recipient.name %}Dear {{ recipient.name }}{% else %}Hello{% endif %}"
    "{% for one in recipient.attributes.get('towns', []) %}, {{ one }}{% endfor %}"
)


@pytest.mark.parametrize(
    ("template", "source", "read"),
    [
        ("email/subject.txt", "{{ per_recipient(personal) }}!", lambda made: made.subject),
        ("email/letter.txt", "{{ per_recipient(personal) }}!", lambda made: made.text),
        ("email/letter.html", "<p>{{ per_recipient(personal) }}!</p>", lambda made: made.html),
        (
            "email/letter.html",
            '{% extends "common:email/letter.html" %}{% block preheader %}{{ per_recipient(personal) }}!{% endblock %}',
            lambda made: made.html.partition('class="preheader"')[2].partition("</div>")[0],
        ),
    ],
    ids=["subject", "text", "html", "preheader"],
)
def test_conditions_and_loops_over_a_recipient_in_every_part(
    own: Own, template: str, source: str, read: Callable[[RenderedMail], str]
) -> None:
    slug = own(template, source.replace("personal", f'"{PERSONAL}"'))
    passed = RecipientPass(compose(LETTER, Options(templates=slug)))
    people = (
        (replace(KIM, name="Kim", attributes={"towns": ["Sokcho", "바다"]}), "Dear Kim, Sokcho, 바다!"),
        (replace(KIM, name="", attributes={"towns": []}), "Hello!"),
        (replace(KIM, name="", attributes={}), "Hello!"),
    )
    for person, expected in people:
        assert expected in read(passed.render(person))


def test_an_own_subject(own: Own) -> None:
    slug = own("email/subject.txt", "{{ publication.name }}:\n{{ letter.title }} for {{ recipient.name }}\n")
    assert mail(own=slug).subject == f"Harbor Letters: {LETTER.title} for Kim <b>"


def test_an_undefined_name_is_an_error_in_the_preview(own: Own) -> None:
    with pytest.raises(TemplateError) as caught:
        compose(LETTER, Options(templates=own("email/letter.txt", "\n{{ letter.titel }}")))
    assert (caught.value.template, caught.value.line) == ("harbor/email/letter.txt", 2)
