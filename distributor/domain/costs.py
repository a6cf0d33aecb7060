"""What posts cost, added up from what receipts say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any


def amount(value: object) -> float | None:
    """Return an amount of money as it is written, None for what is none (negative, infinite, no number)."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def totals(responses: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Add up what answers name as their cost, `{"cost": {"currency": "USD", "amount": 0.2}}`, for each currency.

    Answers that name none count nothing.
    """
    sums: dict[str, float] = {}
    for response in responses:
        cost = response.get("cost")
        if not isinstance(cost, Mapping):
            continue
        price = amount(cost.get("amount"))
        if price is not None:
            currency = str(cost.get("currency", ""))
            sums[currency] = round(sums.get(currency, 0.0) + price, 6)
    return sums


def describe(totals: Mapping[str, float]) -> str:
    """Return totals as people read them ("USD 0.43"), "" for nothing."""
    return ", ".join(f"{currency} {total:.2f}" for currency, total in sorted(totals.items()) if total)
