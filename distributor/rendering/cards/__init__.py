"""A card for a letter, drawn: what a post shows where the letter has no picture of its own."""

from distributor.rendering.cards.drawing import draw, undrawable

__all__ = ["draw", "undrawable"]
