"""The places a letter goes to: one folder each, listed in `registry.py`."""
