"""Who wrote a letter: bylines and the bios behind it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from distributor.domain.letters import AuthorView

EMAIL = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}"
_EMAIL = re.compile(EMAIL)

_BY = re.compile(
    r"(?:by|(?:written|words|text|story|letter|report|essay|posted)\s+by|a letter (?:by|from)|author|writer)"
    r"\s*[:：]?\s+(?P<names>.{2,160})",
    re.IGNORECASE,
)
# In other languages, of which some are words in ours: only before names of two words and more.
_BY_ELSEWHERE = re.compile(
    r"(?:von|par|por|di|door|av|text|texte|texto|testo|autor(?:in)?|auteur|autore|redaktion|"
    r"(?:ein )?(?:gast)?beitrag von|"
    r"(?:geschrieben|verfasst|escrito|publicado|publié|écrit|scritto) (?:von|por|par|da))"
    r"\s*[:：]?\s+(?P<names>.{2,160})",
    re.IGNORECASE,
)
_HANGUL_NAME = r"[가-힣]{2,5}|[가-힣] [가-힣]{1,2}|[가-힣]{2} [가-힣]"
_HANGUL_NAMES = rf"(?:{_HANGUL_NAME})(?:\s*[,·ㆍ/&]\s*(?:{_HANGUL_NAME})|(?:\s+및|와|과)\s+(?:{_HANGUL_NAME}))*"
_ROLE_KO = (
    r"(?:(?:선임|수석|객원|전문|시민|인턴)?\s?기자|특파원|작가|시인|소설가|교수|필자|논설위원|편집위원|편집장|칼럼니스트|"
    r"에디터)"
)
_BY_KO = re.compile(
    rf"(?:글(?:\s?[·ㆍ/&,]\s?(?:사진|그림))?|글쓴이|지은이|쓴\s?이|보낸\s?이|필자|저자|작성자|기고|기자)\s*[:=：|ㅣ]?\s*"
    rf"(?P<names>{_HANGUL_NAMES})(?:\s*{_ROLE_KO})?"
)
_REPORTER = re.compile(rf"(?:\[[^\]]{{1,20}}[=\s]\s*)?(?P<names>{_HANGUL_NAMES})\s+{_ROLE_KO}\]?")
ROLE = re.compile(
    r"\b(?:staff|senior|editor|writer|reporter|correspondent|columnist|contributor|contributing|professor|director|"
    r"secretary|president|fellow|special to|guest|photograph|illustrat|translated|updated|published)\w*\b",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|Ph\.?\s?D|M\.?\s?D|Esq|MBE|OBE)\.?")
_PARTICLE = r"(?:van|von|der|den|de|del|della|di|da|dos|du|la|le|el|al|bin|ibn|ben|af|av|ter|ten|y|e|zu|zur|op)"
_WORD = r"(?:[^\W\d_a-z][\w'’.-]*|[a-z]?['’][A-Z][\w'’-]*|(?:al|el|d|l)[-'’][A-Z][\w'’-]*)"
_NAME = re.compile(rf"{_WORD}(?:\s+(?:{_PARTICLE}\s+)*{_WORD}){{0,5}}")

_IS = (
    r"(?:is|was|are|were|has|have|had|writes|wrote|works|worked|teaches|taught|lives|lived|runs|ran|leads|keeps|edits|"
    r"directs|studies|studied|serves|served|grew|reports|covers|founded|heads|chairs|owns|sails|farms|paints|makes|"
    r"builds|spent|retired|born|joined)"
)
_BIO_WITH_EMAIL = re.compile(
    rf"(?P<name>[^()<>\[\]\n!?:;,“”\"]{{2,60}}?)\s*[(<\[]\s*(?:e-?mail:?\s*)?(?P<email>{EMAIL})\s*[)>\]]"
    r"\s*,?\s*(?P<rest>\S.{8,})",
    re.DOTALL,
)
_GOES_ON = re.compile(r"(?:she|he|they|her|his|their|그는|그녀는|저서로|지은 책)\b", re.IGNORECASE)


_DATE = re.compile(
    r"\s*[|·•–—-]?\s*(?:입력|수정|등록|승인|발행|published|posted|updated|on)?\s*:?\s*\d{4}\s?[-./년]\s?\d{1,2}\s?[-./월].*$",
    re.IGNORECASE,
)


def byline(line: str) -> tuple[AuthorView, ...]:
    """Return the authors that a byline names, in its order; () for a line that is none.

    "By A, B and C", "Written by A", "글 홍길동", "홍길동 기자 gil@site.example". An address in it goes to its author.
    """
    line = " ".join(line.split())
    if len(line) > 200:
        return ()
    emails = _EMAIL.findall(line)
    plain = _DATE.sub("", _EMAIL.sub("", line).replace("()", "").replace("<>", "")).strip(" |·•,")
    korean = _BY_KO.fullmatch(plain) or _REPORTER.fullmatch(plain)
    if korean:
        names = tuple(re.split(r"\s*[,·ㆍ/&]\s*|\s+및\s+|(?<=[가-힣]{2})[와과]\s+", korean["names"]))
    else:
        english = _BY.fullmatch(plain)
        names = names_in(english["names"]) if english else _names_elsewhere(plain)
    return _with_emails(names, emails)


def _names_elsewhere(line: str) -> tuple[str, ...]:
    match = _BY_ELSEWHERE.fullmatch(line)
    names = names_in(match["names"]) if match else ()
    return names if all(len(name.split()) >= 2 for name in names) else ()


def names_in(text: str) -> tuple[str, ...]:
    """Return the names in a list of names ("A, B and C"), without roles and dates; () where one is no name."""
    text = _EMAIL.sub("", re.split(r"\s[|•·–—]\s|\s{2,}", text.strip())[0]).strip(" ,|")
    text = re.sub(r"^by\s+", "", text, flags=re.IGNORECASE)
    # After "… and C" only roles and places can follow.
    match = re.fullmatch(r"(.+?)(?:,\s*|\s+)(?:and|with|und|et|y|및)\s+([^,;&]+?)((?:,.*)?)", text)
    if match:
        names = [*_list_of_names(match[1], closed=True), *_list_of_names(match[2] + match[3])[:1]]
    else:
        names = _list_of_names(text, closed=bool(re.search(r"[&;·ㆍ]", text)))
    return tuple(dict.fromkeys(names))


def _list_of_names(text: str, *, closed: bool = False) -> list[str]:
    """`closed`: every part is a name; else a single word after a comma is a role or a place."""
    names: list[str] = []
    for position, part in enumerate(entry.strip(" ()<>") for entry in re.split(r"[,;&·ㆍ]", text)):
        if names and _SUFFIX.fullmatch(part):
            names[-1] = f"{names[-1]}, {part}"
        elif is_name(part) and not ROLE.search(part):
            if position == 0 or closed or " " in part or not part.isascii():
                names.append(part)
        elif position == 0:
            return []
    return names


def plain_name(text: str) -> str:
    """Return a name without what pages put around it: "By Ilse Marroway" → Ilse Marroway, "서하늘 기자" → 서하늘."""
    authors = byline(text)
    return authors[0].name if len(authors) == 1 else " ".join(text.split())


def is_name(text: str) -> bool:
    """Return whether a text can be one person's name: up to six words that begin like names."""
    if not 2 <= len(text) <= 80 or re.match(r"(?:the|a|an|my|our|your|this|that|all|no)\s", text, re.IGNORECASE):
        return False
    return bool(_NAME.fullmatch(text))


