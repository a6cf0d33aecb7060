"""Values of each recipient: in addresses, missing, and with something in their place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from distributor.channels.base import Options
from distributor.channels.mail import compose as mail
from distributor.channels.mail.missing_values import recipient_pass
from distributor.channels.mail.payload import MailPayload
from distributor.channels.mail.providers.merge_templates import merge_template
from distributor.delivery.variants.previews import sample_mail
from distributor.domain.errors import TemplateError
from distributor.domain.variants import Variant
from distributor.rendering.attributes import needed_attributes
from distributor.rendering.plain_text import plain_text
from tests.unit.rendering.letters import HARBOR, KIM, LETTER

Own = Callable[[str, str], str]
ODD = replace(
    KIM, name="Kim & Lee/../?x=1#y", attributes={"city": 'a b&c="d"/é%2F', "page": "https://kim.example/a?b=1"}
)
HTML = """<html><body><a href="{{ recipient.unsubscribe_url }}">leave</a>
<a href="https://harbor.example.com/{{ recipient.attributes.city }}/x?n={{ recipient.name }}">x</a>
<a href="{{ recipient.attributes.page }}">p</a> <b>{{ recipient.attributes.city }}</b>
<i>{{ recipient.attributes.get("boat", "a boat") }}</i></body></html>
"""
TEXT = (
    "https://harbor.example.com/?c={{ recipient.attributes.city }} {{ recipient.attributes.city }} "
    "{{ recipient.unsubscribe_url }}"
)


def composed(own: Own, choice: str = "skip") -> Variant:
    slug = own("email/letter.html", HTML)
    own("email/letter.txt", TEXT)
    return mail.compose(LETTER, Options(templates=slug, track=False, more={"missing_values": choice}))


def test_values_in_addresses_are_encoded_and_elsewhere_escaped(own: Own) -> None:
    made = recipient_pass(composed(own)).render(ODD)
    encoded = "a%20b%26c%3D%22d%22%2F%C3%A9%252F"
    assert f'href="https://harbor.example.com/{encoded}/x?n=Kim%20%26%20Lee%2F..%2F%3Fx%3D1%23y"' in made.html
    assert 'href="https://kim.example/a?b=1"' in made.html  # it is the address itself
    assert "<b>a b&amp;c=&#34;d&#34;/é%2F</b>" in made.html
    assert "<i>a boat</i>" in made.html
    assert made.text.startswith(f"https://harbor.example.com/?c={encoded} a b&c=")
    assert KIM.unsubscribe_url in made.text


def test_a_provider_s_merge_fields_say_the_same(own: Own) -> None:
    variant = composed(own)
    made = merge_template(variant, mark="%{}%", token="x0123456789")
    assert made is None or "%20b%26c" in "".join(made.values(ODD).values())


@pytest.mark.parametrize("choice", ["skip", "stop", "empty"])
def test_who_lacks_a_value(own: Own, choice: str) -> None:
    variant = composed(own, choice)
    payload = MailPayload.of(variant)
    assert (payload.attributes, payload.missing) == (("city", "page"), choice)
    if choice == "empty":
        assert "<b></b>" in recipient_pass(variant).render(replace(KIM, attributes={})).html
    else:
        with pytest.raises(TemplateError, match="city"):
            recipient_pass(variant).render(replace(KIM, attributes={}))
    notes = [concern.message for concern in mail.check(variant) if "“city” and “page”" in concern.message]
    assert len(notes) == 1
    assert MailPayload.from_json(payload.to_json()) == payload


def test_a_preview_has_sample_values_or_none(own: Own) -> None:
    assert "<b>(city)</b>" in sample_mail(composed(own), HARBOR).html
    assert "<b></b>" in sample_mail(composed(own, "empty"), HARBOR, values=False).html
    with pytest.raises(TemplateError, match="city"):
        sample_mail(composed(own), HARBOR, values=False)


def test_what_has_something_in_its_place_is_not_needed() -> None:
    source = (
        "{{ recipient.attributes.a }}{{ recipient.attributes['b'] }}{{ recipient.attributes.get('c') }}"
        "{{ recipient.attributes.d | default('x') }}{{ recipient.name }}"
        "{% if recipient.attributes.e is defined %}{{ recipient.attributes.e }}{% endif %}"
    )
    assert needed_attributes(Variant("mail", html=source)) == ("a", "b")
    assert needed_attributes(mail.compose(LETTER, Options())) == ()


def test_the_text_part_keeps_code_marks_quotations_and_names_pictures() -> None:
    body = (
        "<p>Before</p><pre><code>def tide():\n    return 1  # a\n\nend</code></pre>"
        "<blockquote><p>First.</p><p>Second.</p><blockquote><p>Inner.</p></blockquote></blockquote>"
        '<p><img src="https://e.example/a/north%20quay.jpg" alt=""> <img src="/b.png" alt="The  quay"></p><p>After</p>'
    )
    text = plain_text(body)
    assert "def tide():\n    return 1  # a\n\nend" in text
    assert "> First.\n>\n> Second.\n>\n> > Inner." in text
    assert "[north quay.jpg] [The quay]" in text
    assert text.startswith("Before\n\n")
    assert text.endswith("After")
    assert plain_text("") == ""
    made = mail.compose(replace(LETTER, body_html=body), Options())
    assert "    return 1  # a" in made.text
