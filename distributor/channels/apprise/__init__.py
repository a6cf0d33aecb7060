"""Apprise: a text to one of the many services that the library of this name knows."""
