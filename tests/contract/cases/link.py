"""Our own pages."""

from __future__ import annotations

from distributor.channels.link.adapter import LinkChannel
from distributor.domain.variants import Variant
from tests.contract.cases.spec import LINK, Spec


def page_of(text: str) -> Variant:
    return Variant("link", text=text, link=LINK)


SPEC = Spec(LinkChannel, page_of)
