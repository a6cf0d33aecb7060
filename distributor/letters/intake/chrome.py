"""The lines of a page that are not the letter: settings, font sizes, buttons, lists, notices. Pure."""

from __future__ import annotations

import re

from distributor.letters.intake.box_headings import BOX_HEADINGS

_IGNORE = re.IGNORECASE


def _line(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{'|'.join(patterns)})\W*", _IGNORE)


# Over readers' comments: "3 thoughts on “A title”", as the systems that most newsrooms use write it.
_QUOTED = r"[“”\"'‘’„‚«»‹›].{1,160}"
_COMMENT_HEADINGS = (
    rf"(?:(?:\d+|one) )?(?:comments?|responses?|replies|reply|thoughts?) (?:on|to) {_QUOTED}",
    rf"(?:(?:\d+|ein(?:e)?) )(?:gedanken?|kommentare?|antwort(?:en)?|meinung(?:en)?) (?:zu|auf) {_QUOTED}",
    rf"(?:(?:\d+|une?) )(?:réflexions?|commentaires?|réponses?|avis|pensées?) (?:sur|à|au sujet de) {_QUOTED}",
    rf"(?:(?:\d+|un|una?) )(?:comentarios?|respuestas?|pensamientos?|opiniones|opinión) (?:en|a|sobre) {_QUOTED}",
    rf"(?:(?:\d+|uma?) )(?:comentários?|respostas?|pensamentos?) (?:em|a|sobre) {_QUOTED}",
    rf"(?:(?:\d+|un|una) )(?:commenti|commento|risposte|risposta|pensieri|pensiero) (?:su|a|riguardo) {_QUOTED}",
    rf"(?:(?:\d+|één) )(?:reacties|reactie|gedachten?|antwoord(?:en)?) (?:op|over) {_QUOTED}",
    rf"(?:(?:\d+|jeden) )(?:komentarz[ey]?|komentarzy|odpowiedzi|myśli) (?:do|na|o|nt\.) {_QUOTED}",
    rf"(?:(?:\d+|satu) )(?:komentar|tanggapan|pemikiran|balasan) (?:pada|untuk|tentang) {_QUOTED}",
    rf"(?:\d+ )(?:bình luận|suy nghĩ|phản hồi) (?:trên|về|cho) {_QUOTED}",
    r"[“\"'‘《].{1,160}[”\"'’》]\s?에 (?:대한|달린)\s?\d+\s?개의? (?:댓글|생각|의견|답글)",
    r"[「『].{1,160}[」』](?:への|に対する|に)\s?\d+\s?件の(?:フィードバック|コメント|意見|返信)",
    r"[《「“].{1,160}[》」”]\s?(?:有|上有|的)\s?\d+\s?[条條则則个個](?:评论|評論|留言|回复|回應|想法)",
)

