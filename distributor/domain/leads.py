"""What a letter is about, in its newsroom's words: where a post, a card's description and a mail's preview begin.

1. The summary, as the newsroom wrote it: it is not judged. What a page or feed says of itself becomes one where it is
   fit (`description`): of what a program cut (“…”) its whole sentences; not the letter's own beginning, a greeting, a
   section's name, or what is made for search engines (“✓ Best price ▶ Read now”).
2. Else the first sentence that can stand alone, with what follows it in its paragraph. Passed over are: salutations and
   headings (no full stop), lists; greetings, thanks, congratulations and a page's own words (`domain.courtesies`);
   paragraphs of a few words; and, where something was passed over, sentences that point back (“But he …”, “이는 …”).
3. Else the longest of what is no courtesy, else the last paragraph.

It is the first and not the most telling sentence by word counts: letters and articles say what they are about at their
beginning, and a rule that an editor can foresee is one that they can write for. For the rest there is `summary`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from distributor.domain.courtesies import is_apparatus, is_courtesy
from distributor.domain.text_cuts import sentences

_PARAGRAPHS = 40  # that are looked at: further down nobody says what the letter is about
_LEAST_WIDTH = 36  # of a text that can stand alone; an East Asian character is two wide
_LEAST_DESCRIPTION = 12  # less than that is a section's or a site's name
_SALUTATION_WIDTH = 80
_SENTENCE_END = regex.compile(r"[.!?…。！？।؟][\"'”’»」』)\]]*\Z")
_WIDE = regex.compile(r"[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]")
_MACHINE_CUT = regex.compile(r"\s*\[(?:\.{3}|…)\]\W*\Z")  # no editor ends so
_CUT = regex.compile(r"\s*(?:\[?(?:\.{3}|…)\]?|\(more\)|read more|continue reading)\W*\Z", regex.IGNORECASE)
_ADVERTISEMENT = regex.compile("[✓✔✅☑▶►➤➜➔⇒→★☎|]")
_LIST_ITEM = regex.compile(r"[*•▪◦–-] |\d{1,2}[.)] ")
_CITY = r"\p{Lu}[\p{Lu}.’'-]+(?:,? \p{Lu}[\p{L}.]*){0,4} "
_AGENCY = r"\(\p{L}[\p{L} .]{1,30}\) "
_DATELINE = regex.compile(rf"\A(?:{_CITY}(?:{_AGENCY})?|{_AGENCY})[—–-]{{1,2}} ?(?=\p{{L}}|[“\"])")
# “[서울=항구신문] 홍길동 기자 = ”, “【ソウル聯合ニュース】”, “本报讯（记者王明）”: who reports, and from where.
_REPORTER = r"\p{Hangul}[\p{Hangul}·, ]{1,30}(?:기자|특파원|통신원)"
_EAST_ASIAN_DATELINE = regex.compile(
    rf"\A(?:[\[(（【〔][^\])）】〕=]{{1,40}}=[^\])）】〕]{{1,40}}[\])）】〕]\s*(?:{_REPORTER}\s*)?=?|{_REPORTER}\s*=|"
    rf"[\[(【]{_REPORTER}[\])】]|【[^】]{{1,30}}】|"
    r"(?:本报|本報|新华社|新華社|中新[社网]|中央社)[^，。]{0,40}?[讯訊电電](?:[（(][^）)]{1,40}[）)])?)\s*"
)
_ORDINAL_END = regex.compile(r"(?<![\d.,])\d{1,3}\.\s*\Z")  # “zur 42. Ausgabe” is one sentence
_MARKUP = regex.compile(r"</?(?:a|b|br|em|i|mark|p|small|span|strong|u)\b[^<>]{0,300}>", regex.IGNORECASE)
_POINTERS = {
    "en": (
        r"and|but|so|yet|or|nor|he|she|it|they|this|that|these|those|his|her|their|its|such|also|however|therefore|"
        r"moreover|then|both|neither|either|instead|meanwhile|still|for (?:example|instance)|in addition|after that|"
        r"at the same time|the (?:first|second|latter|former)"
    ),
    "de": (
        r"und|aber|doch|er|sie|es|dies|diese[rsmn]?|das|deshalb|daher|dabei|dann|denn|jedoch|außerdem|auch|"
        r"(?:in|unter|mit|bei|aus) diese[rmsn]?"
    ),
    "fr": r"et|mais|il|elle|ils|elles|ce|cette|ces|cela|ceci|donc|car|pourtant|cependant|aussi|ainsi|puis",
    "es": r"y|pero|él|ella|ellos|ellas|esto|eso|este|esta|estos|sin embargo|además|también|entonces|por eso",
    "pt": r"e|mas|ele|ela|eles|elas|isso|isto|porém|também|então",
    "it": r"ma|lui|lei|loro|questo|questa|ciò|però|anche|quindi|inoltre",
    "ru": r"но|и|он|она|они|это|поэтому|также",
    "vi": r"nhưng|và|nó|họ|điều này",
    "id": r"tetapi|dan|ini|itu|mereka|namun",
}
_EAST_ASIAN_POINTERS = (
    r"그러나|하지만|그리고|그래서|그런데|따라서|또한|그는|그녀는|이는|이것[은이]|그것[은이]|이런|그런|이러한|그러한|이에|이를|"
    r"즉|예를 들어|しかし|そして|また|これ|それ|この|その|彼|だが|ところが|さらに|なお|例えば|つまり|"
    r"但是?|然而|而且|因此|所以|"
    r"[这這那他她它]|此外|另外|例如"
)
_POINTS_BACK = regex.compile(
    rf"[\W_]*(?:(?:{'|'.join(_POINTERS.values())})\b|{_EAST_ASIAN_POINTERS})", regex.IGNORECASE
)


def lead(text: str, *, summary: str = "") -> str:
    """Return what a letter is about as one paragraph; `text` is its plain text, "" gives "".

    `summary` is the newsroom's: it is taken as it is, of one that a program cut (“[…]”) the whole sentences.
    """
    summary = " ".join(_MARKUP.sub("", summary).split())
    return (_whole_sentences(summary, _MACHINE_CUT) if summary else "") or opening(text)


def description(words: str, *, text: str, least: int = _LEAST_DESCRIPTION) -> str:
    """Return what a page or feed says of a letter beside its `text`, "" where no editor would post that.

    Of what a program cut, it is the whole sentences. `least` is how wide it has to be, East Asian characters being two.
    """
    words = _whole_sentences(" ".join(words.split()), _CUT)
    first_sentence = next(sentences(words), "").strip()
    is_empty = not words or _width(words) < least or len(_ADVERTISEMENT.findall(words)) > 1
    if is_empty or is_courtesy(first_sentence) or is_apparatus(first_sentence):
        return ""
    is_beginning = _letters(text[: 2 * len(words) + 400]).startswith(_letters(words))
    return "" if is_beginning else words


def opening(text: str) -> str:
    """Return the first sentence of a text that says what it is about and can stand alone, with its paragraph's rest."""
    remainder: list[str] = []
    for candidate in _candidates(text):  # each holds its paragraph's rest, so no more of them than it takes
        if candidate.stands_alone():
            return candidate.text
        if candidate.says_something():
            remainder.append(candidate.text)
    return max(remainder or _paragraphs(text)[-1:], key=_width) if text.strip() else ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence and what follows it in its paragraph; `after_skip`: what stands before it is not shown."""

    sentence: str
    text: str
    after_skip: bool

    def says_something(self) -> bool:
        return not is_courtesy(self.sentence) and not is_apparatus(self.sentence)

    def stands_alone(self) -> bool:
        dangles = self.after_skip and points_back(self.sentence)
        return self.says_something() and not dangles and _width(self.text) >= _LEAST_WIDTH


def points_back(sentence: str) -> bool:
    """Return whether a sentence begins with a word that means something said before."""
    return bool(_POINTS_BACK.match(sentence))


def _candidates(text: str) -> Iterator[_Candidate]:
    after_skip = False
    for paragraph in _paragraphs(text)[:_PARAGRAPHS]:
        if not _SENTENCE_END.search(paragraph) and _width(paragraph) <= _SALUTATION_WIDTH:
            continue  # a salutation or a heading: nothing points back to it
        if _LIST_ITEM.match(paragraph):
            continue
        start = 0
        for sentence in _whole(paragraph):
            yield _Candidate(sentence.strip(), paragraph[start:].strip(), after_skip)
            start += len(sentence)
            after_skip = True


def _paragraphs(text: str) -> list[str]:
    paragraphs = (" ".join(paragraph.split()) for paragraph in regex.split(r"\n\s*\n", text.strip()))
    return [_EAST_ASIAN_DATELINE.sub("", _DATELINE.sub("", paragraph)) for paragraph in paragraphs]


def _whole(paragraph: str) -> Iterator[str]:
    """Yield a paragraph's sentences, not parted behind an ordinal number."""
    before = ""
    for sentence in sentences(paragraph):
        before += sentence
        if not _ORDINAL_END.search(sentence):
            yield before
            before = ""
    if before:
        yield before


def _whole_sentences(words: str, cut: regex.Pattern[str]) -> str:
    """Return words as they are, or the whole sentences of those that are cut."""
    mark = cut.search(words)
    if mark is None:
        return words
    whole = [sentence for sentence in sentences(words[: mark.start()]) if _SENTENCE_END.search(sentence.strip())]
    return "".join(whole).strip()


def _letters(text: str) -> str:
    return regex.sub(r"[^\p{L}\p{N}]+", "", text).casefold()


def _width(text: str) -> int:
    return len(text) + len(_WIDE.findall(text))
