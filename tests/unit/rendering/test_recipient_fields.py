"""What a letter's own text writes of its reader: filled in by mail, left out elsewhere, and never a template."""

from __future__ import annotations

from dataclasses import replace

import pytest

from distributor.channels import registry
from distributor.channels.base import Options
from distributor.channels.mail.compose import compose
from distributor.channels.payloads import AddressedPayload
from distributor.delivery.variants.previews import mail_json, preview
from distributor.domain.letters import LetterView
from distributor.domain.recipient_fields import field_of, without_fields
from distributor.letters.intake import parse
from distributor.rendering.mail import RecipientPass, RenderedMail
from tests.unit.rendering.letters import KIM, LETTER

PROSE = "The ferry stops at noon, and nobody at the landing has been told why it does so, or for how long."


def letter(text: str, title: str = "The ferry") -> LetterView:
    """Return a letter as it is taken in from Markdown."""
    (draft,) = parse(f"---\ntitle: '{title}'\n---\n{text}\n\n{PROSE}\n".encode(), name="ferry.md")
    assert draft.left_out == ()
    return replace(
        LETTER, title=draft.title, body_html=draft.body_html, body_text=draft.body_text, summary="", editor_note=""
    )


def mail(made: LetterView, **changes: object) -> RenderedMail:
    return RecipientPass(compose(made, Options())).render(replace(KIM, **changes))  # type: ignore[arg-type]


def test_a_mail_has_them_in_subject_html_and_text() -> None:
    made = mail(letter("Dear {{ recipient.name }},", "For {{ recipient.attributes.city }} readers"), name="Kim <b>")
    assert made.subject == "For Sokcho readers"
    assert ">Dear Kim &lt;b&gt;,</p>" in made.html
    assert "Dear Kim <b>," in made.text
    assert "recipient" not in made.html + made.text


@pytest.mark.parametrize(
    ("written", "name", "shown"),
    [
        ("{{recipient.name}}", "Kim", "Kim"),
        ('{{ recipient.name | default("reader") }}', "", "reader"),
        ('{{ recipient.name | default("reader", true) }}', "Kim", "Kim"),
        ('{{ recipient.name | default: "독자 🎉" }}', "", "독자 🎉"),
        ("{{ recipient.attributes['city'] }}", "", "Sokcho"),
        ('{{ recipient.attributes.get("boat", "boat {%") }}', "", "boat {%"),
        ("{{ recipient.email }}", "", KIM.email),
    ],
)
def test_ways_to_write_them(written: str, name: str, shown: str) -> None:
    assert f"It is {shown}." in mail(letter(f"It is {written}."), name=name).text


@pytest.mark.parametrize(
    "link",
    [
        "[place](https://m.example/?who={{ recipient.attributes.url }}&b={{recipient.name}})",
        "[place](<https://m.example/?who={{ recipient.attributes.url }}&b={{recipient.name}}>)",
        '<a href="https://m.example/?who={{ recipient.attributes.url }}&amp;b={{ recipient.name }}">place</a>',
    ],
)
def test_a_value_in_an_address_is_encoded(link: str) -> None:
    made = mail(letter(f"Your {link} is here."), name="Kim", attributes={"url": "a b&c=https://x"})
    assert 'href="https://m.example/?who=a%20b%26c%3Dhttps%3A%2F%2Fx&amp;b=Kim"' in made.html


def test_a_pictures_address_tells_nothing_of_the_reader() -> None:
    made = replace(
        LETTER,
        body_html='<p>It is {{ recipient.name }}.</p><img src="https://m.example/{{recipient.email}}.png" alt="">',
    )
    assert KIM.email not in mail(made).html.replace(f"mailto:{KIM.email}", "")


