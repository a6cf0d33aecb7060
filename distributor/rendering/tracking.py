"""Tracked links and the picture that counts opens, put into a mail's HTML in the letter pass.

Only recipients with a `track` token are tracked; for anyone else, as in a preview, the links are what they were. The
text part is never tracked: people read its addresses.
"""

from __future__ import annotations

import re
from html import escape, unescape

from distributor.rendering.placeholders import Placeholder, Placeholders

# In HTML as css_inline writes it: attributes in double quotes, names in lower case. Links in comments are Outlook's.
_LINK = re.compile(
    r'<!--.*?-->|<style\b.*?</style>|(?P<start><(?:a|area)(?:\s[^<>"]*(?:"[^"]*"[^<>"]*)*?)?\shref=")(?P<href>[^"]*)"',
    re.DOTALL,
)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_BODY_END = "</body>"

_IF_TRACKED = Placeholder("{% if recipient.track %}")
_TOKEN = Placeholder("{{ recipient.track }}")
_OTHERWISE = Placeholder("{% else %}")
_END = Placeholder("{% endif %}")


def track(html: str, placeholders: Placeholders, *, site: str) -> tuple[str, tuple[str, ...]]:
    """Return a mail's HTML with tracked links and the picture, and the links' destinations.

    A link to the n-th destination (from 0) becomes `{site}/c/TRACK/n`; the picture is `{site}/o/TRACK.gif`. Links that
    are made for each recipient are left alone, as is what is not http(s).
    """
    numbers: dict[str, int] = {}
    begin, token, otherwise, end = map(placeholders.finalize, (_IF_TRACKED, _TOKEN, _OTHERWISE, _END))
    root = escape(site)

    def rewritten(link: re.Match[str]) -> str:
        start, href = link["start"], link["href"]
        if start is None or placeholders.in_(href) or not _WEB.match(href):
            return link[0]
        number = numbers.setdefault(unescape(href), len(numbers))
        return f'{start}{begin}{root}/c/{token}/{number}{otherwise}{href}{end}"'

    html = _LINK.sub(rewritten, html)
    picture = f'{begin}<img src="{root}/o/{token}.gif" width="1" height="1" alt="" style="border:0">{end}'
    before, body_end, after = html.rpartition(_BODY_END)
    result = f"{before}{picture}{body_end}{after}" if body_end else f"{html}{picture}"
    return result, tuple(numbers)
