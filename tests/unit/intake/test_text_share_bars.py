"""Share bars in the visible text of pages, in many languages: never the letter's first paragraph."""

from __future__ import annotations

import pytest

from distributor.letters.intake import parse

PAGES = {
    "ko": (
        "조용한 종",
        "SNS 보내기\n카카오스토리\n네이버블로그\n밴드\nX\n페이스북\nURL복사",
        "종은 고모가 태어난 해에 만들어졌고, 지금도 오지 않는 배를 위해 울립니다. 가을에 마을에 물어봅시다.",
        ("kakao", "naver", "band", "twitter", "facebook", "link"),
    ),
    "en": (
        "A quiet bell",
        (
            "Share full article\nClick to share on Facebook (Opens in new window)\n"
            "Click to share on X (Opens in new window)\n"
            "Click to email a link to a friend (Opens in new window)\nPrint\nMore"
        ),
        "The bell was cast the year my aunt was born, and it still rings for a boat that no longer comes.",
        ("facebook", "twitter", "mail"),
    ),
    "ja": (
        "静かな鐘",
        "シェアする\nツイートする\nFacebookでシェア\nLINEで送る\nはてなブックマーク\nリンクをコピー\nメールで送る",
        "鐘は叔母が生まれた年に鋳られ、今も来ない船のために鳴っています。夏の正午に一度鳴らして、秋に町に聞いてみましょう。",
        ("twitter", "facebook", "line", "hatena", "link", "mail"),
    ),
    "de": (
        "Eine stille Glocke",
        "Teilen\nAuf Facebook teilen\nAuf X teilen\nPer WhatsApp teilen\nPer E-Mail versenden\nLink kopieren\nDrucken",
        "Die Glocke wurde im Jahr gegossen, in dem meine Tante zur Welt kam, und sie läutet noch immer für niemanden.",
        ("facebook", "twitter", "whatsapp", "mail", "link"),
    ),
    "fr": (
        "Une cloche muette",
        "Partager sur Facebook\nPartager sur X\nEnvoyer par e-mail\nCopier le lien\nImprimer",
        "La cloche fut fondue l’année où naquit ma tante, et elle sonne encore pour un bateau qui ne vient plus.",
        ("facebook", "twitter", "mail", "link"),
    ),
    "es": (
        "Una campana callada",
        "Compartir\nCompartir en Facebook\nCompartir en X\nEnviar por correo\nCopiar enlace\nImprimir",
        "La campana se fundió el año en que nació mi tía, y todavía suena por un barco que ya no viene al puerto.",
        ("facebook", "twitter", "mail", "link"),
    ),
    "pt": (
        "Um sino calado",
        "Compartilhar\nCompartilhar no Facebook\nCompartilhar no WhatsApp\nEnviar por e-mail\nCopiar link",
        "O sino foi fundido no ano em que nasceu minha tia, e ainda toca por um barco que já não vem ao porto.",
        ("facebook", "whatsapp", "mail", "link"),
    ),
    "it": (
        "Una campana muta",
        "Condividi\nCondividi su Facebook\nCondividi su X\nInvia per email\nCopia link\nStampa",
        "La campana fu fusa nell’anno in cui nacque mia zia, e suona ancora per una barca che non viene più.",
        ("facebook", "twitter", "mail", "link"),
    ),
    "zh": (
        "安静的钟",
        "分享\n分享到微信\n分享到微博\n分享至Facebook\n复制链接\n打印",
        "这口钟是在我姑姑出生的那一年铸成的，至今仍为一条不再来的船而鸣。让它在夏天的正午敲响一次，秋天再问问镇上的人。",
        ("wechat", "weibo", "facebook", "link"),
    ),
    "vi": (
        "Quả chuông lặng",
        "Chia sẻ\nChia sẻ lên Facebook\nChia sẻ qua Zalo\nGửi email\nSao chép liên kết",
        "Quả chuông được đúc vào năm cô tôi ra đời, và nó vẫn ngân vang vì một con thuyền không còn đến nữa.",
        ("facebook", "zalo", "mail", "link"),
    ),
    "id": (
        "Lonceng yang sunyi",
        "Bagikan\nBagikan ke Facebook\nBagikan ke WhatsApp\nKirim lewat email\nSalin tautan\nCetak",
        "Lonceng itu dicor pada tahun bibi saya lahir, dan masih berbunyi untuk perahu yang tidak pernah datang lagi.",
        ("facebook", "whatsapp", "mail", "link"),
    ),
}


@pytest.mark.parametrize("language", PAGES)
def test_a_share_bar_is_never_the_first_paragraph(language: str) -> None:
    title, bar, letter, channels = PAGES[language]
    (draft,) = parse(f"{title}\n\n{bar}\n\n{letter}\n".encode(), name="letter.txt")
    assert draft.title == title
    assert draft.body_text == letter
    assert draft.share_bar == channels
    assert (draft.language, draft.language_inferred) == (language, True)


def test_traditional_chinese() -> None:
    letter = "這口鐘是在我姑姑出生的那一年鑄成的，至今仍為一條不再來的船而鳴。"
    text = f"安靜的鐘\n\n分享到臉書\n複製連結\n\n{letter}\n"
    (draft,) = parse(text.encode(), name="letter.txt")
    assert draft.share_bar == ("facebook", "link")
    assert draft.body_text.startswith("這口鐘")


def test_a_text_too_short_to_judge_has_no_language() -> None:
    (draft,) = parse(b"A bell\n\nIt rings at noon, again.\n", name="letter.txt")
    assert (draft.language, draft.language_inferred) == ("", False)
    assert "language" in draft.missing
