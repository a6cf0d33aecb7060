"""What posts cost, added up from what receipts say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any


def amount(value: object) -> float | None:
    """Return an amount of money as it is written, None for what is none (negative, infinite, no number)."""
    try:
        found = float(str(value))
    except ValueError:
        return None
    return found if math.isfinite(found) and found >= 0 else None


def spent(answers: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Add up what answers name as their cost, `{"cost": {"currency": "USD", "amount": 0.2}}`, for each currency.

    Answers that name none count nothing.
    """
    totals: dict[str, float] = {}
    for answer in answers:
        named = answer.get("cost")
        if not isinstance(named, Mapping):
            continue
        found = amount(named.get("amount"))
        if found is not None:
            currency = str(named.get("currency", ""))
            totals[currency] = round(totals.get(currency, 0.0) + found, 6)
    return totals


def shown(totals: Mapping[str, float]) -> str:
    """Return totals as people read them ("USD 0.43"), "" for nothing."""
    return ", ".join(f"{currency} {total:.2f}" for currency, total in sorted(totals.items()) if total)
