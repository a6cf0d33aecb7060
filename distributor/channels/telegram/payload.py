"""What a message's variant holds beside its text."""

from __future__ import annotations

from dataclasses import dataclass

from distributor.channels.payloads import PostPayload
from distributor.channels.telegram.entities import Entity


@dataclass(frozen=True, slots=True)
class TelegramPayload(PostPayload):
    """`entities` are what is set off in the text.

    `silent`: it rings on nobody's phone; `protect`: it can't be passed on; `above`: the preview of its link stands
    above the text.
    """

    entities: tuple[Entity, ...] = ()
    silent: bool = False
    protect: bool = False
    above: bool = False
