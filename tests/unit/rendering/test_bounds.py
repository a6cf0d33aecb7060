"""What a publication's template may make: refused as it grows, in a sentence with the template's name and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from distributor import paths
from distributor.domain.errors import TemplateError
from distributor.rendering import bounds
from distributor.rendering.bounds import LONGEST, ROUNDS
from distributor.rendering.environment import render
from distributor.rendering.template_sets import TemplateSet

TOO_LONG = f"it makes a text of more than {LONGEST:,} characters: let it write less"
TOO_MANY = f"its loops go round more than {ROUNDS:,} times: let them go over less"
DOUBLING = "{% set ns = namespace(x='x') %}{% for i in range(60) %}{% set ns.x = DOUBLE %}{% endfor %}{{ ns.x|length }}"

TOO_LONG_SOURCES = [
    "{{ 'x' * 10**9 }}",
    "{{ 10**9 * 'x' }}",
    "{{ ['x'] * 10**9 }}",
    "{{ 'x'|center(10**9) }}",
    "{{ 'x\n'|indent(10**9) }}",
    "{{ 'x'|indent('x' * 10**6, true) }}",
    "{{ ('x ' * 10**6)|wordwrap(1, wrapstring='x' * 999) }}",
    "{{ ('x\n' * 10**5)|indent(1000) }}",
    "{{ ('x' * 10**6)|replace('x', 'y' * 10**6) }}",
    "{{ ('x' * 10**6).replace('x', 'y' * 10**6) }}",
    "{{ '%1000000000d'|format(1) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ '{:>{w}}'.format(1, w=10**9) }}",
    "{{ 'x'.ljust(10**9) }}",
    "{{ 'x'.zfill(10**9) }}",
    "{{ ('\t' * 10**6).expandtabs(10**6) }}",
    "{{ (['x'] * 10**4)|join('y' * 10**6) }}",
    "{{ ('y' * 10**6).join(['x'] * 10**4) }}",
    "{{ []|batch(10**9, 'x')|list }}",
    "{{ ['x']|batch(10**9, 'x')|list }}",
    "{{ ['x']|slice(10**9)|list }}",
    "{{ (1).to_bytes(10**9, 'big') }}",
    "{% set x = 'x' * 10**6 %}{% for i in range(1000) %}{{ x }}{% endfor %}",
    "{% set x %}{% for i in range(1000) %}{{ 'x' * 10**6 }}{% endfor %}{% endset %}{{ x|length }}",
    "{% macro m() %}{% for i in range(1000) %}{{ 'x' * 10**6 }}{% endfor %}{% endmacro %}{{ m()|length }}",
    DOUBLING.replace("DOUBLE", "ns.x + ns.x"),
    DOUBLING.replace("DOUBLE", "ns.x ~ ns.x"),
    DOUBLING.replace("DOUBLE", "[ns.x, ns.x]|join"),
    DOUBLING.replace("DOUBLE", "ns.x|replace('x', 'xx')"),
    "{% set x = ['x'] %}{% for i in range(60) %}{{ x.extend(x) }}{% endfor %}",
]
TOO_MANY_SOURCES = [
    "{% for i in range(10000) %}{% for j in range(10000) %}{% endfor %}{% endfor %}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "{% for i in [[[]]] recursive %}{% for j in range(100000) %}{% endfor %}{{ loop(range(99)) }}{% endfor %}",
]


def written(source: str) -> str:
    """Return what a publication's own template of this source writes."""
    folder = paths.own_templates() / "bounds"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.txt").write_text(source, encoding="utf-8")
    return render("own.txt", {"items": list("abc"), "text": "a b c"}, slug="bounds")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISTRIBUTOR_HOME", str(tmp_path))


@pytest.mark.parametrize("source", TOO_LONG_SOURCES)
def test_it_writes_no_more_than_a_letter_has(source: str) -> None:
    with pytest.raises(TemplateError) as caught:
        written(source)
    assert TOO_LONG in str(caught.value)
    assert "own.txt" in str(caught.value)


@pytest.mark.parametrize("source", TOO_MANY_SOURCES)
def test_its_loops_and_calls_end(source: str) -> None:
    with pytest.raises(TemplateError) as caught:
        written(source)
    assert TOO_MANY in str(caught.value)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ 'x' * 3 }}{{ 2 ** 10 }}{{ 'a' ~ 1 }}{{ '%03d' % 7 }}", "xxx1024a1007"),
        ("{{ 'x'|center(5) }}|{{ 'a\nb'|indent(2) }}|{{ 'a b'|wordwrap(1) }}", "  x  |a\n  b|a\nb"),
        ("{{ items|batch(2)|list }}{{ items|slice(2)|list }}", "[['a', 'b'], ['c']][['a', 'b'], ['c']]"),
        ("{{ items|join(', ') }}{{ ', '.join(items) }}", "a, b, ca, b, c"),
        ("{{ text.replace(' ', '-') }}{{ text|replace(' ', '+') }}{{ '{:>3}'.format(1) }}", "a-b-ca+b+c  1"),
        (
            "{% for i in items %}{{ loop.index }}/{{ loop.length }}{% if not loop.last %},{% endif %}{% endfor %}",
            "1/3,2/3,3/3",
        ),
        ("{% for i in [] %}x{% else %}none{% endfor %}", "none"),
        ("{% for k, v in {'a': 1}.items() %}{{ k }}{{ v }}{% endfor %}", "a1"),
        ("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(1) }}{{ m(2) }}", "<1><2>"),
        ("{% for i in range(1000) %}{% endfor %}{{ items|map('upper')|list }}", "['A', 'B', 'C']"),
        ("{% set x = [] %}{{ x.append(1) or '' }}{{ x }}", "[1]"),
        ("{% for i in [1, [2, [3]]] recursive %}{{ loop(i) if i is iterable else i }}{% endfor %}", "123"),
    ],
)
def test_what_templates_really_do_is_as_ever(source: str, result: str) -> None:
    assert written(source) == result


def test_a_letter_as_long_as_a_source_may_be_is_written() -> None:
    assert len(written("{{ 'x' * (10 * 1024 * 1024) }}")) == 10 * 1024 * 1024


def test_each_rendering_begins_to_count_anew() -> None:
    source = f"{{% for i in range({ROUNDS - 1}) %}}{{% endfor %}}done"
    assert written(source) == written(source) == "done"


def test_templates_that_take_each_other_in_end(monkeypatch: pytest.MonkeyPatch) -> None:
    doubling = "{% if n %}{% set n = n - 1 %}{% include 'own.txt' %}{% include 'own.txt' %}{% endif %}"
    with pytest.raises(TemplateError, match=TOO_MANY):
        render("own.txt", {"n": 40}, slug=TemplateSet("bounds", {"own.txt": doubling}))
    monkeypatch.setattr(bounds, "SECONDS", -1.0)
    with pytest.raises(TemplateError, match="it takes more than -1 seconds: let it do less"):
        written("{% for i in items %}{% endfor %}")
    assert written("no loop") == "no loop"
