"""What mail servers say when they refuse: their words for each trouble, in the languages that most of them speak.

English has the most of them, since nearly all servers come with it; German, French, Spanish, Italian, Portuguese,
Dutch, Polish, Russian, Turkish, Chinese, Japanese and Korean have the sentences of their large providers. No list is
ever whole: what is in none of them ends no subscription at once (`domain.refusals`).
"""

from __future__ import annotations

import re


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


# Who is named is not what is said: an address may have “spam” in it, a gateway's name “block”.
NAMES = _any_of(r"\S+@\S+", r"\b(?:host|server|from) \S+\.\S+", r"\[[\d.:a-f]+\]")
AFTER_MESSAGE = _any_of(
    r"end of (the )?(data|message)\b",
    r"final DATA",
    r"after (the )?DATA",
    r">>> ?DATA\s+<<< ?5",
    r"<<< ?DATA\s+>>> ?5",
    r"command\W+DATA\b",
)

_WHO = r"(user|recipient|addressee|mailbox|account|e?-?mail address|local[- ]?part)"
_CLOSED = r"(disabled|deactivated|suspended|inactive|locked|frozen|expired|blocked|archived|not active)"
_LATIN_WHO = (
    r"(postfach|konto|benutzer|empfänger|compte|bo[iî]te|utilisateur|destinataire|cuenta|buz[oó]n|usuario|casella|utente"
    r"|conta|usuário|gebruiker|postvak|użytkownik|skrzynka|hesap|kullanıcı)"
)
_LATIN_CLOSED = (
    r"(gesperrt|deaktiviert|désactivée?|suspendue?|bloquée?|suspendid[oa]|desactivad[oa]|deshabilitad[oa]|bloquead[oa]"
    r"|disattivat[oa]|sospes[oa]|suspens[oa]|desativad[oa]|geblokkeerd|zablokowan[ea]|askıda)"
)
BUSY = _any_of(
    r"(receiving|received|getting) (e?mails?|messages?) (at a rate|too (quickly|fast))",
    r"receivingrate",
    rf"{_WHO}\b.{{0,20}} (over|above|exceed\w*|reached) (its|their|the) (\w+ )?((message|mail|receiving) )?rate",
)
CHOICE = _any_of(
    r"recipient.{0,3} (preferences?|has (rejected|blocked|refused))",
    r"(rejected|blocked|refused|filtered) by (the |its |their )?(user|recipient|owner|addressee)"
    r"(?! ?(domain|server|\w*['’]s))",
    r"user (reject|refuse)",
    r"user rules",
    r"\bsieve\b|(rejected|refused|blocked) by (a |the |an? \w+'s )?filter\b",
    r"only accepti?n?g?s? (e?mails?|messages?) from",
    r"(recipient|user|owner|addressee)['’s]{0,2} .{0,20}(white|allow|safe|approved)[- ]?(list|sender)",
    r"\b(members?|subscribers?|contacts|moderators?)[- ]only|only (members?|subscribers?|moderators?|contacts)\b",
    r"not (a |on the )?(member|subscriber|subscribed)\b",
    r"empfänger (nimmt|akzeptiert|lehnt|verweigert|blockiert)\b|vom empfänger (abgelehnt|blockiert)",
    r"destinataire (a )?(refuse|rejette|bloque|n.accepte)\b|refusé par le destinataire",
    r"destinatario (ha )?(rechaza|bloquea|no acepta|rifiuta|blocca|non accetta)\b|por el destinatario",
    r"destinatário (recusa|rejeita|bloqueia|não aceita)\b",
    r"получател\w* (отклоняет|не принимает|заблокировал)|получателем",
    r"수신(을|이)? ?(거부|거절|차단)|수신자.{0,20}(거부|거절|차단)|受信を?拒否|受け取り?(ません|らない|れません)|拒收",
)
SUSPENDED = _any_of(
    rf"(?<!your ){_WHO}\b.{{0,60}}\b{_CLOSED}\b",
    rf"\b{_CLOSED} {_WHO}",
    r"disableduser|inactivity",
    rf"{_LATIN_WHO}\b.{{0,40}}\b{_LATIN_CLOSED}\b",
    r"(ящик|аккаунт|учетная запись|пользовател\w*)\b.{0,40}(заблокирован|отключ[её]н|приостановлен)",
    r"휴면|정지된|정지되|利用停止|冻结|停用",
)
FULL = _any_of(
    r"(?<!sending )(?<!relay )quota|\bcuota\b|kontingent|квот",
    r"\bfull\b",
    r"over ?limit",
    r"(storage|mailbox|inbox|disk|maildrop|folder) (size|limit|space)",
    r"(exceed|insufficient|not enough|no) \w* ?(storage|disk|space)",
    r"\bvoll\b|überfüllt|speicherplatz|\bpleine?\b|saturée?\b|espace (disque|de stockage)|\bllen[oa]\b|espacio",
    r"\bpien[oa]\b|spazio|\bchei[oa]\b|espaço|\bvol\b|przepełnion|\bdolu\b|переполнен|заполнен",
    r"용량|가득|いっぱい|満杯|容量|[已邮][满滿]|超过",
)
SENDER = _any_of(
    # lists of senders, and who keeps them
    r"spamhaus|spamcop|sorbs|barracuda(central)?\.|uceprotect|abuseat|surbl|\brbl\b|dns-?bl|senderbase|rlbounce",
    r"(black|block|deny|white|allow)[- ]?list|\bblock(ed|ing)?\b|banned|\blisted\b|reputation(?! as a sender)",
    r"sender ?score",
    # what was sent
    r"\bspam(my)?\b|\bjunk\b|unsolicited|unwanted|\bbulk\b|\bvirus|malware|malicious|phish|suspicious",
    r"\bcontents?\b|\battachments?\b|\bpolicy|policies|message-?id\b|missing header|(?<![#/])\bfilter",
    r"(message|mail|letter) (is )?too (large|big)|message size|\brender(ing|ed)?\b",
    # who sent it
    r"\bspf\b|dkim|dmarc|authenticat|\bptr\b|reverse dns|rdns|\b(he|eh)lo\b|fully[- ]qualified|your hostname|call-?out",
    r"\b(start)?tls\b|encrypt|\bclient host\b|connections? (from|cap|limit|rate)|\basn\b",
    r"\byour (ip|host|server|network|system|domain|provider)\b",
    r"(?<![?&])\bip\b.{0,50}\b(not|un\w+|denied|refused|rejected)\b",
    r"sender.{0,30}(reject|denied|refused|invalid|unknown|not exist|verif|bad|domain|address)",
    r"(reject|denied|refuse|invalid|unknown|bad|unverified)\w* sender",
    r"relay(ing)? (access )?(is )?(denied|not)|(un|not )able to relay|not permitted to relay",
    # how much is sent
    r"(sending|relay) quota|(to )?too (many|much|fast|quickly|frequent)|rate[- ]?limit|throttl|concurrent",
    r"limit(ed)? (is |was |has been )?(exceed|reach)|over the limit|exceed\w* .{0,30}(limit|rate)|\bcap (is )?exceed",
    r"\b(an|per|this|each) (hour|minute|day)\b|\bper (connection|session)\b|\b(hourly|daily) (limit|cap|rate|max)",
    r"\bmax(imum)? (number of )?(messages?|mails?|recipients?|connections?)\b|unusual rate|rate of (e?mail|messages)",
    # the same in other languages
    r"(?<!zurück an )(?<!an den )absender|(?<!à l.)expéditeur|remitente|mittente|remetente|afzender|nadawc|gönderen",
    r"отправител|черн\w+ спис|спам|发件人|寄件人|垃圾邮件|発信元|送信元|送信者|스팸|차단|발신자|보낸 ?사람",
)
PASSING = _any_of(
    r"temporar|\blater\b|try again|grey-?list|timed? ?-?out|deferred|will be retried|retry time",
    r"\bbusy\b|overload|tomorrow|come back|maintenance|migrat|backend|offline|outage|at (this|the) (time|moment)",
    r"currently|(server|system|service|database|is|are) down\b",
    # given up after days, since there was no way to the server
    r"no route to host|connection refused|unreachable|not (responding|reachable)|message expired|\bin (the )?queue\b",
    r"for (the last |more than |over )?\d+ (hours?|days?)|(dns|mx) query|name server reply|hop count|routing loop",
    r"serv ?fail|\bdns\b(?!.{0,100}(nxdomain|no such|not exist))|domain.{0,20} expired|payment",
    # the other server's own trouble, which its delivery program calls an unknown user
    r"((unable|failed) to|couldn.?t|can.?t) (create|open|write|lock)",
    r"lookup (error|fail)|database|ldap|(internal|system|server|configuration) error",
    # the same in other languages
    r"vorübergehend|zeitweise|momentan|später|wartung|plus tard|temporaire|réessay|más tarde|inténtelo|mantenimiento",
    r"più tardi|riprova|manutenzione|mais tarde|manutenção|tijdelijk|tymczasow|geçici|временн|позже|обслуживан",
    r"일시적|잠시 후|나중에|점검|一時的|後ほど|しばらく|メンテナンス|暂时|稍后|维护",
)
# A refusal that says neither whom nor why it is about. Microsoft's 5.4.1 is one, for people who are not there as well.
UNSAID = _any_of(r"access (is )?denied|not (authori[sz]ed|permitted|allowed)|prohibited|\bforbidden\b")

