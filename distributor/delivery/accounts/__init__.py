"""Accounts: connecting them, their credentials and tokens, and how they are."""
