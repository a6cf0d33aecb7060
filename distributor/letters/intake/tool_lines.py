"""Lines of buttons above a letter: to share, save, print, listen to it, give it away, with how long it takes to read.

A line is one only where it has nothing but such words, in whatever language, so that a small word of one language costs
nothing in another.
"""

from __future__ import annotations

import re
from typing import Final

from distributor.letters.intake import chrome, share_words

_LONGEST: Final = 100  # characters
_MOST: Final = 16  # words
# What sentences have and buttons don't: a comma, an end.
_SENTENCE: Final = re.compile(r"[,;!?。！？，；…]|(?<!\bmin)\.\s*$")
_TOOLS: Final = {
    "en": "listen audio read reading reader bookmark report gift pdf font comments reply reply save later time minute "
    "minutes min mins copy translate summarize summary",
    "de": "anhören hören vorlesen verschenken schenken leseliste lesezeichen lesezeit lesedauer minuten minute min "
    "kommentar schriftgröße speichern als",
    "fr": "offrir réagir écouter lire favoris favori plus-tard lecture temps minute minutes classer enregistrer",
    "es": "escuchar regalar comentarios guardar lectura tiempo minuto minutos favoritos",
    "pt": "ouvir presentear comentários leitura tempo minuto minutos favoritos",
    "it": "ascolta ascoltare regala regalare commenta commenti lettura tempo minuto minuti preferiti",
    "nl": "delen deel luister luisteren beluister bewaren bewaar opslaan reageer reacties afdrukken print leestijd "
    "minuten cadeau doorsturen",
    "pl": "udostępnij posłuchaj zapisz drukuj wydrukuj skomentuj komentarze wyślij kopiuj czas czytania minut minuty",
    "sv": "dela lyssna spara skriv ut kommentera kommentarer kopiera skicka lästid minuter",
    "tr": "paylaş dinle kaydet yazdır yorumlar yorum kopyala gönder beğen okuma süresi dakika",
    "ru": "поделиться слушать сохранить распечатать печать комментарии комментировать отправить скопировать минут мин "
    "время чтения",
    "uk": "поділитися слухати зберегти друкувати роздрукувати коментарі надіслати копіювати хвилин",
    "zh": "字号 字號 评论 評論 留言 朗读 朗讀 收听 收聽 点赞 阅读 閱讀 分钟 分鐘 扫码 举报 海报",
    "ja": "note コメント 記事を保存 聴く 聞く 読む 読了時間 約 分 クリップ 拡大 縮小 文字サイズ ブックマーク いいね",
    "ko": "듣기 기사듣기 음성으로 글자크기 글씨크기 글자 크기 조절 변경 분 읽기 북마크 요약봇 번역 댓글쓰기 의견",
    "vi": "nghe bình luận phút đọc thích",
    "id": "dengarkan komentar simpan menit baca suka",
}
_AROUND: Final = {
    "en": "later story full your me",
    "de": "um zu zum später klick klicken wird geöffnet pdf artikel",
    "fr": "cliquez cliquer pour l d tard",
    "es": "haz clic para de artículo",
    "pt": "clique para",
    "it": "fai clic di",
    "nl": "dit artikel op via klik om te",
    "pl": "na artykuł przez",
    "sv": "på via artikeln",
    "tr": "de da ile üzerinde haberi",
    "ru": "в на через по статью",
    "uk": "в у на через статтю",
    "zh": "大 中 小 空间 空間 ：",
    "ja": "記事 後で あとで を",
    "ko": "가",
}
# Names of buttons whose words are small ones elsewhere.
_PHRASES: Final = re.compile(r"\bin (?=bài\b|trang\b)", re.IGNORECASE)
_TOOL_WORDS: Final = frozenset(" ".join(_TOOLS.values()).split()) | share_words.TOOL_WORDS
_WORDS: Final = _TOOL_WORDS | frozenset(" ".join(_AROUND.values()).split()) | share_words.SMALL_WORDS


def is_tool_line(line: str) -> bool:
    """Return whether a line is one button beside a letter, or several: "Listen · 4 min", "Teilen", "글자크기 조절"."""
    text = _PHRASES.sub("print ", share_words.without_parentheses(line))
    if not text.strip() or len(text) > _LONGEST or _SENTENCE.search(text):
        return False
    words = [word for word in share_words.label_words(text, _WORDS) if not word.isdecimal()]
    return (
        0 < len(words) <= _MOST and all(word in _WORDS for word in words) and any(word in _TOOL_WORDS for word in words)
    )


def is_tool_bar(text: str) -> bool:
    """Return whether all lines of a block are such buttons, or what else pages show above a letter."""
    lines = [line for line in text.split("\n") if line.strip()]
    return bool(lines) and all(is_tool_line(line) or chrome.is_chrome_around(line) for line in lines)
