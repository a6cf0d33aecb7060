"""What share buttons say in the languages that they are met in, channels' names left out. Data.

For each language: `share` what the button does, `introduction` those of them that may stand above a share bar, `filler`
the small words around a channel's name. A line is read as a button only where nothing else is in it, so that a small
word of one language costs nothing in another.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShareLanguage:
    """The words of one language, in lower case, with white space between them."""

    share: str
    introduction: str
    filler: str


LANGUAGES = {
    "en": ShareLanguage(
        "share sharing shared tweet post send copy copied",
        "share sharing sns",
        "a an the this to on via with by in as it of for using through article story page letter post button btn icon "
        "link friend friends someone current new window tab opens open click tap here address app web talk full your "
        "free and or",
    ),
    "ko": ShareLanguage(
        "공유 공유하기 보내기 복사 복사하기 퍼가기 전송 전송하기 전달",
        "공유 공유하기 퍼가기 sns",
        "x의 기사 글 버튼 아이콘 새창 새 창 열림 열기 하기 으로 로 에 에서 이 기사를 글을 바로가기",
    ),
    "ja": ShareLanguage(
        "シェア 共有 ツイート ポスト 投稿 送る 送信 コピー 保存",
        "シェア 共有",
        "する で に を へ と の この 記事 ページ ボタン 友達 友だち 新しい ウィンドウ 開く 追加 ブックマーク",
    ),
    "zh": ShareLanguage(
        "分享 转发 轉發 转贴 轉貼 发送 發送 传送 傳送 复制 複製 拷贝 转推 分享到 分享至",
        "分享 转发 轉發",
        "到 至 给 給 用 在 以 本文 文章 此 这 這 篇 空间 空間 新窗口 新視窗 打开 打開 中 好友 朋友",
    ),
    "de": ShareLanguage(
        "teilen geteilt versenden senden verschicken kopieren kopiert twittern posten weiterleiten empfehlen mailen",
        "teilen empfehlen weitersagen",
        "auf bei per via mit als in an im diesen dieses diese den das die der artikel beitrag seite link freund "
        "freunde neuem neues fenster öffnet jetzt adresse klick klicken um zu zum wird geöffnet",
    ),
    "fr": ShareLanguage(
        "partager partagez partage envoyer envoyez copier copiez tweeter tweetez publier",
        "partager partagez partage",
        "sur par avec via cet cette l' le la les un une ce article page lettre à ami amis dans nouvelle fenêtre ouvre "
        "de du cliquez cliquer pour l",
    ),
    "es": ShareLanguage(
        "compartir comparte compártelo enviar envía copiar copia tuitear publicar reenviar",
        "compartir comparte compártelo",
        "en por con vía este esta el la los un una artículo noticia página a amigo amigos nueva ventana abre de del "
        "haz clic para",
    ),
    "pt": ShareLanguage(
        "compartilhar compartilhe partilhar partilhe enviar envie copiar copie tuitar publicar",
        "compartilhar compartilhe partilhar partilhe",
        "no na em por com via este esta o a os um uma artigo notícia página amigo amigos nova janela abre de do da "
        "clique para",
    ),
    "it": ShareLanguage(
        "condividi condividere invia inviare copia copiare twitta pubblica",
        "condividi condividere",
        "su per via con questo questa il lo la un una articolo pagina a amico amici nuova finestra apre di tramite "
        "fai clic",
    ),
    "vi": ShareLanguage(
        "chia sẻ gửi sao chép đăng",
        "chia sẻ",
        "lên qua trên bằng vào tới cho bài viết này trang thư bạn bè địa chỉ",
    ),
    "id": ShareLanguage(
        "bagikan bagi kirim salin sebarkan twit",
        "bagikan bagi sebarkan",
        "ke di lewat melalui via ini artikel berita halaman dengan teman jendela baru dan",
    ),
}

# What stands among such buttons and shares nothing: print, save, more.
BESIDE = (
    "more all print save bookmark options now others menu comment comments social media network networks via follow "
    "friends tools listen gift loading like likes reader view "
    "더보기 인쇄 스크랩 프린트 저장 댓글 좋아요 "
    "印刷 保存 その他 もっと いいね 打印 列印 收藏 更多 点赞 "
    "drucken merken mehr speichern vorlesen kommentare imprimer enregistrer plus sauvegarder commenter "
    "imprimir guardar más mais salvar comentar stampa stampare salva altro in ấn lưu thêm cetak simpan lainnya"
)


def words(*kinds: str) -> frozenset[str]:
    """Return the words of all languages of these kinds ("share", "introduction", "filler")."""
    return frozenset(
        word for language in LANGUAGES.values() for kind in kinds for word in str(getattr(language, kind)).split()
    )
