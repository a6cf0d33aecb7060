"""What a letter's own text may write of whoever reads it: `{{ recipient.name }}` and a few more.

Only mails have a recipient. There each field is filled in for each reader; on pages, in posts and in feeds its
substitute stands, or nothing, and a sentence says so. A letter may come from anywhere, so its text is never a template:
whatever is none of these fields is text, and what stands in code is code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import Final
from urllib.parse import unquote

from distributor.domain.letters import LetterView

# Not `unsubscribe_url`, `token`, `track`: they act for the reader, and a letter could send them anywhere.
_NAMES: Final = ("name", "email", "language")
_METHODS: Final = frozenset({"get", "items", "keys", "values"})  # what Jinja2 reads in them where there is no attribute
_QUOTATION: Final = r"[\"'“”‘’](?P<{}>[^\"“”\\]*?)[\"'“”‘’]"
_EXPRESSION: Final = re.compile(
    rf"recipient\.(?:(?P<name>{'|'.join(_NAMES)})"
    rf"|attributes(?:\.(?P<attribute>[^\W\d]\w*)|\[\s*{_QUOTATION.format('key')}\s*\]"
    rf"|\.get\(\s*{_QUOTATION.format('item')}\s*(?:,\s*{_QUOTATION.format('fallback')}\s*)?\)))"
    rf"(?:\s*\|\s*(?:default|d)\s*[:(]\s*{_QUOTATION.format('substitute')}\s*(?:,\s*[Tt]rue\s*)?\)?)?"
)
_BRACES: Final = re.compile(
    r"(?:\{\{|%7B%7B)-?(?P<inner>(?:(?!\{\{|\}\}|%7B%7B|%7D%7D)[^<>]){1,300}?)-?(?:\}\}|%7D%7D)", re.IGNORECASE
)
_CODE: Final = re.compile(r"<(code|pre|kbd|samp)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
# A picture is fetched as the mail is opened: its address is to tell nobody who opened it.
_PICTURE: Final = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_GAP: Final = "\x00"
_GAP_AT_START: Final = re.compile(
    rf"(?P<start>^|<(?:p|h[1-6]|li|div|t[dh]|blockquote|br)\b[^<>]*>){_GAP}[ \t]{{0,9}}(?:[,;:，、][ \t]{{0,9}})?",
    re.MULTILINE,
)
_GAP_BEFORE_SIGN: Final = re.compile(
    rf"[ \t]{{0,9}}{_GAP}(?=[ \t]{{0,9}}(?:[,.;:!?…)\]»”、。，！？]|</|$))", re.MULTILINE
)
_GAP_AT_END: Final = re.compile(
    rf"[ \t]{{0,9}}[,，、][ \t]{{0,9}}{_GAP}(?=[ \t]{{0,9}}(?:[.!?…。！？]|</|$))", re.MULTILINE
)
_GAP_ELSEWHERE: Final = re.compile(rf"[ \t]{_GAP}(?=[ \t])|{_GAP}")
_USAGE: Final = "{{ recipient.name }}, email or language, or {{ recipient.attributes.city }}"
_NOTICE: Final = "The letter’s text says "

Write = Callable[["RecipientField"], str]


@dataclass(frozen=True, slots=True)
class RecipientField:
    """One field of a reader: an attribute of that name, or `name`, `email`, `language` itself.

    `substitute` stands for readers who have none, "" where nothing does.
    """

    name: str
    is_attribute: bool = False
    substitute: str = ""

    @property
    def words(self) -> str:
        """The field as sentences name it."""
        return f"{{{{ recipient.{'attributes.' if self.is_attribute else ''}{self.name} }}}}"


def field_of(expression: str) -> RecipientField | None:
    """Return the field that an expression, without its braces, is; None for any other."""
    match = _EXPRESSION.fullmatch(" ".join(expression.split()))
    if match is None:
        return None
    substitute = match["substitute"] or match["fallback"] or ""
    if match["name"]:
        return RecipientField(match["name"], substitute=substitute)
    name = match["attribute"] or match["key"] or match["item"] or ""
    is_name = name and not name.startswith("_") and name not in _METHODS
    return RecipientField(name, is_attribute=True, substitute=substitute) if is_name else None


def with_fields(letter: LetterView, write: Write) -> LetterView:
    """Return a letter in which each field is what `write` makes of it: plain text, which is escaped in HTML.

    A field in a picture's address is left out.
    """
    if "recipient" not in repr(letter):
        return letter
    in_html = set(_expressions(_CODE.sub("", letter.body_html)))

    def body_text(text: str) -> str:
        """Leave what is code in the HTML as it is: the text doesn't tell."""
        return _with_values(text, write, only=in_html if letter.body_html else None)

    texts = _with_texts(letter, lambda text: _with_values(text, write))
    return replace(texts, body_html=_html(letter.body_html, write), body_text=body_text(letter.body_text))


