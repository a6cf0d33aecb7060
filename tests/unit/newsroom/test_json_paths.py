"""Paths into JSON, as mappings write them."""

from __future__ import annotations

import pytest

from distributor.domain.errors import BadInput
from distributor.domain.json_paths import steps, text_at, texts_at, values_at

DATA = {
    "post": {"title": "The horn", "no": 7, "draft": False, "a b": "spaced", "by": [{"name": "Ida"}, {"name": "Olu"}]},
    "tags": ["loud", 3, None],
    "one": {"name": "Mina"},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("post.title", ["The horn"]),
        ("$.post.title", ["The horn"]),
        ("post['a b']", ["spaced"]),
        ('post["a b"]', ["spaced"]),
        ("post.by[1].name", ["Olu"]),
        ("post.by[*].name", ["Ida", "Olu"]),
        ("post.by[9].name", []),
        ("post.nothing.at.all", []),
        ("post[0]", []),
        ("post[*]", []),
        ("tags[0]", ["loud"]),
    ],
)
def test_what_is_at_a_path(path: str, found: list[object]) -> None:
    assert values_at(DATA, path) == found


def test_texts_and_lists_of_names() -> None:
    assert (text_at(DATA, "post.title"), text_at(DATA, "post.no")) == ("The horn", "7")
    assert (text_at(DATA, "post.draft"), text_at(DATA, "post.by"), text_at(DATA, "gone")) == ("", "", "")
    assert texts_at(DATA, "post.by") == texts_at(DATA, "post.by[*].name") == ("Ida", "Olu")
    assert texts_at(DATA, "tags") == ("loud", "3")
    assert texts_at(DATA, "one") == ("Mina",)


@pytest.mark.parametrize("path", ["", "$", "a b", "a[", "a[x]", "a..b", "a." + "b" * 400])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(BadInput, match="no path into JSON"):
        steps(path)
