"""Posts: a text template, fitted to its channel with what has to stay whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, Literal

from distributor.domain.capabilities import Capabilities
from distributor.domain.letters import LetterView
from distributor.domain.text_fit import Fit, fit
from distributor.domain.text_length import capacity, cost, measure
from distributor.rendering.context import letter_context
from distributor.rendering.environment import render
from distributor.rendering.template_sets import TemplateSet

_MARK = "\x00keep\x00"  # no post can hold it


def post(
    template: str,
    letter: LetterView,
    capabilities: Capabilities,
    *,
    link: str,
    slug: str | TemplateSet = "",
    thread: bool = False,
    keep_in: Literal["first", "last"] = "last",
    extra: Mapping[str, Any] = MappingProxyType({}),
) -> Fit:
    """Render a post and fit it to a channel.

    In the template, what follows `{{ keep_the_rest }}` is never cut; without it, that is the link. `link` is what the
    template sees as `link`: "" for a post that is to have none; `extra` are further names for it. `social` is the
    newsroom's own text for the channel, by whose name the template goes; where it links to the letter itself, it gets
    no link from us. An editor's own text for this one variant (`letter.own_text`) takes the template's place, and the
    link its end where it is not in it. Raises TemplateError.
    """
    if letter.own_text is not None:
        source = _with_link(letter.own_text.replace(_MARK, ""), link, plain=letter.shared_url)
    else:
        context = letter_context(letter, channel=PurePosixPath(template).stem)
        addresses = (letter.url, letter.shared_url, letter.canonical_url)
        if any(address and address in context["social"] for address in addresses):
            link = ""
        context |= {**extra, "link": link, "thread": thread, "keep_the_rest": _MARK}
        source = render(template, context, slug=slug)
    before, mark, after = source.partition(_MARK)
    text = _tidy(f"{before}{after}")
    keep = _tidy(after) if mark else ""
    size_limit = capacity(capabilities)
    if not mark and link and link in text and (size_limit is None or cost(text, capabilities) > size_limit):
        keep = link
        if not text.endswith(link):
            text = _tidy(text.replace(link, ""))
    return fit(text, capabilities, keep=keep, thread=thread, keep_in=keep_in)


def _with_link(text: str, link: str, *, plain: str) -> str:
    """Return an editor's text with the link: where it or the page's plain address stands in it, else at its end."""
    if not link or link in text:
        return text
    if plain:
        text, count = re.subn(rf"{re.escape(plain)}(?=[.,;:!?)\]»”]*(?:\s|$))", lambda _: link, text, count=1)
        if count:
            return text
    return f"{text}\n\n{link}"


def longest(parts: tuple[str, ...], capabilities: Capabilities) -> int:
    """Return the length of the longest part, as the channel counts it."""
    return max((measure(part, capabilities) for part in parts), default=0)


def _tidy(text: str) -> str:
    """Return a rendered text without the empty lines that absent parts of a letter leave."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()
