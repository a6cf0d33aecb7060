"""Which letters can be one text with everyone's values, and that it says the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distributor.channels.mail.providers.merge_templates import Expression, merge_template, pieces
from distributor.domain.errors import TemplateError
from distributor.domain.recipients import Recipient
from distributor.domain.text_lines import one_line
from distributor.domain.variants import Variant
from distributor.rendering.mail import RecipientPass


def filled(text: str, values: dict[str, str], mark: str) -> str:
    for name, value in values.items():
        text = text.replace(mark.format(name), value)
    return text


def test_text_and_plain_fields_are_told_apart() -> None:
    found = pieces("Dear {{ recipient.name }},\n{{ recipient.attributes['city'] }} {{ '{' }}{ x }}\n")
    assert found is not None
    assert found == (
        "Dear ",
        Expression("recipient.name"),
        ",\n",
        Expression('recipient.attributes["city"]'),
        " ",
        "{",
        "{ x }}\n",
    )


@pytest.mark.parametrize(
    "source",
    [
        "{{ recipient.name|upper }}",
        "{{ recipient.name or 'you' }}",
        "{% if recipient.name %}x{% endif %}",
        "{% for x in [1] %}{{ recipient.name }}{% endfor %}",
        "{{ recipient }}",
        "{{ other.name }}",
        "{{ recipient.name.upper() }}",
        "{{ recipient.attributes[recipient.name] }}",
        "{{ '<b>' }}",
        "{{ 1 }}",
        "{% raw %}{{ x }}{% endraw %}{% set a = 1 %}",
        "{{ recipient.name ",
    ],
)
def test_anything_more_is_worked_out_mail_by_mail(source: str) -> None:
    assert pieces(source) is None
    assert merge_template(Variant("mail", subject="x", html="x", text=source), mark="-{}-", token="x1") is None


SOURCES = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="{}%#"), max_size=12),
        st.sampled_from(["{{ recipient.name }}", '{{ recipient.attributes["city"] }}', "{{ recipient.email }}", "\n"]),
    ),
    max_size=6,
).map("".join)
VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(SOURCES, SOURCES, SOURCES, VALUES, VALUES)
def test_a_merged_mail_says_what_the_recipient_pass_says(
    subject: str, html: str, text: str, name: str, city: str
) -> None:
    variant = Variant("mail", subject=subject, html=html, text=text)
    recipient = Recipient(1, "kim@example.org", name, attributes={"city": city})
    made = merge_template(variant, mark="%recipient.{}%", token="x0123456789abcdef")
    assert made is not None
    values = made.values(recipient)
    expected = RecipientPass(variant).render(recipient)
    assert filled(made.html, values, "%recipient.{}%") == expected.html
    assert filled(made.text, values, "%recipient.{}%") == expected.text
    assert one_line(filled(made.subject, values, "%recipient.{}%")) == expected.subject


def test_a_field_that_a_recipient_does_not_have_is_an_error_of_their_own() -> None:
    variant = Variant("mail", subject="x", html="{{ recipient.attributes['city'] }}", text="x")
    made = merge_template(variant, mark="-{}-", token="x1")
    assert made is not None
    with pytest.raises(TemplateError):
        made.values(Recipient(1, "kim@example.org"))


def test_a_token_that_is_in_the_letter_is_not_used() -> None:
    assert merge_template(Variant("mail", subject="x1", html="", text=""), mark="-{}-", token="x1") is None