def without_fields(letter: LetterView) -> LetterView:
    """Return a letter as it is for nobody in particular: each field is its substitute, or nothing."""
    if "recipient" not in repr(letter):
        return letter
    gaps = with_fields(letter, _or_gap)
    texts = _with_texts(gaps, _without_gaps)
    return replace(texts, body_html=_without_gaps(gaps.body_html), body_text=_without_gaps(gaps.body_text))


def text_without_fields(text: str) -> str:
    """Return a plain text in which each field is its substitute, or nothing."""
    return _without_gaps(_with_values(text, _or_gap))


def notices(letter: LetterView, *, is_mail: bool) -> tuple[str, ...]:
    """Return what an editor should know: fields that this variant leaves out, and what is no field of a recipient."""
    if "recipient" not in repr(letter):
        return ()
    sentences = []
    for expression in dict.fromkeys(_of_letter(letter)):
        field = field_of(expression)
        if field is None:
            sentences.append(f"{_NOTICE}“{{{{ {expression} }}}}”, which nothing fills in: write {_USAGE}.")
        elif not is_mail:
            stead = f"“{field.substitute}” stands" if field.substitute else "nothing stands"
            sentences.append(f"{_NOTICE}“{field.words}”, which only mails fill in: {stead} in its place here.")
    return tuple(dict.fromkeys(sentences))


def is_notice(sentence: str) -> bool:
    """Whether a sentence is one of `notices`."""
    return sentence.startswith(_NOTICE)


def is_personal(*texts: str) -> bool:
    """Whether one of a letter's texts, as HTML or plain, writes a field of its reader."""
    expressions = (expression for text in texts for expression in _expressions(_CODE.sub("", text)))
    return any(field_of(expression) for expression in expressions)


def _of_letter(letter: LetterView) -> Iterator[str]:
    pieces = [_CODE.sub("", letter.body_html or letter.body_text)]

    def note(text: str) -> str:
        pieces.append(text)
        return text

    _with_texts(letter, note)
    for text in pieces:
        yield from _expressions(text)


def _with_texts(letter: LetterView, change: Callable[[str], str]) -> LetterView:
    """Return a letter with each of its texts but the body changed."""
    return replace(
        letter,
        title=change(letter.title),
        series=letter.series and replace(letter.series, title=change(letter.series.title)),
        editor_note=change(letter.editor_note),
        authors=tuple(replace(author, bio=change(author.bio)) for author in letter.authors),
        section=change(letter.section),
        image_alt=change(letter.image_alt),
        summary=change(letter.summary),
        social={name: change(text) for name, text in letter.social.items()},
        tags=tuple(map(change, letter.tags)),
        own_text=letter.own_text and change(letter.own_text),
    )


def _expressions(text: str) -> Iterator[str]:
    """Return what stands in braces and is about the recipient, as it would be written in a plain text."""
    for match in _BRACES.finditer(text):
        expression = _plain(match)
        if expression.startswith("recipient"):
            yield expression


def _plain(match: re.Match[str]) -> str:
    """Return an expression without what HTML, or an address, makes of its signs."""
    inner = match["inner"] if match[0].startswith("{") else unquote(match["inner"])
    return " ".join(unescape(unquote(inner) if "%20" in inner else inner).split())


def _with_values(text: str, write: Write, *, only: Collection[str] | None = None) -> str:
    def value(match: re.Match[str]) -> str:
        expression = _plain(match)
        field = field_of(expression) if only is None or expression in only else None
        return write(field) if field else match[0]

    return _BRACES.sub(value, text)


def _html(body: str, write: Write) -> str:
    """Return HTML with its fields written, but for those in code."""
    pieces, end = [], 0
    for code in _CODE.finditer(body):
        pieces += [_html_piece(body[end : code.start()], write), code[0]]
        end = code.end()
    return "".join([*pieces, _html_piece(body[end:], write)])


def _html_piece(html: str, write: Write) -> str:
    def blank(_field: RecipientField) -> str:
        return ""

    html = _PICTURE.sub(lambda match: _with_values(match[0], blank), html)
    return _with_values(html, lambda field: escape(write(field)))


def _or_gap(field: RecipientField) -> str:
    return field.substitute or _GAP


def _without_gaps(text: str) -> str:
    """Return a text without its gaps, and without the signs and spaces that were theirs."""
    if _GAP not in text:
        return text
    text = _GAP_AT_START.sub(lambda match: match["start"], text)
    text = _GAP_BEFORE_SIGN.sub("", _GAP_AT_END.sub("", text))
    return _GAP_ELSEWHERE.sub("", text).strip()
