"""How long each step of a conversation may take, in seconds.

Source: RFC 5321 §4.5.3.2. It asks for minutes at each command; where we wait for less, it says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CONNECT: Final = 15.0  # to the last step of TCP and TLS: a relay that is up answers at once
GREETING: Final = 60.0  # §4.5.3.2.1 asks for 5 minutes; those who let clients wait on purpose stay below one
COMMAND: Final = 120.0  # §4.5.3.2.2 and .3 ask for 5 minutes; a worker can't wait for that with every server
DATA_BLOCK: Final = 180.0  # §4.5.3.2.5: not one more byte of a content has left
FINAL_DOT: Final = 600.0  # §4.5.3.2.6: giving up early is what makes mails arrive twice
QUIT: Final = 2.0  # nobody waits for a goodbye


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds for each step; `final_dot` is for the answer to a whole content."""

    connect: float = CONNECT
    greeting: float = GREETING
    command: float = COMMAND
    data_block: float = DATA_BLOCK
    final_dot: float = FINAL_DOT

    @property
    def tick(self) -> float:
        """How often it is looked whether one is over."""
        shortest = min(self.connect, self.greeting, self.command, self.data_block, self.final_dot)
        return max(0.02, min(1.0, shortest / 4))
