"""The data folder is for its owner alone: it has the secret key, logs, and the files of embedded servers."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

from distributor import paths

logger = logging.getLogger(__name__)

FOLDER_MODE = 0o700
UMASK = 0o077
_OTHERS = 0o077


def make(folder: Path) -> None:
    """Make the data folder, or one in it, where it is not there. Raises OSError."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def close() -> None:
    """Close the data folder to other users of the machine, and what lies in it; say so where it was open.

    Servers keep the modes of their own files, and publications' templates have no secrets.
    """
    home = paths.home()
    if not home.is_dir():
        return
    was_open = _close(home, keeps=_passage())
    for entry in sorted((*home.iterdir(), *_files(home / "logs"))):
        _close(entry)
    if was_open:
        logger.warning("Other users of this machine could look into the data folder %s: now they can't.", home)


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _passage() -> int:
    """Return the rights of others that stay: PostgreSQL, which refuses to run as root, has to pass through."""
    return stat.S_IXOTH if os.geteuid() == 0 else 0


def _close(path: Path, *, keeps: int = 0) -> bool:
    """Take others' rights to a file or folder, and return whether they had any."""
    try:
        mode = path.lstat().st_mode
        open_bits = mode & _OTHERS & ~keeps
        if not open_bits or not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            return False
        path.chmod(stat.S_IMODE(mode) & ~open_bits)
    except FileNotFoundError:
        return False  # it went meanwhile
    except PermissionError:
        logger.warning(
            "Other users of this machine can look at %s: it is not ours, so take their rights yourself.", path
        )
        return False
    return True