# What servers say about a mailbox that is not there.
GONE = _any_of(
    rf"{_WHO}\b.{{0,3}} (is |are )?(unknown|not known|invalid)\b",
    rf"(unknown|invalid|illegal|no such|non-?existe[a-z]+) (local )?({_WHO}|alias|person)|no such address",
    rf"({_WHO}|address|person)\b.{{0,60}}\b(does not|doesn.?t|do not|not|no longer) exist",
    rf"({_WHO}|address)\b.{{0,40}}\b(not found|(was|were|could) not (be )?found|couldn.?t be found|not listed in)",
    r"no (mailbox|account|user) (here )?(by that name|found|with that name|available)|no longer on (this )?server",
    r"not a (known|valid) (user|recipient|mailbox)|not our (user|customer)|doesn.?t have an? \S+ account",
    r"bad destination mailbox address|no forwarding address|left no address|recipient name is not recogni[sz]ed",
    r"recip(ient)? ?not ?found|nosuchuser|[?&]answer=6596\b",
    r"(empfänger|benutzer|postfach|adresse|konto)\w*\b.{0,40}\b(unbekannt|existiert nicht|gibt es nicht)",
    r"(empfänger|benutzer|postfach|adresse|konto)\w*\b.{0,40}\bnicht (gefunden|vorhanden|bekannt)",
    r"unbekannter? (empfänger|benutzer|adresse)|kein(e|en)? (solche[rns]? )?(benutzer|empfänger|postfach)\b",
    r"(utilisateur|destinataire|bo[iî]te|adresse|compte)\b.{0,40}(inconnue?|inexistante?|introuvable|invalide)\b",
    r"(utilisateur|destinataire|bo[iî]te|adresse|compte)\b.{0,40}n.existe (pas|plus)",
    r"(usuario|destinatario|buz[oó]n|cuenta|direcci[oó]n|casilla)\b.{0,40}\b(desconocid[oa]|inexistente|no existe)",
    r"no existe (ese|el|la|dicha|este|esta|tal)\b",
    r"(utente|destinatario|casella|indirizzo)\b.{0,40}(sconosciut[oa]|inesistente|non esiste|non trovat[oa])",
    r"(usuário|usuario|destinatário|caixa|conta|endereço)\b.{0,40}(desconhecid[oa]|inexistente|não existe)",
    r"(gebruiker|ontvanger|postvak|adres)\b.{0,30}(onbekend|bestaat niet)|onbekende (gebruiker|ontvanger)",
    r"nie ma takiego (użytkownika|adresu|konta)|(użytkownik|adres|konto|skrzynka)\b.{0,30}nie istnieje",
    r"(kullanıcı|alıcı|hesap|adres)\w*\b.{0,30}(bulunamadı|mevcut değil)",
    r"(пользовател|адресат|получател|ящик|адрес)\w*\b.{0,40}не (найден|существует|зарегистрирован)",
    r"нет такого (пользовател|адрес|получател|ящик)|такого .{0,30}не существует",
    r"неизвестный (пользователь|получатель|адресат)|(пользователь|получатель|адресат) неизвестен",
    r"존재하지 않는 (사용자|계정|메일|이메일|주소|수신자|아이디)|없는 (사용자|계정|메일|주소|수신자)",
    r"(사용자|계정|수신자|메일함|아이디|주소)\S{0,2} (.{0,10}존재하지 않|없|찾을 수 없)",
    r"該当するユーザ|存在しない(ユーザ|アドレス|宛先|メール)|宛先不明",
    r"(ユーザー?|アドレス|宛先|受信者|メールボックス).{0,30}(存在しません|見つかりません)",
    r"(用户|用戶|收件人|邮箱|郵箱|帐号).{0,6}(不存在|未找到|无效)|(无此|無此|没有该|没有此|查无此)(用户|用戶|邮箱|帐号|人)",
)
# The same of a whole domain, which says so beside the code of domains alone (5.1.2): a sender's may be meant elsewhere.
GONE_DOMAIN = _any_of(
    r"(host|domain)( name)? (is )?(unknown|not (found|known)|invalid)\b",
    r"(unknown|no such|non-?existe[a-z]+) (host|domain)|nxdomain|bad destination system",
    r"(could ?n.?t|could not|can ?not|can.?t) (find|resolve) .{0,20}(host|domain)",
    r"(host|domain)( name)?\b.{0,40}\b(does not|doesn.?t) exist",
    r"unbekannter? (domain|host)|domain\b.{0,20}(existiert nicht|unbekannt)|domaine (inconnu|introuvable)",
    r"dominio (desconocido|inexistente|sconosciuto|no existe)|domínio (desconhecido|inexistente)",
    r"домен\w*\b.{0,20}не (найден|существует)|ドメイン.{0,20}(見つかりません|存在しません)|域名不存在|도메인.{0,10}없",
)
# What stands around what is said, and what says no more than the code (RFC 5321 §4.2, RFC 3463 §3.2).
GENERIC = _any_of(
    r"diagnostic[- ]code|\bsmtp\b|\bstatus\b",
    r"\b(remote|host|server)?(mail )?(host|server)? ?(said|returned|responded)\b",
    r"\(?in (reply|response) to (the )?rcpt to( command)?\)?|\brcpt[ _]to\b|\brcpt\b|giving up on",
    r"\b(permanent|fatal|delivery|smtp)? ?(error|failure|failed)\b|\bsorry\b|\bnak\b|\bgsmtp\b|\bcommand\b",
    r"\b(bad |invalid )?(recipient )?(e?-?mail )?address( rejected)?|\brecipient rejected",
    r"requested (mail )?action not taken|\bmailbox unavailable\b|\bundeliver(able|ed)\b( address)?",
    r"(?<![\w/])[\w-]+(\.[\w-]+)+(?![\w/])",  # the names and numbers of servers
    r"\b(?=\w*\d)(?=\w*[a-z])\w{9,}\b",  # marks of a mail in a queue
    r"\d+|[^\w/]+|_",
)