@pytest.mark.parametrize(
    "written",
    [
        "{{ recipient.unsubscribe_url }}",
        "{{ recipient.token }}",
        "{{ recipient.name.__class__ }}",
        "{{ recipient.attributes.__class__ }}",
        "{{ recipient.attributes['items'] }}",
        "{{ recipient.name | upper }}",
        "{{ recipient }}",
        "{{ 7 * 7 }}",
        "{% if recipient.name %}x{% endif %}",
        "{{ recipient.name }{{ recipient.token }}",
    ],
)
def test_a_letter_is_no_template(written: str) -> None:
    made = replace(
        LETTER, title=f"It is {written}", body_html=f"<p>It is {written}.</p>", body_text=f"It is {written}."
    )
    result = mail(made)
    assert result.subject == f"It is {written}"
    assert KIM.unsubscribe_url not in result.subject
    assert f"It is {written}." in result.text
    assert without_fields(made).title == made.title


def test_code_is_code() -> None:
    made = letter("Write `{{ recipient.name }}` for {{ recipient.attributes.city }}.")
    assert ">{{ recipient.name }}</code> for Sokcho." in mail(made).html
    assert without_fields(made).body_text.startswith("Write {{ recipient.name }} for.")
    raw = letter("Write {% raw %}{{ recipient.name }}{% endraw %}.")
    assert KIM.name not in mail(raw).text


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("Dear {{ recipient.name }}, hello", "Dear, hello"),
        ("For {{ recipient.attributes.city }} readers", "For readers"),
        ("{{ recipient.name }}, the ferry stops", "the ferry stops"),
        ("{{ recipient.name | default('독자') }}님께", "독자님께"),
        ("Is it you, {{ recipient.name }}?", "Is it you?"),
        ("A{{ recipient.name }} b", "A b"),
    ],
)
def test_nothing_of_them_is_seen_where_there_is_no_reader(written: str, left: str) -> None:
    assert without_fields(replace(LETTER, title=written)).title == left


@pytest.mark.parametrize("name", [name for name in registry.names() if name != "mail"])
def test_no_other_channel_shows_them_and_each_says_so(name: str) -> None:
    made = letter("Dear {{ recipient.name }},", "For {{ recipient.attributes.city }} readers")
    made = replace(made, summary="{{ recipient.email }}", social={name: "Of {{ recipient.language }} readers"})
    result = preview(made, name, options=Options())
    assert result.variant is not None
    assert "recipient" not in str({**result.variant.to_json(), "dropped": []})
    messages = " ".join(concern.message for concern in result.concerns)
    assert "“{{ recipient.name }}”, which only mails fill in: nothing stands in its place here." in messages


def test_the_preview_of_a_mail_has_it_with_values_and_without() -> None:
    made = letter("Dear {{ recipient.name }} of {{ recipient.attributes.city }},")
    result = preview(made, "mail", options=Options(more={"missing_values": "empty"}))
    assert result.variant is not None
    assert isinstance(result.variant.payload, AddressedPayload)
    assert result.variant.payload.attributes == ("city",)
    shown = mail_json(result, LETTER.publication)
    assert shown is not None
    assert "Dear Kim Reader of (city)," in shown["text"]
    assert "Dear of ," in " ".join(shown["without_values"]["text"].split())
    assert "Sokcho" not in str([link.url for link in made.share_links])


def test_what_no_field_is_is_named() -> None:
    result = preview(replace(LETTER, title="For {{ recipient.nam }}"), "mail", options=Options())
    assert any("“{{ recipient.nam }}”, which nothing fills in" in concern.message for concern in result.concerns)
    (draft,) = parse(f"# It\n\nDear {{{{ recipient.nam }}}}, hello. {PROSE}\n".encode(), name="it.md")
    assert [piece.what for piece in draft.left_out] == ["the value “recipient.nam”"]
    assert "{{" not in draft.body_text


def test_names_of_fields() -> None:
    assert field_of("recipient.nobody") is None
    assert field_of(" recipient.attributes . city ") is None


def test_a_picture_tells_nobody_who_opened_the_mail_whatever_its_words_hold() -> None:
    picture = '<p><img alt="a > b" src="https://evil.example/?{{ recipient.email }}"></p>'
    made = replace(letter("Dear {{ recipient.name }},"), body_html=picture + "<p>Dear {{ recipient.name }}</p>")
    rendered = mail(made, name="Kim")
    assert KIM.email not in rendered.html.partition("evil.example")[2][:60]
    assert "Dear Kim" in rendered.html
