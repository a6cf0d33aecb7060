"""The encoded form of a mail decodes to exactly what the plain form says, and keeps to the rules of its encoding."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from distributor.domain.errors import TemplateError
from distributor.domain.recipients import Recipient
from distributor.domain.variants import Variant
from distributor.rendering.mail import RecipientPass
from distributor.rendering.quoted_printable import encode

# What goes wrong in quoted-printable, if anything does.
AWKWARD = (
    "",
    "\r",
    "\n",
    "\r\n",
    "\t",
    " ",
    ".",
    "=",
    "=3D",
    "é",
    "바다",
    "🌊",
    "x" * 75,
    "x" * 76,
    "x" * 200,
    "<&>\"'",
)
PIECES = st.sampled_from([*AWKWARD, "a", "b c", "From ", "\x00", "\u2028", "\x0c", "{", "}", "%"])
VALUES = st.lists(PIECES, max_size=6).map("".join)
NAMES = ("recipient.name", "recipient.email", "recipient.attributes.city", "recipient.attributes['town']")


def _static(text: str) -> str:
    """Write text so that Jinja2 takes none of it for its own."""
    return text.replace("{", "{{ '{' }}")


def _expressions() -> st.SearchStrategy[str]:
    changed = st.sampled_from(["", " | upper", " | trim", " ~ '.'", " * 2", " | safe", " | e", ".title()"])
    return st.tuples(st.sampled_from(NAMES), changed).map(lambda one: f"{{{{ ({one[0]}){one[1]} }}}}")


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    condition = st.sampled_from([*NAMES, "not recipient.name", "recipient.id > 5", "recipient.language == 'ko'"])
    body = st.lists(inner, max_size=3).map("".join)
    return st.one_of(
        st.tuples(condition, body, body).map(
            lambda one: f"{{% if {one[0]} %}}{one[1]}{{% else %}}{one[2]}{{% endif %}}"
        ),
        body.map(lambda one: f"{{% for item in recipient.attributes.items_ %}}{one}{{{{ item }}}}{{% endfor %}}"),
        body.map(lambda one: f"{{% set x = recipient.name %}}{one}{{{{ x }}}}"),
        body.map(lambda one: f"{{% with y = recipient.email %}}{one}{{{{ y }}}}{{% endwith %}}"),
        body.map(lambda one: f"{{% filter upper %}}{one}{{% endfilter %}}"),
        body.map(lambda one: f"{{% set z %}}{one}{{% endset %}}{{{{ z }}}}.{{{{ z }}}}"),
        body.map(lambda one: f"{{% macro m(q) %}}{{{{ q }}}}{one}{{% endmacro %}}{{{{ m(recipient.name) }}}}"),
    )


SOURCES = st.lists(st.recursive(VALUES.map(_static) | _expressions(), _blocks, max_leaves=6), max_size=5).map("".join)


def decoded(content: str) -> str:
    """Return what a mail program reads."""
    head = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    read = message_from_bytes((head + content).encode("ascii")).get_payload(decode=True)
    assert isinstance(read, bytes)
    return read.decode("utf-8")


def keeps_the_rules(content: str) -> None:
    assert content.isascii()
    assert not content or content.endswith("\r\n")
    lines = content.split("\r\n")
    assert not any("\r" in line or "\n" in line for line in lines)
    assert max(map(len, lines)) <= 76
    assert not any(line.startswith(".") for line in lines)
    assert not any(line.endswith((" ", "\t")) for line in lines)


@settings(deadline=None, max_examples=200)
@given(SOURCES, VALUES, VALUES, VALUES, st.lists(VALUES, max_size=3))
@example("a\n{{ recipient.name }}\nb", "\r", "", "", [])
@example("{{ recipient.name }}{{ recipient.email }}", ".", ".", "", [])
@example("x{{ '.' }}{{ recipient.name }} ", "", "", "", [])
def test_it_decodes_to_what_plain_rendering_gives(
    source: str, name: str, email: str, city: str, items: list[str]
) -> None:
    attributes = {"city": city, "town": city, "items_": items}
    recipient = Recipient(7, email, name, "ko", attributes)
    passed = RecipientPass(Variant("mail", html=source, text=source))
    plain, made = passed.render(recipient), passed.encode(recipient)
    for said, content in ((plain.html, made.html), (plain.text, made.text)):
        keeps_the_rules(content)
        assert decoded(content) == said.replace("\n", "\r\n")


@settings(deadline=None, max_examples=300)
@given(st.lists(VALUES, max_size=5))
def test_pieces_can_stand_in_any_order(texts: list[str]) -> None:
    made = "".join(map(encode, texts))
    keeps_the_rules(made)
    breaks = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    assert decoded(made) == "".join(breaks).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("{% if recipient.name %}Dear {{ recipient.name }}{% else %}Hello{% endif %}, {{ recipient.email }}", "Kim"),
        ("{% for one in recipient.attributes.list %}{{ loop.index }}. {{ one }}\n{% else %}none{% endfor %}", "Kim"),
        ("{% set greeting = 'Dear ' ~ recipient.name %}{{ greeting }}", "Kim <b>"),
        ("{{ recipient.attributes.get('none', 'no town') }} {{ recipient.attributes['list'] | join(', ') }}", "Kim"),
        ("{{ recipient.name | replace('i', 'o') }} {{ '%s!' | format(recipient.name) }} {{ 2 * 3 }}", "Kim"),
    ],
)
def test_what_a_template_works_out_for_a_recipient(source: str, name: str) -> None:
    recipient = Recipient(7, "kim@example.com", name, attributes={"list": ["a", "b & c"]})
    passed = RecipientPass(Variant("mail", subject=source, html=source, text=source))
    plain, made = passed.render(recipient), passed.encode(recipient)
    assert decoded(made.html) == plain.html.replace("\n", "\r\n")
    assert decoded(made.text) == plain.text.replace("\n", "\r\n")
    assert made.subject == plain.subject == " ".join(plain.text.split())
    assert "Kim" in plain.text or "none" in plain.text or "b & c" in plain.text or "Kom" in plain.text


def test_one_recipient_after_the_other() -> None:
    passed = RecipientPass(
        Variant("mail", subject="{{ recipient.name }}", html="<p>{{ recipient.name }}</p>", text=".")
    )
    made = [passed.encode(Recipient(id_, "a@b.c", name)) for id_, name in enumerate(("Kim", "", "민지"))]
    assert [decoded(one.html) for one in made] == ["<p>Kim</p>", "<p></p>", "<p>민지</p>"]
    assert [one.subject for one in made] == ["Kim", "", "민지"]
    assert {one.text for one in made} == {"=2E=\r\n"}


def test_what_one_recipient_does_not_have_is_said_with_part_and_line() -> None:
    passed = RecipientPass(Variant("mail", html="<p>\n{{ recipient.attributes.city }}", text="t"))
    with pytest.raises(TemplateError, match="city") as caught:
        passed.encode(Recipient(1, "a@b.c"))
    assert (caught.value.template, caught.value.line) == ("mail (HTML, for a recipient)", 2)
    assert decoded(passed.encode(Recipient(2, "a@b.c", attributes={"city": "Sokcho"})).html) == "<p>\r\nSokcho"


# What a template may not do

SECRETS = (
    "{{ recipient.__class__ }}",
    "{{ recipient['__class__'] }}",
    "{{ recipient.attributes.__class__.__mro__ }}",
    "{{ recipient.name.__class__ }}",
    "{{ recipient | attr('__class__') }}",
    "{{ ''.format.__self__ }}",
    "{{ '{0.__class__}'.format(recipient) }}",
    "{{ '{0.__class__.__init__.__globals__}'.format_map({'0': recipient}) }}",
    "{{ '%s' | format(recipient.__init__) }}",
    "{{ [recipient] | map(attribute='__class__') | first }}",
    "{{ [recipient] | map('attr', '__class__') | list }}",
    "{{ lipsum.__globals__ }}",
    "{{ lipsum() }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ joiner }}",
    "{{ namespace() }}",
    "{{ dict }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
    "{% for x in [1] %}{{ loop._iterable }}{% endfor %}",
    "{{ recipient.attributes.clear() }}",
    "{{ recipient.attributes.update({'a': 1}) }}",
    "{% include 'email/subject.txt' %}",
    "{% import 'email/subject.txt' as x %}",
    "{% extends 'email/letter.html' %}",
    "{{ _our_budget }}",
    "{{ environment }}",
    "{{ context }}",
)
TOO_MUCH = (
    "{{ 'x' * 100000000 }}",
    "{{ 100000000 * 'x' }}",
    "{{ [0] * 100000000 }}",
    "{{ 10 ** 1000000 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%*d' % (1000000000, 1) }}",
    "{{ '%1000000000d' | format(1) }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ 'x'.ljust(1000000000) }}",
    "{{ 'x' | center(1000000000) }}",
    "{{ 'x' | indent(1000000000, true) }}",
    "{{ 1 | round(1000000000, 'floor') }}",
    "{{ ('x' * 999999) | replace('x', 'y' * 999) }}",
    "{{ ('&' * 99999) | replace('', 'y' * 999) }}",
    "{{ range(1000) | join('x' * 9999) }}",
    "{{ range(100000000) | list }}",
    "{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}",
    "{% for a in range(1000) %}" + "x" * 10_000 + "{% endfor %}",
    "{% for a in range(1000) %}{{ 'x' * 10000 }}{% endfor %}",
    "{% set x %}{% for a in range(1000) %}{{ 'x' * 10000 }}{% endfor %}{% endset %}",
    "{% set x %}{% for a in range(1000) %}" + "x" * 10_000 + "{% endfor %}{% endset %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(100) }}",
    "{% for x in [[[]]] recursive %}{{ loop(x) }}{% endfor %}",
    "{% set x = 'x' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}",
    "{% set x = 'x' %}" + "{% set x = x + x %}" * 40 + "{{ x }}",
    "{% set x = [0] %}" + "{% set x = x + x %}" * 40 + "{{ x | length }}",
    "{% set x = 'x' %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40 + "{{ x }}",
)


@pytest.mark.parametrize("form", ["encode", "render"])
@pytest.mark.parametrize("source", [*SECRETS, *TOO_MUCH], ids=lambda source: source[:60])
def test_what_a_template_may_not_do_is_refused_with_a_sentence(source: str, form: str) -> None:
    recipient = Recipient(7, "kim@example.com", "Kim", attributes={"city": "Sokcho"})
    for part in ("html", "text", "subject"):
        values: dict[str, Any] = {part: source}
        with pytest.raises(TemplateError) as caught:
            getattr(RecipientPass(Variant("mail", **values)), form)(recipient)
        assert str(caught.value)
    assert recipient.attributes == {"city": "Sokcho"}


def test_a_long_letter_is_no_template_that_writes_too_much() -> None:
    long = "<p>The tide gauge. 바다</p>\n" * 60_000
    passed = RecipientPass(Variant("mail", html=long + "{% for x in [1] %}{{ recipient.name }}{% endfor %}"))
    assert decoded(passed.encode(Recipient(1, "a@b.c", "Kim")).html).endswith("Kim")


def test_a_value_that_is_too_long_is_one_recipients_own() -> None:
    passed = RecipientPass(Variant("mail", text="{{ recipient.attributes.essay }}"))
    essay: dict[str, Any] = {"essay": "x" * 5_000_000}
    with pytest.raises(TemplateError, match="characters"):
        passed.encode(Recipient(1, "a@b.c", attributes=essay))
    recipient = replace(Recipient(1, "a@b.c"), attributes={"essay": "short"})
    assert decoded(passed.encode(recipient).text) == "short"
