"""Keys for signing and encryption."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from config import environment
from distributor import paths, private_folder
from distributor.domain.errors import BadSettings

MINIMUM_KEY_LENGTH = 32


def keys() -> list[str]:
    """Return the secret keys, the one for new things first.

    They come from `DISTRIBUTOR_SECRET_KEY`; where that is not set, one is made and kept in the data folder, readable
    by its owner only. Raises BadSettings for a key that is too short.
    """
    from_environment = [key.strip() for key in environment.read("DISTRIBUTOR_SECRET_KEY").split(",") if key.strip()]
    if any(len(key) < MINIMUM_KEY_LENGTH for key in from_environment):
        raise BadSettings(f"DISTRIBUTOR_SECRET_KEY needs keys of at least {MINIMUM_KEY_LENGTH} characters.")
    return from_environment or [_kept_key()]


def existing_keys() -> list[str]:
    """Return the secret keys that there are by now, without making one: to find them where they must not be."""
    try:
        texts = environment.read("DISTRIBUTOR_SECRET_KEY").split(",")
    except BadSettings:
        texts = []
    try:
        texts.append(_file().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        pass  # it was not made yet
    return [text.strip() for text in texts if text.strip()]


def _file() -> Path:
    return paths.home() / "secret_key"


def _kept_key() -> str:
    file = _file()
    try:
        private_folder.make(file.parent)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
            handle.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise BadSettings(
            f"The data folder {file.parent} can't be written: set DISTRIBUTOR_HOME to a folder that can."
        ) from error
    return file.read_text(encoding="utf-8").strip()
