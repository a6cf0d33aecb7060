"""What a mail's variant holds beside its content."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from distributor.channels.mail.envelope import Envelope
from distributor.channels.payloads import AddressedPayload
from distributor.domain import json_records


@dataclass(frozen=True, slots=True)
class MailPayload(AddressedPayload):
    """`envelope` is what the headers say; its fields are stored among the others.

    `letter_url` is where the letter can be read (a digest's archive), "" for nowhere; `postal_address` is the
    publication's; `pictures_without_text` counts those in the letter.
    """

    envelope: Envelope = field(default_factory=Envelope)
    language: str = ""
    letter_url: str = ""
    postal_address: str = ""
    pictures_without_text: int = 0

    def to_json(self) -> dict[str, object]:
        values = json_records.to_json(self)
        del values["envelope"]
        return {**json_records.to_json(self.envelope), **values}

    @classmethod
    def from_json(cls, record: object) -> Self:
        envelope = json_records.from_json(Envelope, record, path="data")
        return replace(json_records.from_json(cls, record, path="data"), envelope=envelope)
