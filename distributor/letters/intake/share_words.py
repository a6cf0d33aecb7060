"""What the labels, classes and targets of share buttons say: which channel they name. Pure.

Only what is named counts. Bare names ("Facebook", "X", "Link") may lead to a profile, close a box or mean something
else: they count where their surroundings say that they are share buttons; callers decide that with `Named.sure`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from distributor.channels.share_bar import SHARE_RECORDS
from distributor.letters.intake import share_languages
from distributor.letters.intake.share_signs import SIGNS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Every word a button may use for a channel → the share bar's word for it.
CHANNEL_OF = {word: channel for channel, signs in SIGNS.items() for word in signs.words}
# Its name in commands, and what it is called on screen.
_LABELLED = {
    text.lower(): channel for channel, record in SHARE_RECORDS.items() for text in (channel, *record.label.values())
}
_COPY_CHANNELS = frozenset(channel for channel, signs in SIGNS.items() if signs.copies)
_VERBS = frozenset(channel for channel, signs in SIGNS.items() if signs.verb)
_SHARE_WORDS = share_languages.words("share")
# What may stand above a share bar, or on a button that only its class explains.
_INTRODUCTIONS = share_languages.words("introduction")
_FILLER = share_languages.words("filler")
_NOT_A_CHANNEL = _words(share_languages.BESIDE)
_AROUND_SHARING = _SHARE_WORDS | _INTRODUCTIONS | _FILLER | _NOT_A_CHANNEL
# With the short forms that only class names use: "sns_ka", "btn-kt", "share-tg".
_CLASS_WORDS = CHANNEL_OF | {word: channel for channel, signs in SIGNS.items() for word in signs.class_words}
# Class names that any link or box may carry.
_NO_BUTTONS = _words("close nav menu follow login signin signup btn-link")
_PLAIN_CLASSES = frozenset(name for signs in SIGNS.values() for name in signs.plain_classes)
# Names that some write as two words: "kakao talk", "e mail", "hacker news".
_APART = tuple((re.compile(rf"(?<!\S){apart}(?!\S)"), word) for signs in SIGNS.values() for apart, word in signs.apart)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
_CJK_WORDS = sorted(
    (word for word in {*CHANNEL_OF, *_SHARE_WORDS, *_FILLER, *_NOT_A_CHANNEL} if _CJK.fullmatch(word)),
    key=len,
    reverse=True,
)
# "(Opens in new window)", "(Öffnet in neuem Fenster)", "（新しいウィンドウで開きます）": whatever the language.
_IN_PARENTHESES = re.compile(r"\s*[(（][^()（）]{4,60}[)）]\s*")
# For lines that stand beside share buttons: words of which one is enough, and those that may stand around it.
TOOL_WORDS = frozenset({*CHANNEL_OF, *_SHARE_WORDS, *_INTRODUCTIONS, *_NOT_A_CHANNEL} - _FILLER)
SMALL_WORDS = _FILLER
_KOREAN_PARTICLE = re.compile(r"(?<=[가-힣a-z])(?:\(으\)로|으로|로|에서|에게|에|를|을)$")


def _least_parts(names: Iterable[str]) -> tuple[str, ...]:
    """Return texts of which one is in every text that has one of the names, as few as do."""
    parts: list[str] = []
    for name in sorted(set(names), key=len):
        parts += [] if any(part in name for part in parts) else [name]
    return tuple(parts)


# Most lines of a page name nothing: one look spares them the remainder.
_LATIN_APART = [apart for signs in SIGNS.values() for apart, _ in signs.apart if not re.search("[가-힣]", apart)]
_HOSTS = (address.host for signs in SIGNS.values() for address in signs.addresses)
_SHORT = sorted(word for word in {*CHANNEL_OF, *_CLASS_WORDS} if len(word) <= 2 and word.isascii())
_LABEL_PARTS = _least_parts(
    word for word in {"share", "공유", *CHANNEL_OF, *_LATIN_APART} if not (len(word) <= 2 and word.isascii())
)
_NAME_PARTS = _least_parts(
    word
    for word in {*CHANNEL_OF, *_CLASS_WORDS, *_LATIN_APART, *_HOSTS, *_INTRODUCTIONS, "copy", "mailto"}
    if word not in _SHORT and len(word) > 1
)
# Short Latin names count only where they stand alone: nearly every line has an x in it.
_SHORT_LABEL = re.compile(rf"\b(?:{'|'.join(word for word in CHANNEL_OF if word in _SHORT)})\b")
_SHORT_NAME = re.compile(
    "|".join(f"{word}(?<![A-Za-z]{word})(?![a-z])|(?:{word.title()}|{word.upper()})(?![a-z])" for word in _SHORT)
)
_CLOSE = re.compile(r"\b(?:close|dismiss|cancel)\b|닫기|취소", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ChannelName:
    """The channel that a button names. `sure`: it can be nothing but a share button, wherever it stands."""

    channel: str
    sure: bool


@lru_cache(maxsize=8192)  # class names are the same again and again
def may_name(text: str) -> bool:
    """Return whether a network's name, or the short form that classes have of it, is anywhere in a text."""
    return any(map(text.lower().__contains__, _NAME_PARTS)) or bool(_SHORT_NAME.search(text))


