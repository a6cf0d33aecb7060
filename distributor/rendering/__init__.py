"""Jinja2: the letter pass, the recipient pass and social variants. Takes value objects, never models."""
