"""Finding what a server said: enhanced status codes (RFC 3463) in fields and in sentences."""

from __future__ import annotations

import re

from distributor.domain.bounces import is_mailbox_gone

_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
# In free text: behind a reply code, or the marks that servers set before it. A version or an IP address has neither.
_CODE = re.compile(
    r"(?:\b[45]\d\d[- ]|[#(\[]|(?:status|code|error)\b[^\w\n]{1,4})\s?#?([45]\.[0-7]\.\d{1,3})(?![\d.])", re.IGNORECASE
)
_REPLY = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[ -]\D)")
# What servers say about a mailbox that is not there, when they give no code that says so.
_NO_MAILBOX = re.compile(
    r"user (is )?unknown|unknown user|no such (user|mailbox|recipient)|no mailbox here by that name|"
    r"(user|account|recipient|mailbox|address) (does not|doesn.t) exist|(user|recipient|mailbox) not found|"
    r"존재하지 않는 (사용자|계정|수신자|메일|주소)|(사용자|계정|수신자)(가|이)? ?존재하지 않|없는 (사용자|계정)|"
    r"該当するユーザ|ユーザー?が(存在しません|見つかりません)",
    re.IGNORECASE,
)
NO_MAILBOX = "5.1.1"


def status(field: str, diagnostic: str) -> str:
    """Return the code that says most of a Status field and the words beside it; "" where neither has one.

    Where they disagree, the hopeful one counts: a passing trouble before a refusal, a refusal before “is gone”.
    """
    codes_found = [match[1] for match in (_STATUS.match(field), _CODE.search(diagnostic)) if match]
    specific_codes = [code for code in codes_found if not code.endswith(".0.0")] or codes_found
    hopeful = sorted(specific_codes, key=lambda code: (code[0], is_mailbox_gone(code)))
    code = hopeful[0] if hopeful else ""
    if not code and (reply := _REPLY.search(diagnostic)):
        code = f"{reply[1]}.0.0"
    return NO_MAILBOX if code == "5.0.0" and _NO_MAILBOX.search(diagnostic) else code


def in_text(words: str) -> str:
    """Return the code that a notice in plain words gives, or implies; "" where it does neither."""
    code = status("", words)
    return code or (NO_MAILBOX if _NO_MAILBOX.search(words) else "")