def _label_may_name(label: str) -> bool:
    return any(map(label.__contains__, _LABEL_PARTS)) or bool(_SHORT_LABEL.search(label))


def channel_named(text: str) -> str | None:
    """Return the channel that a person means who writes its name: "X", "X (Twitter)", "E-mail", "카카오톡 채널"."""
    word = text.strip().lower()
    for written in (word, word.replace(" ", "")):
        if channel := CHANNEL_OF.get(written, _LABELLED.get(written)):
            return channel
    name = from_label(word)
    return name.channel if name and name.channel in SIGNS else None


def from_label(label: str) -> ChannelName | None:
    """Return what a button's visible or hidden label names: "Facebook share button", "카카오톡 공유", "Copy link", "X".

    None for sentences, other labels and close buttons.
    """
    label = without_parentheses(label).lower()
    if not label or len(label) > 60 or not _label_may_name(label) or _CLOSE.search(label):
        return None
    words = [_KOREAN_PARTICLE.sub("", word) for word in _split(label.replace("(으)로", "으로"))]
    words = _join_names([word for entry in words for word in _split_compound(entry)])
    sharing = any(word in _SHARE_WORDS for word in words)
    channel_words = [CHANNEL_OF[word] for word in words if word in CHANNEL_OF]
    leftovers = [word for word in words if word not in CHANNEL_OF and word not in _SHARE_WORDS and word not in _FILLER]
    if leftovers:
        return _unknown(label, leftovers, channel_words)
    channels = list(dict.fromkeys(channel_words))
    channels = _without_what_is_shared(channels)
    if len(channels) != 1 or len(words) > 9:
        return None
    email_this = channels[0] in _VERBS and len(words) > 1
    return ChannelName(channels[0], sharing or email_this)


def without_parentheses(label: str) -> str:
    """Return a label without what it says in parentheses: "Facebook (Opens in new window)" → "Facebook"."""
    return _IN_PARENTHESES.sub(" ", label).strip() if "(" in label or "（" in label else label.strip()


def label_words(label: str, vocabulary: frozenset[str]) -> list[str]:
    """Return a label's words in lower case, names of two words joined; Chinese and Japanese parted at known words."""
    pieces: list[str] = []
    for word in _split(
        label.lower(), sorted((*_CJK_WORDS, *filter(_CJK.fullmatch, vocabulary)), key=len, reverse=True)
    ):
        pieces += [word] if word in vocabulary else _split_compound(_KOREAN_PARTICLE.sub("", word))
    return _join_names(pieces)


def labels_in_row(line: str) -> list[str]:
    """Return the channels of labels on one line ("페이스북 공유 카카오톡 공유 인쇄"), [] where a word is left over."""
    words = line.split()
    channels: list[str] = []
    at = 0
    while at < len(words) <= 30:
        length, name = _longest_label(words[at : at + 5])
        if name:
            channels.append(name.channel)
        elif not {words[at].lower()} & (_NOT_A_CHANNEL | _SHARE_WORDS):
            return []
        at += length
    return channels if len(set(channels)) >= 2 else []


def _longest_label(words: list[str]) -> tuple[int, ChannelName | None]:
    """Return how many of the words make the first label, which names one channel only."""
    for length in range(len(words), 0, -1):
        channels = {name.channel for word in words[:length] if (name := from_label(word))}
        name = from_label(" ".join(words[:length])) if len(channels) <= 1 else None
        if name:
            return length, name
    return 1, None


def is_beside_sharing(line: str) -> bool:
    """Return whether a line only names what stands among share buttons: "Print", "More", "저장", "Drucken"."""
    words = _split(line.lower()) if len(line) <= 40 else []
    return 0 < len(words) <= 4 and all(
        word in _NOT_A_CHANNEL or word in _FILLER or word in _SHARE_WORDS for word in words
    )


