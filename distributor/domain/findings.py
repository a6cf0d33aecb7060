"""What an examination found: the shape in which `distributor doctor` says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["fine", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: fine, worth knowing (`note`), or wrong, with what to do about it."""

    name: str
    state: State
    message: str
