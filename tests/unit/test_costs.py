"""What posts cost, added up."""

from __future__ import annotations

from typing import Any

import pytest

from distributor.domain import costs


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("0.2", 0.2),
        (3, 3.0),
        (0, 0.0),
        ("", None),
        ("free", None),
        (-1, None),
        ("inf", None),
        ("nan", None),
        (None, None),
    ],
)
def test_an_amount_is_a_number_of_nothing_or_more(value: object, amount: float | None) -> None:
    assert costs.amount(value) == amount


def test_each_currency_is_added_up_by_itself() -> None:
    responses: list[dict[str, Any]] = [
        {"cost": {"currency": "USD", "amount": 0.2}},
        {"cost": {"currency": "KRW", "amount": "13"}},
        {"cost": {"currency": "USD", "amount": 0.1}},
        {"cost": {"currency": "USD", "amount": "unknown"}},
        {"cost": 5},
        {"id": "1"},
    ]
    totals = costs.totals(responses)
    assert totals == {"USD": 0.3, "KRW": 13.0}
    assert costs.describe(totals) == "KRW 13.00, USD 0.30"


def test_nothing_costs_nothing() -> None:
    assert costs.totals([]) == {}
    assert costs.describe({"USD": 0.0}) == ""