def bio(text: str, names: Sequence[str]) -> AuthorView | None:
    """Return the author whom a paragraph introduces, with the paragraph as bio; None when it introduces nobody.

    "NAME (email) is …" introduces NAME whoever it is; without an address the name must be one of `names`.
    """
    match = _BIO_WITH_EMAIL.fullmatch(text)
    if match and 1 <= len(match["name"].split()) <= 6 and (match["name"] in names or is_name(match["name"])):
        return AuthorView(match["name"].strip(), match["email"], text)
    for name in names:
        remainder = text[len(name) :] if text.startswith(name) else ""
        if len(remainder) < 10 or len(remainder.split()) < 3:  # a signature
            continue
        if re.match(
            rf"\s*(?:\([^)]*\)\s*)?,?\s*{_IS}\b|\s*\(|[,:]\s|\s*(?:은|는|이|가)\s|\s*[|/]\s|\s+[가-힣]", remainder
        ):
            email = _EMAIL.search(text)
            return AuthorView(name, email[0] if email else "", text)
    return None


def goes_on(text: str) -> bool:
    """Return whether a paragraph after a bio goes on about the same person: "She writes …"."""
    return len(text) <= 600 and bool(_GOES_ON.match(text))


def merge(authors: Sequence[AuthorView], bios: Sequence[AuthorView]) -> tuple[AuthorView, ...]:
    """Join a byline's authors with the bios behind the letter. Where there is no byline, the bios name the authors."""
    if not authors:
        return tuple({author.name: author for author in bios}.values())
    results = []
    for author in authors:
        bio = next((entry for entry in bios if _same(entry.name, author.name)), None)
        results.append(
            AuthorView(author.name, author.email or (bio.email if bio else ""), bio.bio if bio else author.bio)
        )
    return tuple(results)


def split_bios(text: str, names: Sequence[str]) -> list[str]:
    """Split a paragraph that introduces several authors at the sentences that begin with one of `names`."""
    starts = sorted(
        {match.start() for name in names for match in re.finditer(rf"(?:^|(?<=[.!?”] )){re.escape(name)}\b", text)}
    )
    if len(starts) < 2 or starts[0] != 0:
        return [text]
    return [text[start:end].strip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _same(first: str, second: str) -> bool:
    return first.casefold().replace(" ", "") == second.casefold().replace(" ", "")


def _with_emails(names: Sequence[str], emails: Sequence[str]) -> tuple[AuthorView, ...]:
    alone = len(names) == len(emails)
    return tuple(AuthorView(name, emails[position] if alone else "") for position, name in enumerate(names))
