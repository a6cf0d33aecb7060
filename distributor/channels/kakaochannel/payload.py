"""What a message's variant holds beside its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from distributor.channels.kakaochannel.kinds import BRAND
from distributor.domain.variants import Payload


@dataclass(frozen=True, slots=True)
class KakaoChannelPayload(Payload):
    """`kind` is a name of `kinds.KINDS`; what else a publication's setting says is refused by `check`.

    `template` is the number of an approved template, `variables` is what fills it. `buttons` are labels and addresses.
    """

    kind: str = BRAND
    template: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[tuple[str, str], ...] = ()
