"""The words by which `domain.courtesies` knows greetings, thanks, congratulations and a page's own words.

Regular expressions, matched without regard to case. Those of `OPENERS` and `APPARATUS` stand at a sentence's beginning,
those of `EAST_ASIAN_PHRASES` anywhere in it.
"""

from __future__ import annotations

OPENERS = {
    "en": (
        (
            r"(?:dear|hello|hi|hey|greetings|"
            r"welcome(?: back| home| aboard)?(?=\W*\Z|[,!.;:–—]| (?:to|all|every|again|dear|readers?|"
            r"friends?|here)\b)|"
            r"good (?:morning|afternoon|evening|day)|happy new "
            r"year|merry christmas|happy (?:holidays|thanksgiving|birthday)|season[’']s greetings|best wishes|"
            r"warm(?:est)? wishes)\b(?!-)"
        ),
        (
            r"(?:many |my |our |a |big |huge |heartfelt |warm(?:est)? |sincere |special )*(?:thanks?(?! to "
            r"(?!you\b|all\b|every|those\b|our\b|each\b))|congratulations|congrats|apologies|"
            r"sorry(?! (?:state|sight|tale|story|affair|end)\b))\b"
            r"(?! (?:pour|came|come|coming|flow|flood|went|were|was|had|arriv|rain|are (?:pouring|due|in order))\w*)"
        ),
        (
            r"(?:(?:first(?:ly)?|first of all|before (?:anything|all) else|to (?:begin|start)(?: with)?|on "
            r"behalf of [^,]{1,60}),? )?(?:let me |allow me |please allow me |may )?(?:i|we|"
            r"to)\b[^.]{0,50}?\b(?:thank|congratulate|apologi[sz]e|(?:convey|extend|express|offer|send|"
            r"share)\b[^.]{0,40}\b(?:congratulations?|thanks|gratitude|appreciation|condolences|greetings|"
            r"wishes|respect|welcome))\b"
        ),
        (
            r"(?:i|we) (?:do |sincerely )?(?:hope|trust|pray) (?:that )?(?:this (?:letter|note|e?mail)|you|"
            r"everyone|all of you)\b"
        ),
        (
            r"(?:i am|i[’']m|we are|we[’']re) (?:so |very |truly |deeply )?(?:honou?red|delighted|pleased|"
            r"grateful|thankful) to\b"
        ),
        (
            r"it is (?:with |a |an |my |our |such )+(?:great |deep |distinct |real )*(?:honou?r|pleasure|"
            r"privilege|joy|delight)\b"
        ),
        (
            r"(?:my name is|please accept|how are you|hope (?:this|you)|if you(?: are|[’']re) new (?:here|to)|let me "
            r"introduce|allow me to "
            r"introduce)\b"
        ),
    ),
    "de": (
        (
            r"(?:sehr geehrte|liebe[rs]?(?= [^.]{1,60}[,!]\Z)|hallo|guten (?:tag|morgen|abend)|willkommen\b|"
            r"(?:meinen?|unseren?) (?:herzlich|aufrichtig)\w* (?:glückwunsch|glückwünsche|dank)|"
            r"seien sie (?:herzlich )?"
            r"willkommen|schön,? dass (?:sie|ihr|du)|"
            r"herzlich(?:en|e|st)? (?:dank|willkommen|glückwunsch|grüße)|(?:viel(?:en)?|besten|tausend) dank|"
            r"danke\b(?!-)|frohe|mein name ist)"
        ),
        (
            r"(?:zunächst|zuerst|vorab|als erstes)?,? ?(?:möchte |will |darf )?(?:ich|wir)\b[^.]{0,60}\b(?:dank|"
            r"bedank|gratulier|glückw[uü]nsch|beglückwünsch|begrüß|willkommen|entschuldig)"
        ),
        r"(?:zunächst|zuerst|vorab)\b[^.]{0,60}\b(?:dank|gratulier|glückwunsch)",
        r"(?:ich hoffe|wir hoffen),? (?:es geht|sie |ihr |dir |ihnen |euch )|es ist mir eine (?:ehre|freude)",
    ),
    "fr": (
        (
            r"(?:bonjour|bonsoir|cher|chère|chers|chères|madame|monsieur|mesdames|messieurs|salut|bienvenue|"
            r"félicitations|soyez (?:les |la |le )?bienvenue?s?|(?:toutes )?(?:mes|nos) (?:sincères |"
            r"chaleureuses )?félicitations|"
            r"merci(?! à l)|(?:tous )?(?:mes|nos|meilleurs) vœux|bonne année|permettez[- ]moi|je "
            r"m[’']appelle)\b"
        ),
        (
            r"(?:tout d[’']abord|d[’']abord|avant tout|en premier lieu)?,? ?(?:je|j[’']|"
            r"nous|permettez[- ]moi)\b[^.]{0,60}\b(?:remerci|félicit|salu(?:er|ons)|excus|bienvenue|vœux)"
        ),
        (
            r"(?:j[’']espère|nous espérons) que (?:vous|tu|cette)|c[’']est (?:avec|un|une) (?:grand |immense "
            r")?(?:plaisir|honneur|joie)"
        ),
    ),
    "es": (
        (
            r"(?:¡|¿)?(?:hola|buenos días|buenas (?:tardes|noches)|estimad[oa]s?|querid[oa]s?|(?:muchas |mil "
            r")?gracias(?! a (?:la|los|un|el|su)\b)|(?:mis|"
            r"nuestras) (?:más )?(?:sinceras )?felicitaciones|reciban? (?:mis?|nuestr[oa]s?)|"
            r"sean bienvenid[oa]s|felicidades|felicitaciones|enhorabuena|bienvenid[oa]s?|"
            r"feliz (?:año|navidad)|me llamo)\b"
        ),
        (
            r"(?:ante todo|en primer lugar|primero|antes que nada)?,? ?(?:(?:quiero|quisiera|queremos|"
            r"quisiéramos|deseo|deseamos|me gustaría|permítanme)\b[^.]{0,40}|(?:le|les|te|os) )\b(?:agradec|"
            r"felicit|salud|enhorabuena|bienvenid)"
        ),
        r"(?:espero|esperamos) que (?:est|se encuentr|todo)|es (?:para mí )?un (?:gran )?(?:honor|placer)",
    ),
    "pt": (
        (
            r"(?:olá|oi|bom dia|boa (?:tarde|noite)|prezad[oa]s?|car[oa]s? (?:leitor|amig|senhor)|querid[oa]s?|"
            r"(?:muito )?obrigad[oa](?! a)|(?:(?:os )?(?:meus|nossos) )?(?:sinceros |"
            r"mais sinceros )?parabéns|sejam? bem-vind[oa]s?|"
            r"bem-vind[oa]s?|feliz (?:ano|natal)|meu nome é)\b"
        ),
        (
            r"(?:em primeiro lugar|antes de (?:mais|tudo)(?: nada)?)?,? ?(?:gostaria|gostaríamos|quero|queremos|"
            r"queria|queríamos|venho|permita[- ]me|desejo)\b[^.]{0,60}\b(?:agradec|parabeniz|parabéns|"
            r"felicit|congratul|"
            r"cumpriment|saudar|saudações|boas-vindas)"
        ),
        (
            r"(?:espero|esperamos) que (?:est|voc)|é (?:uma (?:grande )?honra|um (?:grande )?prazer|com "
            r"(?:grande )?(?:prazer|alegria))"
        ),
    ),
    "it": (
        (
            r"(?:ciao|salve|buongiorno|buonasera|gentil[ei]|egregi[oa]?|car[oiae] (?:lettor|amic)|grazie(?! "
            r"a(?:d|i|l|gli|ll\w+)?\b(?! tutt| voi| chi))|congratulazioni|"
            r"complimenti|auguri|benvenut[oiae]|buon (?:anno|natale)|mi chiamo)\b"
        ),
        (
            r"(?:innanzitutto|anzitutto|prima di tutto)?,? ?(?:(?:vorrei|voglio|desidero|vogliamo|"
            r"permettetemi|mi permetta)\b[^.]{0,60}|(?:ti|vi|la|le) (?:porgo |faccio |"
            r"rivolgo )?[^.]{0,30})\b(?:ringrazi|"
            r"congratul|salut|auguri|benvenut)"
        ),
        r"(?:spero|speriamo) che (?:st|tu|voi|lei)|è (?:per me )?un (?:grande )?(?:onore|piacere)",
    ),
    "nl": (
        (
            r"(?:beste|geachte|hallo|goede(?:morgen|middag|navond)|hartelijk|bedankt|dank (?:u|je)|"
            r"gefeliciteerd|welkom)\b"
        ),
        (
            r"(?:allereerst|ten eerste)?,? ?(?:wil |willen )?(?:ik|wij|we)\b[^.]{0,60}\b(?:bedank|feliciteer|"
            r"feliciteren|felicitaties|gelukwens|welkom|dank)"
        ),
    ),
    "ru": (
        (
            r"(?:здравствуйте|добрый (?:день|вечер)|доброе утро|дорогие|уважаем|спасибо(?! за то)|благодар(?:ю|"
            r"им)|поздравля|привет|добро пожаловать|с новым годом)"
        ),
        r"(?:прежде всего|в первую очередь)[^.]{0,60}(?:благодар|поздрав)",
        r"(?:я |мы )?(?:хочу|хотим|хотел|разрешите|позвольте|примите)[^.]{0,60}(?:благодар|поздрав|приветств)",
    ),
    "vi": (
        r"(?:kính (?:gửi|thưa)|xin chào|chào (?:mừng|các|bạn|quý)|thân (?:gửi|chào)|tôi hy vọng bạn)\b",
        (
            r"(?:trước (?:hết|tiên),? )?(?:tôi |chúng tôi )?(?:xin |muốn )*(?:chân thành |gửi lời )*(?:cảm ơn|"
            r"cám ơn|chúc mừng)\b"
        ),
    ),
    "id": (
        (
            r"(?:halo|hai|selamat (?:pagi|siang|sore|malam|datang|tahun|natal)|yang terhormat|yth\b|salam\b|"
            r"terima kasih|semoga (?:anda|kalian))"
        ),
        (
            r"(?:pertama-tama|sebelumnya)?,? ?(?:izinkan )?(?:saya|kami)\b[^.]{0,60}\b(?:ucapkan|mengucapkan|ucapan|"
            r"berterima kasih|terima kasih|menyambut|selamat datang)"
        ),
    ),
    "zh": (
        r"(?:大家好|[您你]好|各位.{0,12}好|尊敬的|[亲親][爱愛]的|[欢歡]迎|恭喜|新年[快好])",
        (
            r"(?:首先|在此|[我谨謹们們]|借此机会|請容|请允许).{0,18}(?:感[谢謝]|[谢謝]意|祝[贺賀]|[问問]候|"
            r"致敬)|(?:感[谢謝]|[谢謝]{2}|祝[贺賀])(?:您|你|大家|各位)"
        ),
    ),
}
EAST_ASIAN_PHRASES = (
    (
        r"안녕하(?:세요|십니까|신지요)|(?:만나서 |정말 )?반갑습니다|인사(?:를)? ?(?:드립|드려|올립)|처음 "
        r"뵙겠습니다|잘 지내(?:시|셨)|새해 복|건강하(?:신지|시길|시기)"
    ),
    (
        r"(?:감사|축하|환영)(?:를|을|의)? ?(?:말씀|인사|마음|뜻|박수)[^.]{0,12}(?:드립|드리|전합|전하|보냅|보내|"
        r"표합|표하|올립)"
    ),
    (
        r"(?:기원합니다|기원드립니다|빕니다)[.!~]*\Z|\A(?:앞으로|부디|모쪼록|아무쪼록|늘|항상|더욱)[^.]{0,60}"
        r"(?:시기|시길|기)(?:를|을)? ?(?:바랍니다|바라며|바라겠습니다|기대합니다|소망합니다)[.!~]*\Z"
    ),
    (
        r"(?:감사|축하|환영|고맙|사과|사죄)(?:합니다|드립니다|드려요|해요|습니다|드리고 싶습니다|하고 "
        r"싶습니다)[.!~]*\Z|\A존경하는 "
    ),
    (
        r"こんにち[はわ]|こんばん[はわ]|おはようござ|[初は]じ?めまして|拝啓|前略|時下|お世話に(?:なっ|なり)|"
        r"いかがお過ごし|お元気で|ご挨拶|明けましておめでとう"
    ),
    (
        r"ありがとうござい|(?:感謝|お礼|お祝い|お慶び|お詫び)(?:を|の)?(?:申し上げ|いたし|致し|します|言葉)|"
        r"おめでとうござい|ようこそ"
    ),
)
# What stands around an article: who wrote it, when, who took the picture, what to click.
APPARATUS = (
    (
        r"(?:subscribe|sign up|click here|read more|advertisement|photo(?:graph)?s? (?:by|:|courtesy)|image(?: "
        r"credit)?:|updated?:?(?: on)? \w+ \d|published(?: on)?:? |posted (?:on|by)|share this|follow us|listen "
        r"to this|watch the video|download the|table of contents|disclosure:|disclaimer|editor[’']s note|note:|"
        r"this (?:article|post|story|piece|letter) (?:was|is|first|originally|appeared|contains|has been)|"
        r"originally published|affiliate|\d+ min(?:ute)?s? read|by [^.]{1,40}\Z)"
    ),
    (
        r"(?:(?:if|when) you (?:buy|purchase|click|shop)|we may (?:earn|receive)|as an amazon|für (?:links|"
        r"käufe) auf|dieser (?:artikel|beitrag) enthält|cet article contient)\b"
    ),
    (
        r"\[[^\]]+\]\W*\Z|(?:foto|bild|abonnieren|newsletter|lesezeit|anzeige|photo|crédit|s[’']abonner|"
        r"publicité|lire aussi|suscr[ií]b|publicidad|assine|abbonati|iscriviti)\b"
    ),
    r"\[?(?:사진|자료) ?[=:]|무단 ?(?:전재|복제)|구독(?:하기|신청)|写真[=:：]|広告|续读|图[片源]?[:：]|图为",
)
