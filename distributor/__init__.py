"""Distributor: one letter goes out on every button of its share bar."""

__version__ = "0.2.0"
