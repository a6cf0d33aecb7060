"""What a message's variant holds beside its text."""

from __future__ import annotations

from dataclasses import dataclass

from distributor.channels.payloads import PostPayload


@dataclass(frozen=True, slots=True)
class ApprisePayload(PostPayload):
    """`title` is the text's first line where that is the letter's title: some services show a title by itself."""

    title: str = ""