# Never part of a letter, wherever they stand.
_ALWAYS = _line(
    r"[ⓕⒻ]?\s*font[\s-]?size(?:\s*[-−–+]?\d)*",
    r"[-−–]\s?2\s+[-−–]\s?1\s+0\s+\+\s?1\s+\+\s?2",
    r"text[\s-]?size",
    r"글자\s?(?:크기|크게|작게)(?:\s?(?:조절|변경|설정))?(?:하기)?(?:\s*가)*",
    r"like this:?",
    r"like loading\W*",
    r"(?:기사\s?)?원문(?:\s?보기)?",
    r"가(?:\s+가)+",
    r"settings?\s+[ⓕⒻ]?\s*font[\s-]?size.*",
    r"advertise?ment",
    r"skip to (?:main )?content",
    r"본문\s?바로가기",
    r"listen to this (?:article|letter|story)",
    r"press enter or click to view image in full size",
    r"this article is more than .{1,30} old",
    r"X\s*CLOSE",
    r"닫기",
    r"(?:무단\s?)?전재(?:\s?및|,)?\s?재배포\s?금지.*",
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_STEP = re.compile(r"(?:[-−–+]\s?[12]|0)")
# Chrome before the letter begins and after it has ended; in between they may be words of the letter.
_AROUND = _line(
    r"settings",
    r"설정",
    r"close",
    r"[x×✕✖]",
    r"menu",
    r"메뉴",
    r"home",
    r"홈",
    r"search",
    r"검색",
    r"log ?in",
    r"sign (?:in|up)",
    r"로그인",
    r"회원가입",
    r"subscribed?(?: now)?",
    r"\d{1,5}",
    r"(?:drucken|imprimer|imprimir|stampa|cetak|印刷|打印|列印)",
    r"구독(?:하기|신청)?",
    r"print(?: this)?(?: (?:page|article|letter|story))?",
    r"인쇄(?:하기)?",
    r"프린트",
    r"save",
    r"bookmark",
    r"스크랩",
    r"listen",
    r"share",
    r"공유(?:하기)?",
    r"목록(?:으로|보기)?",
    r"list",
    r"\d+ ?(?:min(?:ute)?s?)(?: read)?(?:\s*[·•|]\s*.{4,30}\d{4})?",
    r"\d+ comments?",
    r"댓글 ?\d*",
    r"좋아요 ?\d*",
    r"likes? ?\d*",
    r"(?:published|posted|updated|modified|last (?:updated|modified)|date)\s*(?:on|at|:).{4,60}",
    r"(?:입력|수정|등록|승인|기사입력|최종수정|발행)(?:일|시간|일시)?\s*[:|]?\s*\d{4}.{4,40}",
    r"\d{4}\s?[-./년]\s?\d{1,2}\s?[-./월]\s?\d{1,2}\s?[.일]?.{0,20}",
    r"(?:\w{2,10}[.,]+ )?\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}\b.{0,40}",
    r"(?:\w{2,10}[.,]+ )?\d{1,2}\.? (?:de )?[^\W\d_]{3,10}\.? (?:de )?\d{4}\b.{0,40}",
    rf"(?:{_DAY},?\s+)?{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}.{{0,30}}",
    rf"(?:{_DAY},?\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+\d{{4}}.{{0,30}}",
)
# From here on nothing belongs to the letter.
_END = _line(
    r"top\s?\d+(?: (?:stories|letters|articles|news|posts|reads))?(?:\s+close)?",
    r"(?:previous|next|older|newer) (?:letter|post|article|story).{0,80}",
    r"(?:vorherige[rs]?|nächste[rs]?|voriger) (?:artikel|beitrag).{0,120}",
    r"article (?:précédent|suivant).{0,120}",
    r"(?:artículo|entrada|noticia|nota|artigo) (?:anterior|siguiente|seguinte).{0,120}",
    r"(?:\d+ )?comments?(?: \(\d+\))?",
    r"leave a (?:comment|reply).{0,40}",
    *_COMMENT_HEADINGS,
    r"discussion about this (?:post|letter|podcast)",
    r"(?:post|add|write) a comment",
    r"(?:all )?rights reserved.{0,60}",
    r"(?:copyright|ⓒ|©).{0,120}",
    r"(?:terms of (?:use|service)|privacy policy|cookie policy|about us|contact us)(?:\W+.{0,80})?",
    r"(?:저작권자|ⓒ|©|무단).{0,80}",
    r"(?:이전|다음)\s?(?:글|기사|편지)(?:\s*[:|].{0,60})?",
    r"댓글(?:\s?(?:쓰기|달기|보기|\d+개?))?",
    r"이 기사를 공유합니다",
)
# A box of something else: mostly behind the letter, at times in the middle of it.
_BOX = _line(
    r"(?:the )?(?:most|best)[\s-](?:read|popular|viewed|shared|commented)"
    r"(?: (?:stories|letters|articles|posts|news|now))?",
    r"popular (?:stories|letters|articles|posts|now)",
    r"trending(?: (?:now|stories))?",
    r"related(?: (?:stories|story|letters?|articles?|posts?|news|reading|content|links?|topics))?",
    r"(?:you )?(?:may|might) also (?:like|enjoy)",
    r"recommended(?: (?:for you|stories|reading))?",
    r"more (?:from|in|on|by) .{2,60}",
    r"more (?:stories|letters|articles|posts|news)",
    r"(?:read|see) (?:more|also|next)",
    r"read (?:more|other) (?:letters|stories|articles).{0,40}",
    r"(?:sign up|subscribe) (?:to|for) .{2,80}",
    r"(?:our )?newsletters?",
    r"get (?:our|the) (?:newsletter|letters?) .{0,60}",
    r"(?:filed under|tags?|topics|categories)\s*:.{0,120}",
    r"follow us.{0,60}",
    r"thanks for reading .{2,80}subscribe .{2,120}",
    r"관련\s?(?:기사|글|뉴스|편지|콘텐츠)(?:\s?더?보기)?",
    r"(?:많이|가장 많이) (?:본|읽은) (?:뉴스|기사|글|편지)",
    r"인기\s?(?:기사|뉴스|글)",
    r"추천\s?(?:기사|뉴스|글|콘텐츠)",
    r"뉴스레터(?:\s?구독.{0,30})?",
)
# Lines that hardly any letter has.
_SURE_END = _line(
    r"top\s?\d+ (?:stories|letters|articles|news|posts|reads)(?:\s+close)?",
    r"leave a (?:comment|reply).{0,40}",
    r"(?:post|add|write) a comment",
    *_COMMENT_HEADINGS,
    r"discussion about this (?:post|letter|podcast)",
    r"(?:previous|next|older|newer) (?:letter|post|article|story)\s*[:|→←»«].{0,80}",
    r"all rights reserved.{0,60}",
    r"댓글\s?(?:쓰기|달기|\d+개?)",
    r"이 기사를 공유합니다",
)
# What stands among comments and in no letter.
_OF_COMMENTS = _line(
    r"reply",
    r"(?:log|sign) in to (?:reply|comment|leave a comment).{0,40}",
    r"(?:about )?(?:an?|\d+) ?(?:s|m|h|d|w|mo|y|seconds?|minutes?|hours?|days?|weeks?|months?|years?)(?: ago)?",
    r"(?:vor|il y a|hace|há) (?:.{1,12} )?"
    r"(?:minuten?|stunden?|tagen?|minutes?|heures?|jours?|minutos?|horas?|d[ií]as?)",
    r"\d+ ?(?:초|분|시간|일|주|개월|년) ?전",
    r"답글(?: ?(?:쓰기|달기|\d+개?))?",
    r"like ?\(\d+\)",
    r"restacks?",
    r"(?:report|flag)(?: (?:this )?comment)?",
    r"antworten|répondre|responder|rispondi",
)
_CALL = re.compile(
    r"newsletter|subscri(?:be|ption)|sign up|inbox|e-?mail|뉴스레터|구독|join us|support (?:us|our)", _IGNORE
)
_GO_TOP = re.compile(
    r"\W*(?:(?:go|back|return|scroll)\s*(?:to\s*)?(?:the\s*)?top|맨\s?위로(?:\s?가기)?|"
    r"(?:페이지\s?)?(?:상단|위)으?로(?:\s?(?:가기|이동))?|top으?로)(?:\s*[↑▲^]|(?=\s|\W|$))\W*(.{0,60})",
    _IGNORE,
)
_NO_LETTER = re.compile(
    r"\W*(?:error\s*)?(?:[45]\d\d\b|(?:the )?(?:page|article|letter)?\s*(?:you .{0,30} )?"
    r"(?:can(?:no|')t be|could not be|was not|is not|not)\s+(?:found|available)|(?:oops|sorry)\W|not found|"
    r"access denied|forbidden|unauthori[sz]ed|service unavailable|log ?in\b|sign in\b|please (?:log|sign) in|로그인|"
    r"페이지를 찾을 수 없|존재하지 않는|접근이 제한)",
    _IGNORE,
)


_TO_TOP = re.compile(r"(?:go|back|return|scroll)\W*(?:to\W*)?(?:the\W*)?$")
_BEFORE_TOP = 30  # characters


def may_go_top(text: str) -> bool:
    """Return whether "go top" may stand in a page's text: every page is asked, most have it not."""
    if any(word in text for word in ("맨 위", "맨위", "상단으로", "상단로", "위로")):
        return True
    lower = text.lower()
    places = (match.start() for match in re.finditer("top", lower))
    return any(
        lower.startswith(("로", "으로"), at + 3) or _TO_TOP.search(lower[max(0, at - _BEFORE_TOP) : at])
        for at in places
    )


def is_chrome(line: str) -> bool:
    """Return whether a line is page furniture wherever it stands."""
    return len(line) <= 120 and bool(_ALWAYS.fullmatch(line) or not re.search(r"\w", line))


def is_size_step(line: str) -> bool:
    """Return whether a line is one step of a font-size control: "-2", "0", "+1"."""
    return bool(_STEP.fullmatch(line.strip(" •·*()[]")))


def is_chrome_around(line: str) -> bool:
    """Return whether a line before or after the letter is page furniture: a menu, a date line, a button."""
    return is_chrome(line) or (len(line) <= 120 and bool(_AROUND.fullmatch(line)))


def ends_letter(line: str) -> bool:
    """Return whether a line begins what follows every letter on its page: lists, comments, notices, "go top"."""
    return len(line) <= 160 and bool(_END.fullmatch(line) or go_top(line) is not None)


def is_date(line: str) -> bool:
    """Return whether a line is a date, with what stands around it."""
    return len(line) <= 120 and bool(_AROUND.fullmatch(line)) and bool(re.search(r"\d", line))


def surely_ends_letter(line: str) -> bool:
    """Return whether a line that may end a letter is one that hardly any letter has itself."""
    return len(line) <= 160 and bool(_SURE_END.fullmatch(line) or go_top(line) is not None)


def is_of_comments(line: str) -> bool:
    """Return whether a line stands among readers' comments: "Reply", "2 days ago"."""
    return len(line) <= 60 and bool(_OF_COMMENTS.fullmatch(line))


def is_call(line: str) -> bool:
    """Return whether a short paragraph asks for a subscription or the like."""
    return len(line) <= 240 and bool(_CALL.search(line))


def begins_box(line: str) -> bool:
    """Return whether a line heads a box of other letters or of advertising, which may stand in a letter's middle."""
    return len(line) <= 160 and bool(_BOX.fullmatch(line) or BOX_HEADINGS.fullmatch(line))


def go_top(line: str) -> str | None:
    """Return what stands behind "go top" ("go top LETTER" → "LETTER", maybe ""), None for other lines."""
    match = _GO_TOP.fullmatch(line) if len(line) <= 90 else None
    return match[1].strip(" •·|") if match else None


def is_section_name(text: str) -> bool:
    """Return whether a short text after "go top" can be a section's name."""
    return (
        0 < len(text) <= 30
        and len(text.split()) <= 3
        and bool(re.search(r"\w", text))
        and not re.search(r"[.!?:©ⓒ@]", text)
    )


def says_no_letter(title: str) -> bool:
    """Return whether a title is that of an error or log-in page: "404 Not Found", "로그인"."""
    return bool(_NO_LETTER.match(title)) and len(title) <= 120


def is_prose(text: str) -> bool:
    """Return whether a text reads as a sentence or more: five words (or as many Hangul letters as make them), ended."""
    long_enough = len(text.split()) >= 5 or len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff가-힣]", text)) >= 10
    return long_enough and bool(re.search(r"[.!?…。！？:;,](?:[\"'”’“‘»«」』)\]]|\s|$)", text))