def _split(text: str, cjk_words: Sequence[str] = _CJK_WORDS) -> list[str]:
    """Return a label's words; Japanese and Chinese are parted at the words that labels have, and at other scripts."""
    return [piece for word in re.findall(r"[\w가-힣-]+", text) for piece in _split_cjk(word, cjk_words)]


def _split_cjk(text: str, cjk_words: Sequence[str]) -> list[str]:
    if not _CJK.search(text):
        return [text]
    pieces: list[str] = []
    for run in re.findall(rf"{_CJK.pattern}|[^\u3040-\u30ff\u3400-\u9fff]+", text):
        remainder = run
        while remainder and _CJK.match(remainder):
            head = next((word for word in cjk_words if remainder.startswith(word)), remainder)
            pieces.append(head)
            remainder = remainder[len(head) :]
        pieces += [remainder] if remainder else []
    return pieces


def is_only_sharing(label: str) -> bool:
    """Return whether a line only introduces a share bar: "Share", "Share this letter:", "공유하기"."""
    words = _split(label.lower())
    leftovers = (word for word in words if word not in _AROUND_SHARING)
    return len(words) <= 6 and any(word in _INTRODUCTIONS for word in words) and not any(True for _ in leftovers)


def from_code(code: str) -> ChannelName | None:
    """Return the channel that a script call shares to: `shareTo('facebook')`, `snsShare("kakaotalk")`, `copyUrl()`."""
    words = tokens(code)
    if not any(word in {"share", "sns", "copy", "send", "sharer", "tweet", "sendsns"} for word in words):
        return None
    if "copy" in words or "clipboard" in words:
        return next((ChannelName(channel, True) for channel in _COPY_CHANNELS), None)
    channels = list(dict.fromkeys(CHANNEL_OF[word] for word in words if word in CHANNEL_OF))
    channels = [channel for channel in channels if channel not in _COPY_CHANNELS] or channels
    return ChannelName(channels[0], True) if len(channels) == 1 else None


def from_class(names: str) -> ChannelName | None:
    """Return the channel that class names or an id name: "btn-fb", "icon-kakaotalk", "sns_tw", "share-link"."""
    for name in names.split():
        words = tokens(name)
        sharing = any(word in {"share", "sns", "sharer", "sharing", "shareto", "copy"} for word in words)
        channel_words = [word for word in words if word in _CLASS_WORDS]
        if not channel_words or len(words) > 5 or _NO_BUTTONS.intersection(words) or name.lower() in _PLAIN_CLASSES:
            continue
        channels = _without_what_is_shared(list(dict.fromkeys(_CLASS_WORDS[word] for word in channel_words)))
        if len(channels) == 1:
            return ChannelName(channels[0], sharing)
    return None


def _without_what_is_shared(channels: list[str]) -> list[str]:
    """Leave out the link beside one other channel: "Share link by email" is mail, and "Copy link" the link."""
    targets = [channel for channel in channels if channel not in _COPY_CHANNELS]
    return targets if len(channels) == 2 and len(targets) == 1 else channels


def tokens(name: str) -> list[str]:
    """Split class names and code into lower-case words: "btnShareFb" → btn, share, fb."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [word for word in re.split(r"[^0-9a-z가-힣]+", apart.lower()) if word]


def _split_compound(word: str) -> list[str]:
    """Split Korean words that are written together: "카카오톡공유하기" → 카카오톡, 공유하기."""
    if word in CHANNEL_OF or word in _SHARE_WORDS or word in _FILLER:
        return [word]
    match = re.fullmatch(r"(.+?)(공유하기|공유|복사하기|복사|보내기|전송하기|전송|버튼)", word)
    return [*_split_compound(match[1]), match[2]] if match else [word.strip("-")]


def _join_names(words: list[str]) -> list[str]:
    """Join names of two words: "kakao talk", "e mail", "hacker news", "naver band"; drop empty ones."""
    text = " ".join(word for word in words if word)
    for apart, together in _APART:
        text = apart.sub(together, text)
    return text.split()


def _unknown(label: str, leftovers: list[str], channel_words: list[str]) -> ChannelName | None:
    """A channel that we have no word for yet: kept as its word where the label clearly says "share"."""
    match = re.fullmatch(
        r"([a-z][a-z0-9-]{1,30}) share button|share (?:this )?(?:on|via|with|to) ([a-z][a-z0-9-]{1,30})", label
    )
    word = (match[1] or match[2]) if match else ""
    return (
        ChannelName(word, True)
        if word and not channel_words and leftovers == [word] and word not in _NOT_A_CHANNEL
        else None
    )
