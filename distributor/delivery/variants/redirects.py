"""Where tracked and short links lead."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection

from distributor.delivery.variants.letter_links import campaign_url
from distributor.delivery.variants.previews import options_for
from distributor.domain.errors import BadInput
from distributor.letters.models import ShortLink
from distributor.letters.pages import page_url
from distributor.rendering.addresses import ascii_url

_MOST = 100_000  # links in a mail; PostgreSQL takes no larger number than an integer here
# `channels.payloads.AddressedPayload.links`, as a variant is stored (`Variant.to_json`).
_DESTINATION = "SELECT variant -> 'data' -> 'links' ->> %s::int FROM delivery_dispatch WHERE id = %s"


@lru_cache(maxsize=4_096)  # what went out does not change, and reading a whole variant costs more than the rest
def destination(dispatch_id: int, number: int) -> str:
    """Return where a link (from 0) of the mail that went out leads. Raises BadInput where there is none."""
    if number < _MOST:
        with connection.cursor() as cursor:
            cursor.execute(_DESTINATION, [number, dispatch_id])
            row = cursor.fetchone()
        if row and row[0]:
            return str(row[0])
    raise BadInput("This link leads nowhere any more: look for it in a newer mail, or on our pages.")


def short_destination(link: ShortLink) -> str:
    """Return where a short link leads: to its letter's page, wherever that is by now."""
    letter, brand = link.letter, link.letter.publication
    options = options_for(brand.slug, brand.channel_options, link.channel)
    return campaign_url(ascii_url(page_url(letter)), letter.slug, link.channel, options)
