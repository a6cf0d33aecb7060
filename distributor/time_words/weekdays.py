"""The days of the week by name, in the main languages, whole and as people shorten them.

Short forms mean different days in different languages: “di” is Tuesday in German and Sunday in French. What else stands
in the text may tell the language (`languages_of`); where it does not, all of its days are returned.
"""

from __future__ import annotations

from collections.abc import Collection

import regex

# From Monday on; the forms of a day are parted by strokes.
_NAMES = {
    "en": "monday|mon tuesday|tues|tue wednesday|wed thursday|thurs|thu friday|fri saturday|sat sunday|sun",
    "de": "montag|mo dienstag|di mittwoch|mi donnerstag|do freitag|fr samstag|sonnabend|sa sonntag|so",
    "nl": "maandag|ma dinsdag|di woensdag|wo donderdag|do vrijdag|vr zaterdag|za zondag|zo",
    "fr": "lundi|lun|lu mardi|mar|ma mercredi|mer|me jeudi|jeu|je vendredi|ven|ve samedi|sam|sa dimanche|dim|di",
    "es": "lunes|lun|lu martes|mar|ma miércoles|mié|mie|mi jueves|jue|ju viernes|vie|vi sábado|sáb|sab domingo|dom|do",
    "pt": (
        "segunda-feira|segunda|seg terça-feira|terça|ter quarta-feira|quarta|qua quinta-feira|quinta|qui "
        "sexta-feira|sexta|sex sábado|sáb|sab domingo|dom"
    ),
    "it": (
        "lunedì|lunedi|lun|lu martedì|martedi|mar|ma mercoledì|mercoledi|mer|me giovedì|giovedi|gio|gi "
        "venerdì|venerdi|ven|ve sabato|sab|sa domenica|dom|do"
    ),
    "ru": ("понедельник|пн вторник|вт среда|среду|ср четверг|чт пятница|пятницу|пт суббота|субботу|сб воскресенье|вс"),
    "id": "senin|sen selasa|sel rabu|rab kamis|kam jumat|jum'at|jum sabtu|sab minggu|ahad|min",
    "vi": (
        "thứ_hai|thứ_2|t2 thứ_ba|thứ_3|t3 thứ_tư|thứ_4|t4 thứ_năm|thứ_5|t5 thứ_sáu|thứ_6|t6 thứ_bảy|thứ_7|t7 "
        "chủ_nhật|cn"
    ),
    "ko": "월요일|월욜 화요일|화욜 수요일|수욜 목요일|목욜 금요일|금욜 토요일|토욜 일요일|일욜",
    "ja": "月曜日|月曜 火曜日|火曜 水曜日|水曜 木曜日|木曜 金曜日|金曜 土曜日|土曜 日曜日|日曜",
    "zh": (
        "星期一|周一|週一|礼拜一|禮拜一 星期二|周二|週二|礼拜二|禮拜二 星期三|周三|週三|礼拜三|禮拜三 "
        "星期四|周四|週四|礼拜四|禮拜四 星期五|周五|週五|礼拜五|禮拜五 星期六|周六|週六|礼拜六|禮拜六 "
        "星期日|星期天|周日|週日|周天|礼拜天|礼拜日|禮拜天|禮拜日"
    ),
}
_SINGLE = ("월月一", "화火二", "수水三", "목木四", "금金五", "토土六", "일日")  # in brackets, or behind a week's word
_BRACKETS = regex.compile(r"\s*[(\[]\s*([\p{L}\p{M}' ]{1,20})\.?\s*[)\]]\s*")
_SIGNS = {
    "de": r"\buhr\b|\bum\b",
    "nl": r"\buur\b|\bom\b",
    "fr": r"\bheures?\b|\bà\b|\bmatin\b|\bsoir\b",
    "es": r"\ba las?\b|\bde la (?:tarde|noche|mañana)\b",
    "pt": r"\bàs?\b|\bda (?:tarde|noite|manhã)\b",
    "it": r"\balle\b|\bore\b|\bdi (?:sera|mattina)\b",
    "en": r"\bat\b|\d\s*[ap]\.?m\b|o['’]clock",
}
_LANGUAGE_SIGNS = {language: regex.compile(signs) for language, signs in _SIGNS.items()}


def _by_name() -> dict[str, dict[str, int]]:
    names: dict[str, dict[str, int]] = {}
    for language, days in _NAMES.items():
        for weekday, forms in enumerate(days.split()):
            for form in forms.split("|"):
                names.setdefault(form.replace("_", " "), {})[language] = weekday
    return names


_BY_NAME = _by_name()


def languages_of(words: str) -> frozenset[str]:
    """Return the languages that a text's small words are of, nothing where they tell none."""
    return frozenset(language for language, signs in _LANGUAGE_SIGNS.items() if signs.search(words))


def weekdays(words: str, languages: Collection[str] = (), *, single: bool = False) -> frozenset[int]:
    """Return the days of the week (Monday is 0) that words (case-folded) name in these languages, else in any.

    `single`: a character such as 화 or 火 alone is a weekday, too.
    """
    words = words.strip(" .,").replace("’", "'")
    if single and len(words) == 1:
        return frozenset(weekday for weekday, characters in enumerate(_SINGLE) if words in characters)
    by_language = _BY_NAME.get(words, {})
    named = frozenset(weekday for language, weekday in by_language.items() if language in languages)
    return named or frozenset(by_language.values())


def take_weekday(words: str, languages: Collection[str] = ()) -> tuple[frozenset[int], str] | None:
    """Return the weekdays that stand before, behind or in brackets in words, and the other words; None for none."""
    if (match := _BRACKETS.search(words)) and (days := weekdays(match[1], languages, single=True)):
        return days, f"{words[: match.start()]} {words[match.end() :]}".strip(" ,")
    pieces = words.split()
    for count in (2, 1):
        for beside, others in ((pieces[:count], pieces[count:]), (pieces[-count:], pieces[:-count])):
            if not others or (beside == ["mar"] and others[0][0].isdecimal()):  # the month: “9 de mar”
                continue
            if days := weekdays(" ".join(beside), languages):
                return days, " ".join(others).strip(" ,")
    return None
