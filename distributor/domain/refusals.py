"""What a refusal is about, by its code and its words together: one judgement for replies, bounces and webhooks.

A code alone is not enough. Servers put 5.1.1 or 5.2.1 on much that has nothing to do with whether a mailbox is there:

- Gmail answers 5.2.1 for a mailbox that gets mail “at a rate that prevents additional messages”
  (https://support.google.com/mail/?p=ReceivingRatePerm), and for one that is disabled, which can be undone.
- GoDaddy answers 5.1.3 for an address that Spamhaus lists, and 5.1.1 for too many recipients in an hour; mail
  gateways answer 5.1.1 for a full mailbox, Facebook for what its user does not want.
- NTT docomo and others say “550 Unknown user” at the end of the message for what their user filters out. Who is
  unknown is refused when named, by RCPT (RFC 5321 §3.3), so at the end the words alone do not say it.

So words can only take the end back, never the other way round: where code and words disagree, the hopeful of the two
counts (promise 7). The words say that a mailbox is gone only where the code says nothing (5.0.0, or three digits).
Whom the words name (addresses, hosts) is not read as words.

Sources: RFC 3463, RFC 5248 and the IANA registry of enhanced status codes; RFC 5321; the pages that providers' replies
link to; bounces that were published for tests of bounce readers.
"""

from __future__ import annotations

import re
from enum import Enum


class Ground(Enum):
    """Why mail to an address was refused, and what follows; `domain.bounces` says how it counts."""

    GONE = "the mailbox is gone"  # the only one that ends a subscription at once
    SENDER = "the sender, its address or the letter"  # held against no reader
    BUSY = "the mailbox gets too much at a time"  # passes
    PASSING = "trouble that passes"
    FULL = "the mailbox is full"
    SUSPENDED = "the mailbox is suspended"  # its host, or whoever it belongs to, may open it again
    CHOICE = "the recipient's own choice"
    OPEN = "nothing that says why"


# RFC 3463 §3.2, §3.3 and the IANA registry: addresses that do not exist, have moved away, or take no mail at all.
_GONE_CODE = re.compile(r"5\.(1\.(1|2|3|6|10)|2\.1)")
# Bad sender's address, or its system's (RFC 3463 §3.2): said of us, and not to be mended by the reader.
_SENDER_CODE = re.compile(r"[45]\.1\.[78]")
_FULL_CODE = re.compile(r"[45]\.2\.2")
# No code, three digits, or “other”: only the words say why. 5.1.351 is Microsoft's for what another server said.
_VAGUE_CODE = re.compile(r"|5\d\d|5\.(0\.\d{1,3}|1\.(0|351)|[2-5]\.0)")


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


# Who is named is not what is said: an address may have “spam” in it, a gateway's name “block”.
_NAMES = _any_of(r"\S+@\S+", r"\b(?:host|server|from) \S+\.\S+", r"\[[\d.:a-f]+\]")
_AFTER_MESSAGE = _any_of(
    r"end of (the )?(data|message)\b",
    r"final DATA",
    r"after (the )?DATA",
    r">>> ?DATA\s+<<< ?5",
    r"<<< ?DATA\s+>>> ?5",
    r"command\W+DATA\b",
)

