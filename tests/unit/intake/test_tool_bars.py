"""Buttons above a letter (to share, save, print, listen) are never its first paragraph, whatever their form."""

from __future__ import annotations

import pytest

from distributor.domain.letters import Draft
from distributor.letters.intake import parse

P1 = "The ferry bell was cast the year my aunt was born, and it still rings for a boat that no longer comes."
P2 = "Mending it would cost less than one evening of fireworks, and the school has offered to pay a third of it."
P3 = "The harbour master says that nobody would hear it, which is what people say of bells that do not ring."
LETTER = f"{P1}\n\n{P2}\n\n{P3}"
TITLE = "A bell for nobody"
BARS = {
    "Jetpack": [
        "Click to share on Facebook (Opens in new window) Facebook",
        "Click to share on X (Opens in new window) X",
        "Click to print (Opens in new window) Print",
    ],
    "English": ["Share full article", "Listen · 4 min", "Save", "Print", "Gift this article"],
    "English, one line": ["Share to Facebook Share to X Share via email Copy Link"],
    "English, times": ["4 min read", "Listen to this story", "Save for later", "Share", "Comments (12)"],
    "German": ["Artikel anhören", "Teilen", "Merken", "Drucken", "Lesezeit: 4 Minuten"],
    "German, more": ["Vorlesen", "Auf Facebook teilen", "Artikel verschenken", "Kommentare", "Als PDF speichern"],
    "French": ["Partager", "Offrir l’article", "Réagir", "Imprimer", "Temps de lecture : 4 min."],
    "French, more": ["Écouter l’article", "Lire plus tard", "Commenter", "Envoyer par e-mail"],
    "Spanish": ["Compartir", "Escuchar", "Guardar", "Comentarios", "Regalar artículo", "Imprimir"],
    "Portuguese": ["Compartilhar", "Ouvir", "Salvar", "Comentar", "Presentear", "Imprimir"],
    "Italian": ["Condividi", "Ascolta", "Salva", "Commenta", "Regala", "Stampa"],
    "Dutch": ["Delen", "Luister", "Bewaren", "Reageer", "Afdrukken", "Leestijd: 4 minuten"],
    "Polish": ["Udostępnij", "Posłuchaj", "Zapisz", "Drukuj", "Skomentuj"],
    "Swedish": ["Dela", "Lyssna", "Spara", "Skriv ut", "Kommentera"],
    "Turkish": ["Paylaş", "Dinle", "Kaydet", "Yazdır", "Yorumlar"],
    "Russian": ["Поделиться", "Слушать", "Сохранить", "Распечатать", "Комментарии"],
    "Chinese": ["分享到：", "微信", "微博", "QQ空间", "字号：大 中 小", "评论"],
    "Chinese, traditional": ["分享", "LINE", "臉書", "收藏", "列印", "留言"],
    "Japanese": ["ポスト", "シェアする", "はてブ", "note", "記事を保存", "コメント"],
    "Korean": ["공유하기", "페이스북", "카카오톡", "글자크기 조절", "기사 듣기", "스크랩"],
    "Vietnamese": ["Chia sẻ", "Facebook", "Zalo", "In bài viết", "Lưu", "Bình luận"],
    "Indonesian": ["Bagikan", "WhatsApp", "Komentar", "Simpan", "Dengarkan"],
}


def page(bar: str, letter: str = "") -> Draft:
    paragraphs = letter or "".join(f"<p>{text}</p>" for text in (P1, P2, P3))
    markup = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title></head><body><main><article>'
        f"<h1>{TITLE}</h1><div class='entry-content'>{bar}{paragraphs}</div></article></main></body></html>"
    )
    (draft,) = parse(markup.encode(), name="letter.html")
    return draft


@pytest.mark.parametrize("language", BARS)
def test_in_visible_text(language: str) -> None:
    for between in ("\n", "\n\n"):
        text = f"{TITLE}\n\n{between.join(BARS[language])}\n\n{LETTER}\n"
        (draft,) = parse(text.encode(), name="letter.txt")
        assert draft.body_text == LETTER


@pytest.mark.parametrize("language", BARS)
def test_on_a_page(language: str) -> None:
    lines = BARS[language]
    links = [f"<a href='#'>{line}</a>" for line in lines]
    items = "".join(f"<li>{line}</li>" for line in lines)
    for bar in (
        f"<ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>",
        f"<ul>{items}</ul>",
        "".join(f"<p>{line}</p>" for line in lines),
        "".join(f"<div>{link}</div>" for link in links),
        f"<p>{'<br>'.join(lines)}</p>",
        f"<figure><img src='/a.png' alt='A bell'></figure><ul>{items}</ul>",
    ):
        assert page(bar).body_text.removeprefix("A bell\n\n") == LETTER, bar


def test_jetpacks_addresses_name_their_networks() -> None:
    names = ("facebook", "x", "linkedin", "telegram", "jetpack-whatsapp", "bluesky", "mastodon", "email", "print")
    links = "".join(
        f"<li class='share-{name}'><a class='sd-button' href='https://tide.example/7/?share={name}&amp;nb=1'>"
        f"<span>Click to share on {name} (Opens in new window)</span>{name}</a></li>"
        for name in names
    )
    draft = page(f"<div class='sharedaddy'><h3>Share this:</h3><ul>{links}</ul></div>")
    assert draft.share_bar == (
        *("facebook", "twitter", "linkedin", "telegram", "whatsapp", "bluesky", "mastodon", "mail"),
    )
    assert draft.body_text == LETTER


@pytest.mark.parametrize(
    "line",
    [
        "Listen to me, all of you.",
        "Print is dead, they say",
        "Dear readers,",
        "To all who share the quay",
        "Save the bell",
        "Minutes of silence",
        "In the or of the and",
        "12",
    ],
)
def test_a_letters_own_first_line_stays(line: str) -> None:
    draft = page(f"<p>{line}</p>")
    assert draft.body_text.startswith(P1 if line == "12" else line)


def test_a_verse_of_such_words_stays() -> None:
    draft = page("", "<p>Send it up the river,</p><p>Print</p><p>the bell will not be heard again.</p>")
    assert draft.body_text == "Send it up the river,\n\nPrint\n\nthe bell will not be heard again."


PLATFORMS = {
    "Medium": "<div><span>4 min read</span><span>·</span><span class='d'>Nov 20, 2026</span></div>",
    "Medium's picture": (
        "<figure><div role='button'><span>Press enter or click to view image in full size</span>"
        "<img src='https://miro.medium.com/x.png'></div></figure>"
    ),
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_platforms_put_above_a_letter(platform: str) -> None:
    assert page(PLATFORMS[platform]).body_text == LETTER


def test_substacks_buttons_between_paragraphs_are_left_out() -> None:
    link = "<a class='button primary' href='https://q.substack.com/{0}'><span>{1}</span></a>"
    button = f"<p class='button-wrapper'>{link}</p>"
    buttons = button.format("subscribe?", "Subscribe now") + button.format("p/h/comments", "Leave a comment")
    draft = page("", f"<p>{P1}</p>{buttons}<p>{P2}</p>{button.format('p/h?action=share', 'Share')}<p>{P3}</p>")
    assert draft.body_text == LETTER
    petition = button.format("../petition", "Sign the petition")
    assert "Sign the petition" in page("", f"<p>{P1}</p>{petition}<p>{P2}</p><p>{P3}</p>").body_text
