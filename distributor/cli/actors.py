"""Who acts on the command line."""

from __future__ import annotations

import getpass
import os


def actor() -> str:
    """Return who is at this shell, as the system knows them, for the record."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as containers have
        name = f"user {os.getuid()}"
    return f"{name}, on the command line"
