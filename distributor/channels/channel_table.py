"""The channels and what each can do, as docs/channels.md: `python -m distributor.channels.channel_table` prints it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence

from distributor.channels import registry
from distributor.channels.base import Channel
from distributor.channels.share_bar import SHARE_RECORDS
from distributor.domain.capabilities import Budget, Capabilities

_Column = tuple[str, Callable[[Channel], str]]

_UNITS = {
    "weighted": "{:,} by X’s own count",
    "characters": "{:,} characters",
    "graphemes": "{:,} characters as people see them",
    "utf8-bytes": "{:,} bytes (UTF-8)",
    "utf16-units": "{:,} UTF-16 units",
    "emoji-bytes": "{:,} characters, emoji as their UTF-8 bytes",
}
_SPANS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_NONE = "–"

_INTRO = """\
# Channels

<!-- Made by scripts/channel-table out of distributor/channels: change it there. -->

Every place that a letter can go to, and what it can carry. A letter names its channels by their words in its share bar;
the page of each says how to connect it, step by step, and what it costs. How a further one is added:
[adding-a-channel.md](adding-a-channel.md).
"""

_CARRIES = """\
## What a post carries

What doesn't fit is cut after a sentence, or becomes a thread where the network has threads and the publication asks
for one; the preview says what is left out. “By address” means that the network fetches the picture by itself.
"""

_SURE = """\
## Never twice, never lost

When the answer to a post is lost, nobody knows whether it is there. Then it is looked up on the network, or it is sent
again where the network takes the same post only once, or a person is asked. Nothing is ever posted again blindly.
“Deletes posts”: a post can be deleted there from the desk. What an account may do is kept to before it is asked.
"""

_SHARE_BARS = """\
## In share bars

A page that is taken in names the channel by these words, in its buttons' labels, class names and links, or by a link
to its share addresses. On the letter's own page each channel has a button with which readers pass the letter on.
"""

_SETTINGS = """\
## What a publication can choose

