"""Accounts: the identities that variants go out through; connecting them, their credentials, tokens and health."""
