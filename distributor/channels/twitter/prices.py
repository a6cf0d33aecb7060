"""What posting on X costs, in one place.

Source: https://docs.x.com/x-api/getting-started/pricing (pay per use, November 2026). X changes them now and then, and
some have other contracts: a publication's settings `price` and `price_with_url` replace the first two.
"""

from __future__ import annotations

from dataclasses import dataclass

from distributor.channels.twitter.payload import TwitterPayload
from distributor.domain import urls
from distributor.domain.costs import amount
from distributor.domain.variants import Variant

CURRENCY = "USD"
PRICE = 0.015
PRICE_WITH_URL = 0.20
PRICE_ALT_TEXT = 0.005  # “Media Metadata”; uploading itself is free


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a post, for one in which X finds a link, and for a picture's alternative text."""

    post: float = PRICE
    with_url: float = PRICE_WITH_URL
    alt_text: float = PRICE_ALT_TEXT

    @classmethod
    def of(cls, variant: Variant) -> Prices:
        """Return the prices that a variant was composed with; what is no number counts as not chosen."""
        payload = TwitterPayload.of(variant)
        post, with_url = amount(payload.price), amount(payload.price_with_url)
        return cls(PRICE if post is None else post, PRICE_WITH_URL if with_url is None else with_url)

    def of_post(self, text: str) -> float:
        return self.with_url if urls.links(text) else self.post


def cost(variant: Variant, *, posts: int | None = None) -> float:
    """Return what X charges for a variant, or for so many of its posts from the first on, in US dollars."""
    prices = Prices.of(variant)
    texts = variant.parts[:posts]
    described = bool(texts and variant.picture and variant.picture.alt)
    return round(sum(map(prices.of_post, texts)) + (prices.alt_text if described else 0), 6)


def cost_record(variant: Variant, *, posts: int) -> dict[str, object]:
    """Return the cost in the form in which it stands in a receipt's `raw["cost"]`."""
    return {"currency": CURRENCY, "amount": cost(variant, posts=posts)}