Beside what channels share (a thread, where the link goes, which picture, campaign parameters, a short link). They are
set on the desk, under “Settings” beside each channel, or with `distributor publications channel-settings`.
"""

_SOURCES = """\
## Where the limits come from
"""


def markdown() -> str:
    """Return docs/channels.md."""
    channels = tuple(registry.CHANNELS.values())
    with_settings = [channel for channel in channels if channel.settings]
    parts = [
        _INTRO,
        _table(channels, ("Word in the share bar", _word), ("Connected", _connection), ("Cost", _cost)),
        _CARRIES,
        _table(
            channels,
            ("Text", _text),
            ("A link counts", _link),
            ("Thread", _thread),
            ("Picture", _picture),
            ("Picture’s description", _alt_text),
            ("Says its language", lambda channel: _yes(channel.capabilities.languages)),
        ),
        _SURE,
        _table(channels, ("A lost answer", _lost_response), ("Deletes posts", _recall), ("An account may", _budgets)),
        _SHARE_BARS,
        _table(channels, ("Words", _words), ("Share addresses", _addresses), ("A reader’s button", _readers)),
        *(
            (_SETTINGS, "\n".join(line for channel in with_settings for line in _settings(channel)))
            if with_settings
            else ()
        ),
        _SOURCES,
        "\n".join(f"- {channel.capabilities.label}: {_source(channel)}" for channel in channels),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _table(channels: Sequence[Channel], *columns: _Column) -> str:
    headed_columns = [("Channel", _name), *columns]
    head = " | ".join(title for title, _ in headed_columns)
    rows = [" | ".join(_cell(read(channel)) for _, read in headed_columns) for channel in channels]
    return "\n".join(f"| {row} |" for row in (head, " | ".join("---" for _ in headed_columns), *rows))


def _cell(text: str) -> str:
    return text.replace("|", "\\|") or _NONE


def _name(channel: Channel) -> str:
    return f"[{channel.capabilities.label}](channels/{channel.name}.md)"


def _word(channel: Channel) -> str:
    return f"`{channel.name}`"


def _connection(channel: Channel) -> str:
    if channel.connect_flow is not None:
        questions = ", ".join(field.label for field in channel.connect_flow.questions)
        return f"in the browser (asks for: {questions})" if questions else "in the browser"
    if not channel.fields:
        return "needs no account"
    labels = [field.label for field in channel.fields if not (field.optional or field.hidden)]
    return f"typed in: {', '.join(labels)}" if labels else "typed in"


def _cost(channel: Channel) -> str:
    return channel.capabilities.cost


def _text(channel: Channel) -> str:
    limits = channel.capabilities
    if limits.limit is None:
        return "the whole letter" if _is_document(channel) else "no limit"
    text = _UNITS[limits.counts].format(limits.limit)
    return f"{text}, and {limits.bytes_limit:,} bytes" if limits.bytes_limit else text


def _is_document(channel: Channel) -> bool:
    """Whether it carries a page or mail instead of a post: mails, and what needs no account since it is ours."""
    return channel.capabilities.addressed or not channel.fields


def _thread(channel: Channel) -> str:
    return "" if _is_document(channel) else _yes(channel.capabilities.threads)


def _link(channel: Channel) -> str:
    limits = channel.capabilities
    if not limits.links:
        return "no links"
    if limits.limit is None:
        return ""
    return str(limits.link_length) if limits.link_length is not None else "as text"


def _picture(channel: Channel) -> str:
    limits, pictures = channel.capabilities, channel.capabilities.pictures
    if pictures is None:
        return ("yes" if _is_document(channel) else "on a card") if limits.images else "no"
    if pictures.by_url:
        return f"by address, {_size(*pictures.size)} best"
    most = f"up to {pictures.most}, " if pictures.most > 1 else ""
    return f"{most}{_size(*pictures.size)} best, {_bytes(pictures.max_bytes)} at most"


def _size(width: int, height: int) -> str:
    return f"{width:,} × {height:,}"


def _bytes(size: int) -> str:
    return f"{size / 1_000_000:g} MB" if size >= 1_000_000 else f"{size / 1000:g} kB"


def _alt_text(channel: Channel) -> str:
    pictures = channel.capabilities.pictures
    if pictures is not None and pictures.alt_text:
        return f"{pictures.alt_text:,} characters"
    return _yes(channel.capabilities.alt_text)


def _lost_response(channel: Channel) -> str:
    limits: Capabilities = channel.capabilities
    if limits.addressed:
        return "sent again with the same Message-ID"
    ways = [*(["looked up"] if limits.lookup else []), *(["sent again: it is taken once"] if limits.idempotent else [])]
    return ", or ".join(ways) or "a person is asked"


def _recall(channel: Channel) -> str:
    return _yes(channel.capabilities.recall)


def _words(channel: Channel) -> str:
    return ", ".join(f"`{word}`" for word in SHARE_RECORDS[channel.name].signs.words)


def _addresses(channel: Channel) -> str:
    signs = SHARE_RECORDS[channel.name].signs
    schemes = [f"`{scheme}:`" for scheme in (*signs.schemes, *signs.open_schemes)]
    return ", ".join([*dict.fromkeys(address.host for address in signs.addresses), *schemes])


def _readers(channel: Channel) -> str:
    button = SHARE_RECORDS[channel.name].button
    return button.hint["en"] if button else f"none: {SHARE_RECORDS[channel.name].no_button}"


def _budgets(channel: Channel) -> str:
    return ", ".join(map(_budget, channel.capabilities.budgets))


def _budget(budget: Budget) -> str:
    length, name = next((seconds, name) for seconds, name in _SPANS if budget.seconds % seconds == 0)
    times = budget.seconds // length
    return f"{budget.calls:,} calls a {name}" if times == 1 else f"{budget.calls:,} calls in {times:,} {name}s"


def _settings(channel: Channel) -> list[str]:
    label, lines = channel.capabilities.label, []
    for setting in channel.settings:
        choices = ", ".join(f"`{choice}`" for choice in setting.choices) or "any text"
        default = f" (else `{setting.default}`)" if setting.default else ""
        lines.append(f"- {label}, `{setting.name}`: {setting.label}: {choices}{default}.")
    return lines


def _source(channel: Channel) -> str:
    return re.sub(r"https?://[^\s()]+[^\s().,;]", lambda match: f"<{match.group()}>", channel.capabilities.source)


def _yes(does: bool) -> str:
    return "yes" if does else "no"


if __name__ == "__main__":
    sys.stdout.write(markdown())