_WHO = r"(user|recipient|addressee|mailbox|account|e?-?mail address|local[- ]?part)"
_BUSY = _any_of(r"(receiving|received|getting) (e?mails?|messages?) (at a rate|too (quickly|fast))", r"receivingrate")
_CHOICE = _any_of(
    r"recipient.{0,3} (preferences?|has (rejected|blocked|refused))",
    r"(rejected|blocked|refused) by (the |its |their )?(user|recipient|owner|addressee)(?! ?(domain|server|\w*['’]s))",
    r"user (reject|refuse)",
    r"user rules",
    r"only accepti?n?g? mail from",
    r"수신 ?거부|受信拒否|拒收",
)
_CLOSED = r"(disabled|deactivated|suspended|inactive|locked|frozen|expired|blocked|archived|not active)"
_SUSPENDED = _any_of(
    rf"(?<!your ){_WHO}\b.{{0,60}}\b{_CLOSED}\b",
    rf"\b{_CLOSED} (account|mailbox|user|recipient)",
    r"disableduser|inactivity",
    r"휴면|정지된|정지되|利用停止|冻结|停用",
)
_FULL = _any_of(
    r"(?<!sending )(?<!relay )quota",
    r"\bfull\b",
    r"over ?limit",
    r"storage (limit|space)",
    r"(exceed|insufficient|not enough|no) \w* ?(storage|disk|space)",
    r"용량|가득|容量|已满|超过",
)
_SENDER = _any_of(
    # lists of senders, and who keeps them
    r"spamhaus|spamcop|sorbs|barracuda(central)?\.|uceprotect|abuseat|surbl|\brbl\b|dns-?bl|senderbase|rlbounce",
    r"(black|block|deny)[- ]?list|\bblock(ed|ing)?\b|banned|\blisted\b|reputation(?! as a sender)|sender ?score",
    # what was sent
    r"\bspam(my)?\b|\bjunk\b|unsolicited|\bbulk\b|\bvirus|malware|phish|\bcontents?\b|\bpolicy|policies",
    r"(message|mail|letter) (is )?too (large|big)|message size|\brender(ing|ed)?\b",
    # who sent it
    r"\bspf\b|dkim|dmarc|authenticat|\bptr\b|reverse dns|rdns",
    r"sender.{0,30}(reject|denied|refused|invalid|unknown|not exist|verif|bad|domain|address)",
    r"(reject|denied|refuse|invalid|unknown|bad|unverified)\w* sender",
    r"relay(ing)? (access )?(is )?(denied|not)|(un|not )able to relay|not permitted to relay",
    # how much is sent
    r"(sending|relay) quota|(to )?too (many|much|fast|quickly|frequent)|rate[- ]?limit|throttl|concurrent",
    r"limit(ed)? (is )?exceed|over the limit|exceed\w* .{0,30}(limit|rate)|\b(an|per|this|each) (hour|minute|day)\b",
    r"스팸|차단|発信元|送信元|垃圾邮件|черн\w+ спис|спам",
)
_PASSING = _any_of(
    r"temporar|\blater\b|try again|grey-?list|timed? ?-?out|deferred|will be retried|retry time",
    # given up after days, since there was no way to the server
    r"no route to host|connection refused|unreachable|not (responding|reachable)|message expired|\bin (the )?queue\b",
    r"for (the last |more than |over )?\d+ (hours?|days?)|(dns|mx) query|name server reply|hop count|routing loop",
    # the other server's own trouble, which its delivery program calls an unknown user
    r"((unable|failed) to|couldn.?t|can.?t) (create|open|write|lock)",
    r"lookup (error|fail)|database|ldap|(internal|system|server|configuration) error",
    r"일시적|잠시 후|一時的|暂时|稍后",
)
# What servers say about a mailbox that is not there.
_GONE = _any_of(
    rf"{_WHO}\b.{{0,3}} (is |are )?(unknown|not known|invalid)\b",
    rf"(unknown|invalid|no such|non-?existe[a-z]+) (local )?({_WHO}|person)",
    rf"({_WHO}|address|person)\b.{{0,60}}\b(does not|doesn.?t|do not|not|no longer) exist",
    rf"{_WHO}\b.{{0,40}}\b(not found|(was|were|could) not (be )?found|not listed in)",
    r"no (mailbox|account|user) (here )?(by that name|found|with that name|available)",
    r"not a (known|valid) (user|recipient|mailbox)|doesn.?t have an? \S+ account",
    r"recip(ient)? ?not ?found|nosuchuser",
    r"존재하지 않|없는 (사용자|계정|메일|주소|수신자)|(사용자|계정|수신자|메일 ?주소)(가|이|를|을)? ?(없|찾을 수 없)",
    r"該当するユーザ|ユーザー?.{0,30}(存在しません|見つかりません)|宛先不明|(用户|用戶|收件人|邮箱)(不存在|未找到)",
    r"(пользовател|адресат|получател|ящик)\w* .{0,40}не (найден|существует)",
    r"(utilisateur|destinataire) inconnu|no existe (ese|el|dicha)",
    r"(usuario|utente|destinatari[oa]) (desconocido|inexistente|sconosciuto|desconhecido)",
    r"(empfänger|benutzer) (ist )?unbekannt|unbekannter (empfänger|benutzer)",
)
# A refusal that says neither whom nor why it is about. Microsoft's 5.4.1 is one, for people who are not there as well.
_UNSAID = _any_of(r"access (is )?denied|not (authori[sz]ed|permitted|allowed)|prohibited|\bforbidden\b")
# In this order: what says that a mailbox is gone is asked last.
_WORDS = (
    (Ground.BUSY, _BUSY),
    (Ground.CHOICE, _CHOICE),
    (Ground.SUSPENDED, _SUSPENDED),
    (Ground.FULL, _FULL),
    (Ground.SENDER, _SENDER),
    (Ground.PASSING, _PASSING),
    (Ground.OPEN, _UNSAID),
)
_LENGTH = 2000  # characters of the words that are read


def ground(code: str, words: str = "") -> Ground:
    """Return what a refusal is about.

    - `code`: the enhanced status code (RFC 3463), three digits where there is none, or "";
    - `words`: what was said, "" where nothing is known of it.
    """
    text = _NAMES.sub(" ", " ".join(words[:_LENGTH].split()))
    if _SENDER_CODE.fullmatch(code):
        return Ground.SENDER
    if (candidate := _by_words(text)) and (candidate is not Ground.OPEN or _GONE_CODE.fullmatch(code)):
        return candidate
    if _FULL_CODE.fullmatch(code):
        return Ground.FULL
    if code.startswith("4."):
        return Ground.PASSING
    if _GONE_CODE.fullmatch(code) or (_VAGUE_CODE.fullmatch(code) and says_gone(text) and not is_after_message(text)):
        return Ground.GONE
    return Ground.OPEN


def _by_words(text: str) -> Ground | None:
    return next((candidate for candidate, pattern in _WORDS if pattern.search(text)), None)


def says_gone(words: str) -> bool:
    """Whether words speak of a mailbox that is not there, whatever else they say."""
    return bool(_GONE.search(words[:_LENGTH]))


def is_vague(code: str) -> bool:
    """Whether a code leaves it to the words to say why."""
    return bool(_VAGUE_CODE.fullmatch(code))


def is_after_message(words: str) -> bool:
    """Whether words tell that the letter was refused at its end, and not when its recipient was named."""
    return bool(_AFTER_MESSAGE.search(words))
