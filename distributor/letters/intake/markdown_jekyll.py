"""Jekyll's Liquid (as Eleventy's and others' tags too) and kramdown's attributes. Pure.

See shopify.github.io/liquid, jekyllrb.com/docs/liquid and kramdown.gettalong.org/syntax.html. What a recipient's mail
is filled with (`{{ recipient.name }}`) is ours, and stays.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from distributor.domain.recipient_fields import field_of
from distributor.letters.intake.front_matter_fields import word
from distributor.letters.intake.manuscript import Manuscript

# Not over another beginning: what never ends would be looked for again at each.
_PAIR_PATTERN: Final = (
    r"\{{%-?\s*{name}\b(?P<arguments>[^%]{{0,500}})-?%\}}"
    r"(?P<text>(?:(?!\{{%-?\s*{name}\b).)*?)\{{%-?\s*end{name}\s*-?%\}}"
)
_RAW: Final = re.compile(_PAIR_PATTERN.format(name="raw"), re.DOTALL)
_COMMENT: Final = re.compile(_PAIR_PATTERN.format(name="comment"), re.DOTALL)
_HIGHLIGHT: Final = re.compile(_PAIR_PATTERN.format(name="highlight"), re.DOTALL)
_REFERENCE: Final = re.compile(
    r"(?<!!)\[(?P<text>[^\[\]\n]{0,1000})\]\(\s*(?:\{\{[^{}\n]{0,200}\}\})?\{%-?\s*(?:link|post_url)\b[^%\n]{0,500}%\}[^()\n]{0,200}\)"
)
_TAG: Final = re.compile(r"\{%-?\s*(?P<name>\w{0,60})(?P<arguments>(?:(?!\{%).){0,2000}?)-?%\}", re.DOTALL)
_OUTPUT: Final = re.compile(r"\{\{-?(?P<expression>[^{}<%]{1,1000}?)-?\}\}")
_RECIPIENT: Final = re.compile(r"\{\{(?=-?\s*recipient\.)")
# A field within an address, which Markdown would end at its first space.
_ADDRESS_FIELD: Final = re.compile(r"(?P<address>(?:\]\(<?|\bhttps?://)[^\s<>{}]*)(?P<field>\{\{[^{}<>\n]{1,300}\}\})")
_PATH: Final = re.compile(
    r"\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')\s*\|\s*(?:relative_url|absolute_url|url|prepend:.*)\s*"
)
_SITE: Final = re.compile(r"\s*(?:site\.(?:base_?url|url)|base)\s*", re.IGNORECASE)
_PAGE: Final = re.compile(r"\s*(?:page\.|post\.)?(?P<name>[\w-]+)\s*(?:\|\s*(?:escape|strip_html|smartify|safe)\s*)*")
_MOST_FIELDS: Final = 3  # in one address
_EMBEDS: Final = ("embed", "youtube", "vimeo", "tweet", "gist", "spotify")
_URL: Final = re.compile(r"https?://[^\s\"'<>%]{4,500}")

_KRAMDOWN_COMMENT: Final = re.compile(r"\{::comment\}(?P<text>(?:(?!\{::comment).)*?)\{:/(?:comment)?\}", re.DOTALL)
_KRAMDOWN_TOC: Final = re.compile(
    r"^[ \t]*(?:[-*+]|1\.)[ \t][^\n]*\n[ \t]*\{:[^{}\n]*\btoc\b[^{}\n]*\}[ \t]*$", re.MULTILINE
)
_KRAMDOWN_EXTENSION: Final = re.compile(r"\{:(?:/\w*|:\w+[^{}\n]*/?)\}")
_BLOCK_ATTRIBUTES: Final = re.compile(r"^[ \t>]*\{:[^{}\n]*\}[ \t]*$", re.MULTILINE)
_SPAN_ATTRIBUTES: Final = re.compile(r"(?<=[)\]*_>\x00])\{:[^{}\n]*\}")
_ABBREVIATION: Final = re.compile(r"^\*\[(?P<name>[^\[\]\n]{1,100})\]:[ \t]*(?P<text>[^\n]*)$", re.MULTILINE)


def set_raw_aside(manuscript: Manuscript) -> None:
    """Keep what stands between `{% raw %}` and its end from being read as calls of anything."""
    # With a sign between the braces that nobody sees: what is raw is to be read as it stands.
    manuscript.replace(_RAW, lambda match: manuscript.set_aside(_RECIPIENT.sub("{\u2060{", match["text"])))


def read_jekyll(manuscript: Manuscript) -> None:
    """Turn Liquid and kramdown into Markdown, or leave them out."""
    manuscript.replace(_COMMENT, lambda match: _without_comment("Liquid", match, manuscript))
    manuscript.replace(_HIGHLIGHT, lambda match: _highlight(match, manuscript))
    manuscript.replace(_REFERENCE, lambda match: _reference(match, manuscript))
    manuscript.replace(_TAG, lambda match: _tag(match, manuscript))
    manuscript.replace(_OUTPUT, lambda match: _output(match, manuscript))
    for _ in range(_MOST_FIELDS):  # each time the first one of each address
        manuscript.replace(_ADDRESS_FIELD, _encoded)
    manuscript.replace(_KRAMDOWN_COMMENT, lambda match: _without_comment("kramdown", match, manuscript))
    manuscript.replace(_KRAMDOWN_TOC, lambda _: table_of_contents(manuscript))
    manuscript.replace(_KRAMDOWN_EXTENSION, lambda _: "")
    manuscript.replace(_BLOCK_ATTRIBUTES, lambda _: "")
    manuscript.replace(_SPAN_ATTRIBUTES, lambda _: "")
    manuscript.replace(_ABBREVIATION, lambda match: _abbreviation(match, manuscript))


def table_of_contents(manuscript: Manuscript) -> str:
    """Leave out a table of contents, which a generator makes of the headings."""
    return manuscript.leave_out("table of contents", "The site's generator makes it of the headings.")


def _without_comment(language: str, match: re.Match[str], manuscript: Manuscript) -> str:
    return manuscript.leave_out("comment", f"{language} shows it to nobody.", match["text"])


def _highlight(match: re.Match[str], manuscript: Manuscript) -> str:
    language = re.match(r"\s*([\w+-]*)", match["arguments"])
    return manuscript.set_aside(f"\n\n```{language[1] if language else ''}\n{match['text'].strip()}\n```\n\n")


def _reference(match: re.Match[str], manuscript: Manuscript) -> str:
    reason = "It leads to a page of the site, whose address the file does not name: its words stay."
    manuscript.leave_out(f"the link of “{match['text']}”", reason)
    return match["text"]


def _tag(match: re.Match[str], manuscript: Manuscript) -> str:
    name = match["name"]
    if name.startswith("end") or name in ("else", "elsif", "when"):
        return ""
    url = _URL.search(match["arguments"])
    if name in _EMBEDS and url:
        return f"\n\n<{url[0]}>\n\n"
    return manuscript.leave_out(
        f"the tag “{name}”", "It is a call of a template, which only the site's generator can carry out."
    )


def _output(match: re.Match[str], manuscript: Manuscript) -> str:
    expression = match["expression"]
    if re.match(r"\s*recipient\b", expression):
        return match[0] if field_of(expression) else _unfilled(expression, manuscript)
    if path := _PATH.fullmatch(expression):
        return path["double"] if path["double"] is not None else path["single"]
    if _SITE.fullmatch(expression):
        return ""
    page = _PAGE.fullmatch(expression)
    if page and (value := word(manuscript.fields, page["name"].lower())):
        return value
    return manuscript.leave_out(
        f"the value “{' '.join(expression.split())[:80]}”", "Only the site's generator knows what to write there."
    )


def _unfilled(expression: str, manuscript: Manuscript) -> str:
    reason = (
        "A letter writes its reader’s {{ recipient.name }}, email or language, or an attribute such as "
        "{{ recipient.attributes.city }}, each with | default(“…”) behind it if wanted, and nothing else of them."
    )
    return manuscript.leave_out(f"the value “{' '.join(expression.split())[:80]}”", reason)


def _encoded(match: re.Match[str]) -> str:
    inner = match["field"].strip("{}").strip("- \t")
    field = quote(f"{{{{{inner}}}}}", safe="") if field_of(inner) else match["field"]
    return f"{match['address']}{field}"


def _abbreviation(match: re.Match[str], manuscript: Manuscript) -> str:
    reason = "kramdown shows what an abbreviation means when one points at it; a mail can't."
    return manuscript.leave_out(f"the abbreviation “{match['name']}”", reason, match["text"])
