"""What is particular about our own pages: they can be taken down and published again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from distributor.channels.link import page_store
from distributor.domain.outcomes import Accepted, Receipt, Rejected
from distributor.ports import Port, PortEmpty
from tests.contract.conftest import MemoryShelf, new_intent


def test_a_page_is_taken_down_and_published_again(case_of: Callable[..., Any]) -> None:
    case, intent = case_of("link"), new_intent()
    variant = case.make("The 7th letter")
    sent = case.send(variant, intent)
    assert case.channel.capabilities.recall
    for _ in range(2):  # it may be asked twice
        assert isinstance(case.channel.recall(case.account, variant, sent.receipt), Accepted)
        assert case.texts() == []
        assert case.channel.find_existing(case.account, intent, variant) is None
    assert isinstance(case.send(variant, replace(intent, attempt=2)), Accepted)
    assert len(case.texts()) == 1


def test_a_shelf_that_refuses_says_why(
    case_of: Callable[..., Any], pages: MemoryShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise page_store.PageRefused("The letter was published anew since.")

    monkeypatch.setattr(pages, "remove", refuse)
    case = case_of("link")
    outcome = case.channel.recall(case.account, case.make("x"), Receipt("1"))
    assert isinstance(outcome, Rejected)
    assert outcome.reason == "The letter was published anew since."


def test_before_the_application_has_started_it_says_what_is_missing(
    case_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_of("link")
    monkeypatch.setattr(page_store, "PAGES", Port[page_store.PageStore]("the store of pages"))
    with pytest.raises(PortEmpty, match="the store of pages"):
        case.channel.recall(case.account, case.make("x"), Receipt("1"))
