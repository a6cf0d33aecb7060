"""What feeds write at the end of a letter's beginning, by language. Regular expressions, without regard to case.

`LINKS` lead to the rest; `WORDS` do where they stand alone; `PAYWALLS` say that it is for those who pay or register.
"""

from __future__ import annotations

from typing import Final

LINKS: Final = {
    "en": (
        r"continue reading|(?:click here to )?(?:keep reading|read (?:more|on))|"
        r"(?:click here to )?(?:read|view|see) (?:more|the (?:rest|(?:full|whole|original) \w+))"
    ),
    "de": (
        r"(?:hier )?weiter ?lesen|(?:mehr|weiter) lesen|zum (?:ganzen |vollständigen )?(?:artikel|beitrag|text)|"
        r"(?:den )?(?:ganzen|vollständigen) (?:artikel|beitrag|text) lesen|"
        r"lesen sie (?:hier )?(?:mehr|weiter)|mehr erfahren"
    ),
    "fr": (
        r"(?:lire|voir) la suite|(?:en )?(?:lire|savoir) plus|lire l[’']article(?: complet| en entier)?|"
        r"(?:continuer|poursuivre) (?:la|à|votre) (?:lecture|lire)"
    ),
    "es": (
        r"(?:leer|ver) más|(?:sigue|seguir) leyendo|contin[uú]ar? leyendo|"
        r"leer (?:el )?(?:artículo|texto|resto)(?: completo)?"
    ),
    "pt": (
        r"(?:leia|ler|saiba|veja|ver) mais|contin(?:ue|uar) (?:lendo|a ler|a leitura)|"
        r"leia (?:o texto|a matéria|na íntegra)"
    ),
    "it": (
        r"continua(?:re)? (?:a leggere|la lettura)|prosegui (?:la lettura|a leggere)|"
        r"leggi (?:di più|tutto|ancora|l[’']articolo(?: completo)?|il seguito)"
    ),
    "ko": (
        r"계속(?:해서)? ?(?:읽기|보기)|더 ?(?:보기|읽기|읽어 ?보기)|자세히 ?(?:보기|읽기)|이어서 ?(?:보기|읽기)|"
        r"(?:기사 ?)?(?:전문|원문|전체|본문)(?: ?글| ?기사)? ?(?:보기|읽기)"
    ),
    "ja": (
        r"(?:この)?続き(?:を(?:読む|みる|見る)|は(?:こちら|コチラ))|もっと(?:読む|見る)|"
        r"(?:記事)?全文を?(?:読む|見る)|詳し(?:くは|い内容は)こちら|記事を読む"
    ),
    "zh": (
        r"[阅閱][读讀](?:更多|全文|原文)|[继繼][续續][阅閱][读讀]|展[开開]全文|"
        r"[查点點][看击擊](?:[查阅閱][看读讀])?(?:全文|更多|原文)"
    ),
    "vi": r"(?:đọc|xem) (?:tiếp|thêm|toàn bộ)|tiếp tục đọc",
    "id": (r"baca (?:selengkapnya|lebih lanjut|lagi)|lihat selengkapnya|lanjut(?:kan)? (?:mem)?baca|teruskan membaca"),
    "nl": r"lees (?:verder|meer)|verder lezen",
    "sv": r"läs (?:mer|vidare)",
}
WORDS: Final = r"more|mehr|weiter|la suite|suite|más|mais|continua|더|続き|更多|全文|chi tiết|selengkapnya"
PAYWALLS: Final = {
    "en": (
        r"this (?:post|article|story|letter|episode|content) is (?:only )?"
        r"(?:for|available to|reserved for|exclusive to) (?:our )?(?:(?:paid|paying|premium|registered) )?"
        r"(?:subscribers|members)|the rest of this (?:post|article|story|letter) is|"
        r"(?:subscribe|sign up|upgrade|register|log ?in|become a (?:member|subscriber))\b.{0,40} to "
        r"(?:read|continue|keep|unlock)"
    ),
    "de": (
        r"(?:nur|exklusiv) für (?:(?:zahlende|angemeldete|unsere)\w* )*(?:abonnent|mitglied|leser mit abo)|"
        r"abonnieren\b.{0,30} weiter ?lesen"
    ),
    "fr": (r"réservée? (?:à nos |aux )(?:abonn|membres|adhérent)|abonnez-vous pour (?:lire|continuer|accéder)"),
    "es, pt": (
        r"(?:sol[oa]|exclusiv[oa]|reservad[oa])s? (?:para|a|aos?) (?:los |las |nuestros |nossos )?"
        r"(?:suscriptor|abonad|miembro|assinante|membro|socio)|suscr[ií]bete para (?:seguir|leer|continuar)|"
        r"(?:assine|inscreva-se) para (?:continuar|ler|ver)"
    ),
    "it": (
        r"(?:riservat|esclusiv)[oae] (?:agli|ai|per gli|per i) (?:abbonati|iscritti|soci|membri)|"
        r"abbonati per (?:continuare|leggere)"
    ),
    "ko": (
        r"(?:유료 ?)?(?:구독자|회원|멤버십|멤버)(?:만 (?:볼|읽)|에게만|들만| ?전용|를 위한)|"
        r"(?:구독|로그인|가입)(?:하[고시면]+|해야) .{0,20}(?:읽|보)"
    ),
    "ja": (
        r"(?:有料|購読)?(?:会員|購読者|メンバー)(?:限定|のみ|専用|の方は)|"
        r"(?:続き|全文).{0,12}(?:購読|会員|ログイン|有料)"
    ),
    "zh": (
        r"[仅僅只][限供对對].{0,6}(?:会员|會員|订阅|訂閱|付费|付費)|"
        r"(?:订阅|訂閱|登[录錄]|付[费費])[后後].{0,8}[阅閱][读讀]"
    ),
    "vi": (
        r"dành (?:riêng )?cho (?:các )?(?:thành viên|người đăng ký|hội viên|độc giả trả phí)|"
        r"đăng (?:ký|nhập) để (?:đọc|xem)"
    ),
    "id": r"khusus (?:untuk )?(?:pelanggan|anggota|member)|berlangganan untuk (?:membaca|melanjutkan)",
    "nl": r"(?:alleen|enkel|exclusief) voor (?:\w+ )?(?:abonnees|leden)",
    "sv": r"(?:endast|bara) för (?:prenumeranter|medlemmar)",
}
