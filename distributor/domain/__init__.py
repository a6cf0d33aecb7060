"""The rules. Frozen dataclasses in, decisions out: no framework, no I/O, no clock, no randomness."""
